/* redis_sim - the few words of Redis that services use, in memory that may be lost. Positions are taken and kept
 * nowhere: nothing is decided on them. */
#include "world.h"
#include "redis.h"
#include "sorted.h"
#include "check.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { char *member; size_t size; int64_t score; } entry_t;

/* One sorted set and one text is all there is: an index of due times and its marker. */
typedef struct { sorted_t by_member, by_score; char marker [64]; } fake_redis_t;
struct redis_t { bool is_there; };

static fake_redis_t s_kept;             /* of the one world of this program */

static int
s_order (const entry_t *left, const entry_t *right)
{
    size_t common = left->size < right->size ? left->size : right->size;
    int order = memcmp (left->member, right->member, common);
    return order ? order : (left->size > right->size) - (left->size < right->size);
}

static int
s_by_member (const void *wanted, const void *row)
{
    return s_order (wanted, row);
}

static int
s_by_score (const void *wanted, const void *row)
{
    const entry_t *left = wanted, *right = row;
    return left->score != right->score ? (left->score > right->score) - (left->score < right->score)
        : s_order (left, right);
}

void
redis_wipe (void)
{
    entry_t *entry;
    for (sorted_place_t p = { 0 }; (entry = sorted_at (&s_kept.by_member, p)); sorted_step (&s_kept.by_member, &p)) {
        free (entry->member);
        free (entry);
    }
    sorted_free (&s_kept.by_member);
    sorted_free (&s_kept.by_score);
    s_kept.marker [0] = '\0';
}

static void
s_remove (const entry_t *wanted)
{
    sorted_place_t place = sorted_find (&s_kept.by_member, s_by_member, wanted);
    entry_t *found = sorted_at (&s_kept.by_member, place);
    if (!found || s_order (wanted, found) != 0)
        return;
    sorted_remove (&s_kept.by_member, place);
    sorted_remove (&s_kept.by_score, sorted_find (&s_kept.by_score, s_by_score, found));
    free (found->member);
    free (found);
}

static void
s_add (const entry_t *wanted)
{
    s_remove (wanted);
    entry_t *entry = malloc (sizeof *entry);
    check (entry);
    *entry = (entry_t) { malloc (wanted->size + 1), wanted->size, wanted->score };
    check (entry->member);
    memcpy (entry->member, wanted->member, wanted->size);
    sorted_insert (&s_kept.by_member, sorted_find (&s_kept.by_member, s_by_member, entry), entry);
    sorted_insert (&s_kept.by_score, sorted_find (&s_kept.by_score, s_by_score, entry), entry);
}

redis_t *
redis_new (const char *url, const char *password)
{
    (void) url, (void) password;
    redis_t *self = calloc (1, sizeof *self);
    check (self);
    self->is_there = true;
    return self;
}

void
redis_destroy (redis_t **self)
{
    free (*self);
    *self = NULL;
}

bool redis_is_up (redis_t *self) { return self->is_there; }
int redis_connection (const redis_t *self) { return self->is_there; }
void redis_send (redis_t *self) { (void) self; }
bool redis_flush (redis_t *self) { return self->is_there; }

void
redis_queue (redis_t *self, const char *format, ...)
{
    char text [256];
    va_list arguments;
    (void) self;
    va_start (arguments, format);
    vsnprintf (text, sizeof text, format, arguments);
    va_end (arguments);
    if (strncmp (text, "UNLINK ", 7) == 0)
        redis_wipe ();
    else if (strncmp (text, "SET ", 4) == 0)
        snprintf (s_kept.marker, sizeof s_kept.marker, "%s", strrchr (text, ' ') + 1);
}

void
redis_queue_words (redis_t *self, int count, const char **words, const size_t *sizes)
{
    (void) self;
    bool adds = strcmp (words [0], "ZADD") == 0;
    for (int i = 2; i < count; i += adds ? 2 : 1) {
        entry_t entry = { (char *) words [adds ? i + 1 : i], sizes [adds ? i + 1 : i],
            adds ? strtoll (words [i], NULL, 10) : 0 };
        if (adds)
            s_add (&entry);
        else
            s_remove (&entry);
    }
}

const char *
redis_text (redis_t *self, const char *format, ...)
{
    (void) self, (void) format;         /* the only question is for the marker */
    return *s_kept.marker ? s_kept.marker : NULL;
}

bool
redis_range (redis_t *self, const char *key, int64_t after, int64_t until, int max, redis_visit_fn *visit,
    void *closure)
{
    (void) self, (void) key;
    entry_t from = { (char *) "", 0, after + 1 }, *entry;
    sorted_place_t place = sorted_find (&s_kept.by_score, s_by_score, &from);
    for (; max > 0 && (entry = sorted_at (&s_kept.by_score, place)) && entry->score <= until; max--) {
        visit (closure, entry->member, entry->size, entry->score);
        sorted_step (&s_kept.by_score, &place);
    }
    return true;
}
