/* sla compliance - how promises did, contract by contract and month by month, as the sla-watchdog counts them. */
#include "sla.h"
#include "fettle.h"
#include "options.h"
#include <stdio.h>
#include <string.h>

static void
s_print_counts (const char *contract_id, const char *month, const char *milestone, int64_t met, int64_t missed,
    int32_t basis_points, const char *note)
{
    printf ("%-24s  %-7s  %-17s %7lld %7lld  %3d.%02d %%%s%s\n", contract_id, month, milestone, (long long) met,
            (long long) missed, basis_points / 100, basis_points % 100, *note ? "  " : "", note);
}

/* Closed, or when it will be; a correction says which one it is. */
static const char *
s_note (arena_t *arena, const contract_compliance_t *month)
{
    char text [SLA_TEXT_SIZE];
    if (!month->version)
        return arena_printf (arena, "open until %s", sla_moment_print (month->closes_at, text));
    return month->version == 1 ? "closed"
        : arena_printf (arena, "closed, corrected %lld times", (long long) month->version - 1);
}

static void
s_print_month (arena_t *arena, const contract_compliance_t *month)
{
    for (size_t i = 0; i < month->n_milestones; i++) {
        const milestone_compliance_t *one = month->milestones [i];
        s_print_counts (month->contract_id, month->month,
                        enum_name (&milestone_descriptor, (int) one->milestone) + strlen ("MILESTONE_"), one->met,
                        one->missed, one->basis_points, "");
    }
    s_print_counts (month->contract_id, month->month, "all", month->met, month->missed, month->basis_points,
                    s_note (arena, month));
}

typedef struct { const char *contract_id, *month; bool json; } asked_t;

static const sla_compliance_t *
s_ask (arena_t *arena, const asked_t *asked, const char *after, int *ret_code)
{
    json_t *query = json_object ();
    json_object_set_new (query, "contractId", json_string (asked->contract_id ? asked->contract_id : ""));
    json_object_set_new (query, "month", json_string (asked->month ? asked->month : ""));
    json_object_set_new (query, "after", json_string (after));
    return (const sla_compliance_t *) sla_ask (arena, "GetSlaCompliance", query, &sla_compliance_descriptor, ret_code);
}

static void
s_print_head (size_t count)
{
    if (count)
        printf ("%-24s  %-7s  %-17s %7s %7s  %8s\n", "CONTRACT", "MONTH", "MILESTONE", "MET", "MISSED", "SHARE");
    else
        printf ("No promise has ended in that time.\n");
}

/* A page after the other; as JSON each page is a document of its own line. */
static int
s_compliance (arena_t *arena, const asked_t *asked)
{
    int code = EXIT_OK;
    bool is_first = true;
    for (const char *after = ""; is_first || *after; is_first = false) {
        const sla_compliance_t *page = s_ask (arena, asked, after, &code);
        if (!page)
            return code;
        if (asked->json)
            printf ("%s\n", json_from_message (arena, &page->base, JSON_PRINT_DEFAULTS));
        else if (is_first)
            s_print_head (page->n_months);
        for (size_t i = 0; i < page->n_months && !asked->json; i++)
            s_print_month (arena, page->months [i]);
        after = page->next_after;
    }
    return code;
}

int
sla_months (int argc, char **argv)
{
    asked_t asked = { 0 };
    const option_t options [] = {
        { .name = "--contract", OPTION_TEXT, &asked.contract_id }, { .name = "--month", OPTION_TEXT, &asked.month },
        { .name = "--json", OPTION_FLAG, &asked.json }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count != 0)
        return fettle_usage ("sla", "compliance takes --contract, --month and --json, and nothing else.");
    arena_t *arena = arena_new ();
    int code = s_compliance (arena, &asked);
    arena_destroy (&arena);
    return code;
}
