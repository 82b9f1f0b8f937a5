/* invariant_hours - I9, counted as one would on paper. */
#include "invariant.h"
#include "invariant_hours.h"
#include "calendar/zone.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { QUARTER_MS = 15 * 60000, DAY_MINUTES = 24 * 60 };

/* ---- opening hours as published */

typedef struct { int from, to; } minutes_t;         /* of the day; to not after from: it ends the next day */
typedef struct { int32_t date; minutes_t hours [4]; int count; } day_t;
typedef struct {
    const zone_t *zone;
    bool is_always_open;
    day_t weekdays [8], *exceptions;
    int exception_count;
} wall_t;

/* ---- what happened to a case */

typedef enum { WAIT_BEGAN, WAIT_ENDED, SOLVED, REOPENED } what_t;
typedef struct { what_t what; int reason; int64_t at; } happening_t;
typedef struct { happening_t *list; int count, capacity; int64_t accepted_at, merged_at, arrived_at; } case_t;
typedef struct { int64_t from_at, to_at; } span_t;

static struct {
    map_t walls;            /* "<calendar> <version>" -> wall_t */
    map_t cases, pauses;    /* pauses: "<plan> <milestone>" -> bits of reasons + 1; -1: its targets differ */
    map_t fixed;            /* "<case> <milestone>" */
} s_hours;

void
hours_begin (sim_t *sim)
{
    (void) sim;
    memset (&s_hours, 0, sizeof s_hours);
}

static int
s_minute (const char *text)
{
    return (int) strtol (text, NULL, 10) * 60 + (int) strtol (strchr (text, ':') + 1, NULL, 10);
}

static void
s_open (day_t *day, const char *start, const char *end)
{
    if (day->count < 4)
        day->hours [day->count++] = (minutes_t) { s_minute (start), s_minute (end) };
}

static void
s_calendar (const calendar_published_t *published)
{
    const calendar_details_t *details = published->details;
    char key [200];
    snprintf (key, sizeof key, "%s %lld", published->calendar_id, (long long) published->version);
    wall_t *wall = invariant_thing (&s_hours.walls, key, sizeof *wall);
    wall->zone = zone_find (details->time_zone, NULL);
    wall->is_always_open = details->always_open;
    for (size_t i = 0; i < details->n_weekly; i++)
        s_open (&wall->weekdays [details->weekly [i]->weekday], details->weekly [i]->start, details->weekly [i]->end);
    wall->exception_count = (int) details->n_exceptions;
    wall->exceptions = arena_array (invariant_arena (), details->n_exceptions + 1, sizeof *wall->exceptions);
    for (size_t i = 0; i < details->n_exceptions; i++) {
        day_t *day = &wall->exceptions [i];
        day->date = date_parse (details->exceptions [i]->date_on);
        for (size_t j = 0; j < details->exceptions [i]->n_intervals; j++)
            s_open (day, details->exceptions [i]->intervals [j]->start, details->exceptions [i]->intervals [j]->end);
    }
}

static const day_t *
s_day (const wall_t *wall, int32_t date)
{
    for (int i = 0; i < wall->exception_count; i++)
        if (wall->exceptions [i].date == date)
            return &wall->exceptions [i];
    return &wall->weekdays [date_weekday (date)];
}

static bool
s_is_open (const wall_t *wall, int64_t at)
{
    int64_t time_ms;
    int32_t date = zone_date (wall->zone, at, &time_ms);
    int minute = (int) (time_ms / 60000);
    const day_t *today = s_day (wall, date), *yesterday = s_day (wall, date - 1);
    for (int i = 0; i < today->count; i++) {
        minutes_t hours = today->hours [i];
        if (minute >= hours.from && (hours.to <= hours.from || minute < hours.to))
            return true;
    }
    for (int i = 0; i < yesterday->count; i++)
        if (yesterday->hours [i].to <= yesterday->hours [i].from && minute < yesterday->hours [i].to)
            return true;
    return false;
}

/* ---- facts */

static case_t *
s_case (const char *id)
{
    return invariant_thing (&s_hours.cases, id, sizeof (case_t));
}

static void
s_note (const char *case_id, happening_t happening)
{
    case_t *self = s_case (case_id);
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? 2 * self->capacity : 8;
        happening_t *longer = arena_array (invariant_arena (), (size_t) self->capacity, sizeof *longer);
        if (self->count)
            memcpy (longer, self->list, (size_t) self->count * sizeof *longer);
        self->list = longer;
    }
    int at = self->count++;
    while (at > 0 && self->list [at - 1].at > happening.at) {       /* in the order in which it happened */
        self->list [at] = self->list [at - 1];
        at--;
    }
    self->list [at] = happening;
}

static void
s_plan (const sla_plan_published_t *published)
{
    for (size_t i = 0; i < published->details->n_targets; i++) {
        const sla_target_spec_t *target = published->details->targets [i];
        int64_t bits = 1;
        for (size_t j = 0; j < target->n_pause_reasons; j++)
            bits |= INT64_C (2) << target->pause_reasons [j];
        char key [200];
        snprintf (key, sizeof key, "%s %d", published->plan_id, (int) target->milestone);
        int64_t *known = invariant_number (&s_hours.pauses, key);
        *known = !*known || *known == bits ? bits : -1;
    }
}

static int64_t
s_earlier (int64_t a, int64_t b)
{
    return !a || (b && b < a) ? b : a;
}

void
hours_event (const bus_event_t *event, const ProtobufCMessage *body)
{
    if (IS (body, calendar_published))
        s_calendar ((const calendar_published_t *) body);
    else if (IS (body, sla_plan_published))
        s_plan ((const sla_plan_published_t *) body);
    else if (IS (body, service_request_accepted))
        s_case (event->subject)->accepted_at = ((const service_request_accepted_t *) body)->accepted_at;
    else if (IS (body, service_request_merged)) {
        const service_request_merged_t *merged = (const service_request_merged_t *) body;
        case_t *survivor = s_case (merged->survivor_id), *absorbed = s_case (merged->request_id);
        survivor->merged_at = s_earlier (s_earlier (survivor->merged_at, absorbed->merged_at), merged->accepted_at);
    } else if (IS (body, visit_arrived)) {
        const visit_arrived_t *arrived = (const visit_arrived_t *) body;
        case_t *self = s_case (arrived->request_id);
        self->arrived_at = s_earlier (self->arrived_at, arrived->arrived_at);
    } else if (IS (body, case_waiting_started)) {
        const case_waiting_started_t *wait = (const case_waiting_started_t *) body;
        s_note (wait->case_id, (happening_t) { WAIT_BEGAN, (int) wait->reason, wait->started_at });
    } else if (IS (body, case_waiting_ended)) {
        const case_waiting_ended_t *wait = (const case_waiting_ended_t *) body;
        s_note (wait->case_id, (happening_t) { WAIT_ENDED, (int) wait->reason, wait->ended_at });
    } else if (IS (body, service_request_resolved))
        s_note (event->subject, (happening_t) { SOLVED, WAIT_REASON_RESOLVED,
            ((const service_request_resolved_t *) body)->resolved_at });
    else if (IS (body, service_request_reopened))
        s_note (event->subject, (happening_t) { REOPENED, WAIT_REASON_RESOLVED, event->time });
}

void
hours_fixed (const char *case_id, milestone_t milestone)
{
    char key [200];
    snprintf (key, sizeof key, "%s %d", case_id, (int) milestone);
    *invariant_number (&s_hours.fixed, key) = 1;
}

/* ---- counting */

/* The waits of these reasons, one list; a wait that goes on ends with the clock. Returns how many. */
static int
s_pauses (const case_t *self, int64_t reasons, int64_t until_at, span_t *spans, int64_t *ret_solved_at)
{
    int64_t since [16] = { 0 }, solved_at = 0;
    int count = 0;
    for (int i = 0; i < self->count; i++) {
        const happening_t *happening = &self->list [i];
        bool begins = happening->what == WAIT_BEGAN || (happening->what == SOLVED && !solved_at);
        bool ends = happening->what == WAIT_ENDED || (happening->what == REOPENED && solved_at);
        if (begins && !since [happening->reason])
            since [happening->reason] = happening->at;
        if (happening->what == SOLVED && !solved_at)
            solved_at = happening->at;
        if (happening->what == REOPENED)
            solved_at = 0;
        if (ends && since [happening->reason]) {
            if (reasons & INT64_C (2) << happening->reason)
                spans [count++] = (span_t) { since [happening->reason], happening->at };
            since [happening->reason] = 0;
        }
    }
    for (int reason = 0; reason < 16; reason++)
        if (since [reason] && reasons & INT64_C (2) << reason)
            spans [count++] = (span_t) { since [reason], until_at };
    *ret_solved_at = solved_at;
    return count;
}

static int64_t
s_not_paused (int64_t from_at, int64_t to_at, const span_t *spans, int count)
{
    for (int i = 0; i < count && from_at < to_at; i++) {
        span_t pause = spans [i];
        if (pause.to_at <= from_at || pause.from_at >= to_at || pause.to_at <= pause.from_at)
            continue;
        if (pause.from_at <= from_at)
            return s_not_paused (pause.to_at, to_at, spans + i + 1, count - i - 1);
        return s_not_paused (from_at, pause.from_at, spans + i + 1, count - i - 1)
            + s_not_paused (pause.to_at, to_at, spans + i + 1, count - i - 1);
    }
    return to_at > from_at ? to_at - from_at : 0;
}

/* Milliseconds of [from_at, to_at) that are open and not waited. wall NULL: always open. */
static int64_t
s_count (const wall_t *wall, int64_t from_at, int64_t to_at, const span_t *spans, int count)
{
    if (!wall || wall->is_always_open)
        return s_not_paused (from_at, to_at, spans, count);
    int64_t sum = 0;
    for (int64_t at = from_at; at < to_at;) {
        int64_t next = (at / QUARTER_MS + 1) * QUARTER_MS;
        if (next > to_at)
            next = to_at;
        if (s_is_open (wall, at))
            sum += s_not_paused (at, next, spans, count);
        at = next;
    }
    return sum;
}

/* ---- a clock */

typedef struct {
    const char *id;
    const entity_t *entity;
    const void *row;
    const wall_t *wall;
    int64_t started_at, stopped_at, breach_at, budget_ms, state;
    milestone_t milestone;
    span_t spans [64];
    int count;
} watch_t;

static int64_t
s_get (const watch_t *self, const char *field)
{
    return sim_int (self->entity, self->row, field);
}

static void
s_check_end (sim_t *sim, const watch_t *self, const case_t *of, int64_t solved_at)
{
    int64_t used = s_count (self->wall, self->started_at, self->stopped_at, self->spans, self->count);
    if (used != s_get (self, "consumed_ms"))
        sim_fail (sim, "I9", "clock %s from %lld to %lld has used up %lld ms by its row, %lld ms counted again from "
            "what was said, with %d waits", self->id, (long long) self->started_at, (long long) self->stopped_at,
            (long long) s_get (self, "consumed_ms"), (long long) used, self->count);
    if ((self->state == CLOCK_STATE_MISSED) != (self->stopped_at > self->breach_at) && self->breach_at)
        sim_fail (sim, "I9", "clock %s stopped at %lld, was to stop by %lld, and is %s", self->id,
            (long long) self->stopped_at, (long long) self->breach_at,
            enum_name (&clock_state_descriptor, (int) self->state));
    if (self->milestone == MILESTONE_ARRIVE && of->arrived_at && self->stopped_at != of->arrived_at)
        sim_fail (sim, "I9", "clock %s stopped at %lld, the first arrival was at %lld", self->id,
            (long long) self->stopped_at, (long long) of->arrived_at);
    if (self->milestone == MILESTONE_COMPLETE && solved_at && self->stopped_at != solved_at)
        sim_fail (sim, "I9", "clock %s stopped at %lld, it was solved at %lld", self->id,
            (long long) self->stopped_at, (long long) solved_at);
}

/* Until the breach exactly the budget is used up, and a moment later more. */
static void
s_check_budget (sim_t *sim, const watch_t *self)
{
    if (!self->breach_at || self->state == CLOCK_STATE_PAUSED)
        return;
    int64_t used = s_count (self->wall, self->started_at, self->breach_at, self->spans, self->count);
    int64_t later = s_count (self->wall, self->started_at, self->breach_at + 1000, self->spans, self->count);
    if (used != self->budget_ms || later <= used)
        sim_fail (sim, "I9", "clock %s from %lld is broken after %lld, when %lld of its %lld ms are used up, and %lld "
            "a second later", self->id, (long long) self->started_at, (long long) self->breach_at, (long long) used,
            (long long) self->budget_ms, (long long) later);
}

static bool
s_is_in_days (const watch_t *self)
{
    const char *promise = sim_text (self->entity, self->row, "promise");    /* "<budget type>:..." */
    return promise [0] == '0' + BUDGET_TYPE_WORKING_DAYS_SAME_TIME
        || promise [0] == '0' + BUDGET_TYPE_WORKING_DAYS_END_OF_DAY;
}

static bool
s_is_fixed (const watch_t *self, const char *case_id)
{
    char key [200];
    snprintf (key, sizeof key, "%s %d", case_id, (int) self->milestone);
    return map_get (&s_hours.fixed, key) != NULL;
}

static int64_t
s_reasons (const watch_t *self)
{
    char key [200];
    snprintf (key, sizeof key, "%s %d", sim_text (self->entity, self->row, "plan_id"), (int) self->milestone);
    const int64_t *reasons = map_get (&s_hours.pauses, key);
    return reasons ? *reasons : -1;
}

static void
s_check_start (sim_t *sim, const watch_t *self, const case_t *of)
{
    int64_t from_at = of->merged_at && of->merged_at < of->accepted_at ? of->merged_at : of->accepted_at;
    if (self->milestone != MILESTONE_DEPOT_REPAIR && of->accepted_at && self->started_at != from_at)
        sim_fail (sim, "I9", "clock %s counts from %lld, its request was accepted at %lld", self->id,
            (long long) self->started_at, (long long) from_at);
}

void
hours_check (sim_t *sim, const char *clock_id)
{
    watch_t self = { .id = clock_id, .entity = sim_entity (sim, SIM_SLA_WATCHDOG, "sla_clock") };
    if (!(self.row = sim_row (sim, self.entity, clock_id)))
        return;
    const char *calendar_id = sim_text (self.entity, self.row, "calendar_id");
    const char *case_id = sim_text (self.entity, self.row, "case_id");
    const case_t *of = map_get (&s_hours.cases, case_id);
    self.state = s_get (&self, "state");
    self.milestone = (milestone_t) s_get (&self, "milestone");
    self.started_at = s_get (&self, "started_at");
    self.stopped_at = s_get (&self, "stopped_at");
    self.breach_at = s_get (&self, "breach_at");
    self.budget_ms = s_get (&self, "budget_ms");
    int64_t reasons = s_reasons (&self), solved_at;
    if (!of || reasons < 0 || self.state == CLOCK_STATE_UNSPECIFIED || self.state == CLOCK_STATE_CANCELLED
        || of->count > 60 || s_is_fixed (&self, case_id))
        return;
    char key [200];
    snprintf (key, sizeof key, "%s %lld", calendar_id, (long long) s_get (&self, "calendar_version"));
    self.wall = is_empty (calendar_id) ? NULL : map_get (&s_hours.walls, key);
    if (!is_empty (calendar_id) && !self.wall)
        return sim_fail (sim, "I9", "clock %s counts by calendar %s, which was never published", clock_id, key);
    bool is_over = self.state == CLOCK_STATE_MET || self.state == CLOCK_STATE_MISSED;
    self.count = s_pauses (of, reasons, is_over ? self.stopped_at : INT64_MAX, self.spans, &solved_at);
    for (int i = 0; i < self.count && is_over; i++)
        if (self.spans [i].to_at > self.stopped_at)
            self.spans [i].to_at = self.stopped_at;
    s_check_start (sim, &self, of);
    if (is_over)
        s_check_end (sim, &self, of, solved_at);
    if (!s_is_in_days (&self))
        s_check_budget (sim, &self);
}
