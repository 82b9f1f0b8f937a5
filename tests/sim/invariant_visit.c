/* invariant_visit - I6: nobody and nothing is in two places at once, and who is sent may do what he is sent for. */
#include "invariant.h"
#include <stdio.h>
#include <string.h>

/* ---- what was said of people and work */

typedef struct { char *skill; int level; int64_t until_at; } skill_t;
typedef struct { skill_t skills [8]; int count; char *excluded_id; bool is_retired; } person_t;
typedef struct { skill_t skills [8]; int count; char *customer_id; bool was_ready; } work_t;
typedef struct { const char *id; int64_t from_at, to_at; } claim_t;
typedef struct { claim_t *claims; int count, capacity; } claims_t;

static struct {
    map_t people, work;
    map_t claims;               /* "<kind>/<resource>" -> claims_t, those that hold time */
    map_t under_way;            /* engineer -> id of the visit that he travels to or works at */
    map_t going;                /* order -> id of the visit that somebody has accepted and not done */
} s_visit;

enum { HELD = 1, CONFIRMED = 2 };

static void
s_begin (sim_t *sim)
{
    (void) sim;
    memset (&s_visit, 0, sizeof s_visit);
}

static int
s_skills (skill_t ret [8], skill_level_t *const *skills, size_t count)
{
    int kept = 0;
    for (size_t i = 0; i < count && kept < 8; i++)
        ret [kept++] = (skill_t) { arena_strdup (invariant_arena (), skills [i]->skill), skills [i]->level,
            skills [i]->valid_until_at };
    return kept;
}

static void
s_person (const engineer_published_t *published)
{
    person_t *person = invariant_thing (&s_visit.people, published->engineer_id, sizeof *person);
    const engineer_details_t *details = published->details;
    person->count = s_skills (person->skills, details->skills, details->n_skills);
    person->is_retired = details->retired;
    person->excluded_id = details->n_excluded_customer_ids
        ? arena_strdup (invariant_arena (), details->excluded_customer_ids [0]) : "";
}

static bool
s_has (const person_t *person, const skill_t *needed, int64_t at)
{
    for (int i = 0; i < person->count; i++)
        if (strcmp (person->skills [i].skill, needed->skill) == 0 && person->skills [i].level >= needed->level
            && (!person->skills [i].until_at || person->skills [i].until_at > at))
            return true;
    return false;
}

static const dispatch_candidate_t *
s_candidate (const dispatch_decided_t *decided)
{
    for (size_t i = 0; i < decided->n_candidates; i++)
        if (strcmp (decided->candidates [i]->engineer_id, decided->winner_id) == 0)
            return decided->candidates [i];
    return NULL;
}

/* Only a person may send somebody whom a rule refuses, and must say why. */
static void
s_decided (sim_t *sim, const dispatch_decided_t *decided)
{
    const dispatch_candidate_t *winner = s_candidate (decided);
    const person_t *person = map_get (&s_visit.people, decided->winner_id);
    const work_t *work = map_get (&s_visit.work, decided->work_order_id);
    if (!winner)
        return sim_fail (sim, "I6", "visit %s is given to %s, who was never looked at", decided->visit_id,
            decided->winner_id);
    bool is_forced = decided->manual && !is_empty (decided->override_reason);
    if (winner->n_failed_rules && !is_forced)
        return sim_fail (sim, "I6", "visit %s is given to %s, whom rule %s refuses: needed %s, had %s",
            decided->visit_id, decided->winner_id, winner->failed_rules [0]->rule, winner->failed_rules [0]->needed,
            winner->failed_rules [0]->had);
    if (is_forced || !person || !work || !is_empty (winner->provider_id))
        return;
    for (int i = 0; i < work->count; i++)
        if (!s_has (person, &work->skills [i], winner->starts_at))
            sim_fail (sim, "I6", "visit %s needs %s %d, and %s who is sent has not got it then", decided->visit_id,
                work->skills [i].skill, work->skills [i].level, decided->winner_id);
    if (person->is_retired || (!is_empty (person->excluded_id) && strcmp (person->excluded_id, work->customer_id) == 0))
        sim_fail (sim, "I6", "visit %s is given to %s, who may not go to customer %s", decided->visit_id,
            decided->winner_id, work->customer_id);
    if (!work->was_ready && is_empty (decided->replan_id))
        sim_fail (sim, "I6", "visit %s is given to %s, and the scheduler has never said that order %s can go",
            decided->visit_id, decided->winner_id, decided->work_order_id);
}

static void
s_event (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event, const ProtobufCMessage *body)
{
    (void) commit, (void) event;
    if (IS (body, engineer_published))
        s_person ((const engineer_published_t *) body);
    else if (IS (body, work_order_created)) {
        const work_order_created_t *created = (const work_order_created_t *) body;
        work_t *work = invariant_thing (&s_visit.work, created->work_order_id, sizeof *work);
        work->count = s_skills (work->skills, created->skills, created->n_skills);
        work->customer_id = arena_strdup (invariant_arena (), created->customer_id);
    } else if (IS (body, readiness_changed)) {
        const readiness_changed_t *changed = (const readiness_changed_t *) body;
        work_t *work = map_get (&s_visit.work, changed->work_order_id);
        if (work && changed->ready)
            work->was_ready = true;
    } else if (IS (body, dispatch_decided))
        s_decided (sim, (const dispatch_decided_t *) body);
}

/* ---- claims on time */

static void
s_unclaim (claims_t *self, const char *id)
{
    for (int i = 0; i < self->count; i++)
        if (strcmp (self->claims [i].id, id) == 0)
            self->claims [i--] = self->claims [--self->count];
}

static void
s_claim (sim_t *sim, claims_t *self, const char *key, claim_t claim)
{
    for (int i = 0; i < self->count; i++)
        if (self->claims [i].from_at < claim.to_at && claim.from_at < self->claims [i].to_at)
            sim_fail (sim, "I6", "%s is booked for %s and for %s at once, from %lld to %lld and from %lld to %lld", key,
                self->claims [i].id, claim.id, (long long) self->claims [i].from_at,
                (long long) self->claims [i].to_at, (long long) claim.from_at, (long long) claim.to_at);
    if (self->count == self->capacity) {
        self->capacity = self->capacity ? 2 * self->capacity : 8;
        claim_t *longer = arena_array (invariant_arena (), (size_t) self->capacity, sizeof *longer);
        if (self->count)
            memcpy (longer, self->claims, (size_t) self->count * sizeof *longer);
        self->claims = longer;
    }
    claim.id = arena_strdup (invariant_arena (), claim.id);
    self->claims [self->count++] = claim;
}

static claims_t *
s_claims (const entity_t *entity, const void *row, char key [160])
{
    snprintf (key, 160, "resource %lld/%s", (long long) sim_int (entity, row, "kind"),
        sim_text (entity, row, "resource_id"));
    return invariant_thing (&s_visit.claims, key, sizeof (claims_t));
}

static bool
s_holds_time (const entity_t *entity, const void *row)
{
    int64_t state = row ? sim_int (entity, row, "state") : 0;
    return state == HELD || state == CONFIRMED;
}

/* First all that give time back, then all that take it: what a commit changes, it changes at once. */
static void
s_bookings (sim_t *sim, const sim_commit_t *commit, bool takes)
{
    char key [160];
    for (int i = 0; i < commit->change_count; i++) {
        const sim_change_t *change = &commit->changes [i];
        if (strcmp (change->entity->name, "booking") != 0)
            continue;
        const void *row = takes ? change->after : change->before;
        if (!s_holds_time (change->entity, row))
            continue;
        claims_t *claims = s_claims (change->entity, row, key);
        if (takes)
            s_claim (sim, claims, key, (claim_t) { entity_key (change->entity, row),
                sim_int (change->entity, row, "starts_at"), sim_int (change->entity, row, "ends_at") });
        else
            s_unclaim (claims, entity_key (change->entity, row));
    }
}

static bool
s_is_under_way (const entity_t *entity, const void *row)
{
    int64_t state = row ? sim_int (entity, row, "state") : 0;
    return state == VISIT_STATE_TRAVELLING || state == VISIT_STATE_WORKING;
}

static bool
s_is_going (const entity_t *entity, const void *row)
{
    int64_t state = row ? sim_int (entity, row, "state") : 0;
    return state >= VISIT_STATE_ACCEPTED && state <= VISIT_STATE_PAUSED;
}

/* Of each of those there is one at a time. */
static void
s_one (sim_t *sim, map_t *map, const char *whose, const char *id, bool begins, const char *sentence)
{
    char **one = invariant_thing (map, whose, sizeof *one);
    if (!begins && *one && strcmp (*one, id) == 0)
        *one = NULL;
    if (begins && *one)
        sim_fail (sim, "I6", "%s: %s, %s and %s", sentence, whose, *one, id);
    if (begins)
        *one = arena_strdup (invariant_arena (), id);
}

static void
s_visits (sim_t *sim, const sim_commit_t *commit, bool begins)
{
    for (int i = 0; i < commit->change_count; i++) {
        const sim_change_t *change = &commit->changes [i];
        const entity_t *entity = change->entity;
        const void *row = begins ? change->after : change->before;
        if (strcmp (entity->name, "visit") != 0 || !s_is_going (entity, row))
            continue;
        s_one (sim, &s_visit.going, sim_text (entity, row, "work_order_id"), entity_key (entity, row), begins,
            "two visits of one order are accepted");
        if (s_is_under_way (entity, row))
            s_one (sim, &s_visit.under_way, sim_text (entity, row, "engineer_id"), entity_key (entity, row), begins,
                "an engineer is under way with two visits");
    }
}

static void
s_commit (sim_t *sim, const sim_commit_t *commit)
{
    for (int step = 0; step < 2; step++) {
        if (commit->service == SIM_SCHEDULER)
            s_bookings (sim, commit, step);
        if (commit->service == SIM_DISPATCHER)
            s_visits (sim, commit, step);
    }
}

/* ---- quiet: who goes has the time for it */

static void
s_quiet (sim_t *sim)
{
    const entity_t *visit = sim_entity (sim, SIM_DISPATCHER, "visit");
    const entity_t *booking = sim_entity (sim, SIM_SCHEDULER, "booking");
    for (const void *row = NULL; (row = sim_next (sim, visit, row));) {
        int64_t state = sim_int (visit, row, "state");
        if (state < VISIT_STATE_ACCEPTED || state > VISIT_STATE_PAUSED
            || !is_empty (sim_text (visit, row, "provider_id")))
            continue;
        const void *of = sim_row (sim, booking, entity_key (visit, row));
        if (!of || sim_int (booking, of, "state") != CONFIRMED)
            sim_fail (sim, "I6", "visit %s of %s is in state %lld, and its booking in state %lld: he has not got the "
                "time", entity_key (visit, row), sim_text (visit, row, "engineer_id"), (long long) state,
                (long long) (of ? sim_int (booking, of, "state") : 0));
    }
}

const page_t invariant_visit = { .begin = s_begin, .event = s_event, .commit = s_commit, .quiet = s_quiet };
