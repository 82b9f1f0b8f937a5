/* zone - IANA time zones: wall time of a place to UTC and back, without touching the process's
 * TZ.
 *
 * Zones are read from TZif files (RFC 8536, version 2 and later) in $TZDIR, else
 * /usr/share/zoneinfo, and kept in a cache for the life of the process. The POSIX rule in the
 * file's footer carries a zone on until the year 2500. The cache is the only global here and has
 * no lock: one thread, or load every zone before starting others.
 *
 * Instants are int64 milliseconds since 1970-01-01T00:00Z. Wall times are the same count read
 * off the clock on the wall: date * DATE_DAY_MS + milliseconds after midnight. */
#ifndef CALENDAR_ZONE_H
#define CALENDAR_ZONE_H

#include "date.h"

typedef struct zone zone_t;

#define ZONE_ERROR_SIZE 160

/* The zone of that name ("Europe/Rome", "UTC"), owned by the cache, never freed; the same name
 * gives the same pointer. NULL if it is refused, and then error (ZONE_ERROR_SIZE bytes, or NULL)
 * says why and what to do: fixed offsets ("+08:00", "Etc/GMT-8", "EST") because they know no
 * daylight saving time, names that are not Area/Place, unknown names, broken files. */
const zone_t *zone_find (const char *name, char error [ZONE_ERROR_SIZE]);

/* The name it was found by; lives as long as the zone. */
const char *zone_name (const zone_t *self);

/* The release of the tz database in use, such as "2025b", or "unknown"; never NULL. */
const char *zone_release (void);

/* The instant of a wall time. A wall time that does not exist is moved forward by the length of
 * the gap; of one that happens twice the first is meant. */
int64_t zone_to_utc (const zone_t *self, int64_t wall_ms);

/* The instant of a wall time given as date and milliseconds after its midnight (24:00 and
 * beyond, and negative, are legal). */
int64_t zone_at (const zone_t *self, int32_t date, int64_t time_ms);

/* The wall time of an instant. */
int64_t zone_to_wall (const zone_t *self, int64_t at);

/* The local date of an instant; the milliseconds after midnight go to *ret_time_ms unless it is
 * NULL. */
int32_t zone_date (const zone_t *self, int64_t at, int64_t *ret_time_ms);

/* Milliseconds that the wall is ahead of UTC at an instant. */
int64_t zone_offset_ms (const zone_t *self, int64_t at);

/* True unless the date was skipped by the zone (Samoa, 2011-12-30). */
bool zone_has_date (const zone_t *self, int32_t date);

#endif
