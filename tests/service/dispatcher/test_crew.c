/* Several engineers for one visit (X8). */
#include "choice.h"

static const failed_rule_t *
s_crew_rule (const dispatch_decided_t *document, const char *engineer_id)
{
    const dispatch_candidate_t *candidate = decision_candidate (document, engineer_id);
    for (size_t i = 0; i < candidate->n_failed_rules; i++)
        if (strcmp (candidate->failed_rules [i]->rule, "crew") == 0)
            return candidate->failed_rules [i];
    return NULL;
}

static int64_t
s_begins_at (const dispatch_candidate_t *candidate)
{
    return candidate->starts_at + candidate->travel_minutes * MINUTE;
}

static void
test_x8_a_crew_begins_together_when_the_last_of_them_can (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 2);
    s_add (self, "bob", 30);
    s_add (self, "cid", 5);
    self->input.order.crew_size = 2;
    dispatch_decided_t *document = choose (self->arena, &self->input);
    assert_string_equal (document->winner_id, "ann");
    assert_int_equal (document->n_crew_ids, 1);
    assert_string_equal (document->crew_ids [0], "cid");
    assert_int_equal (s_begins_at (decision_candidate (document, "ann")),
        s_begins_at (decision_candidate (document, "cid")));
    assert_non_null (s_crew_rule (document, "bob"));
    assert_true (decision_holds (document));
}

static void
test_x8_who_is_busy_then_moves_the_start_to_when_enough_are_free (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 0);
    s_add (self, "bob", 0);
    self->input.order.crew_size = 2;
    s_keep_busy (self, 0, s_busy_visit (self, NOW + 30 * MINUTE, NOW + 4 * HOUR, NULL));
    s_keep_busy (self, 1, s_busy_visit (self, NOW + 4 * HOUR, NOW + 6 * HOUR, NULL));
    dispatch_decided_t *document = choose (self->arena, &self->input);
    assert_int_equal (document->n_crew_ids, 1);
    int64_t begins_at = s_begins_at (decision_candidate (document, "ann"));
    assert_int_equal (begins_at, s_begins_at (decision_candidate (document, "bob")));
    assert_true (begins_at >= NOW + 6 * HOUR);
}

static void
test_x8_too_few_for_a_crew_is_nobody_and_the_document_says_so (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 0);
    s_add (self, "bob", 0)->retired = true;
    self->input.order.crew_size = 2;
    dispatch_decided_t *document = choose (self->arena, &self->input);
    assert_string_equal (document->winner_id, "");
    assert_string_equal (s_crew_rule (document, "ann")->needed, "2 who can begin together");
    assert_string_equal (s_crew_rule (document, "ann")->had, "1 who may go");
}

static void
test_x8_a_person_who_chooses_one_gets_the_others_for_his_time (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 0);
    s_add (self, "bob", 10);
    s_add (self, "cid", 0);
    self->input.order.crew_size = 2;
    self->input.manual_id = "bob";
    self->input.manual_starts_at = NOW + 3 * HOUR;
    dispatch_decided_t *document = choose (self->arena, &self->input);
    assert_string_equal (document->winner_id, "bob");
    assert_int_equal (decision_candidate (document, "bob")->n_failed_rules, 0);
    assert_string_equal (document->crew_ids [0], "ann");
    assert_int_equal (s_begins_at (decision_candidate (document, "ann")),
        s_begins_at (decision_candidate (document, "bob")));
}

static void
test_x8_the_size_of_the_crew_is_in_the_hash (void **state)
{
    case_t *self = *state;
    s_add (self, "ann", 0);
    char *alone = choose (self->arena, &self->input)->input_hash;
    self->input.order.crew_size = 2;
    assert_string_not_equal (choose (self->arena, &self->input)->input_hash, alone);
}

/* ---- with the service around it */

static char *
s_order_for_two (tx_t *tx, char ret_visit_id [64])
{
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    engineer_is (tx, "ann", 1, "gas", 2);
    engineer_is (tx, "bob", 2, "gas", 2);
    run (tx, create_work_order (.work_order_id = "w1", .type = REQUEST_TYPE_REPAIR, .site_id = "s1",
         .n_skills = 1, .skills = skills, .work_minutes = 60, .crew_size = 2));
    assert_accepted (tx);
    ready_is (tx, "w1");
    return visit_of (tx, "w1", ret_visit_id);
}

static bool
s_is_busy (tx_t *tx, const char *engineer_id)
{
    return stored (tx, diary, engineer_id)->entries.size > 0;
}

static void
test_x8_the_scheduler_is_asked_for_the_time_of_all_of_them (void **state)
{
    tx_t *tx = *state;
    char visit_id [64];
    s_order_for_two (tx, visit_id);
    const visit_proposed_t *proposed = emitted (tx, visit_proposed);
    assert_string_equal (proposed->engineer_id, "ann");
    assert_int_equal (proposed->n_crew, 1);
    assert_string_equal (proposed->crew [0]->engineer_id, "bob");
    assert_true (proposed->crew [0]->starts_at < proposed->starts_at);      /* a longer way */
    booking_is_held (tx, visit_id);
    assert_string_equal (emitted (tx, visit_offered)->crew_ids [0], "bob");
    assert_true (s_is_busy (tx, "bob"));
}

static void
test_x8_when_the_visit_ends_all_of_them_are_free (void **state)
{
    tx_t *tx = *state;
    char visit_id [64];
    s_order_for_two (tx, visit_id);
    booking_is_held (tx, visit_id);
    run (tx, cancel_work_order (.work_order_id = "w1", .reason = "not needed"));
    assert_false (s_is_busy (tx, "ann") || s_is_busy (tx, "bob"));
}

static void
test_x8_those_who_go_along_are_called_when_the_first_accepts_and_released_when_it_ends (void **state)
{
    tx_t *tx = *state;
    char visit_id [64];
    s_order_for_two (tx, visit_id);
    booking_is_held (tx, visit_id);
    assert_null (emitted (tx, crew_called));
    run (tx, accept_visit (.visit_id = visit_id, .engineer_id = "ann"));
    const crew_called_t *called = emitted (tx, crew_called);
    assert_string_equal (called->engineer_id, "bob");
    assert_string_equal (called->leader_id, "ann");
    assert_true (called->starts_at < called->work_starts_at);
    run (tx, cancel_work_order (.work_order_id = "w1", .reason = "not needed"));
    assert_string_equal (emitted (tx, crew_released)->engineer_id, "bob");
    assert_string_equal (emitted (tx, crew_released)->reason, "not needed");
}

static void
test_x8_who_was_never_called_is_not_released (void **state)
{
    tx_t *tx = *state;
    char visit_id [64];
    s_order_for_two (tx, visit_id);
    booking_is_held (tx, visit_id);
    run (tx, reject_visit (.visit_id = visit_id, .engineer_id = "ann", .reason = "ill"));
    assert_null (emitted (tx, crew_released));
}

static void
test_x8_when_one_of_the_crew_is_not_free_the_next_try_spares_him (void **state)
{
    tx_t *tx = *state;
    char visit_id [64];
    engineer_is (tx, "cid", 9, "gas", 2);
    s_order_for_two (tx, visit_id);
    run (tx, booking_refused (.booking_id = visit_id, .code = "overlap", .engineer_id = "bob",
         .from_at = NOW, .to_at = NOW + 4 * HOUR));
    const visit_proposed_t *proposed = emitted (tx, visit_proposed);
    assert_string_equal (proposed->engineer_id, "ann");
    assert_string_equal (proposed->crew [0]->engineer_id, "cid");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        PURE (test_x8_a_crew_begins_together_when_the_last_of_them_can),
        PURE (test_x8_who_is_busy_then_moves_the_start_to_when_enough_are_free),
        PURE (test_x8_too_few_for_a_crew_is_nobody_and_the_document_says_so),
        PURE (test_x8_a_person_who_chooses_one_gets_the_others_for_his_time),
        PURE (test_x8_the_size_of_the_crew_is_in_the_hash),
        TEST (test_x8_the_scheduler_is_asked_for_the_time_of_all_of_them),
        TEST (test_x8_when_the_visit_ends_all_of_them_are_free),
        TEST (test_x8_those_who_go_along_are_called_when_the_first_accepts_and_released_when_it_ends),
        TEST (test_x8_who_was_never_called_is_not_released),
        TEST (test_x8_when_one_of_the_crew_is_not_free_the_next_try_spares_him),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
