#include "choose_place.h"
#include "decision.h"
#include "moment.h"
#include <string.h>

#define MINUTE_MS INT64_C (60000)

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

void
choose_set_place (dispatch_candidate_t *candidate, const place_t *place)
{
    candidate->starts_at = place->starts_at;
    candidate->ends_at = place->ends_at;
    candidate->travel_minutes = (place->work_starts_at - place->starts_at) / MINUTE_MS;
    candidate->distance_m = place->leg.distance_m;
    candidate->detour_minutes = place->detour.minutes;
    candidate->detour_m = place->detour.distance_m;
    candidate->overtime_minutes = place->overtime_ms / MINUTE_MS;
    candidate->travel_outside_minutes = place->early_ms / MINUTE_MS;
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

static bool
s_is_chosen (const choose_input_t *input, const choose_person_t *engineer)
{
    return input->manual_id && strcmp (engineer->id, input->manual_id) == 0;
}

/* The rules that ask for nothing but who he is. */
static dispatch_candidate_t *
s_candidate (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer)
{
    dispatch_candidate_t *candidate = message_new (arena, dispatch_candidate);
    candidate->engineer_id = arena_strdup (arena, engineer->id);
    candidate->efficiency_percent = choose_efficiency_percent (engineer, &candidate->learned_visits);
    candidate->work_minutes = choose_work_ms (input, engineer) / MINUTE_MS;
    rules_of_person (arena, input, engineer, candidate);
    if (s_is_chosen (input, engineer) && !input->order.is_ready)
        rules_fail (arena, candidate, "readiness", "an order that may go", "blockers");
    if (!s_is_chosen (input, engineer) && input->order.offers_in_vain)
        rules_fail (arena, candidate, "offers", "an order that not enough have been asked for",
            arena_printf (arena, "%d offers and nobody took it", input->order.offers_in_vain));
    return candidate;
}

static place_t
s_named (arena_t *arena, const choose_input_t *input, const place_question_t *question,
    dispatch_candidate_t *candidate)
{
    place_t place = place_at (question, input->manual_starts_at);
    if (place_takes_days (arena, question))
        place.ends_at = calendar_add (question->shift, place.work_starts_at, question->work_ms);
    s_check_named (arena, question, &place, candidate);
    return place;
}

/* What follows from the place. The chosen one has one whatever he breaks. */
static void
s_set (arena_t *arena, const choose_input_t *input, const choose_person_t *engineer,
    const place_question_t *question, place_t place, dispatch_candidate_t *candidate)
{
    bool is_chosen = s_is_chosen (input, engineer);
    if (question && !place.is_found) {
        choose_explain (arena, question, candidate);
        if (is_chosen)
            place = place_at (question, input->now);
    }
    if (place.is_found) {
        s_check_lock (arena, &input->order, &place, candidate);
        choose_set_place (candidate, &place);
    }
    rules_of_skills (arena, input, engineer, s_skills_until (input, candidate), candidate);
    if (candidate->ends_at && (is_chosen || !candidate->n_failed_rules))
        price_candidate (arena, input, engineer, candidate);
    else
        choose_set_place (candidate, &(place_t) { 0 });
}

/* Nobody looks for a place of one who may not go anyway, unless a person chose him. */
static void
s_candidates (arena_t *arena, const choose_input_t *input, dispatch_decided_t *document)
{
    size_t room = (size_t) input->engineer_count + 1;
    const choose_person_t **people = arena_array (arena, room, sizeof *people);
    place_question_t *questions = arena_array (arena, room, sizeof *questions);
    place_t *places = arena_array (arena, room, sizeof *places);
    int count = 0;
    for (int i = 0; i < input->engineer_count; i++) {
        const choose_person_t *engineer = &input->engineers [i];
        document->candidates [i] = s_candidate (arena, input, engineer);
        bool is_named = s_is_chosen (input, engineer) && input->manual_starts_at;
        if (is_named || (document->candidates [i]->n_failed_rules && !s_is_chosen (input, engineer)))
            continue;
        people [count] = engineer;
        questions [count++] = choose_question (arena, input, engineer);
    }
    choose_places (arena, input, people, questions, count, places);
    for (int i = 0, next = 0; i < input->engineer_count; i++) {
        const choose_person_t *engineer = &input->engineers [i];
        dispatch_candidate_t *candidate = document->candidates [i];
        if (next < count && people [next] == engineer) {
            s_set (arena, input, engineer, &questions [next], places [next], candidate);
            next++;
        } else if (s_is_chosen (input, engineer)) {
            place_question_t question = choose_question (arena, input, engineer);
            s_set (arena, input, engineer, &question, s_named (arena, input, &question, candidate), candidate);
        } else
            s_set (arena, input, engineer, NULL, (place_t) { 0 }, candidate);
    }
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
