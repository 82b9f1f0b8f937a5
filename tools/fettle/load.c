/* load - sends the commands of files, so that doing it twice does nothing twice.
 *
 * A command's id is a hash of its type, its content and how often the file has said the same before. A rejected
 * command keeps its answer under its id; so that it gets another chance the next time, each further try has the
 * number of the try in its id. */
#include "command_file.h"
#include "delivery.h"
#include "fettle.h"
#include "moment.h"
#include "options.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UNKNOWN_PATIENCE_MS = 5000, NOT_READY_PATIENCE_MS = 30000, TRIES_MAX = 1000 };

typedef struct {
    arena_t *arena;
    command_list_t list;
    const char *actor;
    bool shows_progress, only_check, is_quiet, json;
    int sent, accepted, duplicate, rejected;
    int64_t window, patience_ms;
    json_t *rejections;
} load_t;

/* ---- answers */

static bool
s_ends_with (const char *text, const char *end)
{
    size_t length = strlen (text), end_length = strlen (end);
    return length >= end_length && strcmp (text + length - end_length, end) == 0;
}

static void
s_next_id (load_t *self, delivery_t *delivery, const listed_command_t *listed)
{
    delivery->command->id = arena_printf (self->arena, "%s.%d", listed->id, delivery->tries);
}

/* What it names may still be on its way between services: soon it may be there. */
static int64_t
s_judge (void *closure, delivery_t *delivery)
{
    load_t *self = closure;
    const bus_reply_t *reply = delivery->reply;
    int64_t waited_ms = moment_steady () - delivery->first_at;
    if (reply->status == STATUS_RETRY)
        return waited_ms < NOT_READY_PATIENCE_MS ? 200 : -1;
    if (delivery_status (reply) != STATUS_REJECTED || delivery->tries >= TRIES_MAX)
        return -1;
    bool is_old = reply->status == STATUS_DUPLICATE;
    bool may_come = s_ends_with (reply->code, ".unknown") && waited_ms < self->patience_ms;
    if (!is_old && !may_come)
        return -1;
    s_next_id (self, delivery, delivery->context);
    return is_old ? 0 : delivery->tries < 4 ? 50 << delivery->tries : 500;
}

static void
s_reject (load_t *self, const listed_command_t *listed, const bus_reply_t *reply)
{
    self->rejected++;
    json_array_append_new (self->rejections, json_pack ("{s:s, s:i, s:s, s:s, s:s}", "file", listed->file, "index",
        listed->index, "type",
        listed->type, "code", reply->code, "message", reply->message));
    if (self->json)
        return;
    if (self->shows_progress)
        fprintf (stderr, "\r\033[K");
    fettle_say ("rejected  %s, command %d, %s: %s: %s\n", listed->file, listed->index, listed->type,
        reply->code, reply->message);
}

static void
s_done (void *closure, const delivery_t *delivery)
{
    load_t *self = closure;
    const bus_reply_t *reply = delivery->reply;
    self->sent++;
    if (delivery_status (reply) != STATUS_ACCEPTED)
        s_reject (self, delivery->context, reply);
    else if (reply->status == STATUS_DUPLICATE)
        self->duplicate++;
    else
        self->accepted++;
    if (self->shows_progress && (self->sent % 16 == 0 || self->sent == self->list.count))
        fprintf (stderr, "\r%d of %d commands", self->sent, self->list.count);
}

/* ---- sending */

/* From which on another service or another file begins: there what came before must be answered. */
static int
s_batch_end (const load_t *self, int from)
{
    const listed_command_t *all = self->list.commands;
    int to = from;
    while (to < self->list.count && strcmp (all [to].service, all [from].service) == 0
        && all [to].file == all [from].file)
        to++;
    return to;
}

static bool
s_send_batch (load_t *self, int from, int to, char error [512])
{
    delivery_t *deliveries = arena_array (self->arena, (size_t) (to - from), sizeof *deliveries);
    delivery_rules_t rules = { .window = (int) self->window, .timeout_ms = 2 * CLIENT_TIMEOUT_MS, .judge = s_judge,
        .closure = self,
                               .done = s_done };
    for (int i = from; i < to; i++)
        deliveries [i - from] = (delivery_t) { .command = self->list.commands [i].command,
            .context = &self->list.commands [i] };
    return delivery_run (self->list.commands [from].service, self->arena, deliveries, to - from, &rules, error);
}

static int
s_send_all (load_t *self)
{
    char error [512];
    for (int from = 0, to; from < self->list.count; from = to) {
        to = s_batch_end (self, from);
        if (!s_send_batch (self, from, to, error)) {
            if (self->shows_progress)
                fputc ('\n', stderr);
            return fettle_fail (EXIT_UNREACHABLE, "load", "%s", error);
        }
    }
    if (self->shows_progress && self->list.count)
        fprintf (stderr, "\r\033[K");
    return self->rejected ? EXIT_NO : EXIT_OK;
}

static void
s_print_summary (load_t *self)
{
    if (self->json) {
        json_t *summary = json_pack ("{s:i, s:i, s:i, s:O}", "accepted", self->accepted, "duplicate",
            self->duplicate, "rejected",
                                     self->rejected, "rejections", self->rejections);
        printf ("%s\n", json_print (self->arena, summary, JSON_PRETTY_PRINT));
        json_decref (summary);
    } else if (!self->is_quiet || self->rejected)
        printf ("%d accepted, %d done before, %d rejected\n", self->accepted, self->duplicate, self->rejected);
}

static int
s_load (load_t *self, int count, char **paths)
{
    for (int i = 0; i < count; i++)
        if (!command_list_read (&self->list, self->arena, paths [i], self->actor))
            self->list.wrong++;
    if (self->list.wrong)
        return fettle_fail (EXIT_USAGE, "load", "nothing was sent: mend the %d mistakes above first.",
            self->list.wrong);
    if (self->only_check)
        return printf ("%d commands, all well-formed\n", self->list.count), EXIT_OK;
    self->rejections = json_array ();
    int code = s_send_all (self);
    if (code != EXIT_UNREACHABLE || self->sent)
        s_print_summary (self);
    json_decref (self->rejections);
    return code;
}

int
command_load (int argc, char **argv)
{
    load_t self = { .window = 128, .patience_ms = UNKNOWN_PATIENCE_MS };
    const option_t options [] = {
        { "--check", OPTION_FLAG, &self.only_check, 0, 0 }, { "--json", OPTION_FLAG, &self.json, 0, 0 },
        { "--quiet", OPTION_FLAG, &self.is_quiet, 0, 0 },   { "--actor", OPTION_TEXT, &self.actor, 0, 0 },
        { "--window", OPTION_INT, &self.window, 1, 4096 },  { "--patience", OPTION_INT, &self.patience_ms, 0,
        60000 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count == 0)
        return fettle_usage ("load", "name files or directories of commands.");
    self.arena = arena_new ();
    self.shows_progress = isatty (STDERR_FILENO) && !self.is_quiet && !self.json;
    int code = s_load (&self, count, argv + 1);
    arena_destroy (&self.arena);
    return code;
}
