/* sla explain - where the time of a case's clocks went, as the sla-watchdog accounts for it. */
#include "sla.h"
#include "fettle.h"
#include "json.h"
#include "options.h"
#include <stdio.h>
#include <string.h>

static const char *
s_state_name (const clock_ledger_t *clock)
{
    return enum_name (&clock_state_descriptor, (int) clock->state) + strlen ("CLOCK_STATE_");
}

static void
s_print_entry (const zone_t *zone, const ledger_entry_t *entry)
{
    char from [SLA_TEXT_SIZE], to [SLA_TEXT_SIZE], length [SLA_TEXT_SIZE];
    const char *state = enum_name (&ledger_state_descriptor, (int) entry->state) + strlen ("LEDGER_STATE_");
    printf ("  %-22s  %-22s  %-7s %12s", sla_local_print (zone, entry->from_at, from),
            sla_local_print (zone, entry->to_at, to), state,
            sla_duration_print (entry->to_at - entry->from_at, length));
    if (entry->reason)
        printf ("  %s%s%s", enum_name (&wait_reason_descriptor, (int) entry->reason) + strlen ("WAIT_REASON_"),
                *entry->holder ? ", waiting for " : "", sla_text_tame (entry->holder));
    putchar ('\n');
}

static void
s_print_instant (const zone_t *zone, const char *name, int64_t at)
{
    char local [SLA_TEXT_SIZE];
    printf ("  %s %s\n", name, at ? sla_local_print (zone, at, local) : "never");
}

/* In whose hands it was how long, when there was anybody but us. */
static void
s_print_total (const ledger_total_t *total)
{
    char text [SLA_TEXT_SIZE];
    if (total->state == LEDGER_STATE_PAUSED)
        printf ("    %-17s waiting for %s  %s\n",
                enum_name (&wait_reason_descriptor, (int) total->reason) + strlen ("WAIT_REASON_"),
                *total->holder ? sla_text_tame (total->holder) : "nobody named",
                sla_duration_print (total->total_ms, text));
}

static void
s_print_clock (const clock_ledger_t *clock)
{
    char a [SLA_TEXT_SIZE], b [SLA_TEXT_SIZE], c [SLA_TEXT_SIZE], d [SLA_TEXT_SIZE];
    const zone_t *zone = *clock->time_zone ? zone_find (clock->time_zone, NULL) : NULL;
    if (!zone)
        zone = zone_find ("UTC", NULL);
    printf ("%s  %s of plan %s: %s of %s\n", clock->clock_id, s_state_name (clock),
            *clock->plan_id ? clock->plan_id : "-",
            sla_duration_print (clock->consumed_ms, a), sla_duration_print (clock->budget_ms, b));
    s_print_instant (zone, "due         ", clock->due_at);
    s_print_instant (zone, "broken after", clock->breach_at);
    if (*clock->calendar_id)
        printf ("  by calendar %s version %lld, %s\n", clock->calendar_id, (long long) clock->calendar_version,
                zone_name (zone));
    else
        printf ("  all time counts, %s\n", zone_name (zone));
    if (clock->left_out)
        printf ("  (%d entries before)\n", clock->left_out);
    for (size_t i = 0; i < clock->n_entries; i++)
        s_print_entry (zone, clock->entries [i]);
    printf ("  in all running %s, paused %s, closed %s; together %s\n",
            sla_duration_print (clock->running_ms, a),
            sla_duration_print (clock->paused_ms, b), sla_duration_print (clock->closed_ms, c),
            sla_duration_print (clock->running_ms + clock->paused_ms + clock->closed_ms, d));
    for (size_t i = 0; i < clock->n_totals; i++)
        s_print_total (clock->totals [i]);
    putchar ('\n');
}

static int
s_print (arena_t *arena, const sla_ledger_t *ledger, bool json)
{
    if (json)
        printf ("%s\n", json_from_message (arena, &ledger->base, JSON_PRETTY_PRINT | JSON_PRINT_DEFAULTS));
    for (size_t i = 0; i < ledger->n_clocks && !json; i++)
        s_print_clock (ledger->clocks [i]);
    if (!ledger->n_clocks && !json)
        printf ("Nothing is promised to %s.\n", ledger->case_id);
    return EXIT_OK;
}

static int
s_explain (arena_t *arena, const char *case_id, const char *milestone, bool json)
{
    int code;
    json_t *query = json_object ();
    json_object_set_new (query, "caseId", json_string (case_id));
    if (milestone)
        json_object_set_new (query, "milestone", json_string (arena_printf (arena, "MILESTONE_%s", milestone)));
    const sla_ledger_t *ledger = (const sla_ledger_t *) sla_ask (arena, "GetSlaLedger", query, &sla_ledger_descriptor,
        &code);
    return ledger ? s_print (arena, ledger, json) : code;
}

int
sla_explain (int argc, char **argv)
{
    const char *milestone = NULL;
    bool json = false;
    const option_t options [] = {
        { .name = "--milestone", OPTION_TEXT, &milestone }, { .name = "--json", OPTION_FLAG, &json }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count != 1)
        return fettle_usage ("sla", "explain takes the id of one case.");
    arena_t *arena = arena_new ();
    int code = s_explain (arena, argv [1], milestone, json);
    arena_destroy (&arena);
    return code;
}
