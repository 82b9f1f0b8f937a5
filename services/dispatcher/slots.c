#include "slots.h"
#include "message_new.h"
#include <string.h>

#define HALF_DAY_MS INT64_C (43200000)

/* Who is asked, and what. */
typedef struct {
    arena_t *arena;
    const choose_input_t *input;
    const slots_search_t *search;
    const choose_person_t **people;
    place_question_t *questions;
    place_t *places;
    int count;
} asked_t;

static bool
s_passes (asked_t *asked, const choose_person_t *engineer, int64_t until_at)
{
    dispatch_candidate_t *candidate = message_new (asked->arena, dispatch_candidate);
    rules_of_person (asked->arena, asked->input, engineer, candidate);
    rules_of_skills (asked->arena, asked->input, engineer, until_at, candidate);
    return !candidate->n_failed_rules;
}

/* A customer who chooses waits for nothing: the way alone has a price. */
static void
s_begin (asked_t *asked, const choose_input_t *input)
{
    size_t room = (size_t) input->engineer_count + 1;
    asked->people = arena_array (asked->arena, room, sizeof *asked->people);
    asked->questions = arena_array (asked->arena, room, sizeof *asked->questions);
    asked->places = arena_array (asked->arena, room, sizeof *asked->places);
    for (int i = 0; i < input->engineer_count; i++) {
        place_question_t question = choose_question (asked->arena, input, &input->engineers [i]);
        question.wait_per_hour_minor = question.late_per_hour_minor = 0;
        question.until_at = rules_skills_until (input, &input->engineers [i]);
        asked->people [asked->count] = &input->engineers [i];
        asked->questions [asked->count++] = question;
    }
}

static bool
s_is_cheaper (const slots_offer_t *left, const slots_offer_t *right)
{
    if (left->cost_minor != right->cost_minor)
        return left->cost_minor < right->cost_minor;
    if (left->place.work_starts_at != right->place.work_starts_at)
        return left->place.work_starts_at < right->place.work_starts_at;
    return strcmp (left->engineer_id, right->engineer_id) < 0;
}

static bool
s_best_in (asked_t *asked, int64_t from_at, int64_t to_at, slots_offer_t *ret_best)
{
    const dispatch_policy_details_t *policy = asked->input->policy.details;
    bool is_found = false;
    for (int i = 0; i < asked->count; i++) {
        asked->questions [i].not_before_at = from_at;
        asked->questions [i].begins_by_at = to_at - 1;
    }
    place_best (asked->arena, asked->questions, asked->count, asked->places);
    for (int i = 0; i < asked->count; i++) {
        const place_t *place = &asked->places [i];
        slots_offer_t offer = { .window_from_at = from_at, .window_to_at = to_at, .place = *place,
            .engineer_id = asked->people [i]->id, .detour = place->detour };
        offer.cost_minor = offer.detour.minutes * policy->travel_per_minute_minor
            + offer.detour.distance_m * policy->travel_per_km_minor / 1000;
        if (place->is_found && (!is_found || s_is_cheaper (&offer, ret_best))
            && s_passes (asked, asked->people [i], place->ends_at)
            && slots_leave (asked->input, asked->search, asked->people [i]->shift, place)) {
            *ret_best = offer;
            is_found = true;
        }
    }
    return is_found;
}

static int64_t
s_gap_ms (const slots_offer_t *offer, int64_t at)
{
    return at < offer->window_from_at ? offer->window_from_at - at
        : at >= offer->window_to_at ? at - offer->window_to_at + 1 : 0;
}

static bool
s_is_before (const slots_offer_t *left, const slots_offer_t *right, int64_t wanted_at)
{
    int64_t left_ms = s_gap_ms (left, wanted_at), right_ms = s_gap_ms (right, wanted_at);
    return wanted_at && left_ms != right_ms ? left_ms < right_ms : s_is_cheaper (left, right);
}

/* Keeps the best ones, best first. */
static int
s_keep (slots_offer_t *offers, int count, const slots_search_t *search, const slots_offer_t *offer)
{
    int at = count < search->count ? count : search->count;
    while (at > 0 && s_is_before (offer, &offers [at - 1], search->wanted_at))
        at--;
    if (at >= search->count)
        return count;
    int moved = (count < search->count ? count : search->count - 1) - at;
    memmove (&offers [at + 1], &offers [at], (size_t) moved * sizeof *offers);
    offers [at] = *offer;
    return count < search->count ? count + 1 : count;
}

int
slots_find (arena_t *arena, const choose_input_t *input, const slots_search_t *search,
    slots_offer_t ret_offers [SLOTS_MAX])
{
    asked_t asked = { .arena = arena, .input = input, .search = search };
    int64_t from_at = search->from_at > input->now ? search->from_at : input->now;
    int count = 0;
    s_begin (&asked, input);
    int32_t date = zone_date (search->zone, from_at, NULL);
    for (int half = 0; ; half++) {
        int64_t opens_at = zone_at (search->zone, date + half / 2, half % 2 * HALF_DAY_MS);
        int64_t closes_at = zone_at (search->zone, date + (half + 1) / 2,
            (half + 1) % 2 * HALF_DAY_MS);
        slots_offer_t best;
        if (opens_at >= search->until_at)
            return count;
        if (closes_at > from_at && s_best_in (&asked,
            opens_at > from_at ? opens_at : from_at, closes_at, &best))
            count = s_keep (ret_offers, count, search, &best);
    }
}
