/* The rules that come with the product: each is accepted, and they judge as people would. */
#include "company.h"

#include "json.h"

static json_t *
s_load (const char *path)
{
    static char text [256 * 1024];
    FILE *file = fopen (path, "rb");
    assert_non_null (file);
    size_t size = fread (text, 1, sizeof text, file);
    fclose (file);
    char error [256] = "";
    json_t *all = json_parse (text, size, error);
    assert_string_equal (error, "");
    assert_non_null (all);
    return all;
}

static int
s_register_all (tx_t *tx, const char *path, const ProtobufCMessageDescriptor *type)
{
    arena_t *arena = arena_new ();
    json_t *all = s_load (path), *commands = json_object_get (all, "commands"), *command;
    size_t i;
    json_array_foreach (commands, i, command)
    {
        assert_string_equal (json_string_value (json_object_get (command, "type")), type->name);
        char error [256] = "";
        const ProtobufCMessage *message =
            json_value_to_message (arena, type, json_object_get (command, "data"), 0, error);
        assert_string_equal (error, "");
        run (tx, message);
        assert_string_equal (tx_fake_message (tx), "");
    }
    int count = (int) json_array_size (commands);
    json_decref (all);
    arena_destroy (&arena);
    return count;
}

static int
s_setup (void **state)
{
    company_setup (state);
    int triage_rules = s_register_all (*state, "deploy/data/defaults/triage.json",
        &register_triage_rule_descriptor);
    int alarm_rules = s_register_all (*state, "deploy/data/defaults/alarms.json",
        &register_alarm_rule_descriptor);
    int waiting_policies = s_register_all (*state, "deploy/data/defaults/waiting.json",
        &publish_waiting_policy_descriptor);
    assert_int_equal (stored_count (*state, waiting_policy), waiting_policies);
    assert_int_equal (stored_count (*state, triage_rule), triage_rules);
    assert_int_equal (stored_count (*state, alarm_rule), alarm_rules);
    return 0;
}

static int
s_level (tx_t *tx, const char *text, int hint)
{
    static int number;
    char external_id [16];
    snprintf (external_id, sizeof external_id, "d%d", number++);
    run (tx,
        submit_service_request (.channel = CHANNEL_WEB, .external_id = external_id,
            .asset_id = "press-1", .type = REQUEST_TYPE_REPAIR, .text = (char *) text,
            .fault_level_hint = hint));
    assert_accepted (tx);
    return emitted (tx, service_request_triaged)->fault_level;
}

static void
test_c10_the_default_rules_read_danger_and_standstill_in_four_languages (void **state)
{
    tx_t *tx = *state;
    assert_int_equal (s_level (tx, "Smoke comes out of it", 4), 1);
    assert_int_equal (s_level (tx, "设备冒烟了", 0), 1);
    assert_int_equal (s_level (tx, "Máy ngừng hoạt động", 0), 1);
    assert_int_equal (s_level (tx, "La pressa non parte", 0), 1);
    assert_int_equal (s_level (tx, "It overheats after an hour", 0), 2);
    assert_int_equal (s_level (tx, "the display flickers sometimes", 0), 4);
}

static void
test_c10_the_default_rules_leave_a_plain_repair_to_the_hint (void **state)
{
    tx_t *tx = *state;
    assert_int_equal (s_level (tx, "the firewall blocks it", 0), 3);
    assert_int_equal (s_level (tx, "the firewall blocks it", 2), 2);
}

static void
test_c4_the_default_rules_send_someone_to_the_worst_alarms_and_none_to_noise (void **state)
{
    tx_t *tx = *state;
    run (tx, raise_alarm (.device_id = "press-1", .code = "DOOR_OPEN", .severity = 5));
    assert_int_equal (emitted_count (tx, alarm_suppressed), 1);
    run (tx, raise_alarm (.device_id = "press-1", .code = "SOMETHING", .severity = 2));
    assert_int_equal (emitted_count (tx, alarm_suppressed), 1);
    run (tx, raise_alarm (.device_id = "press-1", .code = "SOMETHING", .severity = 5));
    assert_int_equal (emitted (tx, service_request_triaged)->fault_level, 1);
    assert_int_equal (emitted_count (tx, work_order_requested), 1);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test_setup_teardown (
            test_c10_the_default_rules_read_danger_and_standstill_in_four_languages, s_setup,
            company_teardown),
        cmocka_unit_test_setup_teardown (
            test_c10_the_default_rules_leave_a_plain_repair_to_the_hint, s_setup, company_teardown),
        cmocka_unit_test_setup_teardown (
            test_c4_the_default_rules_send_someone_to_the_worst_alarms_and_none_to_noise, s_setup,
            company_teardown),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
