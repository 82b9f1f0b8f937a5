/* driver - which vehicle an engineer drives, as far as its stock is his van. */
#include "dispatcher.h"
#include <string.h>

ENTITY_TABLE (driver, DRIVER_FIELDS, NULL);

enum { KEPT_MS = 7 * 24 * 3600 * 1000 };    /* reports may be signed days after the visit */

/* All days but those of one assignment and those long gone, with room for one more. */
static vehicle_days_t *
s_others (tx_t *tx, const driver_t *driver, const char *but_not_id)
{
    vehicle_days_t *days = tx_unpack (tx, vehicle_days, driver->days);
    vehicle_day_t **kept = arena_array (tx_arena (tx), days->n_days + 1, sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; i < days->n_days; i++)
        if (strcmp (days->days [i]->assignment_id, but_not_id) != 0
            && days->days [i]->to_at > tx_now (tx) - KEPT_MS)
            kept [count++] = days->days [i];
    days->days = kept;
    days->n_days = count;
    return days;
}

void
on_vehicle_assigned (tx_t *tx, const vehicle_assigned_t *event)
{
    driver_t *driver = tx_need (tx, driver, event->engineer_id);
    vehicle_days_t *days = s_others (tx, driver, event->assignment_id);
    vehicle_day_t *day = message_new (tx_arena (tx), vehicle_day);
    day->assignment_id = event->assignment_id;
    day->from_at = event->from_at;
    day->to_at = event->to_at;
    day->van_location_id = event->van_location_id;
    days->days [days->n_days++] = day;
    driver->days = tx_pack (tx, &days->base);
}

void
on_vehicle_released (tx_t *tx, const vehicle_released_t *event)
{
    driver_t *driver = tx_need (tx, driver, event->engineer_id);
    driver->days = tx_pack (tx, &s_others (tx, driver, event->assignment_id)->base);
}

char *
driver_van (tx_t *tx, const char *engineer_id, int64_t at)
{
    const driver_t *driver = tx_get (tx, driver, engineer_id);
    const engineer_t *engineer = tx_get (tx, engineer, engineer_id);
    const vehicle_days_t *days = tx_unpack (tx, vehicle_days, driver ? driver->days : (blob_t) { 0 });
    for (size_t i = 0; i < days->n_days; i++) {
        const vehicle_day_t *day = days->days [i];
        if (day->from_at <= at && at < day->to_at && !is_empty (day->van_location_id))
            return day->van_location_id;
    }
    return engineer ? tx_unpack (tx, engineer_details, engineer->details)->van_location_id : (char *) "";
}
