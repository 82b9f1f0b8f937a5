#include "zone.h"
#include "tzif.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME_MAX_SIZE   64
#define FILE_MAX_SIZE   (256 * 1024)
#define OFFSET_MAX_S    (26 * 3600)         /* no wall is further from UTC */

struct zone {
    char name [NAME_MAX_SIZE];
    tzif_t table;
    zone_t *next;
};

static zone_t *s_zones;                     /* the cache: a few dozen at most, so a list */

static const char *
s_directory (void)
{
    const char *directory = getenv ("TZDIR");
    return directory && *directory ? directory : "/usr/share/zoneinfo";
}

static int64_t
s_floor_s (int64_t ms)
{
    return ms / 1000 - (ms % 1000 < 0);
}

/* Area/Place of harmless characters. What is left out are fixed offsets, the old aliases beside
 * them, and paths. */
static bool
s_name_is_good (const char *name)
{
    static const char s_legal []
        = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
    if (strcmp (name, "UTC") == 0 || strcmp (name, "Etc/UTC") == 0)
        return true;
    const char *slash = strchr (name, '/');
    return slash && slash > name && slash [1] && strlen (name) < NAME_MAX_SIZE
        && name [strspn (name, s_legal)] == 0 && strncmp (name, "Etc/", 4) != 0
        && strncmp (name, "posix/", 6) != 0 && strncmp (name, "right/", 6) != 0
        && strncmp (name, "SystemV/", 8) != 0;
}

/* The bytes of a small file, to be freed, or NULL. */
static uint8_t *
s_slurp (const char *name, size_t *ret_size)
{
    char path [4096];
    int length = snprintf (path, sizeof path, "%s/%s", s_directory (), name);
    FILE *file = length > 0 && (size_t) length < sizeof path ? fopen (path, "rb") : NULL;
    if (!file)
        return NULL;
    uint8_t *bytes = malloc (FILE_MAX_SIZE);
    if (bytes)
        *ret_size = fread (bytes, 1, FILE_MAX_SIZE, file);
    if (bytes && ferror (file)) { /* a directory opens, and fails here */
        free (bytes);
        bytes = NULL;
    }
    fclose (file);
    return bytes;
}

static const char *
s_load (const char *name, tzif_t *ret_table)
{
    size_t size = 0;
    uint8_t *bytes = s_slurp (name, &size);
    if (!bytes)
        return "there is no such zone";
    const char *problem = tzif_read (bytes, size, ret_table);
    free (bytes);
    return problem;
}

static const zone_t *
s_refuse (char *error, const char *name, const char *problem)
{
    if (error)
        snprintf (error, ZONE_ERROR_SIZE,
            "time zone \"%.40s\": %s; use an IANA name such as Europe/Rome", name ? name : "",
            problem);
    return NULL;
}

const zone_t *
zone_find (const char *name, char error [ZONE_ERROR_SIZE])
{
    if (!name || !s_name_is_good (name))
        return s_refuse (
            error, name, "fixed offsets and abbreviations know no daylight saving time");
    for (const zone_t *zone = s_zones; zone; zone = zone->next)
        if (strcmp (zone->name, name) == 0)
            return zone;

    tzif_t table;
    const char *problem = s_load (name, &table);
    if (problem)
        return s_refuse (error, name, problem);
    zone_t *self = calloc (1, sizeof *self);
    if (!self)
        abort ();
    snprintf (self->name, sizeof self->name, "%s", name);
    self->table = table;
    self->next = s_zones;
    s_zones = self;
    return self;
}

const char *
zone_name (const zone_t *self)
{
    return self->name;
}

const char *
zone_release (void)
{
    static char s_release [32];
    if (s_release [0])
        return s_release;

    char path [4096];
    snprintf (path, sizeof path, "%s/tzdata.zi", s_directory ());
    FILE *file = fopen (path, "r");
    if (!file || fscanf (file, "# version %31s", s_release) != 1)
        snprintf (s_release, sizeof s_release, "unknown");
    if (file)
        fclose (file);
    return s_release;
}

/* The entry in force at an instant. */
static size_t
s_entry_at (const zone_t *self, int64_t at_s)
{
    size_t low = 0, high = self->table.count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (self->table.entries [middle].from_s <= at_s)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int64_t
zone_offset_ms (const zone_t *self, int64_t at)
{
    return self->table.entries [s_entry_at (self, s_floor_s (at))].offset_s * INT64_C (1000);
}

int64_t
zone_to_wall (const zone_t *self, int64_t at)
{
    return at + zone_offset_ms (self, at);
}

/* Entry by entry, from one that surely is too early: where the wall time read with this entry's
 * offset falls before the entry ends, it is there for the first time, or it fell into the gap at
 * the entry's start. In a gap the offset from before the gap moves it forward by the gap. */
int64_t
zone_to_utc (const zone_t *self, int64_t wall_ms)
{
    int64_t wall_s = s_floor_s (wall_ms), fraction_ms = wall_ms - wall_s * 1000;
    size_t i = s_entry_at (self, wall_s - OFFSET_MAX_S);
    const tzif_entry_t *entries = self->table.entries;
    while (i + 1 < self->table.count && wall_s - entries [i].offset_s >= entries [i + 1].from_s) {
        if (wall_s - entries [i + 1].offset_s < entries [i + 1].from_s)
            break;
        i++;
    }
    return (wall_s - entries [i].offset_s) * 1000 + fraction_ms;
}

int64_t
zone_at (const zone_t *self, int32_t date, int64_t time_ms)
{
    return zone_to_utc (self, date * DATE_DAY_MS + time_ms);
}

int32_t
zone_date (const zone_t *self, int64_t at, int64_t *ret_time_ms)
{
    int64_t wall_ms = zone_to_wall (self, at);
    int64_t date = wall_ms / DATE_DAY_MS - (wall_ms % DATE_DAY_MS < 0);
    if (ret_time_ms)
        *ret_time_ms = wall_ms - date * DATE_DAY_MS;
    return (int32_t) date;
}

bool
zone_has_date (const zone_t *self, int32_t date)
{
    return zone_at (self, date, 0) < zone_at (self, date + 1, 0);
}
