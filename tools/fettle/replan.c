/* replan - the rest of a day planned again: what changes for whom, what that saves, and why something has no place. */
#include "ask.h"
#include "calendar/date.h"
#include "fettle.h"
#include "options.h"
#include "show.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SECONDS_MAX = 60, PATIENCE_S = 60, PAUSE_MS = 100 };

/* Prices of policies are of one notional currency, so none is named. */
static const char *
s_money (arena_t *arena, int64_t amount_minor)
{
    long long whole = llabs ((long long) amount_minor);
    return arena_printf (arena, "%s%lld.%02lld", amount_minor < 0 ? "-" : "", whole / 100, whole % 100);
}

static const char *
s_begin (arena_t *arena, const char *engineer_id, int64_t at)
{
    return *engineer_id ? arena_printf (arena, "%s %.16s", engineer_id, show_instant (arena, at)) : "nobody";
}

static void
s_print_moves (arena_t *arena, const replan_proposed_t *plan)
{
    for (size_t i = 0; i < plan->n_moves; i++) {
        const replan_move_t *move = plan->moves [i];
        printf ("  order %s: %s -> %s%s%s%s\n", move->work_order_id,
            s_begin (arena, move->from_engineer_id, move->from_work_starts_at),
            s_begin (arena, move->engineer_id, move->work_starts_at), move->must ? ", it can not stay" : "",
            *move->not_made_reason ? ", not proposed: " : "", move->not_made_reason);
    }
}

static void
s_print_terms (arena_t *arena, const replan_proposed_t *plan)
{
    printf ("cost %s -> %s, saves %s\n", s_money (arena, plan->before_minor), s_money (arena, plan->after_minor),
        s_money (arena, plan->before_minor - plan->after_minor));
    for (size_t i = 0; i < plan->n_terms; i++)
        printf ("  %-10s %s -> %s\n", plan->terms [i]->term, s_money (arena, plan->terms [i]->before_minor),
            s_money (arena, plan->terms [i]->after_minor));
    int64_t gap_minor = plan->after_minor - plan->bound_minor;
    if (!gap_minor)
        printf ("no plan of this day costs less\n");
    else
        printf ("no plan of this day costs less than %s: this one is at most %.1f %% above\n",
            s_money (arena, plan->bound_minor), plan->bound_minor ? 100.0 * (double) gap_minor
            / (double) plan->bound_minor : 100.0);
}

static void
s_print_left_out (const replan_proposed_t *plan)
{
    for (size_t i = 0; i < plan->n_left_out; i++) {
        const replan_left_out_t *out = plan->left_out [i];
        printf ("  order %s has no place%s:", out->work_order_id, *out->visit_id ? out->must
            ? ", and its engineer is away" : " that is better, its visit stays" : "");
        for (size_t j = 0; j < out->n_reasons; j++)
            printf ("%s %d %s", j ? "," : "", out->reasons [j]->engineers, out->reasons [j]->rule);
        putchar ('\n');
    }
}

static void
s_print (arena_t *arena, const replan_proposed_t *plan)
{
    printf ("%s of %s on %s by policy %s version %lld: %s%s\n", plan->replan_id, plan->territory_id, plan->day_on,
        plan->policy_id, (long long) plan->policy_version, plan->applied ? "applied" : "not applied, ",
        plan->not_applied_reason);
    printf ("%zu changes, %d visits of which people know move of %d that may\n", plan->n_moves, plan->moved,
        plan->max_moved);
    s_print_moves (arena, plan);
    s_print_terms (arena, plan);
    s_print_left_out (plan);
}

/* ---- asked for */

typedef struct {
    arena_t *arena;
    replan_day_t command;
    int64_t seconds;
    bool as_json;
    json_t *plans;                      /* of all territories */
    int plan_count, applied, moved;
    size_t changes, left_out;
    int64_t before_minor, after_minor;
    int code;
} run_t;

static const replan_proposed_t *
s_fail (run_t *self, int code, const char *text)
{
    self->code = fettle_fail (code, "replan", "%s.", text);
    return NULL;
}

/* Asked again until the search has ended. */
static const replan_proposed_t *
s_wait (run_t *self, const char *replan_id)
{
    char error [512];
    get_replan_t query = { .base = get_replan_init, .replan_id = (char *) replan_id };
    client_command_t asked = {
        .type = query.base.descriptor->name, .json = json_from_message (self->arena, &query.base, 0) };
    for (int64_t left_ms = (self->seconds * 10 + PATIENCE_S) * 1000; left_ms > 0; left_ms -= PAUSE_MS) {
        const bus_reply_t *reply = client_command (self->arena, &asked, CLIENT_TIMEOUT_MS, error);
        if (!reply)
            return s_fail (self, EXIT_UNREACHABLE, error);
        if (reply->status == STATUS_ACCEPTED) {
            const replan_proposed_t *plan = (const replan_proposed_t *) show_open (self->arena, reply->type,
                reply->data.data, reply->data.len);
            return plan ? plan : s_fail (self, EXIT_UNREACHABLE, "the answer can not be read");
        }
        if (strcmp (reply->code, "replan.not_ready") != 0)
            return s_fail (self, EXIT_NO, arena_printf (self->arena, "%s: %s", reply->code, reply->message));
        nanosleep (&(struct timespec) { .tv_nsec = PAUSE_MS * 1000000L }, NULL);
    }
    return s_fail (self, EXIT_UNREACHABLE, arena_printf (self->arena, "the dispatcher is still searching: ask for %s "
        "again with `fettle send GetReplan`", replan_id));
}

static void
s_tell (run_t *self, const replan_proposed_t *plan)
{
    self->plan_count++;
    self->applied += plan->applied;
    self->moved += plan->moved;
    self->changes += plan->n_moves;
    self->left_out += plan->n_left_out;
    self->before_minor += plan->before_minor;
    self->after_minor += plan->after_minor;
    if (*plan->error && !self->as_json)
        s_fail (self, EXIT_NO, arena_printf (self->arena, "%s: %s", plan->territory_id, plan->error));
    else if (*plan->error)
        self->code = EXIT_NO;
    if (self->as_json)
        json_array_append_new (self->plans, json_value_from_message (&plan->base, JSON_PRINT_DEFAULTS));
    else if (!*plan->error)
        s_print (self->arena, plan);
}

static void
s_territory (run_t *self, const char *territory_id)
{
    char id [37];
    client_id (id);
    self->command.replan_id = arena_strdup (self->arena, id);
    self->command.territory_id = (char *) territory_id;
    int code = EXIT_OK;
    if (!ask_service (self->arena, "replan", &self->command.base, &code)) {
        self->code = code;
        return;
    }
    const replan_proposed_t *plan = s_wait (self, self->command.replan_id);
    if (plan)
        s_tell (self, plan);
}

/* One after the other: each finds the day as the ones before it have left it. */
static void
s_everywhere (run_t *self)
{
    get_territories_t query = { .base = get_territories_init };
    const territories_t *all = (const territories_t *) ask_question (self->arena, "replan", &query.base, &self->code);
    for (size_t i = 0; all && i < all->n_territory_ids && self->code != EXIT_UNREACHABLE; i++)
        s_territory (self, all->territory_ids [i]);
    if (!all || self->as_json)
        return;
    printf ("%d territories, %d plans applied: %zu changes, %d visits of which people know move, %zu orders without a "
        "place; cost %s -> %s, saves %s\n", self->plan_count, self->applied, self->changes, self->moved, self->left_out,
        s_money (self->arena, self->before_minor), s_money (self->arena, self->after_minor),
        s_money (self->arena, self->before_minor - self->after_minor));
}

static void
s_print_json (run_t *self, bool is_whole)
{
    json_t *first = json_array_get (self->plans, 0);
    json_t *printed = is_whole ? json_pack ("{s:O, s:i, s:I, s:i, s:I, s:I}", "plans", self->plans, "applied",
        self->applied, "changes", (json_int_t) self->changes, "moved", self->moved, "beforeMinor",
        (json_int_t) self->before_minor, "afterMinor", (json_int_t) self->after_minor) : json_incref (first);
    if (printed)
        printf ("%s\n", json_print (self->arena, printed, JSON_PRETTY_PRINT));
    json_decref (printed);
}

int
command_replan (int argc, char **argv)
{
    run_t self = { .command = { .base = replan_day_init }, .code = EXIT_OK };
    const char *territory = NULL, *policy = NULL;
    bool dry_run = false;
    const option_t options [] = {
        { "--territory", OPTION_TEXT, &territory, 0, 0 }, { "--policy", OPTION_TEXT, &policy, 0, 0 },
        { "--dry-run", OPTION_FLAG, &dry_run, 0, 0 }, { "--seconds", OPTION_INT, &self.seconds, 1, SECONDS_MAX },
        { "--json", OPTION_FLAG, &self.as_json, 0, 0 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count != 1 || date_parse (argv [1]) == DATE_NONE)
        return fettle_usage ("replan", "give the day as YYYY-MM-DD.");
    self.command.day_on = argv [1];
    self.command.policy_id = policy ? (char *) policy : self.command.policy_id;
    self.command.dry_run = dry_run;
    self.command.effort_ms = (int32_t) self.seconds * 1000;
    self.arena = arena_new ();
    self.plans = json_array ();
    if (territory)
        s_territory (&self, territory);
    else
        s_everywhere (&self);
    if (self.as_json)
        s_print_json (&self, !territory);
    json_decref (self.plans);
    arena_destroy (&self.arena);
    return self.code;
}
