/* loop_timer - durable timers, each at its own millisecond.
 *
 * The window holds what falls due in the next seconds; it is filled ahead, page by page between turns, from the index
 * in Redis when the service has one and it is whole, from Postgres otherwise. What it says is a hint, the engine looks
 * at the row. What nobody has hinted at is found in Postgres a moment after it was due. */
#include "loop.h"
#include "crashpoint.h"
#include "moment.h"
#include <string.h>

enum {
    WINDOW_MS = 4000, AHEAD_MS = 2000,      /* filled for so long, again when less than so much is left */
    SWEEP_MS = 2000, OVERDUE_MS = 1000,     /* how often to look for what is overdue by so much, */
    SWEEP_ON_MS = 100,                      /* and again when there was a page of it */
    FILL_PAGE = 1024, FILL_PAGE_MAX = WINDOW_MAX / 2,
    RETRY_MS = 200
};

/* ---- filling */

void
loop_forget_window (loop_t *self)
{
    window_forget (&self->window);
    self->fill_at = self->sweep_at = 0;
    self->fill_page = FILL_PAGE;
}

void
loop_forget_timers (loop_t *self)
{
    loop_forget_window (self);
    timer_index_init (&self->timer_index, self->service, self->redis, self->engine.epoch);
}

static bool
s_has_room (const loop_t *self)
{
    return self->window.count + self->fill_page <= WINDOW_MAX;
}

static due_t
s_page (loop_t *self, arena_t *arena, int64_t after, int64_t until)
{
    due_t page = { 0 };
    if (self->service->timers_in_redis)
        page = timer_index_due (&self->timer_index, arena, after, until, self->fill_page);
    return page.ok ? page : db_store_due (self->store, arena, after, until, self->fill_page);
}

/* A page of one instant only is asked for again, bigger; the rest of what is too much even so is overdue soon. */
static void
s_take_page (loop_t *self, const due_t *page, int64_t until)
{
    int64_t reach = timer_page_reach (page, self->fill_page, until);
    if (reach <= self->window.until) {
        if (self->fill_page < FILL_PAGE_MAX) {
            self->fill_page *= 2;
            return;
        }
        reach++;
    }
    self->window.until = reach;
    for (int i = 0; i < page->count; i++)
        window_add (&self->window, page->rows [i].due_at, page->rows [i].id);
    self->fill_page = FILL_PAGE;
}

static void
s_fill (loop_t *self, int64_t now)
{
    if (now < self->fill_at || self->window.until > now + AHEAD_MS || !s_has_room (self))
        return;
    arena_t *arena = arena_new ();
    if (!self->window.until)
        self->window.until = 1;
    due_t page = s_page (self, arena, self->window.until, now + WINDOW_MS);
    if (page.ok)
        s_take_page (self, &page, now + WINDOW_MS);
    else
        self->fill_at = now + RETRY_MS;
    arena_destroy (&arena);
}

/* Overdue and not in the window: a row made by hand, or an index that was wrong. */
static void
s_sweep (loop_t *self, int64_t now)
{
    const due_entry_t *first = window_first (&self->window);
    bool is_behind = self->window.until < now || (first && first->due_at < now - OVERDUE_MS);
    if (now < self->sweep_at || is_behind)
        return;
    arena_t *arena = arena_new ();
    due_t page = db_store_due (self->store, arena, 1, now - OVERDUE_MS, FILL_PAGE);
    for (int i = 0; i < page.count; i++)
        window_add (&self->window, page.rows [i].due_at, page.rows [i].id);
    self->sweep_at = now + (page.count < FILL_PAGE ? SWEEP_MS : SWEEP_ON_MS);
    arena_destroy (&arena);
}

/* ---- taking what is due */

static const handler_t *
s_handler (const service_t *service, const char *kind)
{
    for (const handler_t *h = service->handlers; h->kind; h++)
        if (h->kind == HANDLER_TIMER && strcmp (h->source, kind) == 0)
            return h;
    return NULL;
}

static void
s_take (loop_t *self, const due_entry_t *entry)
{
    arena_t *arena = engine_arena (&self->engine);
    wakeup_t *wakeup = arena_alloc (arena, sizeof *wakeup);
    char *key = arena_strdup (arena, entry->key), *colon = strchr (key, ':');
    if (colon)
        *colon = '\0';
    *wakeup = (wakeup_t) { key, colon ? colon + 1 : (char *) "", entry->due_at, 0 };
    self->messages [self->count++] = (message_t) {
        .origin = ORIGIN_TIMER, .handler = s_handler (self->service, key), .body = wakeup, .actor = "timer",
        .correlation = "", .id = arena_strdup (arena, entry->key), .type = "timer",
        .raw = { (const uint8_t *) "", 0 } };
    CRASHPOINT ("timer_claimed");
}

void
loop_take_timers (loop_t *self, int max)
{
    if (!loop_clock_is_right (self))
        return;
    int64_t now = moment_now ();
    s_fill (self, now);
    s_sweep (self, now);
    const due_entry_t *first;
    while (self->count < max && (first = window_first (&self->window)) && first->due_at <= now) {
        s_take (self, first);
        window_drop_first (&self->window);
    }
}

static int64_t
s_earlier (int64_t left, int64_t right)
{
    return left < right ? left : right;
}

int64_t
loop_next_timer_at (const loop_t *self)
{
    const due_entry_t *first = window_first (&self->window);
    int64_t fill_at = self->window.until - AHEAD_MS > self->fill_at ? self->window.until - AHEAD_MS : self->fill_at;
    int64_t at = first ? s_earlier (first->due_at, self->sweep_at) : self->sweep_at;
    if (self->is_clock_held)
        return INT64_MAX;
    if (self->is_index_growing)
        return 0;
    return s_has_room (self) ? s_earlier (at, fill_at) : at;
}

/* ---- after a commit */

void
loop_note_timers (loop_t *self, const tx_t *tx)
{
    for (int i = 0; i < tx->timer_count; i++)
        if (tx->timers [i]->due_at)
            window_add (&self->window, tx->timers [i]->due_at, tx->timers [i]->key);
    if (self->service->timers_in_redis)
        timer_index_note (&self->timer_index, tx);
}

void
loop_make_index (loop_t *self)
{
    if (self->service->timers_in_redis)
        self->is_index_growing = timer_index_make (&self->timer_index, self->store);
}
