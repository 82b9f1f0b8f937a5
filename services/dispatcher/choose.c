#include "choose.h"
#include "message_new.h"
#include "decision.h"
#include "moment.h"
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C (60000)

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

static int
s_efficiency_percent (const choose_person_t *engineer)
{
    return engineer->details->efficiency_percent ? engineer->details->efficiency_percent : 100;
}

/* Standard work at his pace, in whole minutes rounded up. */
static int64_t
s_work_ms (const choose_input_t *input, const choose_person_t *engineer)
{
    int64_t percent = s_efficiency_percent (engineer) * MINUTE_MS;
    return (input->order.work_ms * 100 + percent - 1) / percent * MINUTE_MS;
}

place_question_t
choose_question (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer)
{
    place_question_t question = {
        .policy = input->policy.details, .now = input->now, .shift = engineer->shift,
            .home = engineer->details->home,
        .position = engineer->position, .site = input->order.site,
        .work_ms = s_work_ms (input, engineer),
        .not_before_at = input->order.not_before_at, .access = input->order.access,
    };
    const setbacks_t *setbacks = input->order.setbacks;
    if (setbacks && setbacks->lock_from_at > question.not_before_at)
        question.not_before_at = setbacks->lock_from_at;
    busy_t *busy;
    question.busy_count = s_all_busy (arena, &input->order, engineer, &busy);
    question.busy = busy;
    return question;
}

static char *
s_need (arena_t *arena, const place_question_t *question)
{
    return arena_printf (arena, "%lld min of work and the way there, in his shift",
                         (long long) (question->work_ms / 60000));
}

/* There is no place: is it for the shift itself, for the hours in which the site lets nobody in, for
 * absences, or for other visits? */
static void
s_explain (arena_t *arena, const place_question_t *question, dispatch_candidate_t *candidate)
{
    if (!question->shift)
        return rules_fail (arena, candidate, "shift", "a shift", "none");
    place_t place;
    place_question_t less = *question;
    less.busy_count = 0;
    const char *days = arena_printf (arena, "no such time in %d days", PLACE_HORIZON_DAYS);
    less.access = NULL;
    if (!place_earliest (&less, &place))
        return rules_fail (arena, candidate, "shift", s_need (arena, question), days);
    less.access = question->access;
    if (!place_earliest (&less, &place))
        return rules_fail (arena, candidate, "access", arena_printf (arena,
            "%lld min of work in his shift and the access hours of the site",
            (long long) (question->work_ms / 60000)), days);
    busy_t *absences = arena_array (arena, (size_t) question->busy_count + 1, sizeof *absences);
    for (int i = 0; i < question->busy_count; i++)
        if (question->busy [i].kind == BUSY_ABSENCE)
            absences [less.busy_count++] = question->busy [i];
    less.busy = absences;
    bool is_away = !place_earliest (&less, &place);
    rules_fail (arena, candidate, is_away ? "absence" : "overlap", s_need (arena, question), days);
}

static const char *const s_conflicts [] [2] = {
    [BUSY_VISIT] = { "overlap", "another visit" }, [BUSY_ABSENCE] = { "absence", "away" },
    [BUSY_REFUSED] = { "overlap", "refused by the scheduler" },
};

/* A person named the time: what does it run into? */
static void
s_check_named (arena_t *arena, const place_question_t *question, const place_t *place,
    dispatch_candidate_t *candidate)
{
    if (place->starts_at < question->now)
        rules_fail (arena, candidate, "overlap", "a start in the future", "a start in the past");
    int64_t needed_ms = place->work_starts_at - place->starts_at + question->work_ms;
    if (!question->shift)
        rules_fail (arena, candidate, "shift", "open from travel to end", "no shift");
    else if (calendar_between (question->shift, place->starts_at, place->ends_at) != needed_ms)
        rules_fail (arena, candidate, "shift", "open from travel to end", "closed in it");
    if (question->access && calendar_between (question->access, place->work_starts_at,
        place->ends_at) != question->work_ms)
        rules_fail (arena, candidate, "access", "access from arrival to end", "nobody is let in");
    const busy_t *busy = place_conflict (question, place->starts_at, place->ends_at);
    if (busy)
        rules_fail (arena, candidate, s_conflicts [busy->kind] [0], "free time",
                    s_conflicts [busy->kind] [1]);
}

/* X2: when work must begin, because a person fixed it on the visit before. */
static void
s_check_lock (arena_t *arena, const choose_order_t *order, const place_t *place,
    dispatch_candidate_t *candidate)
{
    const setbacks_t *lock = order->setbacks;
    char from [MOMENT_SIZE], to [MOMENT_SIZE], had [MOMENT_SIZE];
    if (!lock || !lock->lock || (place->work_starts_at >= lock->lock_from_at
        && place->work_starts_at < lock->lock_to_at))
        return;
    moment_print (lock->lock_from_at, from);
    moment_print (lock->lock_to_at, to);
    moment_print (place->work_starts_at, had);
    rules_fail (arena, candidate, "lock", arena_printf (arena,
        "work that begins from %s to before %s", from, to), arena_printf (arena, "%s", had));
}

static void
s_set_place (dispatch_candidate_t *candidate, const place_t *place)
{
    candidate->starts_at = place->starts_at;
    candidate->ends_at = place->ends_at;
    candidate->travel_minutes = (place->work_starts_at - place->starts_at) / 60000;
    candidate->distance_m = place->leg.distance_m;
    candidate->overtime_minutes = place->overtime_ms / MINUTE_MS;
    candidate->travel_outside_minutes = place->early_ms / MINUTE_MS;
}

static int64_t
s_cost (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    const place_t *place)
{
    dispatch_candidate_t *candidate = message_new (arena, dispatch_candidate);
    candidate->engineer_id = (char *) engineer->id;
    s_set_place (candidate, place);
    price_candidate (arena, input, engineer, candidate);
    return candidate->cost_minor;
}

/* The earliest place within his hours; or one that reaches outside them when the policy has a price
 * for that and it still costs less. */
static bool
s_earliest (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    const place_question_t *question, place_t *ret_place)
{
    place_question_t longer = *question;
    longer.overtime_ms = input->policy.details->overtime_max_minutes * MINUTE_MS;
    longer.early_ms = input->policy.details->travel_outside_max_minutes * MINUTE_MS;
    bool is_found = place_earliest (question, ret_place);
    place_t outside;
    if ((!longer.overtime_ms && !longer.early_ms) || !place_earliest (&longer, &outside)
        || (!outside.overtime_ms && !outside.early_ms))
        return is_found;
    if (!is_found || s_cost (arena, input, engineer, &outside)
        < s_cost (arena, input, engineer, ret_place))
        *ret_place = outside;
    return true;
}

/* The chosen one gets a place whatever he breaks; of the others nobody looks for one who may not go
 * anyway. */
static void
s_find_place (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    bool is_chosen, dispatch_candidate_t *candidate)
{
    if (candidate->n_failed_rules && !is_chosen)
        return;
    place_question_t question = choose_question (arena, input, engineer);
    place_t place;
    if (is_chosen && input->manual_starts_at) {
        place = place_at (&question, input->manual_starts_at);
        if (place_takes_days (&question))
            place.ends_at = calendar_add (question.shift, place.work_starts_at, question.work_ms);
        s_check_named (arena, &question, &place, candidate);
    } else if (!s_earliest (arena, input, engineer, &question, &place)) {
        s_explain (arena, &question, candidate);
        if (!is_chosen)
            return;
        place = place_at (&question, input->now);
    }
    s_check_lock (arena, &input->order, &place, candidate);
    s_set_place (candidate, &place);
}

/* Skills must last until the end of the visit; of one that has no place, of the earliest thinkable. */
static int64_t
s_skills_until (const choose_input_t *input, const dispatch_candidate_t *candidate)
{
    if (candidate->ends_at)
        return candidate->ends_at;
    int64_t not_before_at = input->order.not_before_at;
    return (input->now > not_before_at ? input->now : not_before_at) + input->order.work_ms;
}

static dispatch_candidate_t *
s_candidate (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer)
{
    dispatch_candidate_t *candidate = message_new (arena, dispatch_candidate);
    candidate->engineer_id = arena_strdup (arena, engineer->id);
    candidate->efficiency_percent = s_efficiency_percent (engineer);
    candidate->work_minutes = s_work_ms (input, engineer) / MINUTE_MS;
    bool is_chosen = input->manual_id && strcmp (engineer->id, input->manual_id) == 0;
    rules_of_person (arena, input, engineer, candidate);
    if (is_chosen && !input->order.is_ready)
        rules_fail (arena, candidate, "readiness", "an order that may go", "blockers");
    if (!is_chosen && input->order.offers_in_vain)
        rules_fail (arena, candidate, "offers", "an order that not enough have been asked for",
            arena_printf (arena, "%d offers and nobody took it", input->order.offers_in_vain));
    s_find_place (arena, input, engineer, is_chosen, candidate);
    rules_of_skills (arena, input, engineer, s_skills_until (input, candidate), candidate);
    if (candidate->ends_at && (is_chosen || !candidate->n_failed_rules))
        price_candidate (arena, input, engineer, candidate);
    else
        s_set_place (candidate, &(place_t) { 0 });
    return candidate;
}

static void
s_candidates (arena_t *arena, const choose_input_t *input, dispatch_decided_t *document)
{
    for (int i = 0; i < input->engineer_count; i++)
        document->candidates [i] = s_candidate (arena, input, &input->engineers [i]);
}

/* Everybody is looked at again for the moment at which enough can begin; whom a person chose sets it. */
static void
s_together (arena_t *arena, const choose_input_t *input, dispatch_decided_t *document)
{
    choose_input_t together = *input;
    const dispatch_candidate_t *chosen = document->manual
        ? decision_candidate (document, document->winner_id) : NULL;
    int64_t begins_at = chosen ? chosen->starts_at + chosen->travel_minutes * MINUTE_MS
        : crew_begins_at (arena, input, document);
    together.order.not_before_at = begins_at;
    if (begins_at)
        s_candidates (arena, &together, document);
    crew_rules (arena, input, document, begins_at);
}

dispatch_decided_t *
choose (arena_t *arena, const choose_input_t *input)
{
    dispatch_decided_t *document = message_new (arena, dispatch_decided);
    document->work_order_id = arena_strdup (arena, input->order.id);
    document->territory_id = arena_strdup (arena, input->order.territory_id);
    document->policy_id = arena_strdup (arena, input->policy.id);
    document->policy_version = input->policy.version;
    document->policy_rule = input->policy.rule;
    document->policy_rules_version = input->policy.rules_version;
    document->decided_at = input->now;
    document->promised_at = input->order.promised_at;
    document->input_hash = input_hash (arena, input);
    document->manual = input->manual_id && *input->manual_id;
    if (document->manual)
        document->winner_id = arena_strdup (arena, input->manual_id);
    document->provider_first = input->policy.details->provider_use == PROVIDER_USE_FIRST;
    document->n_candidates = (size_t) input->engineer_count;
    document->candidates = arena_array (arena,
        document->n_candidates + (size_t) input->provider_count + 1, sizeof *document->candidates);
    s_candidates (arena, input, document);
    if (input->order.crew_size > 1)
        s_together (arena, input, document);
    choose_providers (arena, input, document);
    decision_rank (document);
    crew_name (arena, input, document);
    return document;
}
