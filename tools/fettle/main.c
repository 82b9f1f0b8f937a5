/* fettle - the command line of Fettle. Everything it can do is in this table. */
#include "fettle.h"
#include "help.h"
#include "home.h"
#include "utf8.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name, *about;
    command_fn *run;
    const char *help;
} command_t;

#pragma weak command_explain
#pragma weak command_audit

static command_fn s_help, s_version;

static const command_t s_commands [] = {
    { "up", "start everything on this machine: Postgres, Redis, the services", command_up, help_up },
    { "down", "stop what `fettle up` started, and wait for it", command_down, help_down },
    { "status", "how the services are: ready, sequence, lag, dead letters", command_status, help_status },
    { "doctor", "check everything and say what to do about what is wrong", command_doctor, help_doctor },
    { "migrate", "bring the database to this version", command_migrate, help_migrate },
    { "send", "send a command to a service and show its answer", command_send, help_send },
    { "tail", "follow events as they happen", command_tail, help_tail },
    { "fetch", "read events from a service, with a cursor that it keeps", command_fetch, help_fetch },
    { "explain", "tell the story of a request, order or event", command_explain, help_explain },
    { "why", "why this engineer, and why not the other", command_why, help_why },
    { "dead", "dead letters: list, show, retry, drop", command_dead, help_dead },
    { "keys", "certificates for the tcp doors: new, list, revoke", command_keys, help_keys },
    { "load", "send the commands of JSON files", command_load, help_load },
    { "demo", "play a company's morning", command_demo, help_demo },
    { "audit", "check what must always be true, over all schemas", command_audit, help_audit },
    { "backup", "everything of one instant into a directory, while it works", command_backup, help_backup },
    { "restore", "a backup becomes the database again, or one service's part of it", command_restore, help_restore },
    { "resync", "a restored service and consumers that had heard more: explain, resolve", command_resync, help_resync },
    { "prune", "remove old answers, dead letters dealt with, attempts to deliver", command_prune, help_prune },
    { "calendar", "holidays of a feed into a calendar, and out of one", command_calendar, help_calendar },
    { "sla", "promises: check cases, compute one, explain one, sum up a month", command_sla, help_sla },
    { "plan", "who visits whom, when, in which order: the best plan, or check one", command_plan, help_plan },
    { "replan", "plan the rest of a day again: what changes for whom, what it saves", command_replan, help_replan },
    { "help", "this list, or how to use one command", s_help, "fettle help [COMMAND]" },
    { "version", "the version of this program", s_version, "fettle version" },
    { 0 }
};

static const char s_settings [] =
    "Settings are environment variables; NAME_FILE names a file that holds the value (for secrets).\n"
    "  FETTLE_HOME            directory of everything on this machine                         ./var\n"
    "  FETTLE_DSN             Postgres for the services, without user                         private, in FETTLE_HOME\n"
    "  FETTLE_ADMIN_DSN       Postgres for migrate, audit, explain; FETTLE_ADMIN_PASSWORD     the same, as superuser\n"
    "  FETTLE_PASSWORD        of the services' roles; FETTLE_PASSWORD_<SERVICE> for one       none\n"
    "  FETTLE_REDIS           unix:PATH or tcp://HOST:PORT; FETTLE_REDIS_PASSWORD             private, in FETTLE_HOME\n"
    "  FETTLE_BUS             where services are: ipc://DIR/{service}.{door}, tcp://{service}:{port}\n"
    "  FETTLE_BIND            where they listen, when that differs     FETTLE_TCP  one more door for the outside\n"
    "  FETTLE_PORT            ports count from here (7100)             FETTLE_KEYS directory of certificates for tcp\n"
    "  FETTLE_SHARE           directory of defaults and scenarios      FETTLE_LOG  error, warning, info, debug\n\n"
    "Exit codes: 0 yes, done.  1 the answer is no, or it failed.  2 wrong usage.  3 a service or the database can not\n"
    "be reached.\n";

static const command_t *
s_find (const char *name)
{
    const command_t *command = s_commands;
    while (command->name && strcmp (command->name, name) != 0)
        command++;
    return command->name ? command : NULL;
}

static int
s_unknown (const char *name)
{
    fprintf (stderr, "fettle: there is no command %s.", name);
    for (const command_t *c = s_commands; c->name; c++)
        if (strncmp (c->name, name, 2) == 0)
            fprintf (stderr, " Did you mean `fettle %s`?", c->name);
    fprintf (stderr, " `fettle help` lists all.\n");
    return EXIT_USAGE;
}

static int
s_help (int argc, char **argv)
{
    const command_t *command = argc > 1 ? s_find (argv [1]) : NULL;
    if (argc > 1 && !command)
        return s_unknown (argv [1]);
    if (command) {
        printf ("%s - %s\n\n%s\n", command->name, command->about, command->help);
        return EXIT_OK;
    }
    printf ("fettle [--home DIR] COMMAND ...\n\n");
    for (const command_t *c = s_commands; c->name; c++)
        printf ("  %-10s %s\n", c->name, c->about);
    printf ("\n`fettle help COMMAND` tells more.\n\n%s", s_settings);
    return EXIT_OK;
}

static int
s_version (int argc, char **argv)
{
    (void) argc, (void) argv;
    printf ("fettle %s\n", FETTLE_VERSION);
    return EXIT_OK;
}

const char *
fettle_program (void)
{
    return strchr (program_invocation_name, '/') ? program_invocation_name : "fettle";
}

static void
s_say (const char *format, va_list arguments)
{
    char *text = NULL;
    fflush (stdout);
    if (vasprintf (&text, format, arguments) >= 0)
        fputs (utf8_tame (text), stderr);
    free (text);
}

void
fettle_say (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    s_say (format, arguments);
    va_end (arguments);
}

int
fettle_fail (int exit_code, const char *command, const char *format, ...)
{
    va_list arguments;
    fettle_say ("fettle %s: ", command);
    va_start (arguments, format);
    s_say (format, arguments);
    va_end (arguments);
    fputc ('\n', stderr);
    return exit_code;
}

int
fettle_usage (const char *command, const char *format, ...)
{
    va_list arguments;
    fettle_say ("fettle %s: ", command);
    va_start (arguments, format);
    s_say (format, arguments);
    va_end (arguments);
    fettle_say ("\n`fettle help %s` tells how to use it.\n", command);
    return EXIT_USAGE;
}

/* Takes --home DIR out of the arguments, wherever it is. False: it has no value. */
static bool
s_take_home (int *argc, char **argv, const char **ret_home)
{
    int kept = 1;
    for (int i = 1; i < *argc; i++)
        if (strcmp (argv [i], "--home") == 0 && ++i == *argc)
            return false;
        else if (i > 1 && strcmp (argv [i - 1], "--home") == 0)
            *ret_home = argv [i];
        else
            argv [kept++] = argv [i];
    argv [*argc = kept] = NULL;
    return true;
}

static bool
s_wants_help (int argc, char **argv)
{
    return argc > 1 && (strcmp (argv [1], "--help") == 0 || strcmp (argv [1], "-h") == 0);
}

int
main (int argc, char **argv)
{
    char error [512];
    const char *directory = NULL;
    signal (SIGPIPE, SIG_IGN);
    if (!s_take_home (&argc, argv, &directory))
        return fettle_usage ("--home", "give the directory after --home.");
    if (argc < 2 || s_wants_help (argc, argv))
        return s_help (1, argv);
    if (strcmp (argv [1], "--version") == 0)
        return s_version (argc, argv);
    const command_t *command = s_find (argv [1]);
    if (!command)
        return s_unknown (argv [1]);
    if (s_wants_help (argc - 1, argv + 1))
        return s_help (2, argv);
    if (!home_init (directory, error))
        return fettle_fail (EXIT_USAGE, argv [1], "%s", error);
    if (!command->run)
        return fettle_fail (EXIT_USAGE, argv [1], "this build does not have it.");
    return command->run (argc - 1, argv + 1);
}
