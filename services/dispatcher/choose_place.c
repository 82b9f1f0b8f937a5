/* choose_place - where each of those who may go could do the order, and of those who have no place, why not. */
#include "choose_place.h"
#include "moment.h"
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C (60000)

/* ---- one engineer's question */

static int
s_by_start (const void *left, const void *right)
{
    const busy_t *a = left, *b = right;
    return a->from_at < b->from_at ? -1 : a->from_at > b->from_at ? 1 : a->to_at < b->to_at ? -1
        : a->to_at > b->to_at;
}

static busy_t
s_busy (const diary_entry_t *entry)
{
    return (busy_t) { entry->kind == DIARY_KIND_ABSENCE ? BUSY_ABSENCE : BUSY_VISIT,
                      entry->from_at, entry->work_from_at, entry->to_at, entry->point };
}

/* What is held for an order does not stand in its own way. */
static bool
s_is_own (const choose_order_t *order, const diary_entry_t *entry)
{
    return entry->kind == DIARY_KIND_HOLD && order->id && *order->id
        && strcmp (entry->work_order_id, order->id) == 0;
}

/* His diary, and the times that the scheduler would not give for this order. */
static int
s_all_busy (arena_t *arena, const choose_order_t *order, const choose_person_t *engineer,
    busy_t **ret_busy)
{
    size_t refused = order->setbacks ? order->setbacks->n_refused : 0;
    busy_t *busy = arena_array (arena, engineer->entry_count + refused + 1, sizeof *busy);
    int count = 0;
    for (size_t i = 0; i < engineer->entry_count; i++)
        if (!s_is_own (order, engineer->entries [i]))
            busy [count++] = s_busy (engineer->entries [i]);
    int own = count;
    for (size_t i = 0; i < refused; i++) {
        const refused_time_t *time = order->setbacks->refused [i];
        if (!*time->engineer_id || strcmp (time->engineer_id, engineer->id) == 0)
            busy [count++] = (busy_t) { BUSY_REFUSED, time->from_at, time->from_at, time->to_at,
                NULL };
    }
    if (count > own)
        qsort (busy, (size_t) count, sizeof *busy, s_by_start);
    *ret_busy = busy;
    return count;
}

int
choose_efficiency_percent (const choose_person_t *engineer, int *ret_visits)
{
    int given = engineer->details->efficiency_percent;
    bool is_learned = !given && engineer->learned_percent;
    if (ret_visits)
        *ret_visits = is_learned ? engineer->learned_visits : 0;
    return is_learned ? engineer->learned_percent : given ? given : 100;
}

/* Standard work at his pace, in whole minutes rounded up. */
int64_t
choose_work_ms (const choose_input_t *input, const choose_person_t *engineer)
{
    int64_t percent = choose_efficiency_percent (engineer, NULL) * MINUTE_MS;
    return (input->order.work_ms * 100 + percent - 1) / percent * MINUTE_MS;
}

place_question_t
choose_question (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer)
{
    const choose_order_t *order = &input->order;
    const dispatch_policy_details_t *policy = input->policy.details;
    int64_t weight = price_weight (order->priority);
    place_question_t question = {
        .policy = policy, .now = input->now, .shift = engineer->shift,
        .home = engineer->details->home, .position = engineer->position, .site = order->site,
        .work_ms = choose_work_ms (input, engineer), .not_before_at = order->not_before_at,
        .access = order->access, .wait_per_hour_minor = policy->wait_per_hour_minor * weight,
        .late_at = order->not_after_at ? order->not_after_at : order->promised_at,
        .late_per_hour_minor = policy->late_per_minute_minor * weight * 60,
        .is_earliest = order->crew_size > 1,        /* of all of them the last says when they begin */
    };
    const setbacks_t *setbacks = order->setbacks;
    if (setbacks && setbacks->lock_from_at > question.not_before_at)
        question.not_before_at = setbacks->lock_from_at;
    busy_t *busy;
    question.busy_count = s_all_busy (arena, order, engineer, &busy);
    question.busy = busy;
    return question;
}

/* ---- where */

static int64_t
s_cost (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    const place_t *place)
{
    dispatch_candidate_t *candidate = message_new (arena, dispatch_candidate);
    candidate->engineer_id = (char *) engineer->id;
    choose_set_place (candidate, place);
    price_candidate (arena, input, engineer, candidate);
    return candidate->cost_minor;
}

/* Within his hours; or a place that reaches outside them when the policy has a price for that and it still costs
 * less. */
static void
s_outside (arena_t *arena, const choose_input_t *input, const choose_person_t *const *people,
    const place_question_t *questions, int count, place_t *places)
{
    int64_t overtime_ms = input->policy.details->overtime_max_minutes * MINUTE_MS;
    int64_t early_ms = input->policy.details->travel_outside_max_minutes * MINUTE_MS;
    if (!overtime_ms && !early_ms)
        return;
    place_question_t *longer = arena_array (arena, (size_t) count + 1, sizeof *longer);
    place_t *outside = arena_array (arena, (size_t) count + 1, sizeof *outside);
    for (int i = 0; i < count; i++) {
        longer [i] = questions [i];
        longer [i].overtime_ms = overtime_ms;
        longer [i].early_ms = early_ms;
    }
    place_best (arena, longer, count, outside);
    for (int i = 0; i < count; i++)
        if (outside [i].is_found && (outside [i].overtime_ms || outside [i].early_ms) && (!places [i].is_found
            || s_cost (arena, input, people [i], &outside [i]) < s_cost (arena, input, people [i], &places [i])))
            places [i] = outside [i];
}

/* In the time that a person fixed, and while he may do what is needed. */
static place_question_t
s_within (const choose_input_t *input, const choose_person_t *engineer, const place_question_t *question)
{
    place_question_t within = *question;
    const setbacks_t *setbacks = input->order.setbacks;
    if (setbacks && setbacks->lock)
        within.begins_by_at = setbacks->lock_to_at - 1;
    within.until_at = rules_skills_until (input, engineer);
    return within;
}

void
choose_places (arena_t *arena, const choose_input_t *input, const choose_person_t *const *people,
    const place_question_t *questions, int count, place_t *ret_places)
{
    place_question_t *asked = arena_array (arena, (size_t) count + 1, sizeof *asked);
    const choose_person_t **others = arena_array (arena, (size_t) count + 1, sizeof *others);
    place_t *found = arena_array (arena, (size_t) count + 1, sizeof *found);
    int *of = arena_array (arena, (size_t) count + 1, sizeof *of), other_count = 0;
    for (int i = 0; i < count; i++)
        asked [i] = s_within (input, people [i], &questions [i]);
    place_best (arena, asked, count, ret_places);
    s_outside (arena, input, people, asked, count, ret_places);
    for (int i = 0; i < count; i++)
        if (!ret_places [i].is_found && (asked [i].begins_by_at || asked [i].until_at)) {
            others [other_count] = people [i];
            asked [other_count] = questions [i];
            of [other_count++] = i;
        }
    place_best (arena, asked, other_count, found);      /* the rule that keeps him from it is said by his place */
    s_outside (arena, input, others, asked, other_count, found);
    for (int i = 0; i < other_count; i++)
        ret_places [of [i]] = found [i];
}

/* ---- why not */

static const char *
s_need (arena_t *arena, const place_question_t *question)
{
    return arena_printf (arena, "%lld min of work and the way there, in his shift",
                         (long long) (question->work_ms / MINUTE_MS));
}

/* There is no place: is it for the shift itself, for the hours in which the site lets nobody in, for
 * absences, or for other visits? */
void
choose_explain (arena_t *arena, const place_question_t *question, dispatch_candidate_t *candidate)
{
    if (!question->shift)
        return rules_fail (arena, candidate, "shift", "a shift", "none");
    place_question_t less = *question;
    less.busy_count = 0;
    const char *days = arena_printf (arena, "no such time in %d days", PLACE_HORIZON_DAYS);
    less.access = NULL;
    if (!place_best_of (arena, &less).is_found)
        return rules_fail (arena, candidate, "shift", s_need (arena, question), days);
    less.access = question->access;
    if (!place_best_of (arena, &less).is_found)
        return rules_fail (arena, candidate, "access", arena_printf (arena,
            "%lld min of work in his shift and the access hours of the site",
            (long long) (question->work_ms / MINUTE_MS)), days);
    busy_t *absences = arena_array (arena, (size_t) question->busy_count + 1, sizeof *absences);
    for (int i = 0; i < question->busy_count; i++)
        if (question->busy [i].kind == BUSY_ABSENCE)
            absences [less.busy_count++] = question->busy [i];
    less.busy = absences;
    bool is_away = !place_best_of (arena, &less).is_found;
    rules_fail (arena, candidate, is_away ? "absence" : "overlap", s_need (arena, question), days);
}
