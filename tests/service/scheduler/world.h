/* world - a small company for the scheduler's tests. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "scheduler.h"
#include "testing.h"

#define MONDAY_AT   INT64_C (1780905600000)     /* 2026-06-08T08:00:00Z, when every test begins */
#define MINUTE      INT64_C (60000)
#define HOUR        (60 * MINUTE)
#define DAY         (24 * HOUR)

/* An instant of a day in a zone. */
static inline int64_t
at (const char *zone, const char *date_on, int hour, int minute)
{
    return zone_at (zone_find (zone, NULL), date_parse (date_on), DATE_HM (hour, minute));
}

/* Monday to Friday from start to end, "" and "": no hours of its own. */
static inline void
publish_hours (tx_t *tx, const char *id, const char *zone, const char *parent_id, const char *start, const char *end)
{
    weekly_interval_t days [5], *weekly [5];
    for (int i = 0; i < 5; i++) {
        days [i] = (weekly_interval_t) {
            .base = weekly_interval_init, .weekday = i + 1, .start = (char *) start, .end = (char *) end };
        weekly [i] = &days [i];
    }
    calendar_details_t details = {
        .base = calendar_details_init, .name = (char *) id, .time_zone = (char *) zone, .parent_id = (char *) parent_id,
        .n_weekly = *start ? 5 : 0, .weekly = weekly };
    run (tx, publish_calendar (.calendar_id = (char *) id, .details = &details));
}

/* Engineer "anna" who works Monday to Friday 08:00 to 17:00 UTC. */
static inline tx_t *
world (void)
{
    tx_t *tx = tx_fake (&fettle_service);
    publish_hours (tx, "office", "UTC", "", "08:00", "17:00");
    assert_accepted (tx);
    given (tx, engineer, { .id = "anna", .territory_id = "north" });
    given (tx, engineer, { .id = "bo", .territory_id = "north" });
    given (tx, shift, { .id = "anna", .calendar_id = "office" });
    return tx;
}

static inline void
propose (tx_t *tx, const char *visit_id, int64_t starts_at, int64_t ends_at)
{
    run (tx, visit_proposed (.visit_id = (char *) visit_id, .work_order_id = "w1", .engineer_id = "anna",
        .starts_at = starts_at, .work_starts_at = starts_at, .ends_at = ends_at));
}

static inline void
accept_proposed (tx_t *tx, const char *visit_id)
{
    run (tx, visit_accepted (.visit_id = (char *) visit_id, .engineer_id = "anna"));
}
