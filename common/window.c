#include "window.h"
#include "check.h"
#include <stdlib.h>
#include <string.h>

void
window_forget (window_t *self)
{
    for (int i = 0; i < self->count; i++)
        free (self->entries [self->first + i].key);
    free (self->entries);
    *self = (window_t) { 0 };
}

const due_entry_t *
window_first (const window_t *self)
{
    return self->count ? &self->entries [self->first] : NULL;
}

void
window_drop_first (window_t *self)
{
    free (self->entries [self->first].key);
    self->first++;
    self->count--;
}

/* What is cut off comes again when there is room. */
static void
s_end_earlier (window_t *self)
{
    int kept = WINDOW_MAX / 4 * 3;
    self->until = self->entries [self->first + kept].due_at - 1;
    while (self->count > kept)
        free (self->entries [self->first + --self->count].key);
}

static void
s_make_room (window_t *self)
{
    if (self->first + self->count < self->capacity)
        return;
    if (self->first > self->capacity / 2) {
        memmove (self->entries, self->entries + self->first, (size_t) self->count * sizeof *self->entries);
        self->first = 0;
        return;
    }
    self->capacity = self->capacity ? self->capacity * 2 : 256;
    self->entries = realloc (self->entries, (size_t) self->capacity * sizeof *self->entries);
    check (self->entries);
}

void
window_add (window_t *self, int64_t due_at, const char *key)
{
    if (self->count == WINDOW_MAX)
        s_end_earlier (self);
    if (due_at > self->until)
        return;
    s_make_room (self);
    due_entry_t *entries = self->entries + self->first;
    int at = self->count++;
    while (at > 0 && entries [at - 1].due_at > due_at)
        at--;
    memmove (entries + at + 1, entries + at, (size_t) (self->count - 1 - at) * sizeof *entries);
    entries [at] = (due_entry_t) { due_at, strdup (key) };
}
