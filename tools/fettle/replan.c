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

static int
s_print (arena_t *arena, const replan_proposed_t *plan, bool as_json)
{
    if (as_json) {
        json_t *whole = json_value_from_message (&plan->base, JSON_PRINT_DEFAULTS);
        printf ("%s\n", json_print (arena, whole, JSON_PRETTY_PRINT));
        json_decref (whole);
        return *plan->error ? EXIT_NO : EXIT_OK;
    }
    if (*plan->error)
        return fettle_fail (EXIT_NO, "replan", "%s.", plan->error);
    printf ("%s of %s on %s by policy %s version %lld: %s%s\n", plan->replan_id, plan->territory_id, plan->day_on,
        plan->policy_id, (long long) plan->policy_version, plan->applied ? "applied" : "not applied, ",
        plan->not_applied_reason);
    printf ("%zu changes, %d visits of which people know move of %d that may\n", plan->n_moves, plan->moved,
        plan->max_moved);
    s_print_moves (arena, plan);
    s_print_terms (arena, plan);
    s_print_left_out (plan);
    return EXIT_OK;
}

/* Asked again until the search has ended. */
static int
s_wait (arena_t *arena, const char *replan_id, int64_t seconds, bool as_json)
{
    char error [512];
    get_replan_t query = { .base = get_replan_init, .replan_id = (char *) replan_id };
    client_command_t asked = { .type = query.base.descriptor->name, .json = json_from_message (arena, &query.base, 0) };
    for (int64_t left_ms = (seconds * 10 + PATIENCE_S) * 1000; left_ms > 0; left_ms -= PAUSE_MS) {
        const bus_reply_t *reply = client_command (arena, &asked, CLIENT_TIMEOUT_MS, error);
        if (!reply)
            return fettle_fail (EXIT_UNREACHABLE, "replan", "%s", error);
        if (reply->status == STATUS_ACCEPTED) {
            const replan_proposed_t *plan = (const replan_proposed_t *) show_open (arena, reply->type,
                reply->data.data, reply->data.len);
            return plan ? s_print (arena, plan, as_json)
                : fettle_fail (EXIT_UNREACHABLE, "replan", "the answer can not be read.");
        }
        if (strcmp (reply->code, "replan.not_ready") != 0)
            return fettle_fail (EXIT_NO, "replan", "%s: %s.", reply->code, reply->message);
        nanosleep (&(struct timespec) { .tv_nsec = PAUSE_MS * 1000000L }, NULL);
    }
    return fettle_fail (EXIT_UNREACHABLE, "replan", "the dispatcher is still searching: ask for %s again with "
        "`fettle send GetReplan`.", replan_id);
}

int
command_replan (int argc, char **argv)
{
    replan_day_t command = { .base = replan_day_init };
    const char *territory = NULL, *policy = NULL;
    bool as_json = false, dry_run = false;
    int64_t seconds = 0;
    int code = EXIT_OK;
    const option_t options [] = {
        { "--territory", OPTION_TEXT, &territory, 0, 0 }, { "--policy", OPTION_TEXT, &policy, 0, 0 },
        { "--dry-run", OPTION_FLAG, &dry_run, 0, 0 }, { "--seconds", OPTION_INT, &seconds, 1, SECONDS_MAX },
        { "--json", OPTION_FLAG, &as_json, 0, 0 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count != 1 || date_parse (argv [1]) == DATE_NONE)
        return fettle_usage ("replan", "give the day as YYYY-MM-DD.");
    if (!territory)
        return fettle_usage ("replan", "give the territory with --territory.");
    char id [37];
    client_id (id);
    command.replan_id = id;
    command.day_on = argv [1];
    command.territory_id = (char *) territory;
    command.policy_id = policy ? (char *) policy : command.policy_id;
    command.dry_run = dry_run;
    command.effort_ms = (int32_t) seconds * 1000;
    arena_t *arena = arena_new ();
    if (ask_service (arena, "replan", &command.base, &code))
        code = s_wait (arena, id, seconds, as_json);
    arena_destroy (&arena);
    return code;
}
