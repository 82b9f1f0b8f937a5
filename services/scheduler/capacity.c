/* capacity.c - how many hours there are and how many are given away, by engineer, territory and week. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

enum { WEEKS_MAX = 12, WEEKS_PUBLISHED = 4, OVERLOADED_PERCENT = 90 };
#define MINUTE_MS INT64_C (60000)

int64_t
capacity_common_ms (calendar_t *hours, const interval_t *span, int64_t from_at, int64_t to_at)
{
    from_at = from_at > span->from_at ? from_at : span->from_at;
    to_at = to_at < span->to_at ? to_at : span->to_at;
    return from_at >= to_at ? 0 : hours ? calendar_between (hours, from_at, to_at) : to_at - from_at;
}

static load_t
s_load (tx_t *tx, const char *engineer_id, const interval_t *span)
{
    list_t absences = tx_find (tx, absence, open_engineer_id, engineer_id);
    list_t bookings = tx_find (tx, booking, open_resource_id, engineer_id);
    calendar_t *hours = engineer_hours (tx, engineer_id);
    const engineer_t *engineer = tx_get (tx, engineer, engineer_id);
    if (engineer && engineer->retired)
        hours = NULL;
    load_t load = { .open_ms = hours ? calendar_between (hours, span->from_at, span->to_at) : 0 };
    EACH (absence, absence, absences)
        if (hours && !is_empty (absence->open_engineer_id))
            load.open_ms -= capacity_common_ms (hours, span, absence->from_at, absence->to_at);
    EACH (booking, booking, bookings)
        if (booking->kind == KIND_ENGINEER)
            load.booked_ms += capacity_common_ms (NULL, span, booking->starts_at, booking->ends_at);
    if (load.open_ms < 0)
        load.open_ms = 0;
    return load;
}

/* Asked for at once: what everybody costs is a few round trips, however many they are. */
static void
s_expect (tx_t *tx, list_t engineers)
{
    EACH (engineer, engineer, engineers) {
        tx_expect_find (tx, absence, open_engineer_id, engineer->id);
        tx_expect_find (tx, booking, open_resource_id, engineer->id);
        tx_expect (tx, shift, engineer->id);
    }
}

load_t
capacity_of (tx_t *tx, list_t engineers, const interval_t *span)
{
    load_t total = { 0 };
    s_expect (tx, engineers);
    EACH (engineer, engineer, engineers) {
        load_t load = s_load (tx, engineer->id, span);
        total.open_ms += load.open_ms;
        total.booked_ms += load.booked_ms;
    }
    return total;
}

static bool
s_is_overloaded (load_t load)
{
    return load.booked_ms > 0 && load.booked_ms * 100 >= load.open_ms * OVERLOADED_PERCENT;
}

/* ---- weeks */

const zone_t *
capacity_zone (tx_t *tx, const char *territory_id)
{
    const territory_t *territory = tx_get (tx, territory, territory_id);
    const zone_t *zone = territory ? zone_find (territory->time_zone, NULL) : NULL;
    return zone ? zone : zone_find ("UTC", NULL);
}

int32_t
capacity_monday (int32_t date)
{
    return date - (int32_t) (date_weekday (date) - DATE_MONDAY);
}

/* What is left of the week. */
interval_t
capacity_span (tx_t *tx, const zone_t *zone, int32_t monday)
{
    interval_t span = { zone_at (zone, monday, 0), zone_at (zone, monday + 7, 0) };
    if (span.from_at < tx_now (tx))
        span.from_at = tx_now (tx) < span.to_at ? tx_now (tx) : span.to_at;
    return span;
}

static void
s_add (tx_t *tx, capacity_week_t *week, const engineer_t *engineer, load_t load)
{
    engineer_capacity_t *shown = arena_alloc (tx_arena (tx), sizeof *shown);
    *shown = (engineer_capacity_t) {
        .base = engineer_capacity_init, .engineer_id = engineer->id, .open_minutes = load.open_ms / MINUTE_MS,
        .booked_minutes = load.booked_ms / MINUTE_MS, .overloaded = s_is_overloaded (load) };
    week->engineers [week->n_engineers++] = shown;
}

typedef struct { const zone_t *zone; list_t engineers; bool only_overloaded; } question_t;

static capacity_week_t *
s_week (tx_t *tx, const question_t *question, int32_t monday)
{
    capacity_week_t *week = arena_alloc (tx_arena (tx), sizeof *week);
    interval_t span = capacity_span (tx, question->zone, monday);
    load_t total = capacity_of (tx, question->engineers, &span);
    char text [DATE_TEXT_SIZE];
    *week = (capacity_week_t) {
        .base = capacity_week_init, .week_on = tx_printf (tx, "%s", date_format (monday, text)),
        .engineers = arena_array (tx_arena (tx), (size_t) question->engineers.count + 1, sizeof *week->engineers) };
    EACH (engineer, engineer, question->engineers) {
        load_t load = s_load (tx, engineer->id, &span);
        if (!question->only_overloaded || s_is_overloaded (load))
            s_add (tx, week, engineer, load);
    }
    week->open_minutes = total.open_ms / MINUTE_MS;
    week->booked_minutes = total.booked_ms / MINUTE_MS;
    week->free_minutes = total.open_ms > total.booked_ms ? (total.open_ms - total.booked_ms) / MINUTE_MS : 0;
    week->overloaded = s_is_overloaded (total);
    return week;
}

static capacity_week_t **
s_weeks (tx_t *tx, const question_t *question, int32_t monday, int count)
{
    capacity_week_t **weeks = arena_array (tx_arena (tx), (size_t) count, sizeof *weeks);
    for (int i = 0; i < count; i++)
        weeks [i] = s_week (tx, question, monday + 7 * i);
    return weeks;
}

/* ---- asked */

static bool
s_people (tx_t *tx, const get_capacity_t *query, list_t *ret_engineers)
{
    if (is_empty (query->engineer_id)) {
        if (!valid_id (tx, "territory_id", query->territory_id))
            return false;
        if (!tx_get (tx, territory, query->territory_id))
            return tx_reject (tx, "territory.unknown", "no territory %s: register it first",
                query->territory_id), false;
        *ret_engineers = tx_find (tx, engineer, territory_id, query->territory_id);
        return true;
    }
    engineer_t *engineer = engineer_of_command (tx, query->engineer_id);
    void **one = arena_array (tx_arena (tx), 2, sizeof *one);
    one [0] = engineer;
    *ret_engineers = (list_t) { one, 1 };
    return engineer;
}

void
on_get_capacity (tx_t *tx, const get_capacity_t *query)
{
    question_t question = { 0 };
    if (!valid_int (tx, "weeks", query->weeks, 0, WEEKS_MAX)
        || !valid_optional_id (tx, "territory_id", query->territory_id)
        || (!is_empty (query->week_on) && !valid_date (tx, "week_on", query->week_on))
        || !s_people (tx, query, &question.engineers))
        return;
    const engineer_t *first = question.engineers.count ? question.engineers.rows [0] : NULL;
    bool is_of_one = is_empty (query->territory_id) && first;
    question.zone = capacity_zone (tx, is_of_one ? first->territory_id : query->territory_id);
    int32_t date = is_empty (query->week_on) ? zone_date (question.zone, tx_now (tx), NULL)
        : date_parse (query->week_on);
    int count = query->weeks ? query->weeks : 1;
    tx_answer (tx, capacity (
        .territory_id = query->territory_id, .engineer_id = query->engineer_id, .n_weeks = (size_t) count,
        .weeks = s_weeks (tx, &question, capacity_monday (date), count)));
}

/* ---- published */

static void
s_set_timer (tx_t *tx, const territory_t *territory)
{
    const zone_t *zone = capacity_zone (tx, territory->id);
    tx_timer_set (tx, "capacity", territory->id, zone_at (zone, zone_date (zone, tx_now (tx), NULL) + 1, 0));
}

void
capacity_begin (tx_t *tx, const territory_t *territory)
{
    s_set_timer (tx, territory);
}

void
on_capacity_day (tx_t *tx, const wakeup_t *wakeup)
{
    const territory_t *territory = tx_get (tx, territory, wakeup->id);
    if (!territory)
        return;
    question_t question = {
        .zone = capacity_zone (tx, territory->id), .engineers = tx_find (tx, engineer, territory_id, territory->id),
        .only_overloaded = true };
    int32_t monday = capacity_monday (zone_date (question.zone, tx_now (tx), NULL));
    capacity_week_t **weeks = s_weeks (tx, &question, monday, WEEKS_PUBLISHED);
    s_set_timer (tx, territory);
    tx_emit (tx, capacity_published (
        .territory_id = territory->id, .n_weeks = WEEKS_PUBLISHED, .weeks = weeks, .published_at = tx_now (tx)));
}
