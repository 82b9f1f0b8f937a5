/* dead - letters that no handler could take: look at them, have them tried again, let them go. */
#include "fettle.h"
#include "letter.h"
#include "options.h"
#include "show.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct {
    arena_t *arena;
    db_t *db;
    letter_filter_t filter;
    bool json, all, yes;
} dead_t;

/* ---- list */

static void
s_print_line (dead_t *self, const letter_row_t *row)
{
    printf ("%-16s  %s  %-8s  %-28s  %s\n", row->name, show_instant (self->arena, row->received_at), row->state,
        show_type (row->type),
            row->reason);
}

static int
s_list (dead_t *self, int count, char **ids)
{
    (void) ids;
    if (count)
        return fettle_usage ("dead", "list takes no ids: show does.");
    int found;
    letter_row_t *rows = letter_list (self->db, self->arena, &self->filter, &found);
    json_t *list = json_array ();
    for (int i = 0; i < found; i++)
        if (self->json)
            json_array_append_new (list, letter_json (self->arena, &rows [i], false));
        else
            s_print_line (self, &rows [i]);
    if (self->json)
        printf ("%s\n", json_print (self->arena, list, JSON_PRETTY_PRINT));
    else if (found == 0)
        printf ("none\n");
    json_decref (list);
    return EXIT_OK;
}

/* ---- show */

static void
s_print_whole (dead_t *self, const letter_row_t *row)
{
    ProtobufCMessage *message = show_open (self->arena, row->type, row->body.data, row->body.size);
    printf ("%s, %s\n  reason    %s\n  received  %s\n  type      %s\n  from      %s, %s", row->name, row->state,
        row->reason,
            show_instant (self->arena, row->received_at), row->type, row->source, row->origin);
    if (row->sequence)
        printf (", sequence %lld", (long long) row->sequence);
    printf ("\n  id        %s\n", row->message_id);
    if (*row->correlation_id)
        printf ("  story     %s   (`fettle explain %s`)\n", row->correlation_id, row->correlation_id);
    if (message)
        printf ("%s\n", json_from_message (self->arena, message, JSON_PRETTY_PRINT));
    else
        printf ("  %zu bytes that can not be read as that type; `--json` gives them in base64\n", row->body.size);
}

static int
s_show (dead_t *self, int count, char **ids)
{
    char error [512];
    if (count != 1)
        return fettle_usage ("dead", "show takes one id.");
    letter_row_t *row = letter_find (self->db, self->arena, ids [0], self->filter.service, error);
    if (!row)
        return fettle_fail (EXIT_NO, "dead", "%s", error);
    if (self->json) {
        json_t *whole = letter_json (self->arena, row, true);
        printf ("%s\n", json_print (self->arena, whole, JSON_PRETTY_PRINT));
        json_decref (whole);
    } else
        s_print_whole (self, row);
    return EXIT_OK;
}

/* ---- retry, drop */

/* The letters meant: by id, or by filter with --all. NULL: said already, *ret_code is the exit code. */
static letter_row_t *
s_chosen (dead_t *self, int count, char **ids, int *ret_count, int *ret_code)
{
    char error [512];
    *ret_code = EXIT_OK;
    if (self->all == (count > 0)) {
        *ret_code = fettle_usage ("dead", "give ids, or --all (with --service, --type, --reason).");
        return NULL;
    }
    if (self->all)
        return letter_list (self->db, self->arena, &self->filter, ret_count);
    letter_row_t *rows = arena_array (self->arena, (size_t) count, sizeof *rows);
    for (int i = 0; i < count; i++) {
        letter_row_t *row = letter_find (self->db, self->arena, ids [i], self->filter.service, error);
        if (!row) {
            *ret_code = fettle_fail (EXIT_NO, "dead", "%s Nothing was changed.", error);
            return NULL;
        }
        rows [i] = *row;
    }
    *ret_count = count;
    return rows;
}

static int
s_mark (dead_t *self, const letter_row_t *rows, int count, const char *state, const char *done)
{
    int code = EXIT_OK;
    char error [512];
    for (int i = 0; i < count; i++)
        if (letter_mark (self->db, &rows [i], state, error))
            printf ("%s %s\n", rows [i].name, done);
        else
            code = fettle_fail (EXIT_NO, "dead", "%s", error);
    return code;
}

static int
s_retry (dead_t *self, int count, char **ids)
{
    int code, found;
    letter_row_t *rows = s_chosen (self, count, ids, &found, &code);
    return rows ? s_mark (self, rows, found, "retry", "will be tried again within seconds; if it fails again it is "
        "a new letter") : code;
}

static bool
s_is_sure (dead_t *self, int count)
{
    char answer [16] = "";
    if (self->yes || count == 0)
        return true;
    if (!isatty (STDIN_FILENO))
        return false;
    printf ("Drop %d for good, so that nobody tries them any more? [y/N] ", count);
    fflush (stdout);
    return fgets (answer, sizeof answer, stdin) && (*answer == 'y' || *answer == 'Y');
}

static int
s_drop (dead_t *self, int count, char **ids)
{
    int code, found;
    letter_row_t *rows = s_chosen (self, count, ids, &found, &code);
    if (!rows)
        return code;
    if (!s_is_sure (self, found))
        return fettle_fail (isatty (STDIN_FILENO) ? EXIT_NO : EXIT_USAGE, "dead",
            "nothing was dropped: say --yes to drop without being asked.");
    return s_mark (self, rows, found, "dropped", "dropped");
}

/* ---- the command */

typedef int (verb_fn) (dead_t *self, int count, char **ids);

static int
s_run (dead_t *self, verb_fn *verb, int count, char **ids)
{
    char error [512];
    self->db = client_database (error);
    if (!self->db)
        return fettle_fail (EXIT_UNREACHABLE, "dead", "%s", error);
    self->arena = arena_new ();
    int code = letter_check (self->db, error) ? verb (self, count, ids) : fettle_fail (EXIT_UNREACHABLE, "dead",
        "%s", error);
    arena_destroy (&self->arena);
    db_close (&self->db);
    return code;
}

int
command_dead (int argc, char **argv)
{
    static const struct { const char *name; verb_fn *run; } verbs [] = {
        { "list", s_list }, { "show", s_show }, { "retry", s_retry }, { "drop", s_drop } };
    dead_t self = { .filter = { .state = "dead" } };
    char error [512];
    const option_t options [] = {
        { "--service", OPTION_TEXT, &self.filter.service, 0, 0 }, { "--reason", OPTION_TEXT, &self.filter.reason, 0,
            0 },
        { "--type", OPTION_TEXT, &self.filter.type, 0, 0 },       { "--state", OPTION_TEXT, &self.filter.state, 0,
        0 },
        { "--all", OPTION_FLAG, &self.all, 0, 0 },                { "--yes", OPTION_FLAG, &self.yes, 0, 0 },
        { "--json", OPTION_FLAG, &self.json, 0, 0 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (self.filter.service && !client_is_service (self.filter.service, error))
        return fettle_usage ("dead", "%s", error);
    if (!letter_is_state (self.filter.state))
        return fettle_usage ("dead", "--state %s: give dead, retry, retried, dropped or all.", self.filter.state);
    const char *verb = count ? argv [1] : "list";
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp (verbs [i].name, verb) == 0)
            return s_run (&self, verbs [i].run, count ? count - 1 : 0, argv + 2);
    return fettle_usage ("dead", "%s is neither list, show, retry nor drop.", verb);
}
