#include "on_call.h"
#include "calendar/date.h"
#include <string.h>

enum { WEEKS_MAX = 52, DUTY_DAYS_MAX = 366 };

/* ---- one duty */

static int64_t
s_starts_at (const on_call_duty_t *duty, const zone_t *zone, int64_t number)
{
    int64_t date = date_parse (duty->first_on) + number * 7 * duty->every_weeks;
    return zone_at (zone, (int32_t) date, date_parse_time (duty->starts));
}

static int64_t
s_ends_at (const on_call_duty_t *duty, const zone_t *zone, int64_t number)
{
    int64_t date = date_parse (duty->ends_on) + number * 7 * duty->every_weeks;
    return zone_at (zone, (int32_t) date, date_parse_time (duty->ends));
}

/* Whether the duty comes so often that there is a number-th one, counted from 0. */
static bool
s_has (const on_call_duty_t *duty, int64_t number)
{
    if (number < 0 || (number > 0 && !duty->every_weeks))
        return false;
    int64_t date = date_parse (duty->first_on) + number * 7 * duty->every_weeks;
    return is_empty (duty->until_on) || date <= date_parse (duty->until_on);
}

/* The number of the last one that has begun by then, perhaps off by one. */
static int64_t
s_number (const on_call_duty_t *duty, const zone_t *zone, int64_t at)
{
    int64_t days = (int64_t) zone_date (zone, at, NULL) - date_parse (duty->first_on);
    return duty->every_weeks && days > 0 ? days / (7 * duty->every_weeks) : 0;
}

static void
s_tell (const on_call_duty_t *duty, const zone_t *zone, int64_t number, on_call_t *ret)
{
    *ret = (on_call_t) {
        .person_id = duty->person_id, .rank = duty->rank, .from_at = s_starts_at (duty, zone, number),
        .to_at = s_ends_at (duty, zone, number) };
}

/* A duty is no longer than its period, so it is this one or the one before. */
static bool
s_runs (const on_call_duty_t *duty, const zone_t *zone, int64_t at, on_call_t *ret)
{
    int64_t last = s_number (duty, zone, at);
    for (int64_t number = last; number >= last - 1; number--) {
        if (!s_has (duty, number))
            continue;
        s_tell (duty, zone, number, ret);
        if (ret->from_at <= at && at < ret->to_at)
            return true;
    }
    return false;
}

const char *
on_call_error (arena_t *arena, const on_call_duty_t *duty)
{
    int32_t first_on = date_parse (duty->first_on), ends_on = date_parse (duty->ends_on);
    int32_t starts = date_parse_time (duty->starts), ends = date_parse_time (duty->ends);
    if (first_on == DATE_NONE || ends_on == DATE_NONE)
        return arena_printf (arena, "first_on \"%s\" or ends_on \"%s\" is no date: write YYYY-MM-DD", duty->first_on,
            duty->ends_on);
    if (starts < 0 || ends < 0)
        return arena_printf (arena, "starts \"%s\" or ends \"%s\" is no time: write HH:MM", duty->starts, duty->ends);
    if (!is_empty (duty->until_on) && date_parse (duty->until_on) == DATE_NONE)
        return arena_printf (arena, "until_on \"%s\" is no date: write YYYY-MM-DD, or leave it out", duty->until_on);
    if (duty->every_weeks < 0 || duty->every_weeks > WEEKS_MAX)
        return arena_printf (arena, "every_weeks %d: give 0 for once, or 1 to %d", duty->every_weeks, WEEKS_MAX);
    int64_t length_ms = (ends_on - (int64_t) first_on) * DATE_DAY_MS + ends - starts;
    int64_t days_max = duty->every_weeks ? 7 * duty->every_weeks : DUTY_DAYS_MAX;
    if (length_ms <= 0)
        return arena_printf (arena, "it ends on %s %s, before it begins: name a later end", duty->ends_on, duty->ends);
    if (length_ms > days_max * DATE_DAY_MS)
        return arena_printf (arena, "it lasts longer than %lld days and would overlap itself: make it shorter",
            (long long) days_max);
    return NULL;
}

/* ---- one roster */

/* Into its place by rank; of equal ranks the one listed first stays first. */
static void
s_insert (on_call_t *duties, int count, on_call_t duty)
{
    int place = count;
    for (; place > 0 && duties [place - 1].rank > duty.rank; place--)
        duties [place] = duties [place - 1];
    duties [place] = duty;
}

int
on_call_duties (const on_call_roster_details_t *roster, const zone_t *zone, int64_t at,
    on_call_t duties [ON_CALL_MAX])
{
    int count = 0;
    on_call_t duty;
    for (size_t i = 0; i < roster->n_duties && count < ON_CALL_MAX; i++)
        if (s_runs (roster->duties [i], zone, at, &duty))
            s_insert (duties, count++, duty);
    return count;
}

bool
on_call_next (const on_call_roster_details_t *roster, const zone_t *zone, int64_t after_at, on_call_t *ret_next)
{
    bool found = false;
    on_call_t duty;
    for (size_t i = 0; i < roster->n_duties; i++) {
        int64_t number = s_number (roster->duties [i], zone, after_at);
        for (int64_t last = number + 2; number <= last && s_has (roster->duties [i], number); number++) {
            s_tell (roster->duties [i], zone, number, &duty);
            if (duty.from_at <= after_at)
                continue;
            if (!found || duty.from_at < ret_next->from_at)
                *ret_next = duty;
            found = true;
            break;
        }
    }
    return found;
}

/* ---- a territory and those above it */

typedef struct {
    tx_t *tx;
    const on_call_source_t *source;
    int64_t at;
    on_call_t *people;
    int count;
} search_t;

static void
s_add (search_t *self, on_call_t person)
{
    for (int i = 0; i < self->count; i++)
        if (strcmp (self->people [i].person_id, person.person_id) == 0)
            return;
    if (self->count < ON_CALL_MAX && !self->source->is_absent (self->tx, person.person_id, self->at))
        self->people [self->count++] = person;
}

static void
s_add_duties (search_t *self, const char *territory_id, const on_call_place_t *place)
{
    on_call_t duties [ON_CALL_MAX];
    const zone_t *zone = zone_find (is_empty (place->time_zone) ? "UTC" : place->time_zone, NULL);
    int count = zone ? on_call_duties (place->roster, zone, self->at, duties) : 0;
    for (int i = 0; i < count; i++) {
        duties [i].roster_id = place->roster_id;
        duties [i].territory_id = territory_id;
        s_add (self, duties [i]);
    }
}

int
on_call_list (tx_t *tx, const on_call_source_t *source, const char *territory_id, const char *role, int64_t at,
    on_call_t people [ON_CALL_MAX])
{
    search_t self = { .tx = tx, .source = source, .at = at, .people = people };
    on_call_t fallbacks [ON_CALL_ABOVE_MAX];
    int fallback_count = 0;
    on_call_place_t place;
    for (int above = 0; above < ON_CALL_ABOVE_MAX && source->place (tx, territory_id, role, &place); above++) {
        if (place.roster)
            s_add_duties (&self, territory_id, &place);
        if (place.roster && !is_empty (place.roster->fallback_person_id))
            fallbacks [fallback_count++] = (on_call_t) {
                .person_id = place.roster->fallback_person_id, .roster_id = place.roster_id,
                .territory_id = territory_id, .is_fallback = true };
        territory_id = place.parent_id;
    }
    for (int i = 0; i < fallback_count; i++)
        s_add (&self, fallbacks [i]);
    return self.count;
}
