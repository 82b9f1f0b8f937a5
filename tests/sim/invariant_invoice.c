/* invariant_invoice - I7: what can be charged is on one invoice, once, and numbers have no gap; I13: money adds up, and
 * each amount is quantity times price, halves rounded up. */
#include "invariant.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STARTED_MINUTES = 15, LEAST_MINUTES = 30 };

/* An order as time entries, cost lines and invoices tell of it. */
typedef struct {
    int64_t listed, charged, invoiced, list_said, charge_said;
    int posted, completed, settled, blocked, goodwill;
    char *currency;
} order_t;

typedef struct { int64_t work_ms, charged_minutes; char *order_id; } labour_t;
typedef struct { char *visit_id; int kind; int64_t ms; } entry_t;

static struct {
    map_t orders, labour;           /* by id; labour by visit */
    map_t entries;                  /* time entries as last said */
    map_t numbers;                  /* "<series>-<year>" -> last number */
    map_t invoices, lines, once;    /* invoice, cost line -> its amount + 1; "<visit> <kind> ..." */
    map_t contracts;                /* contract -> its value */
} s_money;

static void
s_begin (sim_t *sim)
{
    (void) sim;
    memset (&s_money, 0, sizeof s_money);
}

static order_t *
s_order (const char *id)
{
    return invariant_thing (&s_money.orders, id, sizeof (order_t));
}

/* ---- time that is charged */

static void
s_time (const time_entry_recorded_t *recorded)
{
    entry_t *entry = invariant_thing (&s_money.entries, recorded->time_entry_id, sizeof *entry);
    labour_t *labour = invariant_thing (&s_money.labour, recorded->visit_id, sizeof *labour);
    bool is_work = recorded->kind == TIME_KIND_WORK || recorded->kind == TIME_KIND_OVERTIME;
    labour->work_ms += (is_work ? recorded->to_at - recorded->from_at : 0) - entry->ms;
    labour->order_id = arena_strdup (invariant_arena (), recorded->work_order_id);
    entry->ms = is_work ? recorded->to_at - recorded->from_at : 0;
}

static int64_t
s_minutes (int64_t work_ms)
{
    int64_t unit_ms = STARTED_MINUTES * 60000, minutes = (work_ms + unit_ms - 1) / unit_ms * STARTED_MINUTES;
    return !work_ms ? 0 : minutes < LEAST_MINUTES ? LEAST_MINUTES : minutes;
}

/* ---- lines */

static int64_t
s_half_up (int64_t price, int64_t quantity, int64_t per)
{
    __int128 product = (__int128) price * quantity;
    return (int64_t) ((product * 2 + per) / (per * 2));
}

static void
s_line (sim_t *sim, const cost_line_posted_t *line)
{
    int64_t *known = invariant_number (&s_money.lines, line->cost_line_id);
    order_t *order = s_order (line->work_order_id);
    bool is_again = *known != 0;        /* goodwill: the same line, free now */
    int64_t per = line->kind == COST_KIND_LABOUR || line->kind == COST_KIND_TRAVEL_TIME ? 60 : 1;
    *known = 1;
    if (line->amount_minor != s_half_up (line->price_minor, line->quantity, per))
        sim_fail (sim, "I13", "cost line %s: %lld %s at %lld is %lld, it says %lld", line->cost_line_id,
            (long long) line->quantity, line->unit, (long long) line->price_minor,
            (long long) s_half_up (line->price_minor, line->quantity, per), (long long) line->amount_minor);
    if (line->charge_minor != (line->coverage == COVERAGE_CHARGEABLE ? line->amount_minor : 0))
        sim_fail (sim, "I7", "cost line %s is covered by %s and charges %lld of %lld", line->cost_line_id,
            enum_name (&coverage_descriptor, (int) line->coverage), (long long) line->charge_minor,
            (long long) line->amount_minor);
    if (is_again)
        return;
    char key [300];
    snprintf (key, sizeof key, "%s %s %d %d %s", line->work_order_id, line->visit_id, (int) line->kind,
        (int) line->band, line->item_id);
    if (++*invariant_number (&s_money.once, key) > 1)
        sim_fail (sim, "I7", "order %s has two lines for %s of visit %s, band %d, item \"%s\"", line->work_order_id,
            enum_name (&cost_kind_descriptor, (int) line->kind), line->visit_id, (int) line->band, line->item_id);
    order->listed += line->amount_minor;
    order->charged += line->charge_minor;
    if (line->kind == COST_KIND_LABOUR)
        ((labour_t *) invariant_thing (&s_money.labour, line->visit_id, sizeof (labour_t)))->charged_minutes
            += line->quantity;
}

static void
s_is_charged_in_full (sim_t *sim, const char *visit_id, const labour_t *labour)
{
    if (labour->charged_minutes != s_minutes (labour->work_ms))
        sim_fail (sim, "I13", "visit %s: %lld ms of work are %lld minutes to charge, its lines have %lld", visit_id,
            (long long) labour->work_ms, (long long) s_minutes (labour->work_ms), (long long) labour->charged_minutes);
}

static void
s_posted (sim_t *sim, const work_order_posted_t *posted)
{
    order_t *order = s_order (posted->work_order_id);
    if (++order->posted > 1)
        sim_fail (sim, "I7", "order %s was posted twice", posted->work_order_id);
    if (posted->list_minor != order->listed || posted->charge_minor != order->charged)
        sim_fail (sim, "I13", "order %s was posted over %lld and %lld to pay, its lines add up to %lld and %lld",
            posted->work_order_id, (long long) posted->list_minor, (long long) posted->charge_minor,
            (long long) order->listed, (long long) order->charged);
    for (uint32_t i = 0; i < s_money.labour.capacity; i++) {
        const map_slot_t *slot = &s_money.labour.slots [i];
        const labour_t *labour = slot->key ? slot->value : NULL;
        if (labour && labour->order_id && strcmp (labour->order_id, posted->work_order_id) == 0)
            s_is_charged_in_full (sim, slot->key, labour);
    }
}

/* ---- invoices */

static void
s_number (sim_t *sim, const invoice_issued_t *issued)
{
    const char *dash = strrchr (issued->number, '-');
    char series [64];
    if (!dash)
        return sim_fail (sim, "I7", "invoice %s has number %s, which ends in no number", issued->invoice_id,
            issued->number);
    snprintf (series, sizeof series, "%.*s", (int) (dash - issued->number), issued->number);
    int64_t *last = invariant_number (&s_money.numbers, series), number = strtoll (dash + 1, NULL, 10);
    if (number != *last + 1)
        sim_fail (sim, "I7", "invoice %s follows number %lld of series %s", issued->number, (long long) *last, series);
    *last = number;
}

static void
s_issued (sim_t *sim, const invoice_issued_t *issued)
{
    int64_t sum = 0;
    s_number (sim, issued);
    if (++*invariant_number (&s_money.invoices, issued->invoice_id) > 1)
        sim_fail (sim, "I7", "invoice %s was issued twice", issued->invoice_id);
    for (size_t i = 0; i < issued->n_lines; i++)
        sum += issued->lines [i]->amount_minor;
    if (sum != issued->total_minor)
        sim_fail (sim, "I13", "invoice %s is over %lld, its lines add up to %lld", issued->number,
            (long long) issued->total_minor, (long long) sum);
    if (!is_empty (issued->work_order_id))
        s_order (issued->work_order_id)->invoiced += issued->total_minor;
}

static void
s_event (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event, const ProtobufCMessage *body)
{
    (void) commit;
    if (IS (body, time_entry_recorded))
        s_time ((const time_entry_recorded_t *) body);
    else if (IS (body, cost_line_posted))
        s_line (sim, (const cost_line_posted_t *) body);
    else if (IS (body, work_order_posted))
        s_posted (sim, (const work_order_posted_t *) body);
    else if (IS (body, invoice_issued))
        s_issued (sim, (const invoice_issued_t *) body);
    else if (IS (body, posting_blocked))
        s_order (event->subject)->blocked = 1;
    else if (IS (body, work_order_completed))
        s_order (event->subject)->completed = 1;
    else if (IS (body, parts_settled))
        s_order (event->subject)->settled = 1;
    else if (IS (body, contract_activated))
        *invariant_number (&s_money.contracts, event->subject) =
            ((const contract_activated_t *) body)->details->value_minor;
}

/* ---- quiet */

static void
s_is_paid_for (sim_t *sim, const char *id, void *value)
{
    const order_t *order = value;
    if (order->completed && order->settled && !order->posted && !order->blocked)
        sim_fail (sim, "I7", "order %s is complete and settled, and neither posted nor blocked", id);
    if (!order->posted)
        return;
    const entity_t *entity = sim_entity (sim, SIM_BILLING, "work_order");
    const void *row = sim_row (sim, entity, id);
    int64_t charge = row ? sim_int (entity, row, "charge_minor") : -1;
    if (order->invoiced != charge)
        sim_fail (sim, "I13", "order %s charges %lld, its invoices and credit notes add up to %lld", id,
            (long long) charge, (long long) order->invoiced);
}

static void
s_is_in_parts (sim_t *sim, const char *contract_id, void *value)
{
    const entity_t *instalment = sim_entity (sim, SIM_BILLING, "instalment");
    const int64_t *worth = value;
    int64_t sum = 0;
    for (const void *row = NULL; (row = sim_next (sim, instalment, row));)
        if (strcmp (sim_text (instalment, row, "contract_id"), contract_id) == 0)
            sum += sim_int (instalment, row, "amount_minor");
    if (sum != *worth)
        sim_fail (sim, "I13", "contract %s is worth %lld, its instalments add up to %lld", contract_id,
            (long long) *worth, (long long) sum);
}

static void
s_quiet (sim_t *sim)
{
    invariant_each (&s_money.orders, s_is_paid_for, sim);
    invariant_each (&s_money.contracts, s_is_in_parts, sim);
    const entity_t *invoice = sim_entity (sim, SIM_BILLING, "invoice");
    if (sim_row_count (sim, invoice) != (int) s_money.invoices.count)
        sim_fail (sim, "I7", "%d invoices are stored and %d were issued", sim_row_count (sim, invoice),
            (int) s_money.invoices.count);
}

const page_t invariant_invoice = { .begin = s_begin, .event = s_event, .quiet = s_quiet };
