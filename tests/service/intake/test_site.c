/* Territories, sites and contacts. */
#include "company.h"

static void
test_a2_a_site_without_a_zone_is_published_with_its_territorys (void **state)
{
    tx_t *tx = *state;
    site_details_t *details = company_site ();
    run (tx, register_site (.site_id = "turin", .details = details));
    assert_string_equal (emitted (tx, site_published)->time_zone, "Europe/Rome");
    details->time_zone = "Asia/Shanghai";
    run (tx, register_site (.site_id = "turin", .details = details));
    assert_string_equal (emitted (tx, site_published)->time_zone, "Asia/Shanghai");
    assert_int_equal (emitted (tx, site_published)->version, 2);
}

static void
test_a2_a_site_is_published_with_all_that_readiness_asks_for (void **state)
{
    tx_t *tx = *state;
    site_details_t *details = company_site ();
    geo_point_t point = { .base = geo_point_init, .latitude = 45.46, .longitude = 9.19 };
    details->point = &point;
    run (tx, register_site (.site_id = "milan", .details = details));
    const site_published_t *event = emitted (tx, site_published);
    assert_string_equal (event->details->address, "Via Roma 1");
    assert_true (event->details->point->latitude > 45.4 && event->details->point->longitude < 9.2);
}

static void
test_a2_a_contact_without_a_phone_is_known_but_published_as_such (void **state)
{
    tx_t *tx = *state;
    contact_details_t *details = company_contact ();
    details->phone = "";
    run (tx, register_contact (.contact_id = "anna", .details = details));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, contact_published)->details->phone, "");
    assert_int_equal (emitted (tx, contact_published)->version, 2);
}

static void
test_the_zone_of_a_territory_changes_that_of_its_sites (void **state)
{
    tx_t *tx = *state;
    territory_details_t *details = company_territory ();
    details->time_zone = "Europe/London";
    run (tx, register_territory (.territory_id = "north", .details = details));
    assert_string_equal (emitted (tx, territory_published)->details->time_zone, "Europe/London");
    assert_string_equal (emitted (tx, site_published)->site_id, "milan");
    assert_string_equal (emitted (tx, site_published)->time_zone, "Europe/London");
}

static void
test_a_territory_can_not_be_below_itself_nor_below_one_that_is_not_known (void **state)
{
    tx_t *tx = *state;
    territory_details_t *details = company_territory ();
    details->parent_id = "north";
    run (tx, register_territory (.territory_id = "city", .details = details));
    assert_accepted (tx);
    details->parent_id = "city";
    run (tx, register_territory (.territory_id = "north", .details = details));
    assert_rejected (tx, "parent_id.cycle");
    details->parent_id = "nowhere";
    run (tx, register_territory (.territory_id = "west", .details = details));
    assert_rejected (tx, "territory.unknown");
}

static void
test_a_zone_that_is_only_an_offset_is_refused (void **state)
{
    tx_t *tx = *state;
    territory_details_t *details = company_territory ();
    details->time_zone = "+01:00";
    run (tx, register_territory (.territory_id = "north", .details = details));
    assert_rejected (tx, "time_zone.invalid");
    details->time_zone = "";
    run (tx, register_territory (.territory_id = "north", .details = details));
    assert_rejected (tx, "time_zone.missing");
}

static void
test_a_site_needs_a_known_customer_and_a_known_territory (void **state)
{
    tx_t *tx = *state;
    site_details_t *details = company_site ();
    details->customer_id = "nobody";
    run (tx, register_site (.site_id = "x", .details = details));
    assert_rejected (tx, "customer.unknown");
    details = company_site ();
    details->territory_id = "nowhere";
    run (tx, register_site (.site_id = "x", .details = details));
    assert_rejected (tx, "territory.unknown");
    details = company_site ();
    geo_point_t point = { .base = geo_point_init, .latitude = 91 };
    details->point = &point;
    run (tx, register_site (.site_id = "x", .details = details));
    assert_rejected (tx, "point.invalid");
    assert_int_equal (stored_count (tx, site), 1);
}

static void
test_access_hours_are_week_days_and_times (void **state)
{
    tx_t *tx = *state;
    site_details_t *details = company_site ();
    weekly_interval_t hours = { .base = weekly_interval_init,
        .weekday = 8,
        .start = "08:00",
        .end = "12:00" };
    weekly_interval_t *all [] = { &hours };
    details->n_access_hours = 1, details->access_hours = all;
    run (tx, register_site (.site_id = "x", .details = details));
    assert_rejected (tx, "weekday.invalid");
    hours.weekday = 7;
    hours.end = "25:00";
    run (tx, register_site (.site_id = "x", .details = details));
    assert_rejected (tx, "end.invalid");
    hours.end = "24:00";
    run (tx, register_site (.site_id = "x", .details = details));
    assert_accepted (tx);
}

static void
test_a_contact_of_a_site_belongs_to_the_sites_customer (void **state)
{
    tx_t *tx = *state;
    run (tx,
        register_customer (.customer_id = "bianchi",
            .details = &(customer_details_t) { .base = customer_details_init, .name = "Bianchi" }));
    contact_details_t *details = company_contact ();
    details->customer_id = "bianchi";
    run (tx, register_contact (.contact_id = "carla", .details = details));
    assert_rejected (tx, "site.mismatch");
    details->site_id = "nowhere";
    run (tx, register_contact (.contact_id = "carla", .details = details));
    assert_rejected (tx, "site.unknown");
    details->site_id = "";
    details->email = "not an address";
    run (tx, register_contact (.contact_id = "carla", .details = details));
    assert_rejected (tx, "email.invalid");
}

static void
test_registering_the_same_again_says_nothing (void **state)
{
    tx_t *tx = *state;
    run (tx, register_territory (.territory_id = "north", .details = company_territory ()));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, register_site (.site_id = "milan", .details = company_site ()));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    run (tx, register_contact (.contact_id = "anna", .details = company_contact ()));
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    assert_accepted (tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_a2_a_site_without_a_zone_is_published_with_its_territorys),
        COMPANY_TEST (test_a2_a_site_is_published_with_all_that_readiness_asks_for),
        COMPANY_TEST (test_a2_a_contact_without_a_phone_is_known_but_published_as_such),
        COMPANY_TEST (test_the_zone_of_a_territory_changes_that_of_its_sites),
        COMPANY_TEST (test_a_territory_can_not_be_below_itself_nor_below_one_that_is_not_known),
        COMPANY_TEST (test_a_zone_that_is_only_an_offset_is_refused),
        COMPANY_TEST (test_a_site_needs_a_known_customer_and_a_known_territory),
        COMPANY_TEST (test_access_hours_are_week_days_and_times),
        COMPANY_TEST (test_a_contact_of_a_site_belongs_to_the_sites_customer),
        COMPANY_TEST (test_registering_the_same_again_says_nothing),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
