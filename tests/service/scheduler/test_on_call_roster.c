/* Who is called when: rosters of a territory for a role. */
#include "world.h"

static void
s_territory (tx_t *tx, const char *id, const char *parent_id)
{
    territory_details_t details = {
        .base = territory_details_init, .name = (char *) id, .parent_id = (char *) parent_id,
        .time_zone = "Europe/Rome" };
    run (tx, territory_published (.territory_id = (char *) id, .details = &details));
}

static void
s_person (tx_t *tx, const char *id, bool retired)
{
    person_details_t details = { .base = person_details_init, .name = (char *) id, .retired = retired };
    run (tx, person_published (.person_id = (char *) id, .details = &details));
}

/* Italy above Milan above the city's centre; Anna and Bo are engineers, Carla and Dario are not. */
static tx_t *
s_world (void)
{
    tx_t *tx = world ();
    s_territory (tx, "italy", "");
    s_territory (tx, "milan", "italy");
    s_territory (tx, "centre", "milan");
    s_person (tx, "carla", false);
    s_person (tx, "dario", false);
    return tx;
}

static on_call_duty_t
s_duty (const char *person_id, int rank, const char *first_on, const char *starts, const char *ends_on,
    const char *ends, int every_weeks)
{
    return (on_call_duty_t) {
        .base = on_call_duty_init, .person_id = (char *) person_id, .rank = rank, .first_on = (char *) first_on,
        .starts = (char *) starts, .ends_on = (char *) ends_on, .ends = (char *) ends, .every_weeks = every_weeks };
}

static void
s_publish (tx_t *tx, const char *roster_id, const char *territory_id, const char *fallback_id, on_call_duty_t *duties,
    size_t count)
{
    on_call_duty_t *list [8];
    for (size_t i = 0; i < count; i++)
        list [i] = &duties [i];
    on_call_roster_details_t details = {
        .base = on_call_roster_details_init, .name = "Nights", .territory_id = (char *) territory_id, .role = "on_call",
        .n_duties = count, .duties = list, .fallback_person_id = (char *) fallback_id };
    run (tx, publish_on_call_roster (.roster_id = (char *) roster_id, .details = &details));
}

static const on_call_people_t *
s_ask (tx_t *tx, const char *territory_id, int64_t at)
{
    run (tx, who_is_on_call (.territory_id = (char *) territory_id, .role = "on_call", .at = at));
    return answer (tx, on_call_people);
}

static int64_t
s_rome (const char *date_on, int hour, int minute)
{
    return at ("Europe/Rome", date_on, hour, minute);
}

/* "" when nobody is. */
static const char *
s_first (tx_t *tx, const char *territory_id, int64_t at)
{
    const on_call_people_t *people = s_ask (tx, territory_id, at);
    return people->n_people ? people->people [0]->person_id : "";
}

static void
test_g1_a_weekly_rotation_tells_who_is_on_call_at_any_instant_and_who_is_next (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    on_call_duty_t duties [] = {
        s_duty ("anna", 0, "2026-06-01", "08:00", "2026-06-08", "08:00", 2),
        s_duty ("bo", 0, "2026-06-08", "08:00", "2026-06-15", "08:00", 2) };
    s_publish (tx, "nights", "milan", "", duties, 2);
    assert_accepted (tx);
    assert_string_equal (s_first (tx, "milan", s_rome ("2026-06-08", 7, 59)), "anna");
    assert_string_equal (s_first (tx, "milan", s_rome ("2026-06-08", 8, 0)), "bo");
    assert_string_equal (s_first (tx, "milan", s_rome ("2027-11-24", 3, 0)), "bo");
    assert_string_equal (s_first (tx, "milan", s_rome ("2027-12-01", 3, 0)), "anna");
    const on_call_people_t *people = s_ask (tx, "milan", s_rome ("2026-06-10", 12, 0));
    assert_int_equal (people->n_people, 1);
    assert_int_equal (people->people [0]->to_at, s_rome ("2026-06-15", 8, 0));
    assert_string_equal (people->next->person_id, "anna");
    assert_int_equal (people->next->from_at, s_rome ("2026-06-15", 8, 0));
    assert_string_equal (s_first (tx, "milan", s_rome ("2026-05-31", 12, 0)), "");
    tx_fake_destroy (&tx);
}

static void
test_g1_a_duty_follows_the_wall_on_the_nights_when_clocks_change (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    on_call_duty_t duties [] = { s_duty ("anna", 0, "2026-03-21", "22:00", "2026-03-22", "06:00", 1) };
    s_publish (tx, "nights", "milan", "", duties, 1);
    const on_call_person_t *spring = s_ask (tx, "milan", s_rome ("2026-03-28", 23, 0))->people [0];
    assert_int_equal (spring->to_at - spring->from_at, 7 * HOUR);
    const on_call_person_t *autumn = s_ask (tx, "milan", s_rome ("2026-10-24", 23, 0))->people [0];
    assert_int_equal (autumn->to_at - autumn->from_at, 9 * HOUR);
    assert_string_equal (s_first (tx, "milan", s_rome ("2026-10-25", 5, 59)), "anna");
    assert_string_equal (s_first (tx, "milan", s_rome ("2026-10-25", 6, 0)), "");
    tx_fake_destroy (&tx);
}

static void
test_g1_of_several_on_duty_the_lowest_rank_is_called_first_and_who_is_away_is_left_out (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    on_call_duty_t duties [] = {
        s_duty ("carla", 2, "2026-06-01", "00:00", "2026-07-01", "00:00", 0),
        s_duty ("anna", 1, "2026-06-01", "00:00", "2026-07-01", "00:00", 0),
        s_duty ("bo", 1, "2026-06-01", "00:00", "2026-07-01", "00:00", 0) };
    s_publish (tx, "nights", "milan", "", duties, 3);
    const on_call_people_t *people = s_ask (tx, "milan", s_rome ("2026-06-10", 12, 0));
    assert_int_equal (people->n_people, 3);
    assert_string_equal (people->people [0]->person_id, "anna");
    assert_string_equal (people->people [1]->person_id, "bo");
    assert_string_equal (people->people [2]->person_id, "carla");
    run (tx, record_absence (.absence_id = "x1", .engineer_id = "anna", .from_at = s_rome ("2026-06-10", 0, 0),
        .to_at = s_rome ("2026-06-11", 0, 0)));
    run (tx, record_absence (.absence_id = "x2", .engineer_id = "carla", .from_at = s_rome ("2026-06-10", 0, 0),
        .to_at = s_rome ("2026-06-11", 0, 0)));
    assert_accepted (tx);
    people = s_ask (tx, "milan", s_rome ("2026-06-10", 12, 0));
    assert_int_equal (people->n_people, 1);
    assert_string_equal (people->people [0]->person_id, "bo");
    assert_string_equal (s_first (tx, "milan", s_rome ("2026-06-11", 0, 0)), "anna");
    s_person (tx, "carla", true);
    assert_int_equal (s_ask (tx, "milan", s_rome ("2026-06-12", 0, 0))->n_people, 2);
    tx_fake_destroy (&tx);
}

static void
test_g1_where_nobody_is_on_duty_the_territory_above_counts_and_then_the_fallback (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    on_call_duty_t milan [] = { s_duty ("anna", 0, "2026-06-09", "00:00", "2026-06-10", "00:00", 0) };
    on_call_duty_t italy [] = { s_duty ("carla", 0, "2026-06-08", "00:00", "2026-06-15", "00:00", 0) };
    s_publish (tx, "milan", "milan", "bo", milan, 1);
    s_publish (tx, "italy", "italy", "dario", italy, 1);
    const on_call_people_t *people = s_ask (tx, "centre", s_rome ("2026-06-09", 12, 0));
    assert_int_equal (people->n_people, 4);
    assert_string_equal (people->people [0]->person_id, "anna");
    assert_string_equal (people->people [0]->territory_id, "milan");
    assert_string_equal (people->people [1]->person_id, "carla");
    assert_string_equal (people->people [1]->roster_id, "italy");
    assert_string_equal (people->people [2]->person_id, "bo");
    assert_true (people->people [2]->is_fallback);
    assert_string_equal (people->people [3]->person_id, "dario");
    assert_string_equal (s_first (tx, "centre", s_rome ("2026-06-11", 12, 0)), "carla");
    assert_string_equal (s_first (tx, "centre", s_rome ("2026-06-20", 12, 0)), "bo");
    assert_string_equal (s_first (tx, "italy", s_rome ("2026-06-20", 12, 0)), "dario");
    tx_fake_destroy (&tx);
}

static void
test_g1_a_roster_is_published_in_full_with_its_gaps_and_the_same_again_says_nothing (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    on_call_duty_t duties [] = {
        s_duty ("anna", 0, "2026-06-08", "00:00", "2026-06-13", "00:00", 1),
        s_duty ("bo", 1, "2026-06-12", "12:00", "2026-06-14", "18:00", 1) };
    s_publish (tx, "nights", "milan", "carla", duties, 2);
    assert_accepted (tx);
    const on_call_roster_published_t *event = emitted (tx, on_call_roster_published);
    assert_int_equal (event->version, 1);
    assert_int_equal (event->details->n_duties, 2);
    assert_string_equal (event->details->fallback_person_id, "carla");
    assert_int_equal (event->n_gaps, 4);
    assert_int_equal (event->gaps [0]->from_at, s_rome ("2026-06-14", 18, 0));
    assert_int_equal (event->gaps [0]->to_at, s_rome ("2026-06-15", 0, 0));
    s_publish (tx, "nights", "milan", "carla", duties, 2);
    assert_accepted (tx);
    assert_int_equal (tx_fake_emitted_total (tx), 0);
    duties [1].ends_on = "2026-06-15", duties [1].ends = "00:00";
    s_publish (tx, "nights", "milan", "carla", duties, 2);
    assert_int_equal (emitted (tx, on_call_roster_published)->version, 2);
    assert_int_equal (emitted (tx, on_call_roster_published)->n_gaps, 0);
    tx_fake_destroy (&tx);
}

static void
test_g1_a_retired_roster_calls_nobody_and_makes_room_for_another (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    on_call_duty_t duties [] = { s_duty ("anna", 0, "2026-06-01", "00:00", "2026-07-01", "00:00", 0) };
    on_call_duty_t *list [] = { &duties [0] };
    s_publish (tx, "nights", "milan", "", duties, 1);
    s_publish (tx, "others", "milan", "", duties, 1);
    assert_rejected (tx, "roster.twice");
    on_call_roster_details_t details = {
        .base = on_call_roster_details_init, .territory_id = "milan", .role = "on_call", .n_duties = 1, .duties = list,
        .retired = true };
    run (tx, publish_on_call_roster (.roster_id = "nights", .details = &details));
    assert_accepted (tx);
    assert_string_equal (s_first (tx, "milan", s_rome ("2026-06-10", 12, 0)), "");
    s_publish (tx, "others", "milan", "", duties, 1);
    assert_accepted (tx);
    tx_fake_destroy (&tx);
}

static void
test_a_roster_that_makes_no_sense_is_refused_with_the_duty_that_is_wrong (void **state)
{
    (void) state;
    tx_t *tx = s_world ();
    const struct { on_call_duty_t duty; const char *code; } wrong [] = {
        { s_duty ("nobody", 0, "2026-06-01", "08:00", "2026-06-08", "08:00", 1), "person.unknown" },
        { s_duty ("anna", -1, "2026-06-01", "08:00", "2026-06-08", "08:00", 1), "rank.invalid" },
        { s_duty ("anna", 0, "2026-06-31", "08:00", "2026-06-08", "08:00", 1), "duty.invalid" },
        { s_duty ("anna", 0, "2026-06-01", "8 am", "2026-06-08", "08:00", 1), "duty.invalid" },
        { s_duty ("anna", 0, "2026-06-01", "08:00", "2026-06-01", "08:00", 1), "duty.invalid" },
        { s_duty ("anna", 0, "2026-06-01", "08:00", "2026-06-08", "08:01", 1), "duty.invalid" },
        { s_duty ("anna", 0, "2026-06-01", "08:00", "2026-06-08", "08:00", 53), "duty.invalid" },
        { s_duty ("anna", 0, "2026-06-01", "08:00", "2027-06-08", "08:00", 0), "duty.invalid" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        on_call_duty_t duty = wrong [i].duty;
        s_publish (tx, "nights", "milan", "", &duty, 1);
        assert_rejected (tx, wrong [i].code);
    }
    s_person (tx, "carla", true);
    s_publish (tx, "nights", "milan", "carla", NULL, 0);
    assert_rejected (tx, "person.unknown");
    s_publish (tx, "nights", "rome", "", NULL, 0);
    assert_rejected (tx, "territory.unknown");
    run (tx, publish_on_call_roster (.roster_id = "nights"));
    assert_rejected (tx, "details.missing");
    run (tx, who_is_on_call (.territory_id = "rome", .role = "on_call"));
    assert_rejected (tx, "territory.unknown");
    assert_int_equal (stored_count (tx, on_call_roster), 0);
    tx_fake_destroy (&tx);
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_g1_a_weekly_rotation_tells_who_is_on_call_at_any_instant_and_who_is_next),
        cmocka_unit_test (test_g1_a_duty_follows_the_wall_on_the_nights_when_clocks_change),
        cmocka_unit_test (test_g1_of_several_on_duty_the_lowest_rank_is_called_first_and_who_is_away_is_left_out),
        cmocka_unit_test (test_g1_where_nobody_is_on_duty_the_territory_above_counts_and_then_the_fallback),
        cmocka_unit_test (test_g1_a_roster_is_published_in_full_with_its_gaps_and_the_same_again_says_nothing),
        cmocka_unit_test (test_g1_a_retired_roster_calls_nobody_and_makes_room_for_another),
        cmocka_unit_test (test_a_roster_that_makes_no_sense_is_refused_with_the_duty_that_is_wrong),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
