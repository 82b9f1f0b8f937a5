/* Orders that wait for another one (G7). */
#include "world.h"

static tx_t *
s_world (void)
{
    tx_t *tx = world ();
    given (tx, customer, { .id = "acme", .has_phone = true });
    given (tx, site, { .id = "s1", .has_location = true });
    run (tx, work_order_created (.work_order_id = "first", .customer_id = "acme", .site_id = "s1"));
    run (tx, work_order_created (.work_order_id = "second", .customer_id = "acme", .site_id = "s1",
        .after_work_order_id = "first"));
    return tx;
}

static void
test_g7_an_order_waits_for_the_one_before_it_and_is_ready_when_that_is_done (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    const readiness_changed_t *said = emitted (tx, readiness_changed);
    assert_false (said->ready);
    assert_string_equal (said->blockers [0]->code, "order.waits_for");
    assert_string_equal (said->blockers [0]->reference, "first");
    run (tx, work_order_completed (.work_order_id = "first"));
    assert_string_equal (emitted (tx, readiness_changed)->work_order_id, "second");
    assert_true (emitted (tx, readiness_changed)->ready);
    tx_fake_destroy (&tx);
}

static void
test_g7_an_order_that_was_cancelled_keeps_nobody_waiting (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    run (tx, work_order_cancelled (.work_order_id = "first"));
    assert_true (emitted (tx, readiness_changed)->ready);
    tx_fake_destroy (&tx);
}

static void
test_g7_an_order_after_one_that_is_over_is_ready_at_once (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    run (tx, work_order_completed (.work_order_id = "first"));
    run (tx, work_order_created (.work_order_id = "third", .customer_id = "acme", .site_id = "s1",
        .after_work_order_id = "first"));
    assert_true (emitted (tx, readiness_changed)->ready);
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_g7_an_order_waits_for_the_one_before_it_and_is_ready_when_that_is_done),
        cmocka_unit_test (test_g7_an_order_that_was_cancelled_keeps_nobody_waiting),
        cmocka_unit_test (test_g7_an_order_after_one_that_is_over_is_ready_at_once),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
