/* Emergencies: declared by a person or by themselves, over when somebody says so. */
#include "company.h"

static void
s_publish_plan (tx_t *tx, const char *id, const char *territory_id, bool declares_itself)
{
    emergency_plan_details_t details = { .base = emergency_plan_details_init,
        .name = "Leading group",
        .territory_id = (char *) territory_id,
        .n_member_ids = 2,
        .member_ids = (char *[]) { "carla", "dario" },
        .acknowledge_within_minutes = 5,
        .declares_itself = declares_itself,
        .document = "https://plans.example/flood" };
    run (tx, publish_emergency_plan (.plan_id = (char *) id, .details = &details));
    assert_accepted (tx);
}

static void
s_declare (tx_t *tx, const char *id, const char *request_id)
{
    run (tx,
        declare_emergency (.emergency_id = (char *) id, .request_id = (char *) request_id,
            .text = "water in the cellar"));
}

static void
s_set_level (tx_t *tx, const char *request_id, int level)
{
    run (tx,
        triage_service_request (.request_id = (char *) request_id, .fault_level = level,
            .reason = "worse than it looked"));
    assert_accepted (tx);
}

static void
test_c17_a_person_declares_an_emergency_and_everything_is_said_with_it (void **state)
{
    tx_t *tx = *state;
    s_publish_plan (tx, "everywhere", "", false);
    s_publish_plan (tx, "north-plan", "north", false);
    const char *id = company_repair (tx, "e1");
    tx_fake_actor (tx, "agent:desk");
    s_declare (tx, "em1", id);
    assert_accepted (tx);
    const emergency_declared_t *event = emitted (tx, emergency_declared);
    assert_string_equal (event->plan_id, "north-plan");
    assert_string_equal (event->plan->member_ids [0], "carla");
    assert_string_equal (event->plan->document, "https://plans.example/flood");
    assert_string_equal (event->request_id, id);
    assert_string_equal (event->site_id, "milan");
    assert_string_equal (event->customer_id, "rossi");
    assert_string_equal (event->territory_id, "north");
    assert_int_equal (event->fault_level, 1);
    assert_string_equal (event->text, "water in the cellar");
    assert_string_equal (event->declared_by, "agent:desk");
    assert_int_equal (event->declared_at, MONDAY_AT);
    assert_false (event->is_automatic);
    s_declare (tx, "em1", id);
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_c17_without_a_request_the_site_or_the_territory_says_where (void **state)
{
    tx_t *tx = *state;
    s_publish_plan (tx, "everywhere", "", false);
    run (tx, declare_emergency (.emergency_id = "em1", .site_id = "milan", .text = "fire"));
    assert_string_equal (emitted (tx, emergency_declared)->territory_id, "north");
    run (tx, declare_emergency (.emergency_id = "em2", .territory_id = "north", .text = "fire"));
    assert_string_equal (emitted (tx, emergency_declared)->territory_id, "north");
}

static void
test_c17_fault_level_one_declares_itself_once_where_a_plan_says_so (void **state)
{
    tx_t *tx = *state;
    const char *before = company_repair (tx, "e0");
    s_set_level (tx, before, 1);
    assert_int_equal (emitted_count (tx, emergency_declared), 0);
    s_publish_plan (tx, "north-plan", "north", true);
    const char *id = company_repair (tx, "e1");
    assert_int_equal (emitted_count (tx, emergency_declared), 0);
    s_set_level (tx, id, 1);
    assert_true (emitted (tx, emergency_declared)->is_automatic);
    assert_string_equal (emitted (tx, emergency_declared)->text, "it stands still");
    s_set_level (tx, id, 2);
    s_set_level (tx, id, 1);
    assert_int_equal (emitted_count (tx, emergency_declared), 0);
}

static void
test_c17_it_is_over_when_somebody_says_so_or_its_request_is (void **state)
{
    tx_t *tx = *state;
    s_publish_plan (tx, "everywhere", "", false);
    const char *id = company_repair (tx, "e1");
    s_declare (tx, "em1", id);
    run (tx, end_emergency (.emergency_id = "em1", .reason = "pumped out"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, emergency_ended)->reason, "pumped out");
    assert_string_equal (emitted (tx, emergency_ended)->site_id, "milan");
    run (tx, end_emergency (.emergency_id = "em1", .reason = "again"));
    assert_rejected (tx, "emergency.ended");
    s_declare (tx, "em2", id);
    run (tx, cancel_service_request (.request_id = (char *) id, .reason = "false alarm"));
    assert_int_equal (emitted_count (tx, emergency_ended), 1);
    assert_string_equal (emitted (tx, emergency_ended)->emergency_id, "em2");
}

static void
test_what_makes_no_sense_of_an_emergency_is_refused (void **state)
{
    tx_t *tx = *state;
    run (tx, declare_emergency (.emergency_id = "em1", .territory_id = "north", .text = "fire"));
    assert_rejected (tx, "plan.none");
    run (tx,
        declare_emergency (.emergency_id = "em1", .plan_id = "x", .territory_id = "north",
            .text = "fire"));
    assert_rejected (tx, "plan.unknown");
    run (tx, declare_emergency (.emergency_id = "em1", .text = "fire"));
    assert_rejected (tx, "territory_id.missing");
    run (tx, declare_emergency (.emergency_id = "em1", .site_id = "nowhere", .text = "fire"));
    assert_rejected (tx, "site.unknown");
    s_declare (tx, "em1", "r9");
    assert_rejected (tx, "request.unknown");
    run (tx, end_emergency (.emergency_id = "em1", .reason = "over"));
    assert_rejected (tx, "emergency.unknown");
    emergency_plan_details_t nobody = {
        .base = emergency_plan_details_init, .name = "Nobody", .acknowledge_within_minutes = 5
    };
    run (tx, publish_emergency_plan (.plan_id = "p1", .details = &nobody));
    assert_rejected (tx, "plan.nobody");
    nobody.role = "on_call";
    nobody.acknowledge_within_minutes = 0;
    run (tx, publish_emergency_plan (.plan_id = "p1", .details = &nobody));
    assert_rejected (tx, "acknowledge_within_minutes.invalid");
    assert_int_equal (stored_count (tx, emergency_plan), 0);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_c17_a_person_declares_an_emergency_and_everything_is_said_with_it),
        COMPANY_TEST (test_c17_without_a_request_the_site_or_the_territory_says_where),
        COMPANY_TEST (test_c17_fault_level_one_declares_itself_once_where_a_plan_says_so),
        COMPANY_TEST (test_c17_it_is_over_when_somebody_says_so_or_its_request_is),
        COMPANY_TEST (test_what_makes_no_sense_of_an_emergency_is_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
