/* The escalation ladder: told at a threshold, answered in time or passed on, once for each step of a promise. */
#include "fixture.h"

static int64_t s_start;

typedef struct {
    plan_t plan;
    escalation_step_t steps [3];
    escalation_step_t *list [3];
} ladder_t;

/* Ten hours of all time. At 75 % the dispatcher, ten minutes later the manager, twenty later the director; at the
 * breach the director at once. */
static void
s_ladder (ladder_t *ladder)
{
    *ladder = (ladder_t) { 0 };
    plan_default (&ladder->plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 10 * HOUR_MS);
    ladder->steps [0] = (escalation_step_t) {
        .base = escalation_step_init, .step_id = "first", .percent = 75, .role = "dispatcher",
        .acknowledge_within_minutes = 10, .next_step_id = "second"
    };
    ladder->steps [1] = (escalation_step_t) {
        .base = escalation_step_init, .step_id = "second", .role = "territory_manager",
        .acknowledge_within_minutes = 20, .next_step_id = "third"
    };
    ladder->steps [2] = (escalation_step_t) {
        .base = escalation_step_init, .step_id = "third", .percent = 100, .role = "director", .next_step_id = ""
    };
    for (int i = 0; i < 3; i++)
        ladder->list [i] = &ladder->steps [i];
    ladder->plan.details.escalation = ladder->list;
    ladder->plan.details.n_escalation = 3;
}

static int
s_setup (void **state)
{
    tx_t *tx = company ();
    ladder_t ladder;
    s_ladder (&ladder);
    publish (tx, "standard", &ladder.plan);
    assert_accepted (tx);
    s_start = utc (2026, 6, 8, 6, 30);
    request (tx, "r1", 2, s_start);
    *state = tx;
    return 0;
}

static int64_t
s_minutes (int minutes)
{
    return s_start + minutes * MINUTE_MS;
}

static void
test_j2_who_does_not_answer_in_time_is_followed_by_the_next (void **state)
{
    tx_t *tx = *state;
    tx_fake_advance (tx, s_minutes (450));
    assert_int_equal (emitted_count (tx, sla_escalated), 1);
    assert_string_equal (emitted (tx, sla_escalated)->role, "dispatcher");
    assert_at (emitted (tx, sla_escalated)->acknowledge_until, s_minutes (460));
    assert_false (emitted (tx, sla_escalated)->is_repeated);
    tx_fake_advance (tx, s_minutes (459));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
    tx_fake_advance (tx, s_minutes (460));
    assert_string_equal (emitted (tx, sla_escalated)->role, "territory_manager");
    assert_true (emitted (tx, sla_escalated)->is_repeated);
    tx_fake_advance (tx, s_minutes (480));
    assert_string_equal (emitted (tx, sla_escalated)->role, "director");
    tx_fake_advance (tx, s_minutes (2000));
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    assert_int_equal (emitted_count (tx, sla_escalated), 0);       /* the director knows */
}

static void
test_j2_an_answer_ends_the_climb_and_the_second_answer_changes_nothing (void **state)
{
    tx_t *tx = *state;
    tx_fake_advance (tx, s_minutes (455));
    tx_fake_actor (tx, "agent:anna");
    run (tx, acknowledge_escalation (.escalation_id = "r1:ARRIVE:1:first"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, sla_escalation_acknowledged)->acknowledged_by, "agent:anna");
    assert_at (emitted (tx, sla_escalation_acknowledged)->acknowledged_at, s_minutes (455));
    run (tx, acknowledge_escalation (.escalation_id = "r1:ARRIVE:1:first"));
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    tx_fake_advance (tx, s_minutes (599));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
    tx_fake_advance (tx, s_minutes (601));
    assert_string_equal (emitted (tx, sla_escalated)->step_id, "third");
}

static void
test_j2_an_arrival_ends_the_climb (void **state)
{
    tx_t *tx = *state;
    tx_fake_advance (tx, s_minutes (455));
    run_at (tx, s_minutes (455), visit_arrived (.visit_id = "v1", .request_id = "r1", .arrived_at = s_minutes (455)));
    tx_fake_advance (tx, s_minutes (2000));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
}

static void
test_j2_another_promise_climbs_its_own_ladder (void **state)
{
    tx_t *tx = *state;
    tx_fake_advance (tx, s_minutes (455));
    ladder_t ladder;
    s_ladder (&ladder);
    ladder.plan.specs [0].budget_ms = 20 * HOUR_MS;
    publish (tx, "standard", &ladder.plan);
    settle (tx);
    tx_fake_advance (tx, s_minutes (899));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
}

static void
test_an_unknown_escalation_is_refused (void **state)
{
    run (*state, acknowledge_escalation (.escalation_id = "r9:ARRIVE:1:first"));
    assert_rejected (*state, "escalation.unknown");
}

static void
test_a_ladder_that_makes_no_sense_is_refused_when_the_plan_is_saved (void **state)
{
    tx_t *tx = *state;
    ladder_t ladder;
    s_ladder (&ladder);
    ladder.steps [2].step_id = "second";
    ladder.steps [1].next_step_id = "";
    publish (tx, "standard", &ladder.plan);
    assert_rejected (tx, "escalation.twice");
    s_ladder (&ladder);
    ladder.steps [0].percent = 60;
    publish (tx, "standard", &ladder.plan);
    assert_rejected (tx, "escalation.percent");
    s_ladder (&ladder);
    ladder.steps [0].next_step_id = "fourth";
    publish (tx, "standard", &ladder.plan);
    assert_rejected (tx, "escalation.next");
    s_ladder (&ladder);
    ladder.steps [0].acknowledge_within_minutes = 0;
    publish (tx, "standard", &ladder.plan);
    assert_rejected (tx, "escalation.next");
    s_ladder (&ladder);
    ladder.steps [2].next_step_id = "first";
    ladder.steps [2].acknowledge_within_minutes = 5;
    publish (tx, "standard", &ladder.plan);
    assert_rejected (tx, "escalation.circle");
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)
    const struct CMUnitTest tests [] = {
        TEST (test_j2_who_does_not_answer_in_time_is_followed_by_the_next),
        TEST (test_j2_an_answer_ends_the_climb_and_the_second_answer_changes_nothing),
        TEST (test_j2_an_arrival_ends_the_climb),
        TEST (test_j2_another_promise_climbs_its_own_ladder),
        TEST (test_an_unknown_escalation_is_refused),
        TEST (test_a_ladder_that_makes_no_sense_is_refused_when_the_plan_is_saved),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
