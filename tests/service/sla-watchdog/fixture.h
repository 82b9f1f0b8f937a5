/* fixture - a company with two territories, their calendars and plain plans, for the tests of the sla-watchdog. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "calendar/date.h"
#include "calendars.h"
#include "sla-watchdog.h"
#include "testing.h"

#define MINUTE_MS INT64_C (60000)
#define HOUR_MS   INT64_C (3600000)
#define OPEN_MONDAY INT64_C (1780900200000)     /* 2026-06-08 08:30 in Rome */

/* UTC. */
static inline int64_t
utc (int year, int month, int day, int hour, int minute)
{
    return date_from_ymd (year, month, day) * DATE_DAY_MS + DATE_HM (hour, minute);
}

/* Monday to Friday, one interval a day. */
static inline void
publish_hours (tx_t *tx, const char *id, int64_t version, const char *zone, const char *start, const char *end,
    const char *holiday_on)
{
    weekly_interval_t days [5];
    weekly_interval_t *weekly [5];
    for (int i = 0; i < 5; i++) {
        days [i] = (weekly_interval_t) {
            .base = weekly_interval_init, .weekday = i + 1, .start = (char *) start, .end = (char *) end
        };
        weekly [i] = &days [i];
    }
    calendar_exception_t holiday = { .base = calendar_exception_init, .date_on = (char *) holiday_on };
    calendar_exception_t *exceptions [] = { &holiday };
    calendar_details_t details = {
        .base = calendar_details_init, .name = (char *) id, .time_zone = (char *) zone, .weekly = weekly, .n_weekly = 5,
        .exceptions = exceptions, .n_exceptions = holiday_on ? 1 : 0
    };
    run (tx, calendar_published (.calendar_id = (char *) id, .details = &details, .version = version));
}

static inline void
publish_territory (tx_t *tx, const char *id, const char *zone, const char *calendar_id)
{
    territory_details_t details = {
        .base = territory_details_init, .name = (char *) id, .time_zone = (char *) zone,
        .calendar_id = (char *) calendar_id
    };
    run (tx, territory_published (.territory_id = (char *) id, .details = &details, .version = 1));
}

/* What a publication has set going is done, one case after the other. */
static inline void
settle (tx_t *tx)
{
    tx_fake_advance (tx, tx_now (tx));
}

/* A plan of one target, which the test may change before it is published. */
typedef struct {
    sla_plan_details_t details;
    sla_target_spec_t specs [8];
    sla_target_spec_t *targets [8];
    wait_reason_t reasons [8];
    int32_t percents [4];
    char *tiers [1];
} plan_t;

static inline sla_target_spec_t *
add_target (plan_t *plan, milestone_t milestone, budget_type_t type, int64_t budget_ms)
{
    sla_target_spec_t *spec = &plan->specs [plan->details.n_targets];
    *spec = (sla_target_spec_t) {
        .base = sla_target_spec_init, .milestone = milestone, .budget_type = type, .budget_ms = budget_ms
    };
    plan->targets [plan->details.n_targets++] = spec;
    plan->details.targets = plan->targets;
    return spec;
}

static inline sla_target_spec_t *
plan_default (plan_t *plan, milestone_t milestone, budget_type_t type, int64_t budget_ms)
{
    *plan = (plan_t) {
        .details = { .base = sla_plan_details_init, .name = "Standard", .order = 100, .is_default = true }
    };
    return add_target (plan, milestone, type, budget_ms);
}

static inline void
pause_on (plan_t *plan, sla_target_spec_t *spec, wait_reason_t reason)
{
    plan->reasons [0] = reason;
    spec->pause_reasons = plan->reasons;
    spec->n_pause_reasons = 1;
}

static inline void
publish (tx_t *tx, const char *plan_id, plan_t *plan)
{
    run (tx, publish_sla_plan (.plan_id = (char *) plan_id, .details = &plan->details));
}

/* Rome and Shanghai, 8:30 to 17:00. */
static inline tx_t *
company (void)
{
    calendars_forget ();
    tx_t *tx = tx_fake (&fettle_service);
    publish_hours (tx, "it", 1, "Europe/Rome", "08:30", "17:00", NULL);
    publish_hours (tx, "cn", 1, "Asia/Shanghai", "08:30", "17:00", NULL);
    publish_territory (tx, "milan", "Europe/Rome", "it");
    publish_territory (tx, "beijing", "Asia/Shanghai", "cn");
    return tx;
}

static inline int
company_close (void **state)
{
    tx_fake_destroy ((tx_t **) state);
    return 0;
}

static inline void
accept_at (tx_t *tx, const char *id, const char *territory, int64_t at)
{
    run_at (tx, at, service_request_accepted (.request_id = (char *) id, .type = REQUEST_TYPE_REPAIR,
        .customer_id = "c1", .site_id = "s1", .territory_id = (char *) territory, .region_class = REGION_CLASS_CITY,
        .accepted_at = at, .tier = SUPPORT_TIER_PHONE));
}

static inline void
triage_at (tx_t *tx, const char *id, int level, int64_t at)
{
    run_at (tx, at, service_request_triaged (.request_id = (char *) id, .fault_level = level, .priority = 10));
}

/* The clock stands at `at`, the request comes in and is triaged. */
static inline void
request (tx_t *tx, const char *id, int level, int64_t at)
{
    tx_fake_now (tx, at);
    accept_at (tx, id, "milan", at);
    triage_at (tx, id, level, at);
}

static inline void
wait_from (tx_t *tx, const char *id, wait_reason_t reason, int64_t at)
{
    run_at (tx, at, case_waiting_started (.case_id = (char *) id, .reason = reason, .holder = "c1", .started_at = at));
}

static inline void
wait_until (tx_t *tx, const char *id, wait_reason_t reason, int64_t at)
{
    run_at (tx, at, case_waiting_ended (.case_id = (char *) id, .reason = reason, .ended_at = at));
}

static inline void
arrive (tx_t *tx, const char *id, int64_t at)
{
    run_at (tx, at, visit_arrived (.visit_id = "v1", .work_order_id = "w1", .arrived_at = at,
        .request_id = (char *) id));
}

/* One target, to arrive, that stops while the customer is waited for. */
static inline void
arrive_plan (tx_t *tx, budget_type_t type, int64_t budget_ms)
{
    plan_t plan;
    sla_target_spec_t *spec = plan_default (&plan, MILESTONE_ARRIVE, type, budget_ms);
    pause_on (&plan, spec, WAIT_REASON_CUSTOMER);
    publish (tx, "standard", &plan);
    assert_accepted (tx);
}

#define assert_at(actual, expected) assert_int_equal ((int64_t) (actual), (int64_t) (expected))
