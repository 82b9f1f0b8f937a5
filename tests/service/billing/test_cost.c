/* What an order costs, who pays each line, and the invoice that follows. */
#include "office.h"

static const cost_line_posted_t *
s_line (tx_t *tx, int kind, int band)
{
    const cost_line_posted_t *line;
    for (int i = 0; (line = emitted_nth (tx, cost_line_posted, i)); i++)
        if ((int) line->kind == kind && (int) line->band == band)
            return line;
    return NULL;
}

static void
s_assert_line (tx_t *tx, int kind, int band, int64_t quantity, int64_t amount_minor)
{
    const cost_line_posted_t *line = s_line (tx, kind, band);
    assert_non_null (line);
    assert_int_equal (line->quantity, quantity);
    assert_int_equal (line->amount_minor, amount_minor);
}

static void
test_l5_a_finished_order_has_a_line_for_call_travel_labour_and_parts (void **state)
{
    tx_t *tx = *state;
    office_repair (tx, "q1", "w1");
    assert_int_equal (emitted_count (tx, cost_line_posted), 6);
    s_assert_line (tx, COST_KIND_CALL_OUT, LABOUR_BAND_NORMAL, 1, 5000);
    s_assert_line (tx, COST_KIND_TRAVEL_KM, 0, 20, 1400);
    s_assert_line (tx, COST_KIND_TRAVEL_TIME, 0, 30, 2000);
    s_assert_line (tx, COST_KIND_LABOUR, LABOUR_BAND_NORMAL, 60, 6000);
    assert_int_equal (emitted_nth (tx, cost_line_posted, 4)->amount_minor, 25000);
    assert_string_equal (emitted_nth (tx, cost_line_posted, 5)->item_id, "seal");
    assert_int_equal (emitted_nth (tx, cost_line_posted, 5)->amount_minor, 3 * 1400);     /* cost 10.00 and 40 % */
    const work_order_posted_t *posted = emitted (tx, work_order_posted);
    assert_int_equal (posted->list_minor, 5000 + 1400 + 2000 + 6000 + 25000 + 4200);
    assert_int_equal (posted->charge_minor, posted->list_minor);
    assert_string_equal (posted->request_id, "q1");
}

static void
test_l5_every_line_shows_the_rule_and_inputs_that_made_it (void **state)
{
    tx_t *tx = *state;
    office_repair (tx, "q1", "w1");
    assert_string_equal (s_line (tx, COST_KIND_LABOUR, LABOUR_BAND_NORMAL)->rule,
        "prices-it version 1; worked 3600 s, charged 60 min: "
        "started 15 min, at least 30, shared over the bands");
    assert_string_equal (s_line (tx, COST_KIND_TRAVEL_KM, 0)->rule,
        "prices-it version 1; 20400 m of the report, to the nearest km");
    assert_string_equal (emitted_nth (tx, cost_line_posted, 5)->rule, "prices-it version 1; cost 1000 and 40 %");
}

static void
test_b6_every_line_has_a_coverage_decision_with_a_reason (void **state)
{
    tx_t *tx = *state;
    office_repair (tx, "q1", "w1");
    int count = emitted_count (tx, cost_line_posted);
    assert_int_equal (emitted_count (tx, coverage_decided), count);
    for (int i = 0; i < count; i++) {
        assert_int_equal (emitted_nth (tx, coverage_decided, i)->coverage, COVERAGE_CHARGEABLE);
        assert_string_not_equal (emitted_nth (tx, coverage_decided, i)->reason, "");
        assert_string_equal (emitted_nth (tx, coverage_decided, i)->cost_line_id,
            emitted_nth (tx, cost_line_posted, i)->cost_line_id);
    }
}

static void
test_b6_under_contract_only_what_its_line_does_not_cover_is_charged (void **state)
{
    tx_t *tx = *state;
    office_cover (tx, "c1", "press-1", "", "", 0);          /* labour and travel */
    office_repair (tx, "q1", "w1");
    assert_int_equal (s_line (tx, COST_KIND_LABOUR, LABOUR_BAND_NORMAL)->coverage, COVERAGE_CONTRACT);
    assert_int_equal (s_line (tx, COST_KIND_LABOUR, LABOUR_BAND_NORMAL)->charge_minor, 0);
    assert_int_equal (s_line (tx, COST_KIND_TRAVEL_KM, 0)->charge_minor, 0);
    assert_int_equal (s_line (tx, COST_KIND_CALL_OUT, LABOUR_BAND_NORMAL)->charge_minor, 5000);
    assert_string_equal (s_line (tx, COST_KIND_CALL_OUT, LABOUR_BAND_NORMAL)->reason,
        "contract c1 line l1 does not cover CALL_OUT");
    assert_int_equal (emitted (tx, work_order_posted)->charge_minor, 5000 + 25000 + 4200);
    assert_int_equal (emitted (tx, invoice_issued)->total_minor, 5000 + 25000 + 4200);
    assert_int_equal (emitted (tx, invoice_issued)->n_lines, 3);
}

static void
test_e11_under_warranty_everything_is_free_and_there_is_no_invoice (void **state)
{
    tx_t *tx = *state;
    office_asset (tx, "press-1", MONDAY_AT + DAY_MS);
    office_repair (tx, "q1", "w1");
    assert_int_equal (emitted (tx, work_order_posted)->charge_minor, 0);
    assert_true (emitted (tx, work_order_posted)->list_minor > 0);
    assert_int_equal (emitted (tx, coverage_decided)->coverage, COVERAGE_WARRANTY);
    assert_null (emitted (tx, invoice_issued));
}

static void
test_e3_a_posted_order_keeps_the_version_of_the_contract_it_was_promised (void **state)
{
    tx_t *tx = *state;
    office_cover (tx, "c1", "press-1", "", "", 0);
    office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT);
    contract_line_spec_t *line = &(contract_line_spec_t) { .base = contract_line_spec_init, .line_id = "l1",
        .asset_id = "press-1" };
    contract_details_t details = office_contract (&line);
    run (tx, register_contract (.contract_id = "c1", .details = &details));
    assert_int_equal (emitted (tx, contract_activated)->version, 2);
    office_order (tx, "w1", "q1");
    office_time (tx, "t1", "w1", "v1", TIME_KIND_WORK, MONDAY_AT, 60);
    office_done (tx, "w1");
    assert_int_equal (s_line (tx, COST_KIND_LABOUR, LABOUR_BAND_NORMAL)->coverage, COVERAGE_CONTRACT);
}

static void
test_l1_the_call_is_paid_once_for_a_request_with_two_orders (void **state)
{
    tx_t *tx = *state;
    office_repair (tx, "q1", "w1");
    assert_non_null (s_line (tx, COST_KIND_CALL_OUT, LABOUR_BAND_NORMAL));
    office_order (tx, "w2", "q1");
    office_time (tx, "t2", "w2", "v2", TIME_KIND_WORK, MONDAY_AT, 60);
    office_done (tx, "w2");
    assert_int_equal (emitted_count (tx, work_order_posted), 1);
    assert_null (s_line (tx, COST_KIND_CALL_OUT, LABOUR_BAND_NORMAL));
}

static void
test_l1_the_call_is_paid_once_for_an_order_with_two_visits_and_by_the_band_of_the_first (void **state)
{
    tx_t *tx = *state;
    office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT);
    office_order (tx, "w1", "q1");
    office_time (tx, "t2", "w1", "v2", TIME_KIND_WORK, MONDAY_AT + DAY_MS, 60);
    office_time (tx, "t1", "w1", "v1", TIME_KIND_WORK, MONDAY_AT + 13 * HOUR_MS, 60);     /* 23:00 in Rome */
    office_done (tx, "w1");
    s_assert_line (tx, COST_KIND_CALL_OUT, LABOUR_BAND_NIGHT, 1, 9000);
    assert_null (s_line (tx, COST_KIND_CALL_OUT, LABOUR_BAND_NORMAL));
    s_assert_line (tx, COST_KIND_LABOUR, LABOUR_BAND_NIGHT, 60, 10000);
    s_assert_line (tx, COST_KIND_LABOUR, LABOUR_BAND_NORMAL, 60, 6000);
}

static void
test_l1_planned_maintenance_is_no_call (void **state)
{
    tx_t *tx = *state;
    office_order (tx, "w1", "");
    office_time (tx, "t1", "w1", "v1", TIME_KIND_WORK, MONDAY_AT, 60);
    office_done (tx, "w1");
    assert_int_equal (emitted_count (tx, cost_line_posted), 1);
    assert_int_equal (emitted (tx, coverage_decided)->coverage, COVERAGE_CHARGEABLE);
}

static void
test_l4_work_over_closing_time_is_charged_in_two_bands (void **state)
{
    tx_t *tx = *state;
    office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT);
    office_order (tx, "w1", "q1");
    office_time (tx, "t1", "w1", "v1", TIME_KIND_WORK, MONDAY_AT + 7 * HOUR_MS, 90);       /* 17:00 to 18:30 */
    office_time (tx, "t2", "w1", "v1", TIME_KIND_BREAK, MONDAY_AT + 9 * HOUR_MS, 60);
    office_done (tx, "w1");
    s_assert_line (tx, COST_KIND_LABOUR, LABOUR_BAND_NORMAL, 60, 6000);
    s_assert_line (tx, COST_KIND_LABOUR, LABOUR_BAND_OVERTIME, 30, 4500);
}

static void
test_l6_a_part_used_twice_in_a_visit_is_one_line (void **state)
{
    tx_t *tx = *state;
    office_order (tx, "w1", "");
    office_part (tx, "m1", "w1", "v1", "pump", 1, "EUR");
    office_part (tx, "m2", "w1", "v1", "pump", 2, "EUR");
    office_part (tx, "m3", "w1", "v2", "pump", 1, "EUR");
    office_done (tx, "w1");
    assert_int_equal (emitted_count (tx, cost_line_posted), 2);
    assert_int_equal (emitted_nth (tx, cost_line_posted, 0)->quantity, 3);
    assert_int_equal (emitted_nth (tx, cost_line_posted, 0)->amount_minor, 75000);
}

static void
test_l6_a_part_without_price_whose_cost_is_in_other_money_waits_for_a_price_and_says_so (void **state)
{
    tx_t *tx = *state;
    office_order (tx, "w1", "");
    office_part (tx, "m1", "w1", "v1", "seal", 1, "CNY");
    office_done (tx, "w1");
    assert_null (emitted (tx, work_order_posted));
    assert_string_equal (emitted (tx, posting_blocked)->reason,
        "part seal has no price in EUR and its cost is in CNY: put a price into prices-it");
    price_spec_t *prices [] = { PRICE (COST_KIND_LABOUR, LABOUR_BAND_NORMAL, "", 1),
        PRICE (COST_KIND_PART, 0, "seal", 1500) };
    price_list_details_t details = { .base = price_list_details_init, .territory_id = "north",
        .currency = "EUR", .n_prices = 2,
        .prices = prices, .invoice_series = "IT" };
    run (tx, publish_price_list (.price_list_id = "prices-it", .details = &details));
    tx_fake_advance (tx, MONDAY_AT);
    assert_int_equal (emitted (tx, work_order_posted)->charge_minor, 1500);
}

static void
test_l5_facts_may_come_in_any_order_and_posting_waits_for_all_of_them (void **state)
{
    (void) state;
    tx_t *tx = office_bare ();
    office_part (tx, "m1", "w1", "v1", "pump", 1, "EUR");
    run (tx, parts_settled (.work_order_id = "w1"));
    office_order (tx, "w1", "q1");
    run (tx, work_order_completed (.work_order_id = "w1", .completed_at = MONDAY_AT));
    assert_null (emitted (tx, work_order_posted));
    office_calendar (tx);
    tx_fake_advance (tx, MONDAY_AT);
    assert_null (emitted (tx, work_order_posted));
    office_prices (tx, "prices-it", 6000);
    tx_fake_advance (tx, MONDAY_AT);
    assert_null (emitted (tx, work_order_posted));
    office_request (tx, "q1", REQUEST_TYPE_REPAIR, MONDAY_AT);
    tx_fake_advance (tx, MONDAY_AT);
    assert_int_equal (emitted (tx, work_order_posted)->charge_minor, 5000 + 25000);
    run (tx, parts_settled (.work_order_id = "w1"));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    tx_fake_destroy (&tx);
    calendars_forget ();
}

static void
test_l5_the_same_inputs_give_identical_lines_in_another_office (void **state)
{
    tx_t *tx = *state;
    void *other;
    calendars_forget ();
    office_open (&other);
    office_repair (tx, "q1", "w1");
    office_repair (other, "q1", "w1");
    for (int i = 0; i < 6; i++) {
        const ProtobufCMessage *a = &emitted_nth (tx, cost_line_posted, i)->base,
            *b = &emitted_nth ((tx_t *) other, cost_line_posted, i)->base;
        uint8_t left [1024], right [1024];
        size_t size = protobuf_c_message_pack (a, left);
        assert_int_equal (protobuf_c_message_pack (b, right), size);
        assert_memory_equal (left, right, size);
    }
    office_close (&other);
}

static void
test_l5_a_posted_order_does_not_feel_a_new_price_list (void **state)
{
    tx_t *tx = *state;
    office_repair (tx, "q1", "w1");
    office_prices (tx, "prices-it", 99900);
    assert_null (emitted (tx, cost_line_posted));
    run (tx, get_cost (.work_order_id = "w1"));
    const work_order_cost_t *cost = answer (tx, work_order_cost);
    assert_int_equal (cost->n_lines, 6);
    assert_int_equal (cost->lines [3]->price_minor, 6000);
    assert_int_equal (cost->total_minor, 43600);
    assert_string_equal (cost->invoice_number, "IT-2026-000001");
    run (tx, get_cost (.work_order_id = "w9"));
    assert_rejected (tx, "work_order.unknown");
}

/* ---- invoices */

static void
test_l9_invoices_of_a_series_have_no_gap_and_a_new_year_begins_at_one (void **state)
{
    tx_t *tx = *state;
    office_repair (tx, "q1", "w1");
    const invoice_issued_t *invoice = emitted (tx, invoice_issued);
    assert_string_equal (invoice->number, "IT-2026-000001");
    assert_string_equal (invoice->issued_on, "2026-06-08");
    assert_string_equal (invoice->due_on, "2026-08-07");
    assert_string_equal (invoice->customer_id, "rossi");
    assert_string_equal (invoice->work_order_id, "w1");
    office_repair (tx, "q2", "w2");
    assert_string_equal (emitted (tx, invoice_issued)->number, "IT-2026-000002");
    tx_fake_now (tx, INT64_C (1798758000000));                  /* midnight of new year in Rome, still 2026 in UTC */
    office_repair (tx, "q3", "w3");
    assert_string_equal (emitted (tx, invoice_issued)->number, "IT-2027-000001");
}

static void
test_l9_lines_of_an_invoice_add_up_to_its_total (void **state)
{
    tx_t *tx = *state;
    office_repair (tx, "q1", "w1");
    const invoice_issued_t *invoice = emitted (tx, invoice_issued);
    int64_t sum = 0;
    for (size_t i = 0; i < invoice->n_lines; i++)
        sum += invoice->lines [i]->amount_minor;
    assert_int_equal (sum, invoice->total_minor);
    assert_string_equal (invoice->lines [3]->description, "LABOUR NORMAL");
}

static void
test_l9_an_order_told_twice_is_invoiced_once (void **state)
{
    tx_t *tx = *state;
    office_repair (tx, "q1", "w1");
    office_done (tx, "w1");
    office_order (tx, "w1", "q1");
    assert_int_equal (stored_count (tx, invoice), 1);
    assert_int_equal (stored_count (tx, cost_line), 6);
}

/* ---- goodwill */

static void
test_b6_goodwill_makes_a_line_free_and_credits_what_was_invoiced (void **state)
{
    tx_t *tx = *state;
    office_repair (tx, "q1", "w1");
    tx_fake_actor (tx, "agent:anna");
    run (tx, grant_goodwill (.cost_line_id = "w1:1", .reason = "we came late"));
    assert_accepted (tx);
    assert_int_equal (emitted (tx, coverage_decided)->coverage, COVERAGE_GOODWILL);
    assert_string_equal (emitted (tx, coverage_decided)->reason, "we came late (agent:anna)");
    const invoice_issued_t *credit = emitted (tx, invoice_issued);
    assert_int_equal (credit->total_minor, -5000);
    assert_string_equal (credit->number, "IT-2026-000002");
    assert_int_equal (stored (tx, work_order, "w1")->charge_minor, 43600 - 5000);
    run (tx, grant_goodwill (.cost_line_id = "w1:1", .reason = "again"));
    assert_rejected (tx, "cost_line.not_charged");
    run (tx, grant_goodwill (.cost_line_id = "w1:2"));
    assert_rejected (tx, "reason.missing");
    run (tx, grant_goodwill (.cost_line_id = "w9:1", .reason = "x"));
    assert_rejected (tx, "cost_line.unknown");
}

static void
test_c8_what_is_posted_cannot_be_overridden_any_more (void **state)
{
    tx_t *tx = *state;
    office_cover (tx, "c1", "press-1", "", "", 0);
    office_repair (tx, "q1", "w1");
    run (tx, override_entitlement (.request_id = "q1", .reason = "misuse"));
    assert_rejected (tx, "entitlement.posted");
}

/* ---- price lists */

static void
test_a_price_list_that_makes_no_sense_is_rejected_by_name (void **state)
{
    tx_t *tx = *state;
    price_spec_t *prices [] = { PRICE (COST_KIND_LABOUR, LABOUR_BAND_NIGHT, "", 1),
        PRICE (COST_KIND_LABOUR, LABOUR_BAND_NIGHT, "", 2) };
    price_list_details_t details = { .base = price_list_details_init, .currency = "EUR", .n_prices = 1,
        .prices = prices, .invoice_series = "IT" };
    run (tx, publish_price_list (.price_list_id = "p", .details = &details));
    assert_rejected (tx, "labour.missing");
    details.n_prices = 2;
    run (tx, publish_price_list (.price_list_id = "p", .details = &details));
    assert_rejected (tx, "price.twice");
    details.invoice_series = "";
    run (tx, publish_price_list (.price_list_id = "p", .details = &details));
    assert_rejected (tx, "invoice_series.missing");
}

static void
test_a_territorys_own_price_list_comes_before_the_general_one (void **state)
{
    tx_t *tx = *state;
    price_spec_t *prices [] = { PRICE (COST_KIND_LABOUR, LABOUR_BAND_NORMAL, "", 100) };
    price_list_details_t details = { .base = price_list_details_init, .currency = "EUR", .n_prices = 1,
        .prices = prices, .invoice_series = "EU" };
    run (tx, publish_price_list (.price_list_id = "a-general", .details = &details));
    assert_accepted (tx);
    office_order (tx, "w1", "");
    office_time (tx, "t1", "w1", "v1", TIME_KIND_WORK, MONDAY_AT, 60);
    office_done (tx, "w1");
    assert_int_equal (emitted (tx, cost_line_posted)->price_minor, 6000);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        OFFICE_TEST (test_l5_a_finished_order_has_a_line_for_call_travel_labour_and_parts),
        OFFICE_TEST (test_l5_every_line_shows_the_rule_and_inputs_that_made_it),
        OFFICE_TEST (test_b6_every_line_has_a_coverage_decision_with_a_reason),
        OFFICE_TEST (test_b6_under_contract_only_what_its_line_does_not_cover_is_charged),
        OFFICE_TEST (test_e11_under_warranty_everything_is_free_and_there_is_no_invoice),
        OFFICE_TEST (test_e3_a_posted_order_keeps_the_version_of_the_contract_it_was_promised),
        OFFICE_TEST (test_l1_the_call_is_paid_once_for_a_request_with_two_orders),
        OFFICE_TEST (test_l1_the_call_is_paid_once_for_an_order_with_two_visits_and_by_the_band_of_the_first),
        OFFICE_TEST (test_l1_planned_maintenance_is_no_call),
        OFFICE_TEST (test_l4_work_over_closing_time_is_charged_in_two_bands),
        OFFICE_TEST (test_l6_a_part_used_twice_in_a_visit_is_one_line),
        OFFICE_TEST (test_l6_a_part_without_price_whose_cost_is_in_other_money_waits_for_a_price_and_says_so),
        OFFICE_TEST (test_l5_facts_may_come_in_any_order_and_posting_waits_for_all_of_them),
        OFFICE_TEST (test_l5_the_same_inputs_give_identical_lines_in_another_office),
        OFFICE_TEST (test_l5_a_posted_order_does_not_feel_a_new_price_list),
        OFFICE_TEST (test_l9_invoices_of_a_series_have_no_gap_and_a_new_year_begins_at_one),
        OFFICE_TEST (test_l9_lines_of_an_invoice_add_up_to_its_total),
        OFFICE_TEST (test_l9_an_order_told_twice_is_invoiced_once),
        OFFICE_TEST (test_b6_goodwill_makes_a_line_free_and_credits_what_was_invoiced),
        OFFICE_TEST (test_c8_what_is_posted_cannot_be_overridden_any_more),
        OFFICE_TEST (test_a_price_list_that_makes_no_sense_is_rejected_by_name),
        OFFICE_TEST (test_a_territorys_own_price_list_comes_before_the_general_one),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
