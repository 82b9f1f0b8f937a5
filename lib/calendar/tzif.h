/* tzif - reads one compiled time zone (RFC 8536) into a table of offsets.
 *
 * Used by zone.c alone; everybody else asks a zone. Times here are seconds since
 * 1970-01-01T00:00Z. */
#ifndef CALENDAR_TZIF_H
#define CALENDAR_TZIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TZIF_LAST_YEAR 2500                 /* the footer's rule is written out up to here */

/* From from_s on, until the next entry, the wall is offset_s ahead of UTC. */
typedef struct {
    int64_t from_s;
    int32_t offset_s;
} tzif_entry_t;

/* entries [0] is from INT64_MIN on; the others ascend. */
typedef struct {
    tzif_entry_t *entries;
    size_t count;
} tzif_t;

/* Reads the bytes of a file into *ret_table, whose entries the caller frees. Returns NULL, or
 * what is wrong, a constant text. */
const char *tzif_read (const uint8_t *bytes, size_t size, tzif_t *ret_table);

/* Appends to a table what a POSIX TZ text (RFC 8536, 3.3) says after its last entry. Returns
 * NULL, or what is wrong. */
const char *tzif_extend (tzif_t *table, const char *rule);

#endif
