#include "timer_index.h"
#include "crashpoint.h"
#include "moment.h"
#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEY "sla:due"
#define MARKER "sla:due:marker"

enum { MAKE_PAGE = 2048, MEMBERS_MAX = 1024, PAUSE_MS = 5000, FEW = 16 };

/* The last instant there may be: the end of the year 9999. */
#define FOREVER_AT INT64_C (253402300799999)

void
timer_index_init (timer_index_t *self, const service_t *service, redis_t *redis, int64_t epoch)
{
    *self = (timer_index_t) { .service = service, .redis = redis, .epoch = epoch };
}

/* ---- members: a key, its kind as one byte and its UUIDs in binary, half of the bytes. A set that another program has
 * written is made again before it is read, so the numbers of kinds may change. */

enum { KIND_BASE = 0x80, KINDS_MAX = 0x7f, UUID_MARK = 1, UUID_TEXT = 36, UUID_BYTES = 16 };

static const char *
s_kind (const service_t *service, int number)
{
    for (const handler_t *h = service->handlers; h->kind; h++)
        if (h->kind == HANDLER_TIMER && number-- == 0)
            return h->source;
    return NULL;
}

/* The number of the key's kind; -1: nobody handles it. */
static int
s_kind_number (const service_t *service, const char *key, size_t length)
{
    const char *kind;
    for (int i = 0; i < KINDS_MAX && (kind = s_kind (service, i)); i++)
        if (strncmp (kind, key, length) == 0 && !kind [length])
            return i;
    return -1;
}

static bool
s_pack_uuid (const char *text, unsigned char *ret_bytes)
{
    char digits [33];
    int count = 0;
    for (int i = 0; i < UUID_TEXT; i++) {
        bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (is_hyphen ? text [i] != '-' : !(isdigit ((unsigned char) text [i]) || (text [i] >= 'a' && text [i] <= 'f')))
            return false;
        if (!is_hyphen)
            digits [count++] = text [i];
    }
    return sodium_hex2bin (ret_bytes, UUID_BYTES, digits, (size_t) count, NULL, NULL, NULL) == 0;
}

/* Never longer than the key. */
static size_t
s_pack (const service_t *service, const char *key, char *ret_member)
{
    char *end = ret_member;
    size_t length = strcspn (key, ":");
    int kind = key [length] ? s_kind_number (service, key, length) : -1;
    if (kind >= 0)
        *end++ = (char) (KIND_BASE + kind);
    for (const char *p = kind >= 0 ? key + length + 1 : key; *p; p++) {
        unsigned char bytes [UUID_BYTES];
        if (!s_pack_uuid (p, bytes)) {
            *end++ = *p;
            continue;
        }
        *end++ = UUID_MARK;
        memcpy (end, bytes, UUID_BYTES);
        end += UUID_BYTES;
        p += UUID_TEXT - 1;
    }
    return (size_t) (end - ret_member);
}

static char *
s_unpack (arena_t *arena, const service_t *service, const char *member, size_t size)
{
    const char *kind = size && (unsigned char) *member >= KIND_BASE
        ? s_kind (service, (unsigned char) *member - KIND_BASE) : NULL;
    size_t prefix = kind ? strlen (kind) + 1 : 0;
    char *key = arena_alloc (arena, prefix + size * 3 + 1), *end = key;
    if (kind)
        end += snprintf (key, prefix + 1, "%s:", kind);
    for (size_t i = kind != NULL; i < size; i++) {
        if (member [i] != UUID_MARK || size - i <= UUID_BYTES) {
            *end++ = member [i];
            continue;
        }
        char hex [2 * UUID_BYTES + 1];
        sodium_bin2hex (hex, sizeof hex, (const unsigned char *) member + i + 1, UUID_BYTES);
        end += snprintf (end, UUID_TEXT + 1, "%.8s-%.4s-%.4s-%.4s-%s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
        i += UUID_BYTES;
    }
    *end = '\0';
    return key;
}

/* ---- words of one command, sent when there are many */

typedef struct {
    const timer_index_t *index;
    arena_t *arena;
    const char *verb;
    const char **words;
    size_t *sizes;
    int count, capacity;
} words_t;

static words_t
s_words (const timer_index_t *index, arena_t *arena, const char *verb, int members)
{
    int capacity = 2 + 2 * (members < MEMBERS_MAX ? members : MEMBERS_MAX);
    return (words_t) { index, arena, verb, arena_array (arena, (size_t) capacity, sizeof (char *)),
        arena_array (arena, (size_t) capacity, sizeof (size_t)), 0, capacity };
}

static void
s_word (words_t *self, const char *word, size_t size)
{
    self->words [self->count] = word;
    self->sizes [self->count++] = size;
}

static void
s_end_words (words_t *self)
{
    if (self->count > 2)
        redis_queue_words (self->index->redis, self->count, self->words, self->sizes);
    self->count = 0;
}

static void
s_add_member (words_t *self, const char *key, int64_t due_at)
{
    if (self->count + 2 > self->capacity)
        s_end_words (self);
    if (!self->count) {
        s_word (self, self->verb, strlen (self->verb));
        s_word (self, KEY, strlen (KEY));
    }
    if (due_at) {
        char *score = arena_alloc (self->arena, 24);
        s_word (self, score, (size_t) snprintf (score, 24, "%lld", (long long) due_at));
    }
    char *member = arena_alloc (self->arena, strlen (key));
    s_word (self, member, s_pack (self->index->service, key, member));
}

/* ---- asking */

static bool
s_is_current (const timer_index_t *self)
{
    return redis_is_up (self->redis) && redis_connection (self->redis) == self->connection;
}

/* Looked at after the answer: whatever was flushed before it took the marker along. */
static bool
s_has_marker (const timer_index_t *self)
{
    char epoch [32];
    snprintf (epoch, sizeof epoch, "%lld", (long long) self->epoch);
    const char *marker = redis_text (self->redis, "GET %s", MARKER);
    return marker && strcmp (marker, epoch) == 0;
}

typedef struct { const timer_index_t *index; arena_t *arena; due_t *due; int capacity; } found_t;

static void
s_found (void *closure, const char *member, size_t size, int64_t score)
{
    found_t *found = closure;
    due_t *due = found->due;
    if (due->count == found->capacity) {
        wakeup_row_t *bigger = arena_array (found->arena, (size_t) (found->capacity *= 2), sizeof *bigger);
        memcpy (bigger, due->rows, (size_t) due->count * sizeof *bigger);
        due->rows = bigger;
    }
    due->rows [due->count++] = (wakeup_row_t) { s_unpack (found->arena, found->index->service, member, size), score };
}

due_t
timer_index_due (timer_index_t *self, arena_t *arena, int64_t after, int64_t until, int max)
{
    due_t due = { 0 };
    if (!self->is_whole)
        return due;
    due.rows = arena_array (arena, FEW, sizeof *due.rows);
    due.ok = s_is_current (self)
        && redis_range (self->redis, KEY, after, until, max, s_found, &(found_t) { self, arena, &due, FEW })
        && s_has_marker (self);
    self->is_begun = self->is_whole = due.ok;
    return due;
}

int64_t
timer_page_reach (const due_t *page, int max, int64_t until)
{
    return page->count < max ? until : page->rows [page->count - 1].due_at - 1;
}

/* ---- writing */

void
timer_index_note (timer_index_t *self, const tx_t *tx)
{
    if (!tx->timer_count || !self->is_begun || !s_is_current (self))
        return;
    CRASHPOINT ("before_redis");
    words_t add = s_words (self, tx->arena, "ZADD", tx->timer_count);
    words_t remove = s_words (self, tx->arena, "ZREM", tx->timer_count);
    for (int i = 0; i < tx->timer_count; i++)
        s_add_member (tx->timers [i]->due_at ? &add : &remove, tx->timers [i]->key, tx->timers [i]->due_at);
    s_end_words (&add);
    s_end_words (&remove);
    redis_send (self->redis);
}

static void
s_begin (timer_index_t *self)
{
    self->connection = redis_connection (self->redis);
    self->is_begun = true;
    self->is_whole = false;
    self->made_until = 1;
    self->page = MAKE_PAGE;
    redis_queue (self->redis, "UNLINK %s %s", KEY, MARKER);
}

static void
s_add_page (timer_index_t *self, arena_t *arena, const due_t *page, int64_t reach)
{
    words_t add = s_words (self, arena, "ZADD", page->count);
    for (int i = 0; i < page->count && page->rows [i].due_at <= reach; i++)
        s_add_member (&add, page->rows [i].id, page->rows [i].due_at);
    s_end_words (&add);
    self->made_until = reach;
    self->page = MAKE_PAGE;
}

/* Redis works on one page while Postgres reads the next: the answers to the last page are read here. */
static void
s_make_page (timer_index_t *self, store_t *store, arena_t *arena)
{
    due_t page = db_store_due (store, arena, self->made_until, FOREVER_AT, self->page);
    int64_t reach = timer_page_reach (&page, self->page, FOREVER_AT);
    if (!page.ok || !redis_flush (self->redis)) {
        self->is_begun = false;
        self->again_at = moment_steady () + PAUSE_MS;
        return;
    }
    if (reach <= self->made_until) {
        self->page *= 4;                    /* nothing but one instant: all of it is wanted */
        return;
    }
    s_add_page (self, arena, &page, reach);
    if (reach == FOREVER_AT) {
        redis_queue (self->redis, "SET %s %lld", MARKER, (long long) self->epoch);
        self->is_whole = redis_flush (self->redis);
    } else
        redis_send (self->redis);
}

bool
timer_index_make (timer_index_t *self, store_t *store)
{
    if (!s_is_current (self) || !self->is_begun) {
        if (moment_steady () < self->again_at || !redis_is_up (self->redis))
            return self->is_begun = self->is_whole = false;
        s_begin (self);
    }
    if (self->is_whole)
        return false;
    arena_t *arena = arena_new ();
    s_make_page (self, store, arena);
    arena_destroy (&arena);
    return self->is_begun && !self->is_whole;
}
