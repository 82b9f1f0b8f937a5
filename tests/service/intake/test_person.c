/* Our own people who are no engineers. */
#include "company.h"

static void
test_j2_one_of_our_people_is_published_in_full_and_the_same_again_says_nothing (void **state)
{
    tx_t *tx = *state;
    person_details_t details = { .base = person_details_init,
        .name = "Carla",
        .phone = "+39 333 1",
        .language = LANGUAGE_IT,
        .n_channels = 1,
        .channels = (channel_t []) { CHANNEL_SMS },
        .territory_id = "north" };
    run (tx, register_person (.person_id = "carla", .details = &details));
    assert_accepted (tx);
    assert_string_equal (emitted (tx, person_published)->details->phone, "+39 333 1");
    assert_int_equal (emitted (tx, person_published)->version, 1);
    run (tx, register_person (.person_id = "carla", .details = &details));
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    details.retired = true;
    run (tx, register_person (.person_id = "carla", .details = &details));
    assert_true (emitted (tx, person_published)->details->retired);
}

static void
test_a_person_without_a_name_in_no_zone_or_of_no_territory_is_refused (void **state)
{
    tx_t *tx = *state;
    run (tx, register_person (.person_id = "carla"));
    assert_rejected (tx, "details.missing");
    person_details_t details = { .base = person_details_init };
    run (tx, register_person (.person_id = "carla", .details = &details));
    assert_rejected (tx, "name.missing");
    details.name = "Carla";
    details.time_zone = "Mars/Olympus";
    run (tx, register_person (.person_id = "carla", .details = &details));
    assert_rejected (tx, "time_zone.invalid");
    details.time_zone = "";
    details.territory_id = "nowhere";
    run (tx, register_person (.person_id = "carla", .details = &details));
    assert_rejected (tx, "territory.unknown");
    assert_int_equal (stored_count (tx, person), 0);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        COMPANY_TEST (test_j2_one_of_our_people_is_published_in_full_and_the_same_again_says_nothing),
        COMPANY_TEST (test_a_person_without_a_name_in_no_zone_or_of_no_territory_is_refused),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
