/* Who is called: the people of a role in turn, in the night, in an emergency, each with his time to answer. */
#include "fixture.h"
#include <stdio.h>

static int64_t s_start;                 /* Monday 08:30 in Rome */

typedef struct {
    plan_t plan;
    escalation_step_t steps [3];
    escalation_step_t *list [3];
} ladder_t;

/* Ten hours of all time; at 75 % whoever is on call, ten minutes each, then the manager. In the night the same. */
static void
s_publish_ladder (tx_t *tx, bool is_called_at_night)
{
    ladder_t ladder = { 0 };
    plan_default (&ladder.plan, MILESTONE_ARRIVE, BUDGET_TYPE_ELAPSED_24X7, 10 * HOUR_MS);
    ladder.steps [0] = (escalation_step_t) {
        .base = escalation_step_init, .step_id = "first", .percent = 75, .role = "on_call",
        .acknowledge_within_minutes = 10, .next_step_id = "second", .out_of_hours = is_called_at_night };
    ladder.steps [1] = (escalation_step_t) {
        .base = escalation_step_init, .step_id = "second", .role = "manager", .acknowledge_within_minutes = 20 };
    for (int i = 0; i < 2; i++)
        ladder.list [i] = &ladder.steps [i];
    ladder.plan.details.escalation = ladder.list;
    ladder.plan.details.n_escalation = 2;
    publish (tx, "standard", &ladder.plan);
    assert_accepted (tx);
}

/* People of a role, on duty all the year in this order. */
static void
s_roster (tx_t *tx, const char *territory_id, const char *role, const char *fallback_id, char *const *people,
    size_t count)
{
    on_call_duty_t duties [4], *list [4];
    for (size_t i = 0; i < count; i++) {
        duties [i] = (on_call_duty_t) {
            .base = on_call_duty_init, .person_id = people [i], .rank = (int32_t) i, .first_on = "2026-01-01",
            .starts = "00:00", .ends_on = "2026-12-31", .ends = "24:00" };
        list [i] = &duties [i];
    }
    on_call_roster_details_t details = {
        .base = on_call_roster_details_init, .territory_id = (char *) territory_id, .role = (char *) role,
        .n_duties = count, .duties = list, .fallback_person_id = (char *) fallback_id };
    char id [64];
    snprintf (id, sizeof id, "%s-%s", territory_id, role);
    run (tx, on_call_roster_published (.roster_id = id, .details = &details, .version = 1));
}

static void
s_put_below (tx_t *tx, const char *id, const char *parent_id)
{
    territory_details_t details = {
        .base = territory_details_init, .name = (char *) id, .time_zone = "Europe/Rome", .calendar_id = "it",
        .parent_id = (char *) parent_id };
    run (tx, territory_published (.territory_id = (char *) id, .details = &details, .version = 2));
}

static void
s_absent (tx_t *tx, const char *person_id, int64_t from_at, int64_t to_at)
{
    run (tx, absence_recorded (.absence_id = "a1", .engineer_id = (char *) person_id, .from_at = from_at,
        .to_at = to_at));
}

static int
s_setup (void **state)
{
    tx_t *tx = company ();
    s_start = utc (2026, 6, 8, 6, 30);
    s_put_below (tx, "milan", "italy");
    s_put_below (tx, "italy", "");
    s_publish_ladder (tx, true);
    s_roster (tx, "milan", "on_call", "", (char *[]) { "anna", "bo" }, 2);
    *state = tx;
    return 0;
}

static int64_t
s_minutes (int minutes)
{
    return s_start + minutes * MINUTE_MS;
}

static const char *
s_called (tx_t *tx)
{
    return emitted (tx, sla_escalated) ? emitted (tx, sla_escalated)->person_id : "nobody was called";
}

static void
test_j2_who_is_on_call_is_called_by_name_and_without_an_answer_the_next_of_the_role_then_the_next_step (void **state)
{
    tx_t *tx = *state;
    s_roster (tx, "milan", "manager", "", (char *[]) { "carla" }, 1);
    request (tx, "r1", 2, s_start);
    tx_fake_advance (tx, s_minutes (450));
    assert_string_equal (s_called (tx), "anna");
    assert_at (emitted (tx, sla_escalated)->acknowledge_until, s_minutes (460));
    assert_string_equal (emitted (tx, sla_escalated)->site_id, "s1");
    tx_fake_advance (tx, s_minutes (459));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
    tx_fake_advance (tx, s_minutes (460));
    assert_string_equal (s_called (tx), "bo");
    assert_string_equal (emitted (tx, sla_escalated)->escalation_id, "r1:ARRIVE:1:first");
    assert_true (emitted (tx, sla_escalated)->is_repeated);
    tx_fake_advance (tx, s_minutes (470));
    assert_string_equal (s_called (tx), "carla");
    assert_string_equal (emitted (tx, sla_escalated)->role, "manager");
    assert_int_equal (emitted_count (tx, sla_escalation_unattended), 0);
    tx_fake_advance (tx, s_minutes (490));
    assert_int_equal (emitted (tx, sla_escalation_unattended)->called, 1);
    tx_fake_advance (tx, s_minutes (599));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
}

static void
test_j2_whoever_of_them_answers_ends_it_and_a_late_answer_is_kept_too (void **state)
{
    tx_t *tx = *state;
    request (tx, "r1", 2, s_start);
    tx_fake_advance (tx, s_minutes (461));
    tx_fake_actor (tx, "engineer:bo");
    run (tx, acknowledge_escalation (.escalation_id = "r1:ARRIVE:1:first"));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, sla_escalation_acknowledged)->person_id, "bo");
    tx_fake_advance (tx, s_minutes (500));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
    tx_fake_actor (tx, "agent:desk");
    run (tx, acknowledge_escalation (.escalation_id = "r1:ARRIVE:1:first", .person_id = "anna"));
    assert_string_equal (emitted (tx, sla_escalation_acknowledged)->person_id, "anna");
    assert_string_equal (stored (tx, escalation, "r1:ARRIVE:1:first")->acknowledged_by, "engineer:bo");
    run (tx, acknowledge_escalation (.escalation_id = "r1:ARRIVE:1:first", .person_id = "carla"));
    assert_rejected (tx, "escalation.not_called");
    run (tx, get_escalation (.escalation_id = "r1:ARRIVE:1:first"));
    const escalation_standing_t *standing = answer (tx, escalation_standing);
    assert_int_equal (standing->n_calls, 2);
    assert_at (standing->calls [0]->called_at, s_minutes (450));
    assert_at (standing->calls [0]->acknowledged_at, s_minutes (500));
    assert_string_equal (standing->calls [0]->acknowledged_by, "agent:desk");
    assert_at (standing->calls [1]->acknowledged_at, s_minutes (461));
    assert_at (standing->ended_at, s_minutes (461));
}

static void
test_j2_who_is_away_when_the_step_is_climbed_is_not_called (void **state)
{
    tx_t *tx = *state;
    request (tx, "r1", 2, s_start);
    s_absent (tx, "anna", s_minutes (0), s_minutes (2000));
    tx_fake_advance (tx, s_minutes (450));
    assert_string_equal (s_called (tx), "bo");
    run (tx, absence_cancelled (.absence_id = "a1", .engineer_id = "anna"));
    tx_fake_advance (tx, s_minutes (460));
    assert_string_equal (s_called (tx), "anna");
    s_absent (tx, "anna", s_minutes (0), s_minutes (500));
    tx_fake_advance (tx, s_minutes (501));
    assert_int_equal (stored_count (tx, absence), 0);
}

static void
test_j2_who_is_here_no_more_is_not_called_though_the_roster_names_him (void **state)
{
    tx_t *tx = *state;
    engineer_details_t engineer = { .base = engineer_details_init, .name = "Anna", .retired = true };
    person_details_t person = { .base = person_details_init, .name = "Bo", .retired = true };
    run (tx, engineer_published (.engineer_id = "anna", .details = &engineer));
    run (tx, person_published (.person_id = "bo", .details = &person));
    person.retired = false;
    run (tx, person_published (.person_id = "bo", .details = &person));
    request (tx, "r1", 2, s_start);
    tx_fake_advance (tx, s_minutes (450));
    assert_string_equal (s_called (tx), "bo");
}

static void
test_j2_a_step_that_was_climbed_before_people_were_called_by_name_goes_on (void **state)
{
    tx_t *tx = *state;
    request (tx, "r1", 2, s_start);
    given (tx, escalation, {
        .id = "r1:ARRIVE:1:first", .clock_id = "r1:ARRIVE", .case_id = "r1", .generation = 1, .step_id = "first",
        .role = "dispatcher", .next_step_id = "second", .began_at = s_start, .acknowledge_until = s_minutes (10) });
    run (tx, get_escalation (.escalation_id = "r1:ARRIVE:1:first"));
    assert_int_equal (answer (tx, escalation_standing)->n_calls, 0);
    run (tx, acknowledge_escalation (.escalation_id = "r1:ARRIVE:1:first"));
    assert_accepted (tx);
    assert_int_equal (emitted_count (tx, sla_escalation_acknowledged), 1);
}

static void
test_j2_after_a_stop_the_next_is_called_only_when_what_happened_meanwhile_is_known (void **state)
{
    tx_t *tx = *state;
    request (tx, "r1", 2, s_start);
    request (tx, "r2", 2, s_start);
    tx_fake_advance (tx, s_minutes (450));
    tx_fake_now (tx, s_minutes (500));
    tx_fake_fire (tx, 10);
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
    run_at (tx, s_minutes (455), visit_arrived (.visit_id = "v1", .request_id = "r1", .arrived_at = s_minutes (455)));
    tx_fake_advance (tx, s_minutes (501));
    assert_int_equal (emitted_count (tx, sla_escalated), 1);
    assert_string_equal (emitted (tx, sla_escalated)->case_id, "r2");
    assert_string_equal (s_called (tx), "bo");
}

static void
test_j2_a_role_with_nobody_is_looked_for_in_the_territory_above_then_the_fallback_is_called (void **state)
{
    tx_t *tx = *state;
    s_roster (tx, "milan", "on_call", "dario", NULL, 0);
    s_roster (tx, "italy", "on_call", "", (char *[]) { "carla" }, 1);
    request (tx, "r1", 2, s_start);
    tx_fake_advance (tx, s_minutes (450));
    assert_string_equal (s_called (tx), "carla");
    tx_fake_advance (tx, s_minutes (460));
    assert_string_equal (s_called (tx), "dario");
}

static void
test_j2_that_nobody_was_there_is_said_and_the_next_step_is_climbed_when_its_time_is_over (void **state)
{
    tx_t *tx = *state;
    s_roster (tx, "milan", "on_call", "", NULL, 0);
    request (tx, "r1", 2, s_start);
    tx_fake_advance (tx, s_minutes (450));
    assert_string_equal (s_called (tx), "");
    assert_int_equal (emitted (tx, sla_escalation_unattended)->called, 0);
    assert_string_equal (emitted (tx, sla_escalation_unattended)->role, "on_call");
    tx_fake_advance (tx, s_minutes (460));
    assert_string_equal (emitted (tx, sla_escalated)->role, "manager");
}

/* ---- T37 */

static void
test_t37_looked_at_a_hundred_times_after_the_breach_nobody_is_called_again (void **state)
{
    tx_t *tx = *state;
    request (tx, "r1", 2, s_start);
    tx_fake_advance (tx, s_minutes (700));
    assert_int_equal (emitted_count (tx, sla_breached), 1);
    for (int i = 0; i < 100; i++) {
        publish_hours (tx, "it", 2 + i, "Europe/Rome", i % 2 ? "08:30" : "08:00", "17:00", NULL);
        settle (tx);
        assert_int_equal (emitted_count (tx, sla_escalated) + emitted_count (tx, sla_breached), 0);
    }
    tx_fake_advance (tx, s_minutes (9000));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
    assert_int_equal (stored_count (tx, escalation), 2);
}

/* ---- C18: a request in the night */

static void
test_c18_a_request_that_comes_while_the_territory_is_closed_goes_to_who_is_on_call_then (void **state)
{
    tx_t *tx = *state;
    int64_t night_at = utc (2026, 6, 8, 20, 0);
    request (tx, "r1", 3, night_at);
    assert_string_equal (s_called (tx), "anna");
    assert_int_equal (emitted (tx, sla_escalated)->cause, ESCALATION_CAUSE_OUT_OF_HOURS);
    assert_string_equal (emitted (tx, sla_escalated)->case_id, "r1");
    assert_string_equal (emitted (tx, sla_escalated)->site_id, "s1");
    assert_int_equal (emitted (tx, sla_escalated)->fault_level, 3);
    triage_at (tx, "r1", 2, night_at + MINUTE_MS);
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
    tx_fake_advance (tx, night_at + 10 * MINUTE_MS);
    assert_string_equal (s_called (tx), "bo");
    tx_fake_advance (tx, night_at + 20 * MINUTE_MS);
    assert_string_equal (emitted (tx, sla_escalated)->role, "manager");
    assert_int_equal (emitted (tx, sla_escalation_unattended)->called, 0);
}

static void
test_c18_an_answer_ends_it_and_so_does_somebody_who_takes_the_request_in_hand (void **state)
{
    tx_t *tx = *state;
    int64_t night_at = utc (2026, 6, 8, 20, 0);
    request (tx, "r1", 3, night_at);
    tx_fake_actor (tx, "engineer:anna");
    run (tx, acknowledge_escalation (.escalation_id = "r1:NIGHT:1:first"));
    assert_string_equal (emitted (tx, sla_escalation_acknowledged)->person_id, "anna");
    request (tx, "r2", 3, night_at);
    run_at (tx, night_at, service_request_acknowledged (.request_id = "r2", .acknowledged_at = night_at));
    tx_fake_advance (tx, night_at + HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
}

static void
test_c18_in_opening_hours_on_a_plan_without_such_a_step_or_heard_of_in_the_morning_nobody_is_called (void **state)
{
    tx_t *tx = *state;
    request (tx, "r1", 3, s_start + HOUR_MS);
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
    int64_t night_at = utc (2026, 6, 8, 20, 0);
    tx_fake_now (tx, utc (2026, 6, 9, 7, 0));
    accept_at (tx, "r2", "milan", night_at);
    triage_at (tx, "r2", 3, night_at);
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
    s_publish_ladder (tx, false);
    request (tx, "r3", 3, utc (2026, 6, 9, 20, 0));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
}

static void
test_c18_whether_clocks_run_in_the_night_is_the_plans_own_business (void **state)
{
    tx_t *tx = *state;
    request (tx, "r1", 3, utc (2026, 6, 8, 20, 0));
    assert_at (emitted (tx, sla_escalated) ? stored (tx, sla_clock, "r1:ARRIVE")->due_at : 0, utc (2026, 6, 9, 6, 0));
}

/* ---- C17: an emergency */

static void
s_declare (tx_t *tx, char **members, size_t count, const char *role, int needed)
{
    emergency_plan_details_t plan = {
        .base = emergency_plan_details_init, .name = "Flood", .n_member_ids = count, .member_ids = members,
        .role = (char *) role, .acknowledge_within_minutes = 5, .acknowledgements = needed,
        .document = "https://plans.example/flood" };
    tx_fake_now (tx, s_start);
    run_at (tx, s_start, emergency_declared (.emergency_id = "em1", .plan_id = "flood", .plan = &plan,
        .request_id = "r1", .site_id = "s1", .territory_id = "milan", .fault_level = 1, .text = "Water in the cellar"));
}

static void
test_c17_members_are_called_in_order_until_one_answers_with_what_where_and_the_plan (void **state)
{
    tx_t *tx = *state;
    s_declare (tx, (char *[]) { "carla", "dario", "anna" }, 3, "", 0);
    const sla_escalated_t *call = emitted (tx, sla_escalated);
    assert_string_equal (call->person_id, "carla");
    assert_int_equal (call->cause, ESCALATION_CAUSE_EMERGENCY);
    assert_string_equal (call->text, "Water in the cellar");
    assert_string_equal (call->document, "https://plans.example/flood");
    assert_string_equal (call->site_id, "s1");
    assert_int_equal (call->fault_level, 1);
    tx_fake_advance (tx, s_minutes (5));
    assert_string_equal (s_called (tx), "dario");
    run (tx, acknowledge_escalation (.escalation_id = "em1", .person_id = "dario"));
    assert_string_equal (emitted (tx, sla_escalation_acknowledged)->emergency_id, "em1");
    tx_fake_advance (tx, s_minutes (60));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
}

static void
test_c17_when_several_must_answer_the_next_is_called_at_once_and_all_answers_are_kept (void **state)
{
    tx_t *tx = *state;
    s_declare (tx, (char *[]) { "carla", "dario", "anna" }, 3, "", 2);
    run (tx, acknowledge_escalation (.escalation_id = "em1", .person_id = "carla"));
    assert_string_equal (s_called (tx), "dario");
    assert_false (emitted (tx, sla_escalated)->is_repeated);
    tx_fake_advance (tx, s_minutes (5));
    assert_string_equal (s_called (tx), "anna");
    assert_true (emitted (tx, sla_escalated)->is_repeated);
    tx_fake_advance (tx, s_minutes (10));
    assert_int_equal (emitted (tx, sla_escalation_unattended)->called, 3);
    run (tx, acknowledge_escalation (.escalation_id = "em1", .person_id = "anna"));
    run (tx, get_escalation (.escalation_id = "em1"));
    const escalation_standing_t *standing = answer (tx, escalation_standing);
    assert_int_equal (standing->acknowledgements_needed, 2);
    assert_at (standing->calls [0]->acknowledged_at, s_start);
    assert_at (standing->calls [1]->acknowledged_at, 0);
    assert_at (standing->calls [2]->acknowledged_at, s_minutes (10));
    assert_at (standing->ended_at, s_minutes (10));
}

static void
test_c17_who_is_away_is_passed_over_and_a_role_is_found_in_the_rosters (void **state)
{
    tx_t *tx = *state;
    s_absent (tx, "carla", s_start - HOUR_MS, s_start + HOUR_MS);
    s_declare (tx, (char *[]) { "carla", "dario" }, 2, "", 0);
    assert_string_equal (s_called (tx), "dario");
    run (tx, emergency_ended (.emergency_id = "em1", .ended_at = s_start));
    run (tx, emergency_declared (.emergency_id = "em2", .plan_id = "flood", .territory_id = "milan",
        .plan = &(emergency_plan_details_t) { .base = emergency_plan_details_init, .role = "on_call" }));
    assert_string_equal (s_called (tx), "anna");
}

static void
test_c17_when_it_is_over_nobody_is_called_any_more_and_said_twice_it_is_the_same (void **state)
{
    tx_t *tx = *state;
    s_declare (tx, (char *[]) { "carla", "dario" }, 2, "", 0);
    s_declare (tx, (char *[]) { "carla", "dario" }, 2, "", 0);
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
    run (tx, emergency_ended (.emergency_id = "em1", .ended_at = s_minutes (1)));
    tx_fake_advance (tx, s_minutes (60));
    assert_int_equal (emitted_count (tx, sla_escalated), 0);
}

int
main (void)
{
#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, company_close)
    const struct CMUnitTest tests [] = {
        TEST (test_j2_who_is_on_call_is_called_by_name_and_without_an_answer_the_next_of_the_role_then_the_next_step),
        TEST (test_j2_whoever_of_them_answers_ends_it_and_a_late_answer_is_kept_too),
        TEST (test_j2_who_is_away_when_the_step_is_climbed_is_not_called),
        TEST (test_j2_who_is_here_no_more_is_not_called_though_the_roster_names_him),
        TEST (test_j2_a_step_that_was_climbed_before_people_were_called_by_name_goes_on),
        TEST (test_j2_after_a_stop_the_next_is_called_only_when_what_happened_meanwhile_is_known),
        TEST (test_j2_a_role_with_nobody_is_looked_for_in_the_territory_above_then_the_fallback_is_called),
        TEST (test_j2_that_nobody_was_there_is_said_and_the_next_step_is_climbed_when_its_time_is_over),
        TEST (test_t37_looked_at_a_hundred_times_after_the_breach_nobody_is_called_again),
        TEST (test_c18_a_request_that_comes_while_the_territory_is_closed_goes_to_who_is_on_call_then),
        TEST (test_c18_an_answer_ends_it_and_so_does_somebody_who_takes_the_request_in_hand),
        TEST (test_c18_in_opening_hours_on_a_plan_without_such_a_step_or_heard_of_in_the_morning_nobody_is_called),
        TEST (test_c18_whether_clocks_run_in_the_night_is_the_plans_own_business),
        TEST (test_c17_members_are_called_in_order_until_one_answers_with_what_where_and_the_plan),
        TEST (test_c17_when_several_must_answer_the_next_is_called_at_once_and_all_answers_are_kept),
        TEST (test_c17_who_is_away_is_passed_over_and_a_role_is_found_in_the_rosters),
        TEST (test_c17_when_it_is_over_nobody_is_called_any_more_and_said_twice_it_is_the_same),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
