/* What visits teach of an engineer: how fast he works. Orders need an hour unless a test says otherwise. */
#include "world.h"
#include <stdlib.h>

typedef struct { tx_t *tx; int day; char order [64], visit [64]; } work_t;

static void
s_now (const work_t *self, int64_t minutes)
{
    tx_fake_now (self->tx, NOW + self->day * DAY + minutes * MINUTE);
}

/* The next day has an order, and ann is at its site at minute 30. */
static void
s_arrive (work_t *self, int work_minutes)
{
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    tx_t *tx = self->tx;
    self->day++;
    s_now (self, 0);
    snprintf (self->order, sizeof self->order, "w%d", self->day);
    run (tx, create_work_order (.work_order_id = self->order, .type = REQUEST_TYPE_MAINTENANCE, .site_id = "s1",
        .n_skills = 1, .skills = skills, .work_minutes = work_minutes));
    assert_accepted (tx);
    ready_is (tx, self->order);
    booking_is_held (tx, visit_of (tx, self->order, self->visit));
    run (tx, accept_visit (.visit_id = self->visit));
    s_now (self, 30);
    run (tx, arrive_at_site (.visit_id = self->visit));
    assert_accepted (tx);
}

static void
s_start (const work_t *self, int64_t minute)
{
    s_now (self, minute);
    run (self->tx, start_work (.visit_id = (char *) self->visit));
    assert_accepted (self->tx);
}

static void
s_finish (const work_t *self, int64_t minute, bool work_remains)
{
    s_now (self, minute);
    run (self->tx, finish_work (.visit_id = (char *) self->visit, .work_remains = work_remains));
    assert_accepted (self->tx);
}

static void
s_sign (const work_t *self)
{
    tx_t *tx = self->tx;
    run (tx, issue_service_report (.visit_id = (char *) self->visit, .findings = "done"));
    assert_accepted (tx);
    char report [64], hash [80];
    snprintf (report, sizeof report, "%s", emitted (tx, service_report_issued)->report_id);
    snprintf (hash, sizeof hash, "%s", emitted (tx, service_report_issued)->content_hash);
    run (tx, sign_service_report (.report_id = report, .content_hash = hash, .signer_name = "Mario Rossi"));
    assert_accepted (tx);
}

static void
s_work (work_t *self, int standard_minutes, int64_t actual_minutes)
{
    s_arrive (self, standard_minutes);
    s_start (self, 40);
    s_finish (self, 40 + actual_minutes, false);
    s_sign (self);
}

static work_t
s_ann (tx_t *tx)
{
    engineer_is (tx, "ann", 1, "gas", 2);
    return (work_t) { .tx = tx };
}

/* Per mille; 0: nothing is known of her. */
static int
s_learned (const work_t *self)
{
    const efficiency_t *efficiency = stored (self->tx, efficiency, "ann");
    return efficiency ? (int) efficiency->per_mille : 0;
}

/* What the decision about a new order of an hour says of her. */
static dispatch_candidate_t
s_decided (work_t *self)
{
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    run (self->tx, create_work_order (.work_order_id = "asked", .type = REQUEST_TYPE_MAINTENANCE, .site_id = "s1",
        .n_skills = 1, .skills = skills, .work_minutes = 60));
    ready_is (self->tx, "asked");
    const dispatch_decided_t *document = emitted (self->tx, dispatch_decided);
    assert_non_null (document);
    assert_int_equal (document->n_candidates, 1);
    return *document->candidates [0];
}

static void
s_give (tx_t *tx, int percent)
{
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    run (tx, register_engineer (.engineer_id = "ann", .details = PART (engineer_details, .name = "ann",
        .territory_id = "milan", .n_skills = 1, .skills = skills, .home = POINT (45.4742, 9.1900),
        .efficiency_percent = percent)));
    assert_accepted (tx);
}

static void
test_x9_after_five_visits_what_they_tell_is_used_and_the_document_says_so (void **state)
{
    work_t ann = s_ann (*state);
    const int per_mille [] = { 1125, 1235, 1331, 1415, 1489 };
    for (int i = 0; i < 5; i++) {
        s_work (&ann, 60, 30);
        assert_int_equal (s_learned (&ann), per_mille [i]);
    }
    dispatch_candidate_t candidate = s_decided (&ann);
    assert_int_equal (candidate.efficiency_percent, 149);
    assert_int_equal (candidate.learned_visits, 5);
    assert_int_equal (candidate.work_minutes, 41);
    assert_int_equal (candidate.ends_at - candidate.starts_at, (candidate.travel_minutes + 41) * MINUTE);
}

static void
test_x9_four_visits_are_too_few (void **state)
{
    work_t ann = s_ann (*state);
    for (int i = 0; i < 4; i++)
        s_work (&ann, 60, 120);
    assert_int_equal (stored (ann.tx, efficiency, "ann")->visits, 4);
    dispatch_candidate_t candidate = s_decided (&ann);
    assert_int_equal (candidate.efficiency_percent, 100);
    assert_int_equal (candidate.learned_visits, 0);
    assert_int_equal (candidate.work_minutes, 60);
}

static void
test_x9_what_a_person_gave_wins_and_does_not_erase_what_was_learned (void **state)
{
    work_t ann = s_ann (*state);
    for (int i = 0; i < 5; i++)
        s_work (&ann, 60, 30);
    s_give (ann.tx, 80);
    dispatch_candidate_t candidate = s_decided (&ann);
    assert_int_equal (candidate.efficiency_percent, 80);
    assert_int_equal (candidate.learned_visits, 0);
    assert_int_equal (candidate.work_minutes, 75);
    assert_int_equal (s_learned (&ann), 1489);

    run (ann.tx, cancel_work_order (.work_order_id = "asked", .reason = "again"));
    s_give (ann.tx, 0);
    s_work (&ann, 60, 30);
    assert_int_equal (stored (ann.tx, efficiency, "ann")->visits, 6);
    assert_int_equal (s_learned (&ann), 1553);
}

static void
test_x9_pauses_breaks_and_the_way_are_not_work (void **state)
{
    work_t ann = s_ann (*state);
    s_arrive (&ann, 60);
    s_start (&ann, 40);
    s_now (&ann, 60);
    run (ann.tx, pause_work (.visit_id = ann.visit, .reason = "waits for the key"));
    s_start (&ann, 100);
    s_now (&ann, 130);
    run (ann.tx, record_time_entry (.time_entry_id = "lunch", .visit_id = ann.visit, .kind = TIME_KIND_BREAK,
        .from_at = NOW + DAY + 110 * MINUTE, .to_at = NOW + DAY + 130 * MINUTE));
    assert_accepted (ann.tx);
    s_finish (&ann, 160, false);
    s_sign (&ann);
    assert_int_equal (s_learned (&ann), 1000);      /* 20, 10 and 30 minutes */
}

static void
test_x9_a_correction_counts_before_the_signature_and_not_after_it (void **state)
{
    work_t ann = s_ann (*state);
    char entry [80];
    s_arrive (&ann, 60);
    s_start (&ann, 40);
    s_finish (&ann, 160, false);
    snprintf (entry, sizeof entry, "%s:1", ann.visit);
    run (ann.tx, correct_time_entry (.time_entry_id = entry, .from_at = NOW + DAY + 40 * MINUTE,
        .to_at = NOW + DAY + 70 * MINUTE, .reason = "forgot to press stop"));
    assert_accepted (ann.tx);
    assert_int_equal (s_learned (&ann), 0);
    s_sign (&ann);
    assert_int_equal (s_learned (&ann), 1125);
    run (ann.tx, correct_time_entry (.time_entry_id = entry, .from_at = NOW + DAY + 40 * MINUTE,
        .to_at = NOW + DAY + 140 * MINUTE, .reason = "no, it was right"));
    assert_accepted (ann.tx);
    assert_int_equal (s_learned (&ann), 1125);
    assert_int_equal (stored (ann.tx, efficiency, "ann")->visits, 1);
}

static void
test_x9_nothing_is_learned_without_a_standard_nor_from_work_that_is_too_short_or_too_long (void **state)
{
    work_t ann = s_ann (*state);
    s_work (&ann, 0, 30);
    s_work (&ann, 4, 30);
    s_work (&ann, 60, 4);
    s_work (&ann, 60, 0);
    s_work (&ann, 8 * 60 + 1, 60);
    assert_int_equal (s_learned (&ann), 0);
    s_work (&ann, 8 * 60, 8 * 60);
    assert_int_equal (s_learned (&ann), 1000);
}

static void
test_x9_nothing_is_learned_where_the_work_took_more_than_one_visit (void **state)
{
    work_t ann = s_ann (*state);
    s_arrive (&ann, 60);
    s_start (&ann, 40);
    s_finish (&ann, 70, true);
    s_sign (&ann);
    booking_is_held (ann.tx, visit_of (ann.tx, ann.order, ann.visit));
    run (ann.tx, accept_visit (.visit_id = ann.visit));
    s_now (&ann, 100);
    run (ann.tx, arrive_at_site (.visit_id = ann.visit));
    s_start (&ann, 100);
    s_finish (&ann, 120, false);
    s_sign (&ann);
    assert_int_equal (stored (ann.tx, work_order, ann.order)->state, WORK_ORDER_STATE_COMPLETED);
    assert_int_equal (s_learned (&ann), 0);
}

static void
test_x9_nothing_is_learned_from_a_crew (void **state)
{
    tx_t *tx = *state;
    char visit [64];
    work_t ann = s_ann (tx);
    engineer_is (tx, "bob", 2, "gas", 2);
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_MAINTENANCE, .site_id = "s1",
        .work_minutes = 60, .crew_size = 2));
    ready_is (tx, "w1");
    booking_is_held (tx, visit_of (tx, "w1", visit));
    run (tx, accept_visit (.visit_id = visit));
    run (tx, arrive_at_site (.visit_id = visit));
    snprintf (ann.visit, sizeof ann.visit, "%s", visit);
    s_start (&ann, 30);
    s_finish (&ann, 60, false);
    s_sign (&ann);
    assert_int_equal (stored_count (tx, efficiency), 0);
}

static void
test_x9_nothing_is_learned_from_a_provider_whose_people_are_its_own_business (void **state)
{
    work_t ann = s_ann (*state);
    s_arrive (&ann, 60);
    s_start (&ann, 40);
    s_finish (&ann, 70, false);
    visit_t visit = *visit_row (ann.tx, ann.visit);
    visit.provider_id = "fixers";
    tx_fake_store (ann.tx, &visit_entity, &visit);
    s_sign (&ann);
    assert_int_equal (stored_count (ann.tx, efficiency), 0);
}

static void
test_x9_the_same_visits_again_teach_the_same (void **state)
{
    const int minutes [] = { 35, 70, 61, 200, 9, 48, 90 };
    work_t ann = s_ann (*state), again = s_ann (world_new ());
    for (int i = 0; i < 7; i++) {
        s_work (&ann, 60, minutes [i]);
        s_work (&again, 60, minutes [i]);
        assert_int_equal (s_learned (&ann), s_learned (&again));
    }
    assert_int_equal (stored (again.tx, efficiency, "ann")->visits, 7);
    tx_fake_destroy (&again.tx);
}

static void
test_x9_property_whatever_is_observed_the_factor_stays_within_bounds_and_moves_towards_it (void **state)
{
    (void) state;
    unsigned seed = 11;
    print_message ("seed %u\n", seed);
    srand (seed);
    int64_t per_mille = 1000;
    for (int i = 0; i < 100000; i++) {
        int64_t standard_ms = 1 + rand () % (rand () % 2 ? 1000 : 1000000000);
        int64_t actual_ms = 1 + rand () % (rand () % 2 ? 1000 : 1000000000);
        int64_t observed = standard_ms * 1000 / actual_ms;
        observed = observed < 500 ? 500 : observed > 2000 ? 2000 : observed;
        int64_t next = efficiency_step (per_mille, standard_ms, actual_ms);
        assert_in_range (next, 500, 2000);
        assert_true (per_mille <= observed ? next >= per_mille && next <= observed
            : next < per_mille && next >= observed);
        assert_true (llabs (next - per_mille) <= 188);      /* an eighth of all there is, rounded up */
        per_mille = next;
    }
    for (int i = 0; i < 100; i++)
        per_mille = efficiency_step (per_mille, 7, 7);
    assert_int_equal (per_mille, 1000);                     /* it arrives */
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_x9_after_five_visits_what_they_tell_is_used_and_the_document_says_so),
        TEST (test_x9_four_visits_are_too_few),
        TEST (test_x9_what_a_person_gave_wins_and_does_not_erase_what_was_learned),
        TEST (test_x9_pauses_breaks_and_the_way_are_not_work),
        TEST (test_x9_a_correction_counts_before_the_signature_and_not_after_it),
        TEST (test_x9_nothing_is_learned_without_a_standard_nor_from_work_that_is_too_short_or_too_long),
        TEST (test_x9_nothing_is_learned_where_the_work_took_more_than_one_visit),
        TEST (test_x9_nothing_is_learned_from_a_crew),
        TEST (test_x9_nothing_is_learned_from_a_provider_whose_people_are_its_own_business),
        TEST (test_x9_the_same_visits_again_teach_the_same),
        cmocka_unit_test (test_x9_property_whatever_is_observed_the_factor_stays_within_bounds_and_moves_towards_it),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
