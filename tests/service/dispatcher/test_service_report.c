/* The report: what it must hold, what is signed, and what follows. */
#include "world.h"
#include "report_text.h"

/* A finished visit of ann's on order r1. */
static void
s_finished (tx_t *tx, char order [64], char visit [64], bool work_remains)
{
    accepted_visit (tx, order, visit);
    work_begins (tx, visit);
    work_ends (tx, visit, work_remains);
}

static void
s_issue (tx_t *tx, const char *visit)
{
    part_quantity_t *parts [] = { PART (part_quantity, .item_id = "valve", .quantity = 2) };
    checklist_answer_t *answers [] = { PART (checklist_answer, .question = "Leak test",
        .answer = "tight") };
    run (tx, issue_service_report (
         .visit_id = (char *) visit, .engineer_id = "ann", .symptom_code = "NO_HEAT",
         .cause_code = "VALVE", .remedy_code = "REPLACED", .findings = "valve stuck",
         .n_parts_used = 1, .parts_used = parts, .n_checklist = 1, .checklist = answers,
         .distance_km = 12.5));
}

static char *
s_issued (tx_t *tx, const char *visit, char ret_hash [80])
{
    static char report [64];
    s_issue (tx, visit);
    assert_string_equal (tx_fake_code (tx), "");
    snprintf (report, sizeof report, "%s", emitted (tx, service_report_issued)->report_id);
    snprintf (ret_hash, 80, "%s", emitted (tx, service_report_issued)->content_hash);
    return report;
}

static void
test_i7_the_report_says_everything_in_the_customers_language_and_the_sites_time (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], hash [80];
    s_finished (tx, order, visit, false);
    s_issued (tx, visit, hash);
    const service_report_issued_t *issued = emitted (tx, service_report_issued);
    char expected [1024];
    snprintf (expected, sizeof expected,
        "Service report: Repair\nversion: %s / 1\nWork order: %s\nVisit: %s\nCustomer: Bar Centrale\n"
        "Site: Centro, Piazza del Duomo 1\nAsset: Boiler 9 B9-77 (a1)\nEngineer: ann\n"
        "Arrived: 2026-06-08 10:30 (Europe/Rome)\nFinished: 2026-06-08 11:40 (Europe/Rome)\n"
        "Symptom: NO_HEAT\nCause: VALVE\nRemedy: REPLACED\nFindings: valve stuck\nChecklist - Leak test: tight\n"
        "Parts used: 2 x valve\nDistance: 12.5 km\n", issued->report_id, order, visit);
    assert_string_equal (issued->text, expected);
    assert_int_equal (issued->language, LANGUAGE_EN);
    arena_t *arena = arena_new ();
    assert_string_equal (issued->content_hash, report_hash (arena, issued->text));
    arena_destroy (&arena);
}

static void
test_s6_the_report_speaks_four_languages (void **state)
{
    (void) state;
    arena_t *arena = arena_new ();
    issue_service_report_t said = { .base = issue_service_report_init, .symptom_code = "S",
                                    .cause_code = "", .remedy_code = "", .findings = "" };
    report_facts_t facts = { .type = REQUEST_TYPE_REPAIR, .report_id = "x", .version = 1,
        .work_order_id = "w", .said = &said };
    facts.language = LANGUAGE_ZH;
    assert_string_equal (report_text (arena, &facts), "服务报告: 维修\n版本: x / 1\n工单: w\n故障现象: S\n");
    facts.language = LANGUAGE_VI;
    assert_string_equal (report_text (arena, &facts),
                         "Biên bản dịch vụ: Sửa chữa\nphiên bản: x / 1\nLệnh công việc: w\nHiện tượng: S\n");
    facts.language = LANGUAGE_IT;
    assert_string_equal (report_text (arena, &facts),
                         "Rapporto di intervento: Riparazione\nversione: x / 1\nOrdine di lavoro: w\nSintomo: S\n");
    arena_destroy (&arena);
}

static void
test_i8_a_signature_is_for_the_exact_text_and_then_nothing_changes (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], hash [80], first_hash [80];
    s_finished (tx, order, visit, false);
    char *report = s_issued (tx, visit, first_hash);
    run (tx, issue_service_report (.visit_id = visit, .symptom_code = "A", .cause_code = "B",
        .remedy_code = "C"));
    assert_int_equal (emitted (tx, service_report_issued)->version, 2);
    assert_string_equal (emitted (tx, service_report_issued)->report_id, report);
    snprintf (hash, sizeof hash, "%s", emitted (tx, service_report_issued)->content_hash);

    run (tx, sign_service_report (.report_id = report, .content_hash = first_hash,
        .signer_name = "Mario Rossi"));
    assert_rejected (tx, "report.hash_differs");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, sign_service_report (.report_id = report, .content_hash = hash,
         .signer_name = "Mario Rossi", .signer_role = "owner", .point = POINT (45.4642, 9.19)));
    assert_string_equal (emitted (tx, service_report_signed)->signer_name, "Mario Rossi");
    assert_int_equal (visit_row (tx, visit)->state, VISIT_STATE_REPORTED);

    run (tx, issue_service_report (.visit_id = visit, .symptom_code = "A", .cause_code = "B",
        .remedy_code = "X"));
    assert_rejected (tx, "report.signed");
    run (tx, sign_service_report (.report_id = report, .content_hash = hash,
        .signer_name = "Somebody Else"));
    assert_rejected (tx, "report.signed");
    run (tx, refuse_signature (.report_id = report, .reason = "changed my mind"));
    assert_rejected (tx, "report.signed");
    assert_string_equal (stored (tx, service_report, report)->signer_name, "Mario Rossi");
    assert_string_equal (stored (tx, service_report, report)->content_hash, hash);
}

static void
test_i8_a_signature_declares_the_parts_and_completes_the_order (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], hash [80];
    s_finished (tx, order, visit, false);
    char *report = s_issued (tx, visit, hash);
    tx_fake_now (tx, NOW + 3 * HOUR);
    run (tx, sign_service_report (.report_id = report, .content_hash = hash,
        .signer_name = "Mario Rossi"));
    const parts_declared_used_t *parts = emitted (tx, parts_declared_used);
    assert_string_equal (parts->van_location_id, "van-1");
    assert_int_equal (parts->n_parts, 1);
    assert_string_equal (parts->asset_id, "a1");
    const work_order_completed_t *completed = emitted (tx, work_order_completed);
    assert_string_equal (completed->request_id, "r1");
    assert_int_equal (completed->completed_at, NOW + 100 * MINUTE);     /* when it worked again */
    assert_string_equal (completed->report_id, report);
    assert_int_equal (emitted (tx, work_order_state_changed)->state, WORK_ORDER_STATE_COMPLETED);
    assert_int_equal (tx_fake_emitted_total (tx), 4);
}

static void
test_i8_a_refused_signature_is_recorded_and_ends_the_visit_too (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], hash [80];
    s_finished (tx, order, visit, false);
    char *report = s_issued (tx, visit, hash);
    run (tx, refuse_signature (.report_id = report));
    assert_rejected (tx, "reason.missing");
    run (tx, refuse_signature (.report_id = report, .reason = "too expensive",
        .signer_name = "Mario Rossi"));
    assert_true (emitted (tx, service_report_signed)->refused);
    assert_string_equal (emitted (tx, service_report_signed)->refusal, "too expensive");
    assert_non_null (emitted (tx, work_order_completed));
}

static void
test_x14_when_work_remains_the_order_is_dispatched_again_and_completes_after_the_follow_up (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], hash [80];
    s_finished (tx, order, visit, true);
    char *report = s_issued (tx, visit, hash);
    assert_non_null (strstr (emitted (tx, service_report_issued)->text, "another visit follows"));
    run (tx, sign_service_report (.report_id = report, .content_hash = hash,
        .signer_name = "Mario Rossi"));
    assert_int_equal (visit_row (tx, visit)->state, VISIT_STATE_PARTIAL);
    assert_null (emitted (tx, work_order_completed));
    assert_int_equal (emitted_nth (tx, work_order_state_changed, 0)->state,
        WORK_ORDER_STATE_UNSCHEDULED);
    assert_int_equal (emitted_nth (tx, work_order_state_changed, 1)->state,
        WORK_ORDER_STATE_SCHEDULED);
    assert_string_equal (emitted (tx, visit_proposed)->engineer_id, "ann");

    char second [64];
    booking_is_held (tx, visit_of (tx, order, second));
    run (tx, accept_visit (.visit_id = second));
    run (tx, arrive_at_site (.visit_id = second));
    run (tx, start_work (.visit_id = second));
    tx_fake_now (tx, NOW + 3 * HOUR);
    run (tx, finish_work (.visit_id = second));
    report = s_issued (tx, second, hash);
    run (tx, sign_service_report (.report_id = report, .content_hash = hash,
        .signer_name = "Mario Rossi"));
    assert_non_null (emitted (tx, work_order_completed));
    assert_int_equal (stored (tx, work_order, order)->state, WORK_ORDER_STATE_COMPLETED);
}

static void
test_i10_a_repair_needs_symptom_cause_and_remedy (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_finished (tx, order, visit, false);
    run (tx, issue_service_report (.visit_id = visit, .symptom_code = "A", .cause_code = "B",
        .findings = "x"));
    assert_rejected (tx, "report.codes_missing");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_i10_mandatory_questions_of_the_most_specific_template_must_be_answered (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    checklist_question_t *of_repairs [] = { PART (checklist_question, .question = "Area clean?",
        .is_mandatory = true) };
    checklist_question_t *of_boilers [] = {
        PART (checklist_question, .question = "Leak test", .is_mandatory = true),
        PART (checklist_question, .question = "Photo taken?") };
    run (tx, publish_report_template (.template_id = "repair",
         .details = PART (report_template_details, .type = REQUEST_TYPE_REPAIR, .n_questions = 1,
         .questions = of_repairs)));
    run (tx, publish_report_template (.template_id = "boiler",
         .details = PART (report_template_details, .device_type = "boiler",
         .title = "Boiler report", .n_questions = 2, .questions = of_boilers)));
    assert_int_equal (emitted (tx, report_template_published)->version, 1);
    s_finished (tx, order, visit, false);
    run (tx, issue_service_report (.visit_id = visit, .symptom_code = "A", .cause_code = "B",
        .remedy_code = "C"));
    assert_rejected (tx, "report.checklist_missing");
    assert_non_null (strstr (tx_fake_message (tx), "Leak test"));
    s_issue (tx, visit);                            /* answers the leak test */
    assert_string_equal (tx_fake_code (tx), "");
    assert_non_null (strstr (emitted (tx, service_report_issued)->text,
        "Service report: Boiler report\n"));
}

static void
test_i10_an_answer_that_the_sender_calls_mandatory_must_be_there (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_finished (tx, order, visit, false);
    checklist_answer_t *answers [] = { PART (checklist_answer, .question = "Pressure",
        .is_mandatory = true) };
    run (tx, issue_service_report (.visit_id = visit, .symptom_code = "A", .cause_code = "B",
         .remedy_code = "C", .n_checklist = 1, .checklist = answers));
    assert_rejected (tx, "report.checklist_missing");
}

static void
test_a_posted_order_is_posted_and_its_time_stays_as_it_was_billed (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], hash [80], entry [80];
    s_finished (tx, order, visit, false);
    run (tx, work_order_posted (.work_order_id = order));
    assert_int_equal (tx_fake_emitted_total (tx), 0);       /* not completed: nothing to post */
    char *report = s_issued (tx, visit, hash);
    run (tx, sign_service_report (.report_id = report, .content_hash = hash,
        .signer_name = "Mario Rossi"));
    run (tx, work_order_posted (.work_order_id = order));
    assert_int_equal (emitted (tx, work_order_state_changed)->state, WORK_ORDER_STATE_POSTED);
    snprintf (entry, sizeof entry, "%s:1", visit);
    run (tx, correct_time_entry (.time_entry_id = entry, .from_at = NOW, .to_at = NOW + MINUTE,
        .reason = "x"));
    assert_rejected (tx, "time_entry.posted");
}

static void
test_h2_an_order_whose_work_is_done_can_not_be_cancelled (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    s_finished (tx, order, visit, false);
    run (tx, cancel_work_order (.work_order_id = order, .reason = "never mind"));
    assert_rejected (tx, "work_order.not_open");
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

static void
test_h1_a_request_reopened_after_completion_gets_a_new_order (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64], hash [80], again [64];
    s_finished (tx, order, visit, false);
    char *report = s_issued (tx, visit, hash);
    run (tx, sign_service_report (.report_id = report, .content_hash = hash,
        .signer_name = "Mario Rossi"));
    assert_string_not_equal (order_is (tx, "r1", again), order);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_i7_the_report_says_everything_in_the_customers_language_and_the_sites_time),
        cmocka_unit_test (test_s6_the_report_speaks_four_languages),
        TEST (test_i8_a_signature_is_for_the_exact_text_and_then_nothing_changes),
        TEST (test_i8_a_signature_declares_the_parts_and_completes_the_order),
        TEST (test_i8_a_refused_signature_is_recorded_and_ends_the_visit_too),
        TEST (test_x14_when_work_remains_the_order_is_dispatched_again_and_completes_after_the_follow_up),
        TEST (test_i10_a_repair_needs_symptom_cause_and_remedy),
        TEST (test_i10_mandatory_questions_of_the_most_specific_template_must_be_answered),
        TEST (test_i10_an_answer_that_the_sender_calls_mandatory_must_be_there),
        TEST (test_a_posted_order_is_posted_and_its_time_stays_as_it_was_billed),
        TEST (test_h2_an_order_whose_work_is_done_can_not_be_cancelled),
        TEST (test_h1_a_request_reopened_after_completion_gets_a_new_order),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
