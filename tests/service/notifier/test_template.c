/* test_template - the texts: those that are shipped, and how values read in each language (S6). */
#include "house.h"
#include "json.h"

#define DEFAULTS "deploy/data/defaults/templates.json"

static json_t *
s_defaults (void)
{
    FILE *file = fopen (DEFAULTS, "re");
    assert_non_null (file);
    static char text [JSON_TEXT_MAX];
    size_t size = fread (text, 1, sizeof text, file);
    fclose (file);
    char error [256] = "";
    json_t *root = json_parse (text, size, error);
    assert_string_equal (error, "");
    return root;
}

/* Publishes every shipped text, as an operator would. Returns how many there are. */
static int
s_publish_defaults (tx_t *tx)
{
    json_t *root = s_defaults (), *command;
    size_t index;
    arena_t *arena = arena_new ();
    json_array_foreach (json_object_get (root, "commands"), index, command) {
        char error [256] = "";
        const ProtobufCMessage *message = json_value_to_message (arena,
            registry_find (json_string_value (json_object_get (command, "type"))),
            json_object_get (command, "data"), 0, error);
        assert_string_equal (error, "");
        run (tx, message);
        assert_accepted (tx);
    }
    arena_destroy (&arena);
    json_decref (root);
    return (int) index;
}

static void
test_s6_there_is_a_text_for_every_topic_and_audience_in_four_languages (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    assert_int_equal (s_publish_defaults (tx), 116);
    int wanted = 0;
    for (const ProtobufCMessageDescriptor *const *type = registry_all; *type; type++) {
        const topic_t *topic = topic_find ((*type)->name);
        for (int i = 0; topic && topic->audiences [i]; i++)
            for (int language = LANGUAGE_EN; language <= LANGUAGE_IT; language++, wanted++) {
                static const char *const names [] = { "", "EN", "ZH", "VI", "IT" };
                char id [256];
                snprintf (id, sizeof id, "%s:%s:%s", topic->type->name, topic->audiences [i],
                    names [language]);
                if (!stored (tx, template, id))
                    fail_msg ("no text %s", id);
            }
    }
    assert_int_equal (wanted, 116);
    tx_fake_destroy (&tx);
}

/* What customers and engineers are told of, each once. */
static void
s_run_visits_topic (tx_t *tx, int number)
{
    invoice_line_t line = {
        .base = invoice_line_init, .description = "Labour", .amount_minor = 5000
    };
    switch (number) {
        case 0:
            return run (tx,
                service_request_accepted (.request_id = "r9", .customer_id = "c1", .site_id = "s1",
                    .territory_id = "hanoi", .type = REQUEST_TYPE_REPAIR, .text = "Noise",
                    .accepted_at = NOW));
        case 1:
            return run (tx,
                visit_offered (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "e1",
                    .starts_at = NOW, .work_starts_at = NOW + HOUR, .ends_at = NOW + 2 * HOUR,
                    .answer_by_at = NOW + HOUR, .customer_id = "c1", .site_id = "s1",
                    .request_id = "r1"));
        case 2:
            return house_visit_accepted (tx);
        case 3:
            return run (tx,
                visit_travel_started (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "e1",
                    .started_at = NOW, .request_id = "r1", .customer_id = "c1", .site_id = "s1"));
        case 4:
            return run (tx,
                visit_ended (.visit_id = "v1", .work_order_id = "w1", .engineer_id = "e1",
                    .state = VISIT_STATE_CANCELLED, .reason = "Rain", .request_id = "r1"));
        case 5:
            run (tx,
                service_report_issued (.report_id = "rep1", .visit_id = "v1", .work_order_id = "w1",
                    .engineer_id = "e1", .text = "Done."));
            return run (tx,
                service_report_signed (.report_id = "rep1", .visit_id = "v1", .work_order_id = "w1",
                    .content_hash = "ab", .signer_name = "Lan", .signed_at = NOW,
                    .request_id = "r1", .customer_id = "c1"));
        case 6:
            return run (tx,
                invoice_issued (.invoice_id = "i1", .number = "IT-2026-000001", .customer_id = "c1",
                    .work_order_id = "w1", .currency = "EUR", .total_minor = 5000,
                    .issued_on = "2026-06-08", .due_on = "2026-07-08", .n_lines = 1,
                    .lines = (invoice_line_t *[]) { &line }));
        default:
            return run (tx,
                occurrence_generated (.occurrence_id = "p1:2026-06-15", .plan_id = "p1",
                    .due_on = "2026-06-15", .due_at = NOW, .site_id = "s1", .customer_id = "c1",
                    .territory_id = "hanoi", .description = "Filters"));
    }
}

/* What managers are told of besides, each once. */
static void
s_run_managers_topic (tx_t *tx, int number)
{
    part_shortage_t lack = { .base = part_shortage_init, .item_id = "f1", .needed = 2 };
    switch (number) {
        case 8:
            return run (tx,
                dispatch_failed (.work_order_id = "w1", .reason = "all away",
                    .territory_id = "hanoi", .failed_at = NOW));
        case 9:
            return run (tx,
                reservation_short (.work_order_id = "w1", .n_shortages = 1,
                    .shortages = (part_shortage_t *[]) { &lack }));
        case 10:
            return run (tx, stock_low (.item_id = "f1", .location_id = "wh1", .min_quantity = 5));
        case 11:
            return run (tx,
                sla_warned (.clock_id = "r1:ARRIVE", .case_id = "r1", .milestone = MILESTONE_ARRIVE,
                    .percent = 75, .due_at = NOW + HOUR, .fault_level = 2, .territory_id = "hanoi",
                    .customer_id = "c1"));
        case 12:
            return run (tx,
                sla_breached (.clock_id = "r1:ARRIVE", .case_id = "r1",
                    .milestone = MILESTONE_ARRIVE, .breach_at = NOW, .fault_level = 2,
                    .territory_id = "hanoi", .customer_id = "c1"));
        case 13:
            return run (tx,
                sla_breach_retracted (.clock_id = "r1:ARRIVE", .case_id = "r1",
                    .milestone = MILESTONE_ARRIVE, .met_at = NOW - HOUR, .breach_at = NOW,
                    .territory_id = "hanoi"));
        default:
            return run (tx,
                alert_raised (.alert_id = "a1", .rule_id = "ru1", .subject_id = "v1",
                    .value = 3 * HOUR, .threshold = 2 * HOUR, .metric = "offer.unanswered_ms",
                    .territory_id = "hanoi"));
    }
}

/* What people who are called are told, and the manager around it, each once. */
static void
s_run_calls_topic (tx_t *tx, int number)
{
    emergency_plan_details_t plan = {
        .base = emergency_plan_details_init, .name = "Flood", .document = "https://plans.example/flood"
    };
    switch (number) {
        case 15:
            return run (tx,
                sla_escalated (.escalation_id = "r1:ARRIVE:1:first", .case_id = "r1",
                    .clock_id = "r1:ARRIVE", .milestone = MILESTONE_ARRIVE, .step_id = "first",
                    .role = "on_call", .person_id = "anna", .acknowledge_until = NOW + HOUR,
                    .fault_level = 2, .territory_id = "hanoi", .customer_id = "c1"));
        case 16:
            return run (tx,
                sla_escalated (.escalation_id = "r1:NIGHT:1:first", .case_id = "r1",
                    .step_id = "first", .role = "on_call", .person_id = "e1",
                    .cause = ESCALATION_CAUSE_OUT_OF_HOURS, .is_repeated = true,
                    .acknowledge_until = NOW + HOUR, .territory_id = "hanoi", .site_id = "s1"));
        case 17:
            return run (tx,
                sla_escalated (.escalation_id = "em1", .emergency_id = "em1", .person_id = "anna",
                    .cause = ESCALATION_CAUSE_EMERGENCY, .text = "The cellar is under water",
                    .document = plan.document, .territory_id = "hanoi", .site_id = "s1"));
        case 18:
            return run (tx,
                sla_escalation_unattended (.escalation_id = "r1:ARRIVE:1:first", .case_id = "r1",
                    .role = "on_call", .called = 2, .territory_id = "hanoi"));
        case 19:
            return run (tx,
                sla_escalation_unattended (.escalation_id = "r1:NIGHT:1:first", .case_id = "r1",
                    .role = "on_call", .territory_id = "hanoi"));
        case 20:
            return run (tx,
                emergency_declared (.emergency_id = "em1", .plan_id = "flood", .plan = &plan,
                    .site_id = "s1", .territory_id = "hanoi", .fault_level = 1,
                    .text = "The cellar is under water", .declared_at = NOW, .is_automatic = true));
        default:
            return run (tx,
                emergency_ended (.emergency_id = "em1", .site_id = "s1", .territory_id = "hanoi",
                    .reason = "Pumped out", .ended_at = NOW));
    }
}

/* What customers are reminded of, each once. */
static void
s_run_reminders_topic (tx_t *tx, int number)
{
    switch (number) {
        case 22:
            return run (tx,
                waiting_reminder_due (.request_id = "r1", .reason = WAIT_REASON_CUSTOMER,
                    .number = 1, .reminders = 2, .waits_since_at = NOW, .resolves_at = NOW + HOUR,
                    .customer_id = "c1", .site_id = "s1"));
        case 23:
            return run (tx,
                waiting_reminder_due (.request_id = "r1", .reason = WAIT_REASON_CUSTOMER,
                    .number = 2, .waits_since_at = NOW, .customer_id = "c1", .site_id = "s1"));
        case 24:
            return run (tx,
                maintenance_reminder_due (.occurrence_id = "p1:2026-06-15", .plan_id = "p1",
                    .due_on = "2026-06-15", .due_at = NOW, .site_id = "s1", .customer_id = "c1",
                    .territory_id = "hanoi", .description = "Filters"));
        default:
            return run (tx,
                contract_expiry_notice_due (.contract_id = "k1", .customer_id = "c1",
                    .name = "Full service", .end_on = "2026-08-07", .days_before = 60));
    }
}

static void
s_run_topic (tx_t *tx, int number)
{
    if (number < 8)
        s_run_visits_topic (tx, number);
    else if (number < 15)
        s_run_managers_topic (tx, number);
    else if (number < 22)
        s_run_calls_topic (tx, number);
    else
        s_run_reminders_topic (tx, number);
}

/* A value that was not found leaves a label with nothing after it, or two separators. */
static void
s_assert_complete (const message_queued_t *queued)
{
    static const char *const holes [] = { "{{", "}}", ": \n", ":\n", "：\n", ", ,", " ()", "()",
        "（）", "MILESTONE_", "REQUEST_TYPE_", "_ms" };
    assert_true (strlen (queued->subject) > 5);
    assert_true (strlen (queued->body) > 40);
    for (size_t i = 0; i < sizeof holes / sizeof *holes; i++)
        if (strstr (queued->body, holes [i]) || strstr (queued->subject, holes [i]))
            fail_msg ("%s to %s has a hole \"%s\":\n%s\n%s", queued->topic, queued->audience,
                holes [i], queued->subject, queued->body);
}

static void
test_s6_every_shipped_text_reads_without_holes_in_every_language (void **state)
{
    (void) state;
    for (int language = LANGUAGE_EN; language <= LANGUAGE_IT; language++) {
        tx_t *tx = house_new ();
        s_publish_defaults (tx);
        house_person (tx, "anna", "+39333");
        static char *const people [] = { "lan", "c1", "e1", "manager:hanoi", "anna" };
        for (int i = 0; i < 5; i++)
            run (
                tx, set_preference (.recipient_id = people [i], .language = (language_t) language));
        item_details_t item = { .base = item_details_init, .name = "Filter", .unit = "piece" };
        run (tx, item_published (.item_id = "f1", .details = &item));
        location_details_t place = {
            .base = location_details_init, .name = "Hà Nội 1", .territory_id = "hanoi"
        };
        run (tx, location_published (.location_id = "wh1", .details = &place));
        house_request (tx, 2);
        int told = 0;
        for (int topic = 0; topic < 26; topic++) {
            s_run_topic (tx, topic);
            assert_true (emitted_count (tx, message_queued) > 0);
            for (int i = 0; i < emitted_count (tx, message_queued); i++, told++) {
                assert_int_equal (emitted_nth (tx, message_queued, i)->language, language);
                s_assert_complete (emitted_nth (tx, message_queued, i));
                if (getenv ("SHOW_TEXTS"))
                    printf ("%s\n%s\n", emitted_nth (tx, message_queued, i)->subject,
                        emitted_nth (tx, message_queued, i)->body);
            }
        }
        assert_int_equal (told, 28);
        tx_fake_destroy (&tx);
    }
}

static void
test_s6_instants_durations_and_amounts_read_as_each_language_writes_them (void **state)
{
    (void) state;
    arena_t *arena = arena_new ();
    assert_string_equal (
        phrase_instant (arena, LANGUAGE_EN, "Europe/Rome", NOW), "Monday, 8 June 2026, 10:00");
    assert_string_equal (
        phrase_instant (arena, LANGUAGE_IT, "Europe/Rome", NOW), "lunedì 8 giugno 2026, ore 10:00");
    assert_string_equal (
        phrase_instant (arena, LANGUAGE_ZH, "Asia/Shanghai", NOW), "2026年6月8日星期一 16:00");
    assert_string_equal (
        phrase_instant (arena, LANGUAGE_VI, "Asia/Ho_Chi_Minh", NOW), "15:00 Thứ Hai, 08/06/2026");
    assert_string_equal (
        phrase_instant (arena, LANGUAGE_EN, "No/Where", NOW), "Monday, 8 June 2026, 08:00");
    assert_string_equal (phrase_duration (arena, LANGUAGE_ZH, 95 * MINUTE), "1小时35分钟");
    assert_string_equal (phrase_duration (arena, LANGUAGE_VI, 2 * HOUR), "2 giờ");
    assert_string_equal (phrase_duration (arena, LANGUAGE_IT, 5 * MINUTE), "5 min");
    assert_string_equal (phrase_money (arena, LANGUAGE_VI, 1250000, "VND"), "1.250.000 VND");
    assert_string_equal (phrase_money (arena, LANGUAGE_EN, 123456, "EUR"), "EUR 1,234.56");
    assert_string_equal (phrase_date (arena, LANGUAGE_IT, "2026-02-30"), "2026-02-30");
    assert_string_equal (label_text (arena, LANGUAGE_IT, "MILESTONE_ARRIVE"), "arrivo sul posto");
    assert_string_equal (label_text (arena, LANGUAGE_ZH, "SOMETHING_NEW"), "something new");
    arena_destroy (&arena);
}

static void
test_a_text_that_could_never_be_filled_is_rejected_when_it_is_published (void **state)
{
    (void) state;
    tx_t *tx = house_new ();
    char *topic = (char *) visit_accepted_descriptor.name;
    run (tx,
        publish_template (.topic = topic, .audience = "customer", .language = LANGUAGE_EN,
            .subject = "x", .body = "{{#a}} never closed"));
    assert_rejected (tx, "template.invalid");
    run (tx,
        publish_template (.topic = "fettle.dispatcher.v1.VisitProposed", .audience = "customer",
            .language = LANGUAGE_EN));
    assert_rejected (tx, "topic.unknown");
    run (tx, publish_template (.topic = topic, .audience = "manager", .language = LANGUAGE_EN));
    assert_rejected (tx, "audience.unknown");
    run (tx, publish_template (.topic = topic, .audience = "customer", .subject = "x"));
    assert_rejected (tx, "language.missing");
    run (tx,
        publish_template (.template_id = "mine", .topic = topic, .audience = "customer",
            .language = LANGUAGE_EN));
    assert_rejected (tx, "template.other_id");
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_s6_there_is_a_text_for_every_topic_and_audience_in_four_languages),
        cmocka_unit_test (test_s6_every_shipped_text_reads_without_holes_in_every_language),
        cmocka_unit_test (test_s6_instants_durations_and_amounts_read_as_each_language_writes_them),
        cmocka_unit_test (test_a_text_that_could_never_be_filled_is_rejected_when_it_is_published),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
