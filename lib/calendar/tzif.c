#include "tzif.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_SIZE     44
#define TIMES_MAX       20000               /* the fattest real file has under 300 */
#define FOOTER_MAX      128

typedef struct {
    uint32_t utc_count, standard_count, leap_count, time_count, type_count, name_size;
} header_t;

static uint32_t
s_read_32 (const uint8_t *bytes)
{
    return (uint32_t) bytes [0] << 24 | (uint32_t) bytes [1] << 16 | (uint32_t) bytes [2] << 8
        | bytes [3];
}

static int64_t
s_read_64 (const uint8_t *bytes)
{
    return (int64_t) ((uint64_t) s_read_32 (bytes) << 32 | s_read_32 (bytes + 4));
}

static bool
s_read_header (const uint8_t *bytes, size_t size, header_t *ret)
{
    if (size < HEADER_SIZE || memcmp (bytes, "TZif", 4) != 0 || bytes [4] < '2')
        return false;
    *ret = (header_t) {
        .utc_count = s_read_32 (bytes + 20), .standard_count = s_read_32 (bytes + 24),
        .leap_count = s_read_32 (bytes + 28), .time_count = s_read_32 (bytes + 32),
        .type_count = s_read_32 (bytes + 36), .name_size = s_read_32 (bytes + 40),
    };
    return ret->time_count <= TIMES_MAX && ret->type_count >= 1 && ret->type_count <= 256
        && ret->name_size <= TIMES_MAX && ret->leap_count <= TIMES_MAX
        && ret->utc_count <= 256 && ret->standard_count <= 256;
}

static size_t
s_body_size (const header_t *header, size_t time_size)
{
    return header->time_count * (time_size + 1) + header->type_count * (size_t) 6
        + header->name_size + header->leap_count * (time_size + 4) + header->standard_count
        + header->utc_count;
}

/* The table of one v2 body; the caller has checked its size. */
static const char *
s_read_body (const uint8_t *body, const header_t *header, tzif_t *table)
{
    const uint8_t *types = body + header->time_count * (size_t) 8;
    const uint8_t *infos = types + header->time_count;

    table->entries [0] = (tzif_entry_t) { INT64_MIN, (int32_t) s_read_32 (infos) };
    for (uint32_t i = 0; i < header->time_count; i++) {
        if (types [i] >= header->type_count)
            return "an offset in it is missing";
        table->entries [i + 1] = (tzif_entry_t) {
            s_read_64 (body + i * (size_t) 8), (int32_t) s_read_32 (infos + types [i] * (size_t) 6)
        };
        if (table->entries [i + 1].from_s <= table->entries [i].from_s && i > 0)
            return "its times do not ascend";
    }
    for (size_t i = 0; i <= header->time_count; i++)
        if (abs (table->entries [i].offset_s) > 26 * 3600)
            return "an offset in it is beyond 26 hours";
    table->count = header->time_count + 1;
    return NULL;
}

/* The footer is a line between two newlines; empty means that nothing is known after the last
 * time. */
static const char *
s_read_footer (const uint8_t *bytes, size_t size, tzif_t *table)
{
    char rule [FOOTER_MAX];
    const uint8_t *end = size > 1 && bytes [0] == '\n' ? memchr (bytes + 1, '\n', size - 1) : NULL;
    if (!end || end - bytes > FOOTER_MAX)
        return "its footer is missing";
    size_t length = (size_t) (end - bytes - 1);
    memcpy (rule, bytes + 1, length);
    rule [length] = 0;
    return length > 0 ? tzif_extend (table, rule) : NULL;
}

const char *
tzif_read (const uint8_t *bytes, size_t size, tzif_t *ret_table)
{
    header_t header;
    if (!s_read_header (bytes, size, &header))
        return "it is not a TZif file of version 2 or later";
    size_t skip = HEADER_SIZE + s_body_size (&header, 4);       /* the 32-bit half, of no use */
    if (skip > size || !s_read_header (bytes + skip, size - skip, &header))
        return "its 64-bit half is missing";
    size_t body = skip + HEADER_SIZE, body_size = s_body_size (&header, 8);
    if (body_size > size - body)
        return "it is cut short";
    if (header.leap_count > 0)
        return "it counts leap seconds";

    tzif_t table = { .entries = calloc (header.time_count + (size_t) 1, sizeof (tzif_entry_t)) };
    if (!table.entries)
        return "memory is exhausted";
    const char *problem = s_read_body (bytes + body, &header, &table);
    if (!problem)
        problem = s_read_footer (bytes + body + body_size, size - body - body_size, &table);
    if (problem)
        free (table.entries);
    else
        *ret_table = table;
    return problem;
}
