/* fettle - the command line of Fettle. Everything it can do is in this table. */
#include "fettle.h"
#include "home.h"
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    const char *name, *about;
    command_fn *run;
    const char *help;
} command_t;

#pragma weak command_send
#pragma weak command_tail
#pragma weak command_fetch
#pragma weak command_explain
#pragma weak command_dead
#pragma weak command_keys
#pragma weak command_load
#pragma weak command_demo
#pragma weak command_audit

static command_fn s_help, s_version;

static const command_t s_commands [] = {
    { "up", "start everything on this machine: Postgres, Redis, the services", command_up,
      "fettle up [-d|--detach] [--demo] [--no-demo] [--home DIR]\n\n"
      "Makes a private Postgres and Redis under FETTLE_HOME (./var) that listen on Unix sockets only, applies migrations,\n"
      "starts the seven services and keeps all of it running. Ctrl-C stops everything in order. What is set from outside is not\n"
      "started: FETTLE_DSN means another Postgres, FETTLE_REDIS another Redis.\n\n"
      "  -d, --detach   return when everything is ready; `fettle down` stops it\n"
      "  --demo         then play a company's morning (see `fettle help demo`)\n"
      "  --no-demo      do not, also when --demo was given before\n\n"
      "Logs are in FETTLE_HOME/log, one file each. Exit code 1: it runs already, or something did not become ready." },
    { "down", "stop what `fettle up` started, and wait for it", command_down,
      "fettle down [--home DIR]\n\nServices finish the turn at hand, then Redis and Postgres are stopped. Exit code 1: nothing was running." },
    { "status", "how the services are: ready, sequence, lag, dead letters", command_status,
      "fettle status [--json] [SERVICE ...] [--home DIR]\n\n"
      "Asks every service, or those named. Lag is how many events of a source it has not applied yet.\n"
      "Exit code 1: something is not ready; 3: no answer." },
    { "doctor", "check everything and say what to do about what is wrong", command_doctor,
      "fettle doctor [--home DIR]\n\n"
      "Programs, directory, Postgres and its settings, Redis, migrations, roles and grants, services, lag, dead letters, clocks,\n"
      "keys. Each line is ok, a note, or WRONG with what to do. Exit code 1: something is wrong." },
    { "migrate", "bring the database to this version", command_migrate,
      "fettle migrate [--status] [--wait SECONDS]\n\n"
      "Makes the database, a schema and a role for each service, and applies the migrations this program carries; what is there\n"
      "already is left alone. As administrator: FETTLE_ADMIN_DSN, FETTLE_ADMIN_PASSWORD (or _FILE). Passwords of the roles\n"
      "(fettle_intake, ...) come from FETTLE_PASSWORD_INTAKE, ... or FETTLE_PASSWORD.\n\n"
      "  --status        only show what is applied and what is pending; exit code 1: something is pending or changed\n"
      "  --wait SECONDS  try to reach Postgres for so long" },
    { "send", "send a command to a service and show its answer", command_send,
      "fettle send TYPE FILE|-|JSON [--id ID] [--actor WHO] [--time T] [--timeout S] [--window N] [--json]\n"
      "fettle send --list [WORD]\n"
      "\n"
      "Sends one message, or all of a JSON array or of JSON lines, several under way at once, to the service that takes them. The\n"
      "name may be short: SubmitServiceRequest. A question (GetStock, Identify, ...) prints its answer as JSON.\n"
      "\n"
      "  --id ID         the idempotency key (else a new one): the same again gives the first answer, and does nothing\n"
      "  --actor WHO     on whose behalf, \"engineer:li-wei\"        --time T     when it happened, if not now (RFC 3339)\n"
      "  --timeout S     patience with a service that is not ready (10)\n"
      "  --window N      so many under way at once (256)           --traceparent X  W3C trace context, passed on\n"
      "  --json          the whole reply, one line each            --list       all messages with their fields\n"
      "\n"
      "Exit code 1: something was rejected. 3: no answer; sending again with the same --id is then safe." },
    { "tail", "follow events as they happen", command_tail,
      "fettle tail [PREFIX] [--service S] [--subject ID] [--since-start] [--max N] [--for S] [--json]\n"
      "\n"
      "Shows the events of all services as they happen, in local time. PREFIX is of an event's name: VisitAccepted, Visit,\n"
      "dispatcher, fettle.billing.v1.Cost. What the sockets lost is read from the services, so nothing is missing.\n"
      "\n"
      "  --service S     only of this service                      --subject ID    only about this thing, or of its story\n"
      "  --since-start   all there ever was first, by time         --json          a CloudEvent (JSON) a line\n"
      "  --max N         end after N events                        --for S         end after S seconds\n"
      "\n"
      "Exit code 3: no service answers." },
    { "fetch", "read events from a service, with a cursor that it keeps", command_fetch,
      "fettle fetch SERVICE [--after N] [--max M] [--consumer NAME [--ack]] [--prefix NAME] [--json]\n"
      "\n"
      "Reads the stored events of a service in sequence, from after sequence N to the last one.\n"
      "\n"
      "  --after N       where to begin; without it: where the consumer is, else from the first\n"
      "  --max M         at most M events                          --prefix NAME   only those whose name begins so\n"
      "  --consumer C    the service keeps a cursor of this name   --ack           move it past what was printed\n"
      "  --json          a CloudEvent (JSON) a line\n"
      "\n"
      "Exit code 1: refused, as a cursor of another key." },
    { "explain", "tell the story of a request, order or event", command_explain,
      "fettle explain ID [--json]\n"
      "\n"
      "ID is of a request, work order, visit, asset, occurrence, invoice (or its number), report, event, command, or anything an event\n"
      "was about. Shows the whole story over all services: what led to what and how long it took, why this engineer and not\n"
      "the others, the clocks, the money, and how it stands now. Reads the database: FETTLE_ADMIN_DSN.\n"
      "\n"
      "Exit code 1: nobody knows this id." },
    { "dead", "dead letters: list, show, retry, drop", command_dead,
      "fettle dead [list] [--service S] [--reason TEXT] [--type NAME] [--state dead|retry|retried|dropped|all] [--json]\n"
      "fettle dead show ID         the message in readable form, and why it could not be handled\n"
      "fettle dead retry ID ...    have the service try again, within seconds\n"
      "fettle dead drop ID ...     nobody needs it any more (asks first; --yes does not)\n"
      "\n"
      "What no handler could take is kept with its bytes and the reason. ID is as list shows it, \"billing:12\"; with --service S\n"
      "the number will do. retry and drop take --all instead of IDs: all that list shows with the same filters.\n"
      "Reads the database: FETTLE_ADMIN_DSN. Exit code 1: show, retry, drop: there is no such letter, or it is no longer dead." },
    { "keys", "certificates for the tcp doors: new, list, revoke", command_keys,
      "fettle keys new NAME --role ROLE [--out DIR]   let somebody in; makes the deployment's own key too\n"
      "fettle keys [list] [--role ROLE] [--json]       who may connect\n"
      "fettle keys revoke NAME                         no longer; takes effect at once\n"
      "fettle keys roles [--json]                      what each role may do\n"
      "\n"
      "In FETTLE_KEYS, FETTLE_HOME/keys when it is not set. Services read it when they start: the first key needs a restart.\n"
      "Exit code 1: the name is taken, or nobody has it." },
    { "load", "send the commands of JSON files", command_load,
      "fettle load FILE|DIRECTORY|- ... [--check] [--actor WHO] [--window N] [--patience MS] [--quiet] [--json]\n"
      "\n"
      "Sends files of {\"commands\": [{\"type\": ..., \"data\": {...}}, ...]} in order. An id follows from the content (or is given as\n"
      "\"id\"), so loading twice does nothing twice; what was rejected is tried anew.\n"
      "\n"
      "  --check         only read the files: nothing is sent      --window N     so many under way at once (128)\n"
      "  --patience MS   how long to retry what names something    --quiet        only say what was rejected\n"
      "                  that is still unknown there (5000)        --json         the summary as JSON\n"
      "\n"
      "Exit code 1: something was rejected. 2: a file is not well-formed, nothing was sent. 3: a service does not answer." },
    { "demo", "play a company's morning", command_demo, "fettle demo ..." },
    { "audit", "check what must always be true, over all schemas", command_audit,
      "fettle audit [--invariant I4] [--patience S] [--json]\n"
      "\n"
      "Checks over all schemas that nothing was lost, done twice, or does not add up: a line for each invariant with what was\n"
      "counted, then every row that breaks it. Wants quiet: what is still on its way between services is waited for (10 s).\n"
      "Reads the database: FETTLE_ADMIN_DSN. Exit code 1: something is broken." },
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
    "Exit codes: 0 yes, done.  1 the answer is no, or it failed.  2 wrong usage.  3 a service or the database can not be reached.\n";

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

int
fettle_fail (int exit_code, const char *command, const char *format, ...)
{
    va_list arguments;
    fflush (stdout);
    fprintf (stderr, "fettle %s: ", command);
    va_start (arguments, format);
    vfprintf (stderr, format, arguments);
    va_end (arguments);
    fputc ('\n', stderr);
    return exit_code;
}

int
fettle_usage (const char *command, const char *format, ...)
{
    va_list arguments;
    fflush (stdout);
    fprintf (stderr, "fettle %s: ", command);
    va_start (arguments, format);
    vfprintf (stderr, format, arguments);
    va_end (arguments);
    fprintf (stderr, "\n`fettle help %s` tells how to use it.\n", command);
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
