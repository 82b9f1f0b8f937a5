/* world - a small company for the dispatcher's tests: Milan, its shift, a site in the centre, and
 * engineers around it. It is Monday 2026-06-08, 08:00 UTC, 10:00 in Milan; the shift is open 08:00
 * to 18:00 from Monday to Friday. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "calendars.h"
#include "dispatcher.h"
#include "testing.h"

#define NOW         INT64_C (1780905600000)
#define MINUTE      INT64_C (60000)
#define HOUR        (60 * MINUTE)
#define DAY         (24 * HOUR)

#define UNUSED __attribute__ ((unused))
#define PART(type, ...) ((type##_t *) type (__VA_ARGS__))
#define POINT(latitude_, longitude_) PART (geo_point, .latitude = latitude_, .longitude = longitude_)
#define SKILL(skill_, level_, ...) PART (skill_level, .skill = skill_, .level = level_, __VA_ARGS__)

UNUSED static void
s_office_hours (tx_t *tx, const char *calendar_id, const char *zone)
{
    weekly_interval_t days [5], *weekly [5];
    for (int i = 0; i < 5; i++) {
        days [i] = *PART (weekly_interval, .weekday = i + 1, .start = "08:00", .end = "18:00");
        weekly [i] = &days [i];
    }
    run (tx, calendar_published (.calendar_id = (char *) calendar_id, .version = 1,
         .details = PART (calendar_details, .name = "office", .time_zone = (char *) zone,
         .n_weekly = 5, .weekly = weekly)));
}

UNUSED static tx_t *
world_new (void)
{
    tx_t *tx = tx_fake (&fettle_service);
    run (tx, territory_published (.territory_id = "italy", .version = 1,
         .details = PART (territory_details, .name = "Italy", .time_zone = "Europe/Rome",
         .language = LANGUAGE_IT)));
    run (tx, territory_published (.territory_id = "milan", .version = 1,
         .details = PART (territory_details, .name = "Milan", .parent_id = "italy",
         .time_zone = "Europe/Rome", .language = LANGUAGE_IT)));
    run (tx, territory_published (.territory_id = "rome", .version = 1,
         .details = PART (territory_details, .name = "Rome", .parent_id = "italy",
         .time_zone = "Europe/Rome", .language = LANGUAGE_IT)));
    s_office_hours (tx, "office", "Europe/Rome");
    run (tx, customer_registered (.customer_id = "c1", .version = 1,
         .details = PART (customer_details, .name = "Bar Centrale", .language = LANGUAGE_EN)));
    run (tx, site_published (.site_id = "s1", .version = 1, .time_zone = "Europe/Rome",
         .details = PART (site_details, .customer_id = "c1", .name = "Centro",
         .address = "Piazza del Duomo 1", .territory_id = "milan",
         .point = POINT (45.4642, 9.1900))));
    run (tx, asset_published (.asset_id = "a1", .version = 1, .details = PART (asset_details,
         .customer_id = "c1", .site_id = "s1", .model = "Boiler 9", .device_type = "boiler",
         .serial = "B9-77")));
    return tx;
}

/* An engineer north of the site by so many hundredths of a degree (1.112 km each), with one
 * skill. */
UNUSED static void
engineer_is (tx_t *tx, const char *id, double north, const char *skill, int level)
{
    skill_level_t *skills [] = { SKILL ((char *) skill, level) };
    run (tx, register_engineer (.engineer_id = (char *) id, .details = PART (engineer_details,
         .name = (char *) id, .territory_id = "milan", .n_skills = 1, .skills = skills,
         .home = POINT (45.4642 + north / 100, 9.1900), .van_location_id = "van-1")));
    assert_string_equal (tx_fake_code (tx), "");
    run (tx, shift_assigned (.engineer_id = (char *) id, .calendar_id = "office"));
}

/* A repair for request r that needs gas at level 2 and an hour; returns the order's id, kept by the
 * caller's buffer. */
UNUSED static char *
order_is (tx_t *tx, const char *request_id, char ret_id [64])
{
    skill_level_t *skills [] = { SKILL ("gas", 2) };
    run (tx, work_order_requested (
         .request_id = (char *) request_id, .type = REQUEST_TYPE_REPAIR, .customer_id = "c1",
         .site_id = "s1", .asset_id = "a1", .territory_id = "milan", .fault_level = 2,
         .priority = 20, .diagnosis = "no heat", .n_skills = 1, .skills = skills,
         .work_minutes = 60));
    const work_order_created_t *created = emitted (tx, work_order_created);
    assert_non_null (created);
    snprintf (ret_id, 64, "%s", created->work_order_id);
    return ret_id;
}

UNUSED static void
ready_is (tx_t *tx, const char *order_id)
{
    run (tx, readiness_changed (.work_order_id = (char *) order_id, .ready = true));
}

UNUSED static char *
visit_of (tx_t *tx, const char *order_id, char ret_id [64])
{
    const work_order_t *order = stored (tx, work_order, order_id);
    assert_non_null (order);
    snprintf (ret_id, 64, "%s", order->open_visit_id);
    return ret_id;
}

UNUSED static const visit_t *
visit_row (tx_t *tx, const char *visit_id)
{
    const visit_t *visit = stored (tx, visit, visit_id);
    assert_non_null (visit);
    return visit;
}

/* The scheduler gives the time. */
UNUSED static void
booking_is_held (tx_t *tx, const char *visit_id)
{
    run (tx, booking_held (.booking_id = (char *) visit_id));
    assert_non_null (emitted (tx, visit_offered));
}

/* From nothing to an accepted visit of engineer ann, the only one there is unless others were made
 * before. */
UNUSED static char *
accepted_visit (tx_t *tx, char ret_order_id [64], char ret_visit_id [64])
{
    engineer_is (tx, "ann", 1, "gas", 2);
    ready_is (tx, order_is (tx, "r1", ret_order_id));
    visit_of (tx, ret_order_id, ret_visit_id);
    booking_is_held (tx, ret_visit_id);
    run (tx, accept_visit (.visit_id = ret_visit_id, .engineer_id = "ann"));
    assert_string_equal (tx_fake_code (tx), "");
    return ret_visit_id;
}

/* On to work at the site: travel at 08:10 UTC, arrival at 08:30, work from 08:40. */
UNUSED static void
work_begins (tx_t *tx, const char *visit_id)
{
    tx_fake_now (tx, NOW + 10 * MINUTE);
    run (tx, start_travel (.visit_id = (char *) visit_id, .engineer_id = "ann"));
    tx_fake_now (tx, NOW + 30 * MINUTE);
    run (tx, arrive_at_site (.visit_id = (char *) visit_id, .engineer_id = "ann",
        .point = POINT (45.4642, 9.1901)));
    tx_fake_now (tx, NOW + 40 * MINUTE);
    run (tx, start_work (.visit_id = (char *) visit_id, .engineer_id = "ann"));
    assert_string_equal (tx_fake_code (tx), "");
}

UNUSED static void
work_ends (tx_t *tx, const char *visit_id, bool work_remains)
{
    tx_fake_now (tx, NOW + 100 * MINUTE);
    run (tx, finish_work (.visit_id = (char *) visit_id, .engineer_id = "ann",
        .work_remains = work_remains));
    assert_string_equal (tx_fake_code (tx), "");
}

UNUSED static int
s_setup (void **state)
{
    *state = world_new ();
    return 0;
}

UNUSED static int
s_teardown (void **state)
{
    tx_fake_destroy ((tx_t **) state);
    calendars_forget ();
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown (name, s_setup, s_teardown)
