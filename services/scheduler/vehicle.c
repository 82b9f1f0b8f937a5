/* vehicle.c - who drives which vehicle on which days, and what its odometer says. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

enum { DAYS_MAX = 366 };
#define KEPT_MS (7 * DATE_DAY_MS)           /* so long a reading that comes late finds its driver */
#define COST_MAX_MINOR INT64_C (100000000)

static bool
s_is_valid (tx_t *tx, const register_vehicle_t *command)
{
    const vehicle_details_t *details = command->details;
    if (!valid_id (tx, "vehicle_id", command->vehicle_id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing", "vehicle %s has no details: send at least its name",
            command->vehicle_id), false;
    return valid_text (tx, "name", details->name, 1, 200) && valid_text (tx, "plate", details->plate, 0, 20)
        && valid_optional_id (tx, "van_location_id", details->van_location_id)
        && (is_empty (details->currency) || valid_currency (tx, "currency", details->currency))
        && valid_int (tx, "cost_per_km_minor", details->cost_per_km_minor, 0, COST_MAX_MINOR);
}

void
on_register_vehicle (tx_t *tx, const register_vehicle_t *command)
{
    if (!s_is_valid (tx, command))
        return;
    vehicle_t *vehicle = tx_need (tx, vehicle, command->vehicle_id);
    tx_accept (tx, vehicle->id);
    if (blob_holds (tx, vehicle->details, &command->details->base))
        return;
    vehicle->details = tx_pack (tx, &command->details->base);
    vehicle->version++;
    tx_emit (tx, vehicle_published (
        .vehicle_id = vehicle->id, .details = command->details, .version = vehicle->version));
}

static vehicle_t *
s_vehicle (tx_t *tx, const char *vehicle_id)
{
    vehicle_t *vehicle = tx_get (tx, vehicle, vehicle_id);
    if (!vehicle || vehicle->version == 0)
        return tx_reject (tx, "vehicle.unknown", "no vehicle %s: register it first", vehicle_id), NULL;
    return vehicle;
}

/* ---- who drives */

/* From the first moment of the first day to the last of the last, where he works. */
static bool
s_days (tx_t *tx, const assign_vehicle_t *command, interval_t *ret_days)
{
    const char *until = is_empty (command->until_on) ? command->from_on : command->until_on;
    if (!valid_date (tx, "from_on", command->from_on) || !valid_date (tx, "until_on", until))
        return false;
    int32_t first = date_parse (command->from_on), last = date_parse (until);
    if (last < first || last - first >= DAYS_MAX)
        return tx_reject (tx, "until_on.invalid", "a vehicle is given from %s until %s: send up to %d days in order",
            command->from_on, until, DAYS_MAX), false;
    calendar_t *hours = engineer_hours (tx, command->engineer_id);
    const zone_t *zone = hours ? calendar_zone (hours) : zone_find ("UTC", NULL);
    *ret_days = (interval_t) { zone_at (zone, first, 0), zone_at (zone, last + 1, 0) };
    return true;
}

static bool
s_is_free (tx_t *tx, const assign_vehicle_t *command, const interval_t *days)
{
    booking_t *vehicle = booking_in (tx, KIND_VEHICLE, command->vehicle_id, days->from_at, days->to_at, "");
    booking_t *driver = booking_in (tx, KIND_DRIVER, command->engineer_id, days->from_at, days->to_at, "");
    if (vehicle)
        return tx_reject (tx, "vehicle.taken", "vehicle %s is given to somebody else by %s: release that first",
            command->vehicle_id, vehicle->visit_id), false;
    if (driver)
        return tx_reject (tx, "engineer.has_vehicle", "engineer %s has another vehicle by %s: release that first",
            command->engineer_id, driver->visit_id), false;
    return true;
}

static void
s_take (tx_t *tx, const char *id, const assign_vehicle_t *command, resource_kind_t kind, const interval_t *days)
{
    const char *resource_id = kind == KIND_VEHICLE ? command->vehicle_id : command->engineer_id;
    tx_put (tx, booking, {
        .id = (char *) id, .visit_id = command->assignment_id, .kind = kind, .resource_id = (char *) resource_id,
        .open_resource_id = (char *) resource_id, .state = BOOKING_CONFIRMED, .starts_at = days->from_at,
        .ends_at = days->to_at });
}

void
on_assign_vehicle (tx_t *tx, const assign_vehicle_t *command)
{
    interval_t days;
    vehicle_t *vehicle = s_vehicle (tx, command->vehicle_id);
    if (!vehicle || !engineer_of_command (tx, command->engineer_id)
        || !valid_id (tx, "assignment_id", command->assignment_id) || !s_days (tx, command, &days))
        return;
    const vehicle_details_t *details = tx_unpack (tx, vehicle_details, vehicle->details);
    if (details->retired)
        return tx_reject (tx, "vehicle.retired", "vehicle %s is retired: register it as active first", vehicle->id);
    if (tx_get (tx, booking, command->assignment_id))
        return tx_reject (tx, "assignment.known", "%s is taken already: choose another assignment_id",
            command->assignment_id);
    if (!s_is_free (tx, command, &days))
        return;
    s_take (tx, command->assignment_id, command, KIND_VEHICLE, &days);
    s_take (tx, tx_printf (tx, "%s+1", command->assignment_id), command, KIND_DRIVER, &days);
    tx_timer_set (tx, "vehicle_over", command->assignment_id, days.to_at + KEPT_MS);
    tx_accept (tx, command->assignment_id);
    tx_emit (tx, vehicle_assigned (
        .assignment_id = command->assignment_id, .vehicle_id = vehicle->id, .engineer_id = command->engineer_id,
        .from_at = days.from_at, .to_at = days.to_at, .van_location_id = details->van_location_id));
}

static void
s_end (tx_t *tx, const char *assignment_id, booking_state_t state)
{
    EACH (booking, booking, tx_find (tx, booking, visit_id, assignment_id)) {
        booking->state = state;
        booking->open_resource_id = "";
    }
}

void
on_release_vehicle (tx_t *tx, const release_vehicle_t *command)
{
    booking_t *vehicle = tx_get (tx, booking, command->assignment_id);
    booking_t *driver = vehicle ? tx_get (tx, booking, tx_printf (tx, "%s+1", vehicle->id)) : NULL;
    if (!vehicle || vehicle->kind != KIND_VEHICLE)
        return tx_reject (tx, "assignment.unknown", "no vehicle was given by %s: look the id up again",
            command->assignment_id);
    if (vehicle->state != BOOKING_CONFIRMED)
        return tx_reject (tx, "assignment.over", "%s is over already", vehicle->id);
    s_end (tx, vehicle->id, BOOKING_RELEASED);
    tx_timer_clear (tx, "vehicle_over", vehicle->id);
    tx_accept (tx, vehicle->id);
    tx_emit (tx, vehicle_released (
        .assignment_id = vehicle->id, .vehicle_id = vehicle->resource_id, .engineer_id = driver->resource_id));
}

/* Days gone by are found no more, so that no look-up grows with the years. */
void
on_vehicle_over (tx_t *tx, const wakeup_t *wakeup)
{
    s_end (tx, wakeup->id, BOOKING_FINISHED);
}

/* ---- mileage */

static const char *
s_driver (tx_t *tx, const char *vehicle_id, int64_t at)
{
    booking_t *given = booking_in (tx, KIND_VEHICLE, vehicle_id, at, at + 1, "");
    booking_t *driver = given ? tx_get (tx, booking, tx_printf (tx, "%s+1", given->id)) : NULL;
    return driver ? driver->resource_id : "";
}

void
on_record_mileage (tx_t *tx, const record_mileage_t *command)
{
    vehicle_t *vehicle = s_vehicle (tx, command->vehicle_id);
    if (!vehicle || !valid_int (tx, "odometer_km", command->odometer_km, 0, 10000000)
        || !valid_past (tx, "read_at", command->read_at))
        return;
    const char *driver_id = s_driver (tx, vehicle->id, command->read_at);
    if (!tx_may_speak_for (tx, driver_id))
        return tx_reject (tx, "vehicle.not_yours", "%s did not drive vehicle %s then", tx_speaker (tx), vehicle->id);
    if (vehicle->read_at && command->read_at < vehicle->read_at)
        return tx_reject (tx, "read_at.late", "the odometer of %s was read later than that already: send newer "
            "readings", vehicle->id);
    if (command->odometer_km < vehicle->odometer_km)
        return tx_reject (tx, "odometer_km.backwards", "the odometer of %s stood at %lld km and can not say %lld: "
            "read it again", vehicle->id, (long long) vehicle->odometer_km, (long long) command->odometer_km);
    const vehicle_details_t *details = tx_unpack (tx, vehicle_details, vehicle->details);
    int64_t driven_km = vehicle->read_at ? command->odometer_km - vehicle->odometer_km : 0;
    vehicle->odometer_km = command->odometer_km;
    vehicle->read_at = command->read_at;
    tx_accept (tx, vehicle->id);
    tx_emit_at (tx, command->read_at, mileage_recorded (
        .vehicle_id = vehicle->id, .odometer_km = vehicle->odometer_km, .driven_km = driven_km,
        .read_at = vehicle->read_at, .engineer_id = (char *) driver_id, .currency = details->currency,
        .cost_minor = driven_km * details->cost_per_km_minor));
}
