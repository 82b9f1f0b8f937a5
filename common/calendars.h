/* calendars - from the message CalendarDetails to a calendar_t of lib/calendar that can be asked.
 *
 * The scheduler owns calendars and publishes them with their parents merged in; everybody else keeps the packed details
 * of CalendarPublished with their version in a row, and asks calendars_get when it needs business time:
 *
 *     calendar_t *calendar = calendars_get (row->id, row->version, row->details);
 *
 * Built calendars are kept for the life of the process, because their index of open time fills as they are asked. */
#ifndef CALENDARS_H
#define CALENDARS_H

#include "arena.h"
#include "entity.h"
#include "messages.h"
#include "calendar/calendar.h"

#define CALENDARS_KEPT_MAX  4096

/* Returns a sealed calendar, owned by the caller (calendar_destroy), or NULL and in *ret_error a sentence of the arena
 * that says which value is wrong and what to do. parent_id is not looked at: merge first. Refused: bad zone, bad
 * weekday, bad time, bad date, a date listed twice, hours beside always_open, no open time at all. */
calendar_t *calendars_build (arena_t *arena, const calendar_details_t *details, const char **ret_error);

/* Returns the child with what it takes from its parent: the parent's exceptions on dates of which the child says
 * nothing, the parent's weekly hours if the child has none. Name, zone and parent_id stay the child's. The parent must
 * be merged already. Lives in the arena and shares the parts of both. */
calendar_details_t *calendars_merge (arena_t *arena, const calendar_details_t *child, const calendar_details_t *parent);

/* Returns the details of a calendar with these weekly hours in a zone. Lives in the arena and shares the hours. */
calendar_details_t *calendars_weekly (arena_t *arena, const char *zone_name, weekly_interval_t **hours, size_t count);

/* Returns the calendar of packed details, built at the first question for this (calendar_id, version), or NULL when the
 * bytes are no calendar that may be used, which the scheduler never publishes. Borrowed: valid until
 * CALENDARS_KEPT_MAX other calendars have been asked for; calendar_share to keep it longer. Not for other threads. */
calendar_t *calendars_get (const char *calendar_id, int64_t version, blob_t details);

/* Forgets every kept calendar; borrowed ones are gone. For the end of a process and for tests. */
void calendars_forget (void);

#endif
