/* replan_problem - from engineers, diaries and orders to what the planner understands: minutes, places
 * and people by number. */
#include "replan.h"
#include "choose_place.h"
#include "message_new.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C (60000)
#define UNASSIGNED_MINOR INT64_C (10000000)     /* times the weight of the priority: more than any detour */
enum { FOR_EVER = 1000000000, SKILLS_MAX = 256, WINDOWS_MAX = 16, EFFORT_MS = 300 };

typedef struct {
    arena_t *arena;
    const replan_input_t *input;
    day_problem_t *problem;
    const char *skills [SKILLS_MAX];
    int skill_count;
} maker_t;

static int32_t
s_at (const maker_t *self, int64_t at)
{
    int64_t minutes = (at - self->problem->base_at) / MINUTE_MS;
    return minutes < 0 ? 0 : minutes > FOR_EVER ? FOR_EVER : (int32_t) minutes;
}

/* not before it */
static int32_t
s_from (const maker_t *self, int64_t at)
{
    return s_at (self, at + MINUTE_MS - 1);
}

static int32_t
s_place (maker_t *self, const geo_point_t *point)
{
    if (!point)
        return 0;
    for (size_t i = 1; i < self->problem->n_places; i++)
        if (self->problem->places [i]->latitude == point->latitude
            && self->problem->places [i]->longitude == point->longitude)
            return (int32_t) i;
    self->problem->places [self->problem->n_places] = (geo_point_t *) point;
    return (int32_t) self->problem->n_places++;
}

static day_stretch_t *
s_stretch (arena_t *arena, int32_t from, int32_t to, int32_t place)
{
    day_stretch_t *stretch = message_new (arena, day_stretch);
    stretch->from_minute = from;
    stretch->to_minute = to;
    stretch->place = place;
    return stretch;
}

/* -1 when there are too many in one problem */
static int
s_skill (maker_t *self, const char *name)
{
    for (int i = 0; i < self->skill_count; i++)
        if (strcmp (self->skills [i], name) == 0)
            return i;
    if (self->skill_count == SKILLS_MAX)
        return -1;
    self->skills [self->skill_count] = name;
    return self->skill_count++;
}

static day_skill_t **
s_skills (maker_t *self, skill_level_t *const *list, size_t count, size_t *ret_count)
{
    day_skill_t **skills = arena_array (self->arena, count + 1, sizeof *skills);
    for (size_t i = 0; i < count; i++) {
        int number = s_skill (self, list [i]->skill);
        if (number < 0)
            continue;
        skills [*ret_count] = message_new (self->arena, day_skill);
        skills [*ret_count]->skill = number;
        skills [*ret_count]->level = list [i]->level;
        skills [*ret_count]->until_minute = list [i]->valid_until_at ? s_at (self, list [i]->valid_until_at)
            : FOR_EVER;
        ++*ret_count;
    }
    return skills;
}

/* ---- people */

static int
s_by_from (const void *left, const void *right)
{
    const day_stretch_t *a = *(day_stretch_t *const *) left, *b = *(day_stretch_t *const *) right;
    return a->from_minute != b->from_minute ? (a->from_minute > b->from_minute ? 1 : -1)
        : (a->to_minute > b->to_minute) - (a->to_minute < b->to_minute);
}

/* Cut to the shift; two that overlap are one, and where he is in it is not told any more. */
static void
s_tidy_pauses (day_person_t *person)
{
    size_t kept = 0;
    qsort (person->pauses, person->n_pauses, sizeof *person->pauses, s_by_from);
    for (size_t i = 0; i < person->n_pauses; i++) {
        day_stretch_t *pause = person->pauses [i];
        if (pause->from_minute < person->shift->from_minute)
            pause->from_minute = person->shift->from_minute;
        if (pause->to_minute > person->shift->to_minute)
            pause->to_minute = person->shift->to_minute;
        if (pause->from_minute >= pause->to_minute)
            continue;
        day_stretch_t *last = kept ? person->pauses [kept - 1] : NULL;
        if (last && pause->from_minute < last->to_minute) {
            last->to_minute = pause->to_minute > last->to_minute ? pause->to_minute : last->to_minute;
            last->place = -1;
        } else
            person->pauses [kept++] = pause;
    }
    person->n_pauses = kept;
}

/* From the first opening of the day to the last closing; what is closed between is a pause. */
static void
s_hours (maker_t *self, const replan_person_t *who, day_person_t *person)
{
    const replan_input_t *input = self->input;
    int64_t at = input->from_at > input->now ? input->from_at : input->now;
    bool is_today = input->from_at <= input->now;
    if (who->free_at > at)
        at = who->free_at;
    int32_t closed_from = -1;
    for (interval_t open; who->who.shift && calendar_each (who->who.shift, &at, input->to_at, &open); ) {
        int32_t from = s_from (self, open.from_at), to = s_at (self, open.to_at);
        if (from >= to || person->n_pauses == WINDOWS_MAX)
            continue;
        if (!person->shift)
            person->shift = s_stretch (self->arena, from, to, s_place (self, who->free_at ? who->free_point
                : is_today && who->who.position && open.from_at <= input->now ? who->who.position
                : who->who.details->home));
        else if (from > closed_from)
            person->pauses [person->n_pauses++] = s_stretch (self->arena, closed_from, from, -1);
        person->shift->to_minute = closed_from = to;
    }
}

static day_person_t *
s_person (maker_t *self, const replan_person_t *who)
{
    day_person_t *person = message_new (self->arena, day_person);
    person->engineer_id = (char *) who->who.id;
    person->efficiency_percent = choose_efficiency_percent (&who->who, NULL);
    person->skills = s_skills (self, who->who.details->skills, who->who.details->n_skills, &person->n_skills);
    person->pauses = arena_array (self->arena, (size_t) who->fixed_count + WINDOWS_MAX + 1, sizeof *person->pauses);
    s_hours (self, who, person);
    if (!person->shift)
        return person;
    for (int i = 0; i < who->fixed_count; i++)
        person->pauses [person->n_pauses++] = s_stretch (self->arena, s_at (self, who->fixed [i].from_at),
            s_from (self, who->fixed [i].to_at), who->fixed [i].is_place ? s_place (self, who->fixed [i].point) : -1);
    s_tidy_pauses (person);
    if (person->n_pauses == 1 && person->pauses [0]->from_minute == person->shift->from_minute
        && person->pauses [0]->to_minute == person->shift->to_minute)
        person->shift = NULL;                       /* away all day */
    return person;
}

/* ---- visits */

static int32_t
s_number (const maker_t *self, const char *engineer_id)
{
    for (int i = 0; i < self->input->person_count; i++)
        if (strcmp (self->input->people [i].who.id, engineer_id) == 0)
            return i;
    return -1;
}

/* Whoever is slowest must be let in for as long as he needs. */
static int64_t
s_longest_ms (const maker_t *self, int64_t work_ms)
{
    int slowest = 100;
    for (size_t i = 0; i < self->problem->n_people; i++)
        if (self->problem->people [i]->efficiency_percent < slowest)
            slowest = self->problem->people [i]->efficiency_percent;
    return work_ms * 100 / slowest;
}

static void
s_window (maker_t *self, day_visit_t *visit, int64_t from_at, int64_t to_at)
{
    int32_t from = s_from (self, from_at), to = s_at (self, to_at);
    if (to_at >= from_at && from <= to && visit->n_windows < WINDOWS_MAX)
        visit->windows [visit->n_windows++] = s_stretch (self->arena, from, to, -1);
}

/* When work may begin: not earlier than people were told, in time where it still can be, where one is let
 * in, and as it was locked. One that can begin at no time of the day has a window after it. */
static void
s_windows (maker_t *self, const replan_visit_t *asked, day_visit_t *visit)
{
    const replan_input_t *input = self->input;
    int64_t from_at = self->problem->base_at, to_at = input->to_at;
    int64_t due_at = asked->order.not_after_at ? asked->order.not_after_at : asked->order.promised_at;
    bool is_late = due_at && asked->work_starts_at > due_at;        /* then whoever comes sooner is welcome */
    const int64_t earliest [] = { asked->order.not_before_at, asked->is_told && !is_late ? asked->work_starts_at : 0,
        asked->lock ? asked->lock_from_at : 0 };
    for (size_t i = 0; i < sizeof earliest / sizeof *earliest; i++)
        if (earliest [i] > from_at)
            from_at = earliest [i];
    if (asked->order.not_after_at > input->now && asked->order.not_after_at < to_at)
        to_at = asked->order.not_after_at;
    if (asked->lock && asked->lock_to_at && asked->lock_to_at - MINUTE_MS < to_at)
        to_at = asked->lock_to_at - MINUTE_MS;
    visit->windows = arena_array (self->arena, WINDOWS_MAX, sizeof *visit->windows);
    if (!asked->order.access)
        s_window (self, visit, from_at, to_at);
    int64_t at = from_at, longest_ms = s_longest_ms (self, asked->order.work_ms);
    for (interval_t open; asked->order.access && calendar_each (asked->order.access, &at, input->to_at, &open); ) {
        int64_t last_at = open.to_at - longest_ms;
        s_window (self, visit, open.from_at, last_at < to_at ? last_at : to_at);
    }
    if (!visit->n_windows)
        visit->windows [visit->n_windows++] = s_stretch (self->arena, FOR_EVER - 1, FOR_EVER, -1);
}

/* The rules that ask for nothing but who he is. */
static bool
s_may (maker_t *self, const replan_visit_t *asked, const choose_person_t *engineer)
{
    choose_input_t alone = { .now = self->input->now, .order = asked->order };
    choose_person_t person = *engineer;
    dispatch_candidate_t *candidate = message_new (self->arena, dispatch_candidate);
    person.is_on_duty |= self->input->from_at > self->input->now;
    person.is_in_territory = false;
    for (int i = 0; i < asked->territory_count; i++)
        person.is_in_territory |= strcmp (asked->territories [i], engineer->details->territory_id) == 0;
    rules_of_person (self->arena, &alone, &person, candidate);
    return !candidate->n_failed_rules;
}

static void
s_people_of (maker_t *self, const replan_visit_t *asked, day_visit_t *visit)
{
    size_t count = (size_t) self->input->person_count;
    visit->excluded = arena_array (self->arena, count + 1, sizeof *visit->excluded);
    visit->preferred = arena_array (self->arena, count + 1, sizeof *visit->preferred);
    for (int i = 0; i < self->input->person_count; i++) {
        const choose_person_t *engineer = &self->input->people [i].who;
        int layer;
        const engineer_preference_t *wish = rules_preference (&asked->order, engineer->id, &layer);
        if (wish && wish->kind == PREFERENCE_KIND_PREFERRED)
            visit->preferred [visit->n_preferred++] = i;
        if (!s_may (self, asked, engineer) && i != visit->from_person)
            visit->excluded [visit->n_excluded++] = i;
    }
}

static day_visit_t *
s_visit (maker_t *self, const replan_visit_t *asked)
{
    const choose_order_t *order = &asked->order;
    day_visit_t *visit = message_new (self->arena, day_visit);
    int64_t due_at = order->not_after_at ? order->not_after_at : order->promised_at;
    int64_t weight = price_weight (order->priority);
    bool is_fixed = asked->lock == VISIT_LOCK_ENGINEER || asked->lock == VISIT_LOCK_BOTH;
    visit->visit_id = (char *) asked->visit_id;
    visit->work_order_id = (char *) order->id;
    visit->place = s_place (self, order->site);
    visit->work_minutes = (int32_t) (order->work_ms / MINUTE_MS);
    visit->priority = order->priority;
    visit->due_minute = due_at ? s_at (self, due_at) : -1;
    visit->late_per_hour_minor = self->input->policy->late_per_minute_minor * weight * 60;
    visit->unassigned_minor = UNASSIGNED_MINOR * weight;
    visit->skills = s_skills (self, order->skills, order->skill_count, &visit->n_skills);
    visit->from_person = asked->engineer_id ? s_number (self, asked->engineer_id) : -1;
    visit->from_minute = s_at (self, asked->work_starts_at);
    visit->from_at = asked->work_starts_at;
    visit->is_told = asked->is_told;
    visit->must = asked->must;
    visit->fixed_person = is_fixed ? visit->from_person : -1;
    s_windows (self, asked, visit);
    s_people_of (self, asked, visit);
    return visit;
}

day_problem_t *
replan_problem (arena_t *arena, const replan_input_t *input)
{
    maker_t self = { .arena = arena, .input = input, .problem = message_new (arena, day_problem) };
    day_problem_t *problem = self.problem;
    int64_t first_at = input->from_at > input->now ? input->from_at : input->now;
    size_t fixed = 0;
    for (int i = 0; i < input->person_count; i++)
        fixed += (size_t) input->people [i].fixed_count + 1;
    problem->base_at = (first_at + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS;
    problem->policy = (dispatch_policy_details_t *) input->policy;
    problem->places = arena_array (arena, fixed + (size_t) input->visit_count + 1, sizeof *problem->places);
    problem->places [problem->n_places++] = message_new (arena, geo_point);
    problem->people = arena_array (arena, (size_t) input->person_count + 1, sizeof *problem->people);
    for (int i = 0; i < input->person_count; i++)
        problem->people [problem->n_people++] = s_person (&self, &input->people [i]);
    problem->visits = arena_array (arena, (size_t) input->visit_count + 1, sizeof *problem->visits);
    for (int i = 0; i < input->visit_count; i++)
        problem->visits [problem->n_visits++] = s_visit (&self, &input->visits [i]);
    int policy_ms = input->policy->replan_effort_ms ? input->policy->replan_effort_ms : EFFORT_MS;
    problem->effort_ms = input->effort_ms ? input->effort_ms : policy_ms;
    return problem;
}

char *
replan_hash (arena_t *arena, const day_problem_t *problem)
{
    size_t size = protobuf_c_message_get_packed_size (&problem->base);
    uint8_t *bytes = arena_alloc (arena, size + 1);
    unsigned char digest [crypto_hash_sha256_BYTES];
    protobuf_c_message_pack (&problem->base, bytes);
    crypto_hash_sha256 (digest, bytes, size);
    char *text = arena_alloc (arena, 2 * sizeof digest + 1);
    return sodium_bin2hex (text, 2 * sizeof digest + 1, digest, sizeof digest);
}
