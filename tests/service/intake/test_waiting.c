/* X22: a request that waits: reminders in business time, then it is taken as solved; going on on a date. */
#include "calendars.h"
#include "company.h"

#define HOUR_MS (60 * MINUTE_MS)

/* Monday to Friday, 08:00 to 18:00 in Rome. */
static void
s_hours (tx_t *tx)
{
    weekly_interval_t days [5], *weekly [5];
    for (int i = 0; i < 5; i++) {
        days [i] = (weekly_interval_t) {
            .base = weekly_interval_init, .weekday = i + 1, .start = "08:00", .end = "18:00" };
        weekly [i] = &days [i];
    }
    run (tx,
        calendar_published (.calendar_id = "it", .version = 1,
            .details = &(calendar_details_t) { .base = calendar_details_init, .name = "it",
                .time_zone = "Europe/Rome", .n_weekly = 5, .weekly = weekly }));
}

/* Two reminders after one and two working days of ten hours, solved after three. */
static void
s_policy (tx_t *tx)
{
    int64_t remind_after_ms [] = { 10 * HOUR_MS, 20 * HOUR_MS };
    run (tx,
        publish_waiting_policy (.reason = WAIT_REASON_CUSTOMER, .n_remind_after_ms = 2,
            .remind_after_ms = remind_after_ms, .resolve_after_ms = 30 * HOUR_MS));
    assert_accepted (tx);
}

static void
s_wait (tx_t *tx, const char *id, wait_reason_t reason, int64_t resume_at)
{
    run (tx,
        start_waiting (.request_id = (char *) id, .reason = reason, .holder = "anna", .resume_at = resume_at));
}

static void
test_x22_a_customer_who_is_silent_is_reminded_twice_and_then_the_request_is_taken_as_solved (void **state)
{
    tx_t *tx = *state;
    s_hours (tx);
    s_policy (tx);
    const char *id = company_repair (tx, "w1");
    s_wait (tx, id, WAIT_REASON_CUSTOMER, 0);           /* Monday 10:00 in Rome */
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + DAY_MS - 1), 0);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + DAY_MS), 1);
    const waiting_reminder_due_t *reminder = emitted (tx, waiting_reminder_due);
    assert_int_equal (reminder->number, 1);
    assert_int_equal (reminder->reminders, 2);
    assert_string_equal (reminder->customer_id, "rossi");
    assert_int_equal (reminder->waits_since_at, MONDAY_AT);
    assert_int_equal (reminder->resolves_at, MONDAY_AT + 3 * DAY_MS);
    tx_fake_advance (tx, MONDAY_AT + 2 * DAY_MS);
    assert_int_equal (emitted (tx, waiting_reminder_due)->number, 2);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + 3 * DAY_MS - 1), 0);
    tx_fake_advance (tx, MONDAY_AT + 3 * DAY_MS);
    assert_int_equal (emitted_count (tx, case_waiting_ended), 1);
    assert_string_equal (emitted (tx, service_request_resolved)->by, "silence");
    assert_int_equal (emitted (tx, service_request_resolved)->tier, SUPPORT_TIER_UNSPECIFIED);
    assert_int_equal (stored_count (tx, waiting), 0);
    assert_int_equal (stored (tx, service_request, id)->state, REQUEST_STATE_RESOLVED);
}

static void
test_x22_nights_and_weekends_are_no_time_to_answer (void **state)
{
    tx_t *tx = *state;
    s_hours (tx);
    s_policy (tx);
    const char *id = company_repair (tx, "w2");
    tx_fake_now (tx, MONDAY_AT + 4 * DAY_MS);           /* Friday 10:00 */
    s_wait (tx, id, WAIT_REASON_CUSTOMER, 0);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + 7 * DAY_MS - 1), 0);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + 7 * DAY_MS), 1);
    assert_int_equal (emitted_count (tx, waiting_reminder_due), 1);
}

static void
test_x22_who_answers_is_not_reminded_and_the_next_wait_begins_anew (void **state)
{
    tx_t *tx = *state;
    s_hours (tx);
    s_policy (tx);
    const char *id = company_repair (tx, "w3");
    s_wait (tx, id, WAIT_REASON_CUSTOMER, 0);
    tx_fake_advance (tx, MONDAY_AT + DAY_MS);
    run (tx, end_waiting (.request_id = (char *) id, .reason = WAIT_REASON_CUSTOMER));
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + 7 * DAY_MS), 0);
    s_wait (tx, id, WAIT_REASON_CUSTOMER, 0);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + 8 * DAY_MS), 1);
    assert_int_equal (emitted (tx, waiting_reminder_due)->number, 1);
    run (tx, cancel_service_request (.request_id = (char *) id, .reason = "sold"));
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + 30 * DAY_MS), 0);
}

static void
test_x22_after_a_stop_a_customer_gets_one_reminder_and_all_his_time_to_answer (void **state)
{
    tx_t *tx = *state;
    s_policy (tx);                                      /* no calendar is known: all time counts */
    const char *id = company_repair (tx, "w4");
    s_wait (tx, id, WAIT_REASON_CUSTOMER, 0);
    tx_fake_now (tx, MONDAY_AT + 50 * HOUR_MS);
    assert_int_equal (tx_fake_fire (tx, 10), 1);
    assert_int_equal (emitted (tx, waiting_reminder_due)->number, 1);
    assert_int_equal (emitted (tx, waiting_reminder_due)->resolves_at, MONDAY_AT + 70 * HOUR_MS);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + 60 * HOUR_MS - 1), 0);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + 60 * HOUR_MS), 1);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + 70 * HOUR_MS), 1);
    assert_int_equal (stored (tx, service_request, id)->state, REQUEST_STATE_RESOLVED);
}

static void
test_x22_a_wait_with_a_date_ends_by_itself_on_it (void **state)
{
    tx_t *tx = *state;
    const char *id = company_repair (tx, "w5");
    s_wait (tx, id, WAIT_REASON_PARTS, MONDAY_AT + 5 * DAY_MS);
    assert_int_equal (emitted (tx, case_waiting_started)->resume_at, MONDAY_AT + 5 * DAY_MS);
    assert_int_equal (tx_fake_advance (tx, MONDAY_AT + 5 * DAY_MS - 1), 0);
    tx_fake_advance (tx, MONDAY_AT + 5 * DAY_MS);
    assert_int_equal (emitted (tx, case_waiting_ended)->ended_at, MONDAY_AT + 5 * DAY_MS);
    assert_int_equal (stored (tx, service_request, id)->waits, 0);
    assert_int_equal (stored (tx, service_request, id)->state, REQUEST_STATE_OPEN);
    s_wait (tx, id, WAIT_REASON_PARTS, MONDAY_AT);
    assert_rejected (tx, "resume_at.past");
}

static void
test_x22_another_policy_holds_from_the_next_step_of_each_wait (void **state)
{
    tx_t *tx = *state;
    s_policy (tx);
    const char *id = company_repair (tx, "w6");
    s_wait (tx, id, WAIT_REASON_CUSTOMER, 0);
    run (tx, publish_waiting_policy (.reason = WAIT_REASON_CUSTOMER));
    tx_fake_advance (tx, MONDAY_AT + 90 * DAY_MS);
    assert_int_equal (emitted_count (tx, waiting_reminder_due), 0);
    assert_int_equal (stored (tx, service_request, id)->state, REQUEST_STATE_OPEN);
}

static void
test_x22_a_policy_that_makes_no_sense_is_refused (void **state)
{
    tx_t *tx = *state;
    int64_t backwards [] = { 2 * HOUR_MS, HOUR_MS };
    run (tx, publish_waiting_policy (.reason = WAIT_REASON_PARTS, .resolve_after_ms = HOUR_MS));
    assert_rejected (tx, "reason.not_customer");
    run (tx,
        publish_waiting_policy (.reason = WAIT_REASON_CUSTOMER, .n_remind_after_ms = 2, .remind_after_ms = backwards));
    assert_rejected (tx, "remind_after_ms.invalid");
    run (tx,
        publish_waiting_policy (.reason = WAIT_REASON_CUSTOMER, .n_remind_after_ms = 1, .remind_after_ms = backwards,
            .resolve_after_ms = HOUR_MS));
    assert_rejected (tx, "resolve_after_ms.invalid");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_x22_a_customer_who_is_silent_is_reminded_twice_and_then_the_request_is_taken_as_solved),
        COMPANY_TEST (test_x22_nights_and_weekends_are_no_time_to_answer),
        COMPANY_TEST (test_x22_who_answers_is_not_reminded_and_the_next_wait_begins_anew),
        COMPANY_TEST (test_x22_after_a_stop_a_customer_gets_one_reminder_and_all_his_time_to_answer),
        COMPANY_TEST (test_x22_a_wait_with_a_date_ends_by_itself_on_it),
        COMPANY_TEST (test_x22_another_policy_holds_from_the_next_step_of_each_wait),
        COMPANY_TEST (test_x22_a_policy_that_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
