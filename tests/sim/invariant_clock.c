/* invariant_clock - I8: each threshold of a promise is said once, never early, and none is forgotten; its verdict is
 * counted once. What the numbers are made of: invariant_hours.c */
#include "invariant.h"
#include "invariant_hours.h"
#include <stdio.h>
#include <string.h>

enum { LATE_MS = 10000, TROUBLE_MS = 65000 };

typedef struct { int64_t met, missed; bool is_touched; } count_t;

static struct {
    map_t said, retracted;          /* "<clock> <percent> <instant>", clock -> times */
    map_t called;                   /* "<escalation> <person>" -> times */
    map_t counts;                   /* compliance count -> what clocks say */
    map_t going;                    /* clock -> it runs */
    map_t touched;                  /* clocks that have changed since it was quiet */
    char *counted [64];
    int counted_count;
} s_clock;

static void
s_begin (sim_t *sim)
{
    memset (&s_clock, 0, sizeof s_clock);
    hours_begin (sim);
}

/* ---- said once, and not before its time */

static void
s_once (sim_t *sim, const sim_commit_t *commit, const char *clock_id, int percent, int64_t at)
{
    char key [300];
    snprintf (key, sizeof key, "%s %d %lld", clock_id, percent, (long long) at);
    int64_t times = ++*invariant_number (&s_clock.said, key);
    const int64_t *retracted = map_get (&s_clock.retracted, clock_id);
    if (times > 1 + (retracted ? *retracted : 0))
        sim_fail (sim, "I8", "%d %% of clock %s, at %lld, was said %lld times and taken back %lld times", percent,
            clock_id, (long long) at, (long long) times, (long long) (retracted ? *retracted : 0));
    if (commit->at < at + (percent == 100))
        sim_fail (sim, "I8", "%d %% of clock %s was said %lld ms early", percent, clock_id,
            (long long) (at + (percent == 100) - commit->at));
}

static void
s_called (sim_t *sim, const sla_escalated_t *escalated)
{
    char key [300];
    if (is_empty (escalated->person_id))
        return;
    snprintf (key, sizeof key, "%s %s", escalated->escalation_id, escalated->person_id);
    if (++*invariant_number (&s_clock.called, key) > 1)
        sim_fail (sim, "I8", "%s is called twice for %s", escalated->person_id, escalated->escalation_id);
}

static void
s_event (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event, const ProtobufCMessage *body)
{
    hours_event (event, body);
    if (IS (body, sla_warned)) {
        const sla_warned_t *warned = (const sla_warned_t *) body;
        s_once (sim, commit, warned->clock_id, warned->percent, warned->threshold_at);
    } else if (IS (body, sla_breached)) {
        const sla_breached_t *breached = (const sla_breached_t *) body;
        s_once (sim, commit, breached->clock_id, 100, breached->breach_at);
    } else if (IS (body, sla_breach_retracted))
        ++*invariant_number (&s_clock.retracted, event->subject);
    else if (IS (body, sla_escalated))
        s_called (sim, (const sla_escalated_t *) body);
}

/* ---- rows */

static void
s_tally (const entity_t *entity, const void *row, int sign)
{
    const char *id = row ? sim_text (entity, row, "counted_id") : "";
    if (is_empty (id))
        return;
    count_t *count = invariant_thing (&s_clock.counts, id, sizeof *count);
    *(sim_int (entity, row, "counted_met") ? &count->met : &count->missed) += sign;
    if (!count->is_touched && s_clock.counted_count < 64) {
        count->is_touched = true;
        s_clock.counted [s_clock.counted_count++] = arena_strdup (invariant_arena (), id);
    }
}

static void
s_row (sim_t *sim, const sim_commit_t *commit, const sim_change_t *change)
{
    const entity_t *entity = change->entity;
    if (commit->service != SIM_SLA_WATCHDOG || strcmp (entity->name, "sla_clock") != 0)
        return;
    s_tally (entity, change->before, -1);
    s_tally (entity, change->after, 1);
    if (!change->after)
        return;
    const char *id = entity_key (entity, change->after);
    int64_t state = sim_int (entity, change->after, "state");
    bool is_breached = sim_int (entity, change->after, "breached");
    *invariant_number (&s_clock.touched, id) = 1;
    *invariant_number (&s_clock.going, id) = state == CLOCK_STATE_RUNNING;
    if (state == CLOCK_STATE_MISSED && !is_breached)
        sim_fail (sim, "I8", "clock %s is missed, and its breach was never said", id);
    if (state == CLOCK_STATE_MET && is_breached)
        sim_fail (sim, "I8", "clock %s is met, and says it is breached", id);
}

static void
s_commit (sim_t *sim, const sim_commit_t *commit)
{
    if (commit->service != SIM_SLA_WATCHDOG)
        return;
    const entity_t *entity = sim_entity (sim, SIM_SLA_WATCHDOG, "compliance_count");
    for (int i = 0; i < s_clock.counted_count; i++) {
        count_t *count = map_get (&s_clock.counts, s_clock.counted [i]);
        const void *row = sim_row (sim, entity, s_clock.counted [i]);
        int64_t met = row ? sim_int (entity, row, "met") : 0, missed = row ? sim_int (entity, row, "missed") : 0;
        count->is_touched = false;
        if (met != count->met || missed != count->missed)
            sim_fail (sim, "I8", "%s counts %lld met and %lld missed, its clocks say %lld and %lld",
                s_clock.counted [i], (long long) met, (long long) missed, (long long) count->met,
                (long long) count->missed);
    }
    s_clock.counted_count = 0;
}

/* ---- quiet: no promise was broken unheard */

static void
s_is_told (sim_t *sim, const char *id, void *value)
{
    int64_t *is_going = value;
    const entity_t *entity = sim_entity (sim, SIM_SLA_WATCHDOG, "sla_clock");
    const void *row = *is_going ? sim_row (sim, entity, id) : NULL;
    int64_t breach_at = row ? sim_int (entity, row, "breach_at") : 0, now = sim_now (sim);
    if (breach_at && !sim_int (entity, row, "breached") && breach_at < now - LATE_MS
        && sim_last_trouble_at (sim, SIM_SLA_WATCHDOG) < now - TROUBLE_MS)
        sim_fail (sim, "I8", "clock %s passed its breach at %lld, %lld ms ago, and nobody was told", id,
            (long long) breach_at, (long long) (now - breach_at));
}

static void
s_adds_up (sim_t *sim, const char *id, void *value)
{
    int64_t *is_touched = value;
    if (*is_touched)
        hours_check (sim, id);
    *is_touched = 0;
}

static void
s_quiet (sim_t *sim)
{
    invariant_each (&s_clock.going, s_is_told, sim);
    invariant_each (&s_clock.touched, s_adds_up, sim);
}

const page_t invariant_clock = { .begin = s_begin, .event = s_event, .row = s_row, .commit = s_commit,
    .quiet = s_quiet };
