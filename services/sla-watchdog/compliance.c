/* compliance - promises counted as their verdicts fall, and the month closed once. */
#include <stdio.h>
#include <string.h>

#include "calendar/zone.h"
#include "compliance.h"

/* What turns after the close is said a minute later: a device that was offline tells of a day at once. */
enum { CORRECTION_MS = 60000, WHOLE = 10000 };

#define TIMER_CLOSE "compliance"

static const zone_t *
s_zone (const char *name)
{
    const zone_t *zone = is_empty (name) ? NULL : zone_find (name, NULL);
    return zone ? zone : zone_find ("UTC", NULL);
}

char *
compliance_month_of (tx_t *tx, int64_t at, const char *time_zone)
{
    int year, month;
    date_to_ymd (zone_date (s_zone (time_zone), at, NULL), &year, &month, NULL);
    return tx_printf (tx, "%04d-%02d", year, month);
}

int64_t
compliance_month_ends_at (const char *month, const char *time_zone)
{
    char first_on [DATE_TEXT_SIZE];
    int year, number;
    snprintf (first_on, sizeof first_on, "%.7s-01", month);
    int32_t first = strlen (month) == 7 ? date_parse (first_on) : DATE_NONE;
    if (first == DATE_NONE)
        return 0;
    date_to_ymd (first, &year, &number, NULL);
    return zone_at (s_zone (time_zone), first + date_days_in_month (year, number), 0);
}

/* ---- counting */

static char *
s_zone_of (tx_t *tx, const sla_case_t *sla_case)
{
    contract_t *contract = tx_get (tx, contract, sla_case->contract_id);
    territory_t *territory = tx_get (tx, territory, sla_case->territory_id);
    if (contract && !is_empty (contract->time_zone))
        return contract->time_zone;
    return territory && !is_empty (territory->time_zone) ? territory->time_zone : "UTC";
}

static bool
s_is_missed (const sla_clock_t *clock)
{
    return clock->breached && clock->state != CLOCK_STATE_CANCELLED && clock->state != CLOCK_STATE_UNSPECIFIED;
}

/* When the verdict fell; 0: there is none. */
static int64_t
s_verdict_at (const sla_clock_t *clock)
{
    return clock->state == CLOCK_STATE_MET ? clock->stopped_at : s_is_missed (clock) ? clock->breach_at + 1 : 0;
}

static compliance_month_t *
s_month (tx_t *tx, const sla_case_t *sla_case, int64_t at, const char *time_zone)
{
    char *month = compliance_month_of (tx, at, time_zone);
    compliance_month_t *self = tx_need (tx, compliance_month,
        tx_printf (tx, "%s:%s", sla_case->contract_id, month));
    if (is_empty (self->month)) {
        self->contract_id = sla_case->contract_id;
        self->month = month;
        self->time_zone = (char *) time_zone;
    }
    return self;
}

/* A month that is open is closed when its grace is over; one that is closed says its next version soon. */
static void
s_arm (tx_t *tx, const compliance_month_t *self)
{
    int64_t close_at = compliance_month_ends_at (self->month, self->time_zone) + COMPLIANCE_GRACE_MS;
    int64_t soon_at = tx_now (tx) + CORRECTION_MS;
    tx_timer_set (tx, TIMER_CLOSE, self->id, close_at > soon_at ? close_at : soon_at);
}

static compliance_count_t *
s_count (tx_t *tx, const compliance_month_t *month, int milestone)
{
    compliance_count_t *count = tx_need (tx, compliance_count, tx_printf (tx, "%s:%s", month->id,
        enum_name (&milestone_descriptor, milestone) + strlen ("MILESTONE_")));
    count->month_id = month->id;
    count->milestone = milestone;
    return count;
}

static void
s_add (tx_t *tx, const compliance_month_t *month, compliance_count_t *count, bool is_met, int one)
{
    int64_t *sum = is_met ? &count->met : &count->missed;
    *sum += one;
    s_arm (tx, month);
}

static void
s_take_out (tx_t *tx, const sla_clock_t *clock)
{
    compliance_count_t *count = tx_get (tx, compliance_count, clock->counted_id);
    compliance_month_t *month = count ? tx_get (tx, compliance_month, count->month_id) : NULL;
    if (month)
        s_add (tx, month, count, clock->counted_met, -1);
}

void
compliance_count (tx_t *tx, const sla_case_t *sla_case, sla_clock_t *clock)
{
    int64_t at = is_empty (sla_case->contract_id) ? 0 : s_verdict_at (clock);
    bool is_met = at && clock->state == CLOCK_STATE_MET;
    compliance_month_t *month = at ? s_month (tx, sla_case, at, s_zone_of (tx, sla_case)) : NULL;
    compliance_count_t *count = month ? s_count (tx, month, clock->milestone) : NULL;
    const char *id = count ? count->id : "";
    if (strcmp (clock->counted_id ? clock->counted_id : "", id) == 0 && clock->counted_met == is_met)
        return;
    s_take_out (tx, clock);
    if (count)
        s_add (tx, month, count, is_met, 1);
    clock->counted_id = (char *) id;
    clock->counted_met = is_met;
}

/* ---- the contract */

void
on_contract_activated (tx_t *tx, const contract_activated_t *event)
{
    contract_t *contract = tx_need (tx, contract, event->contract_id);
    if (!event->details || event->version <= contract->version)
        return;
    contract->version = event->version;
    contract->time_zone = event->details->time_zone;
}

/* ---- closing */

static int32_t
s_basis_points (int64_t met, int64_t missed)
{
    return met + missed ? (int32_t) (met * WHOLE / (met + missed)) : 0;
}

static milestone_compliance_t *
s_milestone (tx_t *tx, const compliance_count_t *count)
{
    milestone_compliance_t *milestone = arena_alloc (tx_arena (tx), sizeof *milestone);
    *milestone = (milestone_compliance_t) {
        .base = milestone_compliance_init, .milestone = (milestone_t) count->milestone, .met = count->met,
        .missed = count->missed, .basis_points = s_basis_points (count->met, count->missed)
    };
    return milestone;
}

sla_compliance_closed_t *
compliance_sum (tx_t *tx, const compliance_month_t *self)
{
    list_t counts = tx_find (tx, compliance_count, month_id, self->id);
    sla_compliance_closed_t *sum = arena_alloc (tx_arena (tx), sizeof *sum);
    *sum = (sla_compliance_closed_t) {
        .base = sla_compliance_closed_init, .contract_id = self->contract_id, .month = self->month,
        .version = self->version, .time_zone = self->time_zone, .closed_at = self->closed_at,
        .milestones = arena_array (tx_arena (tx), (size_t) counts.count + 1, sizeof *sum->milestones)
    };
    for (int milestone = MILESTONE_UNSPECIFIED + 1; milestone < MILESTONES; milestone++)
        EACH (compliance_count, count, counts) {
            if (count->milestone != milestone || !(count->met + count->missed))
                continue;
            sum->milestones [sum->n_milestones++] = s_milestone (tx, count);
            sum->met += count->met;
            sum->missed += count->missed;
        }
    sum->basis_points = s_basis_points (sum->met, sum->missed);
    return sum;
}

static bool
s_is_said (const compliance_month_t *self, blob_t packed)
{
    return packed.size == self->said.size && memcmp (packed.data, self->said.data, packed.size) == 0;
}

/* A month in which nothing ended after all has nothing to say, unless something was said of it. */
void
on_compliance (tx_t *tx, const wakeup_t *wakeup)
{
    compliance_month_t *self = tx_get (tx, compliance_month, wakeup->id);
    if (!self)
        return;
    sla_compliance_closed_t *sum = compliance_sum (tx, self);
    if (s_is_said (self, tx_pack (tx, &sum->base)) || (!self->version && !sum->n_milestones))
        return;
    sum->version = ++self->version;
    sum->closed_at = self->closed_at = tx_now (tx);
    self->said = tx_pack (tx, &sum->base);
    tx_correlate (tx, self->contract_id);
    tx_emit (tx, &sum->base);
}
