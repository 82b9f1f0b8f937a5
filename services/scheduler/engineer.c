/* engineer.c - whose time it is: engineers, and the calendar each works by. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

void
on_territory_published (tx_t *tx, const territory_published_t *event)
{
    territory_t *territory = tx_need (tx, territory, event->territory_id);
    territory->calendar_id = event->details ? event->details->calendar_id : "";
    territory->parent_id = event->details ? event->details->parent_id : "";
    territory->time_zone = event->details ? event->details->time_zone : "";
    capacity_begin (tx, territory);
}

void
on_engineer_published (tx_t *tx, const engineer_published_t *event)
{
    engineer_t *engineer = tx_need (tx, engineer, event->engineer_id);
    engineer->territory_id = event->details ? event->details->territory_id : "";
    engineer->retired = event->details && event->details->retired;
}

engineer_t *
engineer_of_command (tx_t *tx, const char *engineer_id)
{
    if (!valid_id (tx, "engineer_id", engineer_id))
        return NULL;
    engineer_t *engineer = tx_get (tx, engineer, engineer_id);
    if (!engineer)
        tx_reject (tx, "engineer.unknown", "no engineer %s: register him first", engineer_id);
    return engineer;
}

void
on_assign_shift (tx_t *tx, const assign_shift_t *command)
{
    engineer_t *engineer = engineer_of_command (tx, command->engineer_id);
    if (!engineer || !valid_id (tx, "calendar_id", command->calendar_id))
        return;
    if (engineer->retired)
        return tx_reject (tx, "engineer.retired", "engineer %s is retired: register him as active first", engineer->id);
    if (!tx_get (tx, published_calendar, command->calendar_id))
        return tx_reject (tx, "calendar.unknown", "no calendar %s: publish it first", command->calendar_id);
    shift_t *shift = tx_need (tx, shift, engineer->id);
    tx_accept (tx, engineer->id);
    if (!is_empty (shift->calendar_id) && strcmp (shift->calendar_id, command->calendar_id) == 0)
        return;
    shift->calendar_id = command->calendar_id;
    tx_emit (tx, shift_assigned (.engineer_id = shift->id, .calendar_id = shift->calendar_id));
}

calendar_t *
calendar_of (tx_t *tx, const char *calendar_id)
{
    published_calendar_t *calendar = tx_get (tx, published_calendar, calendar_id);
    return calendar ? calendars_get (calendar->id, calendar->version, calendar->details) : NULL;
}

calendar_t *
engineer_shift (tx_t *tx, const char *engineer_id)
{
    shift_t *shift = tx_get (tx, shift, engineer_id);
    return shift ? calendar_of (tx, shift->calendar_id) : NULL;
}

calendar_t *
engineer_hours (tx_t *tx, const char *engineer_id)
{
    calendar_t *shift = engineer_shift (tx, engineer_id);
    engineer_t *engineer = shift ? NULL : tx_get (tx, engineer, engineer_id);
    territory_t *territory = engineer ? tx_get (tx, territory, engineer->territory_id) : NULL;
    return territory ? calendar_of (tx, territory->calendar_id) : shift;
}
