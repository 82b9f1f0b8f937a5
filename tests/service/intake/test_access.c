/* When one may come in: named by asset, site or customer (X4). */
#include "company.h"

static void
test_x4_a_site_that_names_a_calendar_is_published_with_it (void **state)
{
    tx_t *tx = *state;
    site_details_t *details = company_site ();
    details->access_calendar_id = "mornings";
    run (tx, register_site (.site_id = "milan", .details = details));
    assert_string_equal (emitted (tx, site_published)->access_calendar_id, "mornings");
}

static void
test_x4_the_customers_calendar_is_that_of_its_sites_that_say_nothing (void **state)
{
    tx_t *tx = *state;
    site_details_t *own = company_site ();
    own->access_calendar_id = "mornings";
    run (tx, register_site (.site_id = "turin", .details = own));
    customer_details_t *details = company_customer ();
    details->access_calendar_id = "evenings";
    run (tx, register_customer (.customer_id = "rossi", .details = details));
    assert_int_equal (emitted_count (tx, site_published), 1);
    assert_string_equal (emitted (tx, site_published)->site_id, "milan");
    assert_string_equal (emitted (tx, site_published)->access_calendar_id, "evenings");
    details->phone = "+39 02 999";
    run (tx, register_customer (.customer_id = "rossi", .details = details));
    assert_int_equal (emitted_count (tx, site_published), 0);
}

static void
test_x4_weekly_hours_of_a_site_weigh_more_than_its_customers_calendar (void **state)
{
    tx_t *tx = *state;
    customer_details_t *customer = company_customer ();
    customer->access_calendar_id = "evenings";
    run (tx, register_customer (.customer_id = "rossi", .details = customer));
    site_details_t *details = company_site ();
    weekly_interval_t hours = { .base = weekly_interval_init, .weekday = 1, .start = "08:00", .end = "12:00" };
    weekly_interval_t *all [] = { &hours };
    details->access_hours = all;
    details->n_access_hours = 1;
    run (tx, register_site (.site_id = "milan", .details = details));
    assert_string_equal (emitted (tx, site_published)->access_calendar_id, "");
}

static void
test_x4_a_calendar_that_is_no_id_is_refused_at_every_level (void **state)
{
    tx_t *tx = *state;
    customer_details_t *customer = company_customer ();
    site_details_t *site = company_site ();
    asset_details_t *asset = company_asset ();
    customer->access_calendar_id = site->access_calendar_id = asset->access_calendar_id = "no id";
    run (tx, register_customer (.customer_id = "rossi", .details = customer));
    assert_rejected (tx, "access_calendar_id.invalid");
    run (tx, register_site (.site_id = "milan", .details = site));
    assert_rejected (tx, "access_calendar_id.invalid");
    run (tx, register_asset (.asset_id = "press-1", .details = asset));
    assert_rejected (tx, "access_calendar_id.invalid");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_x4_a_site_that_names_a_calendar_is_published_with_it),
        COMPANY_TEST (test_x4_the_customers_calendar_is_that_of_its_sites_that_say_nothing),
        COMPANY_TEST (test_x4_weekly_hours_of_a_site_weigh_more_than_its_customers_calendar),
        COMPANY_TEST (test_x4_a_calendar_that_is_no_id_is_refused_at_every_level),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
