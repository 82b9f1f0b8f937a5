/* slots_quota - what of a week is kept for one type of work: counted as the scheduler counts when a slot is held, so
 * that nothing is recommended that it would refuse. */
#include "slots.h"
#include <string.h>

typedef struct { int64_t open_ms, booked_ms; } load_t;

static int64_t
s_common_ms (calendar_t *hours, interval_t span, int64_t from_at, int64_t to_at)
{
    from_at = from_at > span.from_at ? from_at : span.from_at;
    to_at = to_at < span.to_at ? to_at : span.to_at;
    return from_at >= to_at ? 0 : hours ? calendar_between (hours, from_at, to_at) : to_at - from_at;
}

/* What is left of the week of that instant. */
static interval_t
s_week (const slots_search_t *search, int64_t at, int64_t now)
{
    int32_t date = zone_date (search->week_zone, at, NULL);
    int32_t monday = date - (int32_t) (date_weekday (date) - DATE_MONDAY);
    interval_t span = { zone_at (search->week_zone, monday, 0), zone_at (search->week_zone, monday + 7, 0) };
    if (span.from_at < now)
        span.from_at = now;
    return span;
}

/* Nights of work that takes days are nobody's. */
static int64_t
s_booked_ms (calendar_t *shift, interval_t span, const diary_entry_t *entry)
{
    bool takes_days = entry->to_at - entry->from_at > DATE_DAY_MS / 2;
    return s_common_ms (takes_days ? shift : NULL, span, entry->from_at, entry->to_at);
}

/* type: only what is booked for that one; 0: everything. */
static load_t
s_load (const choose_input_t *input, interval_t span, int type)
{
    load_t load = { 0, 0 };
    for (int i = 0; i < input->engineer_count; i++) {
        const choose_person_t *engineer = &input->engineers [i];
        calendar_t *shift = engineer->details->retired ? NULL : engineer->shift;
        if (strcmp (engineer->details->territory_id, input->order.territory_id) != 0)
            continue;
        int64_t open_ms = shift ? calendar_between (shift, span.from_at, span.to_at) : 0;
        for (size_t j = 0; j < engineer->entry_count; j++) {
            const diary_entry_t *entry = engineer->entries [j];
            if (entry->kind != DIARY_KIND_ABSENCE)
                load.booked_ms += !type || (int) entry->type == type ? s_booked_ms (shift, span, entry) : 0;
            else if (shift)
                open_ms -= s_common_ms (shift, span, entry->from_at, entry->to_at);
        }
        load.open_ms += open_ms > 0 ? open_ms : 0;
    }
    return load;
}

bool
slots_leave (const choose_input_t *input, const slots_search_t *search, calendar_t *shift, const place_t *place)
{
    if (!search->quota_count)
        return true;
    interval_t span = s_week (search, place->starts_at, input->now);
    load_t all = s_load (input, span, 0);
    int64_t kept_ms = 0;
    for (int i = 0; i < search->quota_count; i++) {
        const slots_quota_t *quota = &search->quotas [i];
        int64_t left_ms = all.open_ms * quota->percent / 100 - s_load (input, span, quota->type).booked_ms;
        if (quota->type != search->type && left_ms > 0)
            kept_ms += left_ms;
    }
    return all.booked_ms + s_common_ms (shift, span, place->starts_at, place->ends_at) + kept_ms <= all.open_ms;
}
