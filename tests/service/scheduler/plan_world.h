/* plan_world - maintenance plans for tests: one plan, its dates, and a clock that sleeps and wakes up. */
#pragma once
#include "world.h"

static inline maintenance_plan_details_t
s_plan (recurrence_kind_t recurrence, const char *first_on)
{
    maintenance_plan_details_t details = {
        .base = maintenance_plan_details_init, .name = "boiler", .asset_id = "boiler-1", .site_id = "s1",
        .recurrence = recurrence, .first_on = (char *) first_on, .time_of_day = "09:00", .lead_ms = 7 * DAY,
        .tolerance_ms = 2 * DAY, .description = "inspect", .until_on = "", .work_minutes = 90 };
    return details;
}

static inline tx_t *
s_world (void)
{
    tx_t *tx = world ();
    given (tx, site, {
        .id = "s1", .customer_id = "acme", .territory_id = "north", .time_zone = "Europe/Rome", .has_location = true });
    given (tx, asset, { .id = "boiler-1", .site_id = "s1" });
    return tx;
}

static inline void
s_publish (tx_t *tx, maintenance_plan_details_t details)
{
    run (tx, publish_maintenance_plan (.plan_id = "p1", .details = &details));
}

/* Lets the time pass and returns the dates generated on the way, with a space between. */
static inline const char *
s_dates (tx_t *tx, int64_t until_at)
{
    static char text [2000];
    text [0] = '\0';
    tx_fake_advance (tx, until_at);
    for (int i = 0; i < emitted_count (tx, occurrence_generated); i++)
        snprintf (text + strlen (text), sizeof text - strlen (text), "%s%s", i ? " " : "",
            emitted_nth (tx, occurrence_generated, i)->due_on);
    return text;
}

static inline int64_t
s_rome (const char *date_on, int hour)
{
    return at ("Europe/Rome", date_on, hour, 0);
}

static inline void
s_complete (tx_t *tx, const char *occurrence_id, int64_t completed_at)
{
    run (tx, work_order_completed (.work_order_id = "w1", .occurrence_id = (char *) occurrence_id,
        .completed_at = completed_at));
}

/* As if nothing had run until this instant. */
static inline void
s_wake_up_at (tx_t *tx, int64_t now)
{
    tx_fake_now (tx, now);
    tx_fake_advance (tx, now);
}
