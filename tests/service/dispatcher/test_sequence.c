/* Orders that come after another one (G7). */
#include "world.h"

static void
s_create (tx_t *tx, const char *id, const char *after_id)
{
    run (tx, create_work_order (.work_order_id = (char *) id, .type = REQUEST_TYPE_REPAIR,
         .site_id = "s1", .work_minutes = 60, .after_work_order_id = (char *) after_id));
}

static void
test_g7_an_order_says_which_one_it_waits_for (void **state)
{
    tx_t *tx = *state;
    s_create (tx, "first", "");
    s_create (tx, "second", "first");
    assert_string_equal (emitted (tx, work_order_created)->after_work_order_id, "first");
}

static void
test_g7_an_order_can_not_wait_for_one_that_is_not_known_nor_for_itself (void **state)
{
    tx_t *tx = *state;
    s_create (tx, "second", "first");
    assert_rejected (tx, "after_work_order_id.unknown");
    s_create (tx, "second", "second");
    assert_rejected (tx, "after_work_order_id.unknown");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        TEST (test_g7_an_order_says_which_one_it_waits_for),
        TEST (test_g7_an_order_can_not_wait_for_one_that_is_not_known_nor_for_itself),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
