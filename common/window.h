/* window - the wake-ups of the next seconds in memory, first due first. Bounded by time: what falls due up to until is
 * in it. When more falls due than it holds, it ends earlier. An entry is a hint and may be there twice. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { WINDOW_MAX = 65536 };

typedef struct { int64_t due_at; char *key; } due_entry_t;

typedef struct {
    due_entry_t *entries;       /* from first on, in order of due_at, then of arrival */
    int first, count, capacity;
    int64_t until;              /* ms UTC; 0: nothing is known */
} window_t;

/* Everything is forgotten, until is 0. Frees all memory. */
void window_forget (window_t *self);
/* Takes a copy of the key. Later than until: it is not taken, whoever moves until on brings it. */
void window_add (window_t *self, int64_t due_at, const char *key);
/* The first entry, NULL: none. Lives until the window is changed. */
const due_entry_t *window_first (const window_t *self);
void window_drop_first (window_t *self);
