/* Policies: the prices that decide, and which of several decides for which order. */
#include "json.h"
#include "world.h"

static void
test_n5_the_policy_published_last_decides_and_is_named_in_the_decision (void **state)
{
    tx_t *tx = *state;
    char order [64];
    dispatch_policy_details_t details = policy_defaults;
    run (tx, publish_dispatch_policy (.policy_id = "balanced", .details = &details));
    assert_int_equal (emitted (tx, dispatch_policy_published)->version, 1);
    details.travel_per_minute_minor = 77;
    run (tx, publish_dispatch_policy (.policy_id = "balanced", .details = &details));
    run (tx, publish_dispatch_policy (.policy_id = "balanced", .details = &details));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    engineer_is (tx, "ann", 10, "gas", 2);
    ready_is (tx, order_is (tx, "r1", order));
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_string_equal (decided->policy_id, "balanced");
    assert_int_equal (decided->policy_version, 2);
    assert_int_equal (decided->candidates [0]->terms [0]->price_minor, 77);

    run (tx, publish_dispatch_policy (.policy_id = "emergency", .details = &details));
    ready_is (tx, order_is (tx, "r2", order));
    assert_string_equal (emitted (tx, dispatch_decided)->policy_id, "emergency");
}

static void
test_n5_a_policy_without_sense_is_refused (void **state)
{
    tx_t *tx = *state;
    dispatch_policy_details_t details = policy_defaults;
    details.speed_kmh = 0;
    run (tx, publish_dispatch_policy (.policy_id = "p", .details = &details));
    assert_rejected (tx, "speed_kmh.invalid");
}


static void
s_publish (tx_t *tx, const char *policy_id, int64_t travel_per_minute_minor)
{
    dispatch_policy_details_t details = policy_defaults;
    details.travel_per_minute_minor = travel_per_minute_minor;
    run (tx, publish_dispatch_policy (.policy_id = (char *) policy_id, .details = &details));
    assert_accepted (tx);
}

/* Level 1 anywhere, then maintenance in Italy, then Rome. */
static void
s_rules (tx_t *tx)
{
    s_publish (tx, "emergency", 1);
    s_publish (tx, "cost-first", 2);
    s_publish (tx, "customer-first", 3);
    s_publish (tx, "balanced", 4);
    policy_rule_t danger = *PART (policy_rule, .policy_id = "emergency", .fault_level = 1);
    policy_rule_t plans = *PART (policy_rule, .policy_id = "cost-first",
        .type = REQUEST_TYPE_MAINTENANCE, .territory_id = "italy");
    policy_rule_t rome = *PART (policy_rule, .policy_id = "customer-first",
        .territory_id = "rome"), *rules [] = { &danger, &plans, &rome };
    run (tx, set_policy_rules (.n_rules = 3, .rules = rules));
    assert_accepted (tx);
}

static const dispatch_decided_t *
s_decide (tx_t *tx, const char *request_id, request_type_t type, const char *territory_id,
    int fault_level)
{
    run (tx, work_order_requested (.request_id = (char *) request_id, .type = type,
        .customer_id = "c1", .site_id = "s1", .territory_id = (char *) territory_id,
        .fault_level = fault_level, .priority = 20, .work_minutes = 60));
    char order [64];
    snprintf (order, sizeof order, "%s", emitted (tx, work_order_created)->work_order_id);
    ready_is (tx, order);
    const dispatch_decided_t *decided = emitted (tx, dispatch_decided);
    assert_non_null (decided);
    return decided;
}

static void
test_x25_the_first_rule_that_fits_chooses_the_policy_and_is_in_the_decision (void **state)
{
    tx_t *tx = *state;
    run (tx, register_engineer (.engineer_id = "ann", .details = PART (engineer_details,
         .name = "Ann", .territory_id = "italy", .home = POINT (45.5, 9.19))));
    run (tx, shift_assigned (.engineer_id = "ann", .calendar_id = "office"));
    s_rules (tx);
    const struct { request_type_t type; const char *territory_id; int fault_level; const char *policy_id;
        int rule; } cases [] = {
        { REQUEST_TYPE_MAINTENANCE, "milan", 1, "emergency", 1 },
        { REQUEST_TYPE_MAINTENANCE, "milan", 2, "cost-first", 2 },
        { REQUEST_TYPE_REPAIR, "rome", 2, "customer-first", 3 },
        { REQUEST_TYPE_REPAIR, "milan", 2, "balanced", 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char request [8];
        snprintf (request, sizeof request, "r%zu", i);
        const dispatch_decided_t *decided = s_decide (tx, request, cases [i].type,
            cases [i].territory_id, cases [i].fault_level);
        assert_string_equal (decided->policy_id, cases [i].policy_id);
        assert_int_equal (decided->policy_rule, cases [i].rule);
        assert_int_equal (decided->policy_rules_version, 1);
        assert_int_equal (decided->policy_version, 1);
    }
}

static void
test_x25_a_fault_that_is_found_to_be_worse_gets_the_policy_of_its_level (void **state)
{
    tx_t *tx = *state;
    char order [64];
    s_rules (tx);
    engineer_is (tx, "ann", 1, "gas", 2);
    order_is (tx, "r1", order);
    run (tx, service_request_triaged (.request_id = "r1", .fault_level = 1, .priority = 5));
    ready_is (tx, order);
    assert_string_equal (emitted (tx, dispatch_decided)->policy_id, "emergency");
}

static void
test_x10_a_proposal_with_overtime_tells_the_scheduler_so (void **state)
{
    tx_t *tx = *state;
    char order [64];
    dispatch_policy_details_t details = policy_defaults;
    details.overtime_max_minutes = 120;
    run (tx, publish_dispatch_policy (.policy_id = "long", .details = &details));
    engineer_is (tx, "ann", 1, "gas", 2);
    order_is (tx, "r1", order);
    ready_is (tx, order);
    assert_false (emitted (tx, visit_proposed)->outside_hours);
    tx_fake_now (tx, NOW + 15 * HOUR / 2);
    ready_is (tx, order_is (tx, "r2", order));
    assert_true (emitted (tx, visit_proposed)->outside_hours);
}

static void
test_x25_an_offer_runs_by_the_policy_of_its_order (void **state)
{
    tx_t *tx = *state;
    char order [64], visit [64];
    dispatch_policy_details_t details = policy_defaults;
    details.offer_timeout_ms = 7000;
    run (tx, publish_dispatch_policy (.policy_id = "quick", .details = &details));
    s_publish (tx, "balanced", 4);
    policy_rule_t rule = *PART (policy_rule, .policy_id = "quick", .fault_level = 2),
        *rules [] = { &rule };
    run (tx, set_policy_rules (.n_rules = 1, .rules = rules));
    engineer_is (tx, "ann", 1, "gas", 2);
    ready_is (tx, order_is (tx, "r1", order));
    booking_is_held (tx, visit_of (tx, order, visit));
    assert_int_equal (emitted (tx, visit_offered)->answer_by_at, NOW + 7000);
}

static void
test_x25_rules_without_sense_are_refused_and_the_same_again_say_nothing (void **state)
{
    tx_t *tx = *state;
    policy_rule_t rule = *PART (policy_rule, .policy_id = "nowhere"), *rules [] = { &rule };
    run (tx, set_policy_rules (0));
    assert_rejected (tx, "rules.invalid");
    run (tx, set_policy_rules (.n_rules = 1, .rules = rules));
    assert_rejected (tx, "policy.unknown");
    s_publish (tx, "here", 4);
    rule.policy_id = "here";
    rule.territory_id = "atlantis";
    run (tx, set_policy_rules (.n_rules = 1, .rules = rules));
    assert_rejected (tx, "territory.unknown");
    rule.territory_id = "milan";
    rule.fault_level = 5;
    run (tx, set_policy_rules (.n_rules = 1, .rules = rules));
    assert_rejected (tx, "fault_level.invalid");
    rule.fault_level = 0;
    run (tx, set_policy_rules (.n_rules = 1, .rules = rules));
    assert_int_equal (emitted (tx, policy_rules_changed)->version, 1);
    run (tx, set_policy_rules (.n_rules = 1, .rules = rules));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
}

/* The file from the root of the project, where tests are run. */
static json_t *
s_shipped (void)
{
    char error [256] = "";
    FILE *file = fopen ("deploy/data/defaults/dispatch.json", "r");
    assert_non_null (file);
    static char text [32768];
    size_t size = fread (text, 1, sizeof text, file);
    fclose (file);
    json_t *root = json_parse (text, size, error);
    assert_string_equal (error, "");
    return root;
}

static const void *
s_message (arena_t *arena, const json_t *command, const ProtobufCMessageDescriptor *descriptor)
{
    char error [256] = "";
    if (strcmp (json_string_value (json_object_get (command, "type")), descriptor->name) != 0)
        return NULL;
    const void *message = json_value_to_message (arena, descriptor,
        json_object_get (command, "data"), 0, error);
    assert_string_equal (error, "");
    return message;
}

static void
test_x25_the_policies_that_are_shipped_are_accepted_and_the_last_is_the_built_in_one (void **state)
{
    tx_t *tx = *state;
    arena_t *arena = arena_new ();
    json_t *root = s_shipped (), *command;
    const publish_dispatch_policy_t *last = NULL;
    size_t i;
    json_array_foreach (json_object_get (root, "commands"), i, command) {
        const publish_dispatch_policy_t *policy = s_message (arena, command,
            &publish_dispatch_policy_descriptor);
        const set_policy_rules_t *rules = s_message (arena, command, &set_policy_rules_descriptor);
        run (tx, policy ? &policy->base : &rules->base);
        assert_accepted (tx);
        last = policy ? policy : last;
    }
    assert_int_equal (stored_count (tx, policy), 4);
    uint8_t left [512], right [512];
    size_t left_size = protobuf_c_message_pack (&last->details->base, left);
    size_t right_size = protobuf_c_message_pack (&policy_defaults.base, right);
    assert_string_equal (last->policy_id, "balanced");
    assert_int_equal (left_size, right_size);
    assert_memory_equal (left, right, left_size);
    arena_destroy (&arena);
    json_decref (root);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_n5_the_policy_published_last_decides_and_is_named_in_the_decision),
        TEST (test_n5_a_policy_without_sense_is_refused),
        TEST (test_x25_the_first_rule_that_fits_chooses_the_policy_and_is_in_the_decision),
        TEST (test_x25_a_fault_that_is_found_to_be_worse_gets_the_policy_of_its_level),
        TEST (test_x10_a_proposal_with_overtime_tells_the_scheduler_so),
        TEST (test_x25_an_offer_runs_by_the_policy_of_its_order),
        TEST (test_x25_rules_without_sense_are_refused_and_the_same_again_say_nothing),
        TEST (test_x25_the_policies_that_are_shipped_are_accepted_and_the_last_is_the_built_in_one),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
