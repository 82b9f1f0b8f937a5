/* The choice itself, pure: no service around it. */
#include "choice.h"
#include "unpacked.h"

static void
test_n5_the_winner_recomputed_from_the_document_alone_is_the_winner (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 9);
    s_add (self, "bob", 3);
    s_add (self, "eve", 6);
    dispatch_decided_t *read = s_kept (self);
    assert_string_equal (read->winner_id, "bob");
    assert_string_equal (decision_winner (read), "bob");
    assert_true (decision_holds (read));
    assert_int_equal (read->runner_up_gap_minor,
                      decision_candidate (read, "eve")->cost_minor - decision_candidate (read,
                      "bob")->cost_minor);

    decision_candidate (read, "bob")->terms [0]->quantity += 1000;
    assert_string_equal (decision_winner (read), "eve");
    assert_false (decision_holds (read));
}

static void
test_n5_another_input_gives_another_hash_and_another_explanation (void **state)
{
    case_t *self = *state;
    engineer_details_t *ann = s_add (self, "ann", 1);
    s_skill (self, ann, "gas", 2, 0);
    s_need (self, "gas", 2);
    dispatch_decided_t *before = choose (self->arena, &self->input);
    dispatch_decided_t *again = choose (self->arena, &self->input);
    assert_string_equal (before->input_hash, again->input_hash);
    assert_string_equal (before->winner_id, "ann");

    ann->skills [0]->level = 1;
    dispatch_decided_t *after = choose (self->arena, &self->input);
    assert_string_not_equal (before->input_hash, after->input_hash);
    assert_string_equal (after->winner_id, "");
    assert_string_equal (after->candidates [0]->failed_rules [0]->rule, "skill");
}

static void
test_n5_every_single_input_is_in_the_hash (void **state)
{
    case_t *self = *state;
    engineer_details_t *ann = s_add (self, "ann", 1);
    dispatch_policy_details_t policy = policy_defaults;
    self->input.policy.details = &policy;
    char *hashes [24];
    int count = 0;
    hashes [count++] = input_hash (self->arena, &self->input);
    self->input.now++;                              hashes [count++] = input_hash (self->arena,
        &self->input);
    self->input.policy.version++;                   hashes [count++] = input_hash (self->arena,
        &self->input);
    policy.travel_per_km_minor++;                   hashes [count++] = input_hash (self->arena,
        &self->input);
    self->input.order.priority++;                   hashes [count++] = input_hash (self->arena,
        &self->input);
    self->input.order.not_after_at++;               hashes [count++] = input_hash (self->arena,
        &self->input);
    self->input.order.promised_at++;                hashes [count++] = input_hash (self->arena,
        &self->input);
    self->input.order.customer_id = "c2";           hashes [count++] = input_hash (self->arena,
        &self->input);
    self->people [0].is_on_duty = false;            hashes [count++] = input_hash (self->arena,
        &self->input);
    self->people [0].position = ann->home;          hashes [count++] = input_hash (self->arena,
        &self->input);
    self->people [0].shift = NULL;                  hashes [count++] = input_hash (self->arena,
        &self->input);
    s_keep_busy (self, 0, s_busy_visit (self, NOW, NOW + HOUR, NULL));
    hashes [count++] = input_hash (self->arena, &self->input);
    self->input.manual_id = "ann";                  hashes [count++] = input_hash (self->arena,
        &self->input);
    for (int i = 0; i < count; i++)
        for (int j = 0; j < i; j++)
            assert_string_not_equal (hashes [i], hashes [j]);
}

/* As gather gives them, and as nobody does. */
static void
test_n5_digests_that_were_kept_give_the_same_hash (void **state)
{
    case_t *self = *state;
    s_skill (self, s_add (self, "ann", 1), "gas", 2, 0);
    s_add (self, "bob", 2);
    s_keep_busy (self, 0, s_busy_visit (self, NOW, NOW + HOUR, NULL));
    char *taken = input_hash (self->arena, &self->input);
    unsigned char details [32], entries [32];
    diary_entries_t diary = { .base = diary_entries_init, .n_entries = 1,
        .entries = (diary_entry_t **) self->people [0].entries };
    unpacked_digest (&self->people [0].details->base, details);
    unpacked_digest (&diary.base, entries);
    self->people [0].details_digest = details;
    self->people [0].entries_digest = entries;
    assert_string_equal (input_hash (self->arena, &self->input), taken);
    entries [31]++;
    assert_string_not_equal (input_hash (self->arena, &self->input), taken);
}

static void
test_h3_equal_cost_goes_to_the_lower_id_whatever_else (void **state)
{
    case_t *self = *state;
    s_add (self, "e-1", 2);
    s_add (self, "e-10", 2);
    s_add (self, "e-2", 2);
    dispatch_decided_t *document = choose (self->arena, &self->input);
    assert_string_equal (document->winner_id, "e-1");
    assert_string_equal (document->runner_up_id, "e-10");
    assert_int_equal (document->runner_up_gap_minor, 0);
}

static void
test_h5_soft_terms_are_quantity_times_price_and_add_up (void **state)
{
    case_t *self = *state;
    engineer_details_t *ann = s_add (self, "ann", 10);
    s_skill (self, ann, "gas", 5, 0);
    s_need (self, "gas", 2);
    self->input.order.not_after_at = NOW + 10 * MINUTE;
    s_keep_busy (self, 0, s_busy_visit (self, NOW + 3 * HOUR, NOW + 5 * HOUR, NULL));
    const dispatch_candidate_t *candidate = choose (self->arena, &self->input)->candidates [0];
    /* 11.120 km as the crow flies, 14.456 km by road: 17.3 minutes at 50 km/h */
    assert_int_equal (candidate->distance_m, 14456);
    assert_int_equal (candidate->travel_minutes, 18);
    assert_int_equal (s_term (candidate, "travel")->amount_minor, 18 * 50);
    assert_int_equal (s_term (candidate, "distance")->amount_minor, 15 * 30);
    assert_int_equal (s_term (candidate, "late")->quantity, 8);
    assert_int_equal (s_term (candidate, "late")->price_minor, 100 * (1 + (100 - 50) / 11));
    assert_int_equal (s_term (candidate, "late")->after_at, NOW + 10 * MINUTE);
    assert_int_equal (s_term (candidate, "wait")->amount_minor, 18 * 600 * 5 / 60);
    assert_int_equal (s_term (candidate, "load")->amount_minor, 120 * 100 / 60);
    assert_int_equal (s_term (candidate, "overskill")->amount_minor, 3 * 300);
    int64_t sum = 0;
    for (size_t i = 0; i < candidate->n_terms; i++)
        sum += candidate->terms [i]->amount_minor;
    assert_int_equal (candidate->cost_minor, sum);
}

static void
test_h5_skilled_people_are_not_wasted_on_simple_work (void **state)
{
    case_t *self = *state;
    s_skill (self, s_add (self, "expert", 2), "gas", 5, 0);
    s_skill (self, s_add (self, "junior", 2.2), "gas", 1, 0);
    s_need (self, "gas", 1);
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "junior");
}

static void
test_h5_work_is_balanced_between_equals (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 2);
    s_add (self, "bob", 2);
    s_keep_busy (self, 0, s_busy_visit (self, NOW + 2 * DAY, NOW + 2 * DAY + 3 * HOUR, NULL));
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "bob");
}

static void
test_h5_an_urgent_order_goes_to_who_is_there_in_time_an_idle_one_to_who_costs_less (void **state)
{
    case_t *self = *state;
    s_add (self, "far-and-free", 15);
    s_add (self, "near-and-busy", 1);
    s_keep_busy (self, 1, s_busy_visit (self, NOW - HOUR, NOW + HOUR,
        self->people [1].details->home));
    self->input.order.not_after_at = NOW + 40 * MINUTE;
    self->input.order.priority = 1;
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "far-and-free");
    self->input.order.not_after_at = NOW + 2 * DAY;
    self->input.order.priority = 100;
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "near-and-busy");
}

/* Busy at home for so many minutes still. */
static void
s_add_free_after (case_t *self, const char *id, double north, int64_t minutes)
{
    s_add (self, id, north);
    s_keep_busy (self, self->input.engineer_count - 1, s_busy_visit (self, NOW - HOUR,
        NOW + minutes * MINUTE, self->people [self->input.engineer_count - 1].details->home));
}

static void
test_h5_who_is_trapped_in_a_lift_gets_the_engineer_who_is_there_within_the_promised_hour (void **state)
{
    case_t *self = *state;
    s_add_free_after (self, "after-133-min", 0.1, 133);
    s_add_free_after (self, "after-30-min", 15, 30);
    self->input.order.priority = 1;
    self->input.order.promised_at = NOW + HOUR;
    dispatch_decided_t *document = choose (self->arena, &self->input);
    assert_string_equal (document->winner_id, "after-30-min");
    assert_int_equal (document->promised_at, NOW + HOUR);
    const cost_term_t *in_time = s_term (decision_candidate (document, "after-30-min"), "late");
    const cost_term_t *late = s_term (decision_candidate (document, "after-133-min"), "late");
    assert_int_equal (in_time->quantity, 0);
    assert_int_equal (in_time->after_at, NOW + HOUR);
    assert_int_equal (late->quantity, 74);          /* one minute of travel */
    assert_int_equal (late->amount_minor, 74 * 100 * 10);
    assert_true (decision_holds (document));
}

static void
test_h5_without_a_promise_urgent_work_goes_to_who_comes_sooner_and_idle_work_to_who_costs_less (void **state)
{
    case_t *self = *state;
    s_add_free_after (self, "after-133-min", 0.1, 133);
    s_add_free_after (self, "after-30-min", 15, 30);
    self->input.order.priority = 1;                 /* nothing was promised */
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "after-30-min");
    self->input.order.priority = 100;
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "after-133-min");
}

static void
test_h5_what_the_order_itself_says_goes_before_the_promise (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 10);
    self->input.order.promised_at = NOW + 5 * MINUTE;
    self->input.order.not_after_at = NOW + DAY;
    const dispatch_candidate_t *candidate = choose (self->arena, &self->input)->candidates [0];
    assert_int_equal (s_term (candidate, "late")->quantity, 0);
    assert_int_equal (s_term (candidate, "late")->after_at, NOW + DAY);
    self->input.order.not_after_at = 0;
    candidate = choose (self->arena, &self->input)->candidates [0];
    assert_int_equal (s_term (candidate, "late")->quantity, 13);
    self->input.order.promised_at = 0;
    candidate = choose (self->arena, &self->input)->candidates [0];
    assert_null (s_term (candidate, "late"));
}

static void
test_h5_waiting_and_lateness_weigh_ten_times_for_the_most_urgent (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 10);
    self->input.order.promised_at = NOW;
    static const struct { int priority, weight; } cases [] = {
        { 0, 10 }, { 1, 10 }, { 2, 9 }, { 12, 9 }, { 50, 5 }, { 89, 2 }, { 90, 1 }, { 100, 1 }, { 500, 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        self->input.order.priority = cases [i].priority;
        const dispatch_candidate_t *candidate = choose (self->arena, &self->input)->candidates [0];
        const cost_term_t *wait = s_term (candidate, "wait"), *late = s_term (candidate, "late");
        assert_int_equal (wait->price_minor, 600 * cases [i].weight);
        assert_int_equal (wait->amount_minor, wait->quantity * wait->price_minor / wait->per);
        assert_int_equal (late->price_minor, 100 * cases [i].weight);
        assert_int_equal (late->amount_minor, late->quantity * late->price_minor);
    }
}

static void
test_h6_a_skill_is_needed_until_the_end_of_the_visit (void **state)
{
    case_t *self = *state;
    engineer_details_t *ann = s_add (self, "ann", 0);
    s_skill (self, ann, "gas", 2, NOW + HOUR);
    s_need (self, "gas", 2);
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "ann");
    ann->skills [0]->valid_until_at--;
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "");
    s_skill (self, ann, "gas", 3, 0);               /* a newer one he holds as well */
    assert_string_equal (choose (self->arena, &self->input)->winner_id, "ann");
}

static void
test_h7_travel_begins_at_a_fresh_position_and_else_at_home (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 10);
    assert_int_equal (choose (self->arena, &self->input)->candidates [0]->distance_m, 14456);
    self->people [0].position = s_point (self, 45.4642, 9.19);
    assert_int_equal (choose (self->arena, &self->input)->candidates [0]->distance_m, 0);
}

static void
test_h8_without_coordinates_half_an_hour_of_travel_is_assumed (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 10);
    self->input.order.site = NULL;
    const dispatch_candidate_t *candidate = choose (self->arena, &self->input)->candidates [0];
    assert_int_equal (candidate->travel_minutes, 30);
    assert_int_equal (candidate->distance_m, 0);
}

static void
test_g1_a_visit_and_its_travel_lie_inside_the_shift (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 0);
    self->input.order.work_ms = 9 * HOUR;           /* 8 hours are left today, 10 are in a day */
    assert_int_equal (choose (self->arena, &self->input)->candidates [0]->starts_at,
        NOW + 22 * HOUR);
    self->input.order.work_ms = 101 * HOUR;         /* and 100 in the two weeks that are looked at */
    const dispatch_candidate_t *candidate = choose (self->arena, &self->input)->candidates [0];
    assert_string_equal (candidate->failed_rules [0]->rule, "shift");
    assert_string_equal (candidate->failed_rules [0]->needed,
        "6060 min of work and the way there, in his shift");
}

static void
test_g5_the_visit_after_it_must_still_be_reached (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 0);
    diary_entry_t *next = s_busy_visit (self, NOW + 90 * MINUTE, NOW + 3 * HOUR,
        s_point (self, 45.4642, 9.19));
    s_keep_busy (self, 0, next);
    assert_int_equal (choose (self->arena, &self->input)->candidates [0]->starts_at, NOW);
    /* an hour's drive away, and 30 minutes are left for it */
    next->point = s_point (self, 45.9, 9.19);
    assert_true (choose (self->arena, &self->input)->candidates [0]->starts_at >= NOW + 3 * HOUR);
}

static void
test_g5_property_a_chosen_place_never_overlaps_what_is_taken (void **state)
{
    case_t *self = *state;
    unsigned seed = 20260608;
    print_message ("seed %u\n", seed);
    srand (seed);
    s_add (self, "ann", 3);
    for (int round = 0; round < 500; round++) {
        diary_entry_t *entries [6];
        int64_t at = NOW - 2 * HOUR;
        for (int i = 0; i < 6; i++) {
            at += rand () % 300 * MINUTE;
            entries [i] = s_busy_visit (self, at, at + (1 + rand () % 200) * MINUTE,
                i % 2 ? NULL : self->people [0].details->home);
            at = entries [i]->to_at;
        }
        self->people [0].entries = entries;
        self->people [0].entry_count = 6;
        self->input.order.work_ms = (1 + rand () % 240) * MINUTE;
        self->input.order.not_before_at = rand () % 3 ? 0 : NOW + rand () % 3000 * MINUTE;
        const dispatch_candidate_t *candidate = choose (self->arena, &self->input)->candidates [0];
        assert_int_equal (candidate->n_failed_rules, 0);
        int64_t from_at = candidate->starts_at, to_at = candidate->ends_at;
        assert_true (from_at >= NOW
            && from_at + candidate->travel_minutes * MINUTE >= self->input.order.not_before_at);
        assert_int_equal (to_at, from_at + candidate->travel_minutes * MINUTE + self->input.order.work_ms);
        assert_int_equal (calendar_between (self->shift, from_at, to_at), to_at - from_at);
        for (int i = 0; i < 6; i++)
            assert_true (entries [i]->to_at <= from_at || entries [i]->from_at >= to_at);
    }
}

static void
test_h10_a_thousand_engineers_are_all_explained (void **state)
{
    case_t *self = *state;
    for (int i = 0; i < 1000; i++)
        s_skill (self, s_add (self, arena_printf (self->arena, "e%04d", i),
            (i * 7919 % 1000) / 10.0), "gas", 1 + i % 4, 0);
    s_need (self, "gas", 2);
    dispatch_decided_t *document = choose (self->arena, &self->input);
    assert_int_equal (document->n_candidates, 1000);
    int may = 0;
    for (int i = 0; i < 1000; i++) {
        const dispatch_candidate_t *candidate = document->candidates [i];
        assert_true (candidate->n_failed_rules > 0 || candidate->n_terms > 0);
        may += !candidate->n_failed_rules;
    }
    assert_int_equal (may, 750);
    assert_true (decision_holds (document));
}


int
main (void)
{
    const struct CMUnitTest tests [] = {
        PURE (test_n5_the_winner_recomputed_from_the_document_alone_is_the_winner),
        PURE (test_n5_another_input_gives_another_hash_and_another_explanation),
        PURE (test_n5_every_single_input_is_in_the_hash),
        PURE (test_n5_digests_that_were_kept_give_the_same_hash),
        PURE (test_h3_equal_cost_goes_to_the_lower_id_whatever_else),
        PURE (test_h5_soft_terms_are_quantity_times_price_and_add_up),
        PURE (test_h5_skilled_people_are_not_wasted_on_simple_work),
        PURE (test_h5_work_is_balanced_between_equals),
        PURE (test_h5_an_urgent_order_goes_to_who_is_there_in_time_an_idle_one_to_who_costs_less),
        PURE (test_h5_who_is_trapped_in_a_lift_gets_the_engineer_who_is_there_within_the_promised_hour),
        PURE (test_h5_without_a_promise_urgent_work_goes_to_who_comes_sooner_and_idle_work_to_who_costs_less),
        PURE (test_h5_what_the_order_itself_says_goes_before_the_promise),
        PURE (test_h5_waiting_and_lateness_weigh_ten_times_for_the_most_urgent),
        PURE (test_h6_a_skill_is_needed_until_the_end_of_the_visit),
        PURE (test_h7_travel_begins_at_a_fresh_position_and_else_at_home),
        PURE (test_h8_without_coordinates_half_an_hour_of_travel_is_assumed),
        PURE (test_g1_a_visit_and_its_travel_lie_inside_the_shift),
        PURE (test_g5_the_visit_after_it_must_still_be_reached),
        PURE (test_g5_property_a_chosen_place_never_overlaps_what_is_taken),
        PURE (test_h10_a_thousand_engineers_are_all_explained),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
