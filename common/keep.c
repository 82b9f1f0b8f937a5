#include "keep.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>

typedef struct kept_t kept_t;

struct kept_t {
    kept_t *next;                   /* in its bucket, or among the replaced ones */
    kept_t *newer, *older;          /* by when it was asked for last */
    const void *how;
    char *id;
    int64_t version;
    uint64_t hash;                  /* of the name */
    uint8_t *bytes;
    size_t size;
    void *value;
};

enum { BUCKETS_MIN = 64 };

struct keep_t {
    keep_make_fn *make;
    keep_drop_fn *drop;
    kept_t **buckets;
    size_t bucket_count, count;     /* bucket_count: a power of two, never less than count */
    kept_t *newest, *oldest, *replaced;
};

keep_t *
keep_new (keep_make_fn *make, keep_drop_fn *drop)
{
    keep_t *self = calloc (1, sizeof *self);
    check (self);
    *self = (keep_t) { .make = make, .drop = drop, .bucket_count = BUCKETS_MIN };
    self->buckets = calloc (BUCKETS_MIN, sizeof (kept_t *));
    check (self->buckets);
    return self;
}

/* ---- by when it was asked for */

static void
s_unlink (keep_t *self, kept_t *kept)
{
    *(kept->newer ? &kept->newer->older : &self->newest) = kept->older;
    *(kept->older ? &kept->older->newer : &self->oldest) = kept->newer;
}

static void
s_link_newest (keep_t *self, kept_t *kept)
{
    kept->newer = NULL;
    kept->older = self->newest;
    *(self->newest ? &self->newest->newer : &self->oldest) = kept;
    self->newest = kept;
}

/* ---- by name */

static uint64_t
s_hash (const void *how, const char *id, int64_t version)
{
    uint64_t hash = UINT64_C (0xcbf29ce484222325) ^ (uint64_t) version ^ (uint64_t) (uintptr_t) how;     /* FNV-1a */
    for (const char *at = id; *at; at++)
        hash = (hash ^ (uint8_t) *at) * UINT64_C (0x100000001b3);
    return hash ^ hash >> 32;
}

static kept_t **
s_bucket (keep_t *self, uint64_t hash)
{
    return &self->buckets [hash & (self->bucket_count - 1)];
}

static void
s_grow (keep_t *self)
{
    kept_t **before = self->buckets;
    size_t count = self->bucket_count;
    self->bucket_count *= 2;
    self->buckets = calloc (self->bucket_count, sizeof (kept_t *));
    check (self->buckets);
    for (size_t i = 0; i < count; i++)
        for (kept_t *kept = before [i], *next; kept; kept = next) {
            kept_t **bucket = s_bucket (self, kept->hash);
            next = kept->next;
            kept->next = *bucket;
            *bucket = kept;
        }
    free (before);
}

static kept_t *
s_take_out (keep_t *self, kept_t **link)
{
    kept_t *kept = *link;
    *link = kept->next;
    s_unlink (self, kept);
    self->count--;
    return kept;
}

static void
s_drop (keep_t *self, kept_t *kept)
{
    if (kept->value)
        self->drop (kept->value);
    free (kept->id);
    free (kept->bytes);
    free (kept);
}

/* ---- bytes */

/* A copy that ends with a NUL, so that no bytes at all are a copy too. */
static void *
s_copy (const void *bytes, size_t size)
{
    char *copy = malloc (size + 1);
    check (copy);
    if (size > 0)
        memcpy (copy, bytes, size);
    copy [size] = 0;
    return copy;
}

static bool
s_same_bytes (const kept_t *kept, blob_t bytes)
{
    return kept->size == bytes.size && (bytes.size == 0 || memcmp (kept->bytes, bytes.data, bytes.size) == 0);
}

/* ---- asked from outside */

void *
keep_get (keep_t *self, const void *how, const char *id, int64_t version, blob_t bytes)
{
    uint64_t hash = s_hash (how, id, version);
    kept_t **link = s_bucket (self, hash);
    while (*link && ((*link)->hash != hash || (*link)->how != how || (*link)->version != version
        || strcmp ((*link)->id, id) != 0))
        link = &(*link)->next;
    if (*link && s_same_bytes (*link, bytes)) {
        kept_t *found = *link;
        s_unlink (self, found);
        s_link_newest (self, found);
        return found->value;
    }
    if (*link) {
        kept_t *other = s_take_out (self, link);
        other->next = self->replaced;
        self->replaced = other;
    }
    if (self->count == self->bucket_count)
        s_grow (self);
    kept_t *kept = malloc (sizeof *kept);
    check (kept);
    *kept = (kept_t) {
        .next = *s_bucket (self, hash), .how = how, .id = s_copy (id, strlen (id)), .version = version, .hash = hash,
        .bytes = s_copy (bytes.data, bytes.size), .size = bytes.size, .value = self->make (how, bytes),
    };
    *s_bucket (self, hash) = kept;
    s_link_newest (self, kept);
    self->count++;
    return kept->value;
}

void
keep_trim (keep_t *self, size_t most)
{
    for (kept_t *kept = self->replaced, *next; kept; kept = next) {
        next = kept->next;
        s_drop (self, kept);
    }
    self->replaced = NULL;
    while (self->count > most) {
        kept_t **link = s_bucket (self, self->oldest->hash);
        while (*link != self->oldest)
            link = &(*link)->next;
        s_drop (self, s_take_out (self, link));
    }
}

void
keep_destroy (keep_t **self_p)
{
    if (!*self_p)
        return;
    keep_trim (*self_p, 0);
    free ((*self_p)->buckets);
    free (*self_p);
    *self_p = NULL;
}
