/* neighbours - who is near whom: what ruin tears out together, and where insertion looks on large plans. */
#include "model.h"
#include <stdlib.h>

enum {
    NEAR_MAX = 400, NEAR_LARGE = 120, LARGE = 2000, AROUND_MAX = 32, BESIDE_MAX = 32, WAIT_SHARE = 5,
    BESIDE_AMONG = 400,         /* of so many nearest they are chosen */
    SAMPLES = 256,
};

/* ---- the `want` least of `count` keys, in order, equal ones by index */

typedef struct { int32_t key, index; } near_t;

static int
s_by_key (const void *left, const void *right)
{
    const near_t *a = left, *b = right;
    return a->key != b->key ? (a->key > b->key) - (a->key < b->key) : (a->index > b->index) - (a->index < b->index);
}

/* Moves the least `want` to the front (Hoare's selection), then sorts them. */
static void
s_least (near_t *list, int count, int want)
{
    int low = 0, high = count - 1;
    while (low < high && want < count) {
        near_t pivot = list [(low + high) / 2];
        int i = low, j = high;
        while (i <= j) {
            while (s_by_key (&list [i], &pivot) < 0)
                i++;
            while (s_by_key (&list [j], &pivot) > 0)
                j--;
            if (i <= j) {
                near_t swap = list [i];
                list [i++] = list [j];
                list [j--] = swap;
            }
        }
        if (want <= j)
            high = j;
        else if (want >= i)
            low = i;
        else
            break;
    }
    qsort (list, (size_t) (want < count ? want : count), sizeof *list, s_by_key);
}

static int
s_by_value (const void *left, const void *right)
{
    int32_t a = *(const int32_t *) left, b = *(const int32_t *) right;
    return (a > b) - (a < b);
}

/* A time that more than `want` of a node's legs are below, judged by some of them; INT32_MAX: too few to tell. */
static int32_t
s_cut (const int32_t *legs, int count, int want)
{
    int32_t sample [SAMPLES];
    if (count < SAMPLES * 8)
        return INT32_MAX;
    for (int i = 0; i < SAMPLES; i++)
        sample [i] = legs [(int64_t) i * count / SAMPLES];
    qsort (sample, SAMPLES, sizeof *sample, s_by_value);
    int rank = 2 * want * SAMPLES / count + SAMPLES / 32;
    return rank < SAMPLES ? sample [rank] : INT32_MAX;
}

static int
s_below (const int32_t *legs, int count, int node, int32_t cut, near_t *list)
{
    int found = 0;
    for (int i = 0; i < count; i++) {
        list [found] = (near_t) { legs [i], i };
        found += legs [i] <= cut && i != node;
    }
    return found;
}

/* The nearest first in the list; how many they are. */
static int
s_near_of (model_t *self, near_t *list, int node)
{
    const int32_t *legs = self->time + (size_t) node * (size_t) self->node_room;
    int all = self->visit_nodes, want = all - 1 < BESIDE_AMONG ? all - 1 : BESIDE_AMONG;
    int count = s_below (legs, all, node, s_cut (legs, all, want), list);
    if (count < want)
        count = s_below (legs, all, node, INT32_MAX, list);
    s_least (list, count, want);
    int32_t *near = self->near + (size_t) node * (size_t) self->near_count;
    near [0] = node;
    for (int i = 1; i < self->near_count; i++)
        near [i] = i - 1 < want ? list [i - 1].index : PLAN_NONE;
    return want;
}

/* The way from one to the other, a share of the least waiting there, and whether it can be at all. */
static bool
s_leads (const model_t *self, int from, int to, int32_t *ret_key)
{
    const node_t *a = &self->nodes [from], *b = &self->nodes [to];
    int32_t time = model_time (self, from, to);
    if ((int64_t) a->opens + a->work + time > b->closes)
        return false;
    int64_t waits = (int64_t) b->opens - a->closes - a->work - time;
    *ret_key = time + (int32_t) (waits > 0 ? waits / WAIT_SHARE : 0);
    return true;
}

static void
s_beside_of (model_t *self, const near_t *nearest, int among, near_t *list, int node, bool is_before)
{
    int count = 0;
    for (int i = 0; i < among; i++) {
        int32_t key;
        int other = nearest [i].index;
        if (is_before ? s_leads (self, other, node, &key) : s_leads (self, node, other, &key))
            list [count++] = (near_t) { key, other };
    }
    s_least (list, count, self->beside_count);
    int32_t *own = (is_before ? self->before : self->after) + (size_t) node * (size_t) self->beside_count;
    for (int i = 0; i < self->beside_count; i++)
        own [i] = i < count ? list [i].index : PLAN_NONE;
}

static void
s_around_of (model_t *self, near_t *list, int node)
{
    int count = 0;
    int32_t remote = INT32_MAX;
    for (int s = 0; s < self->shift_count; s++) {
        if (!model_may (self, node, s))
            continue;
        int32_t time = model_time (self, self->shifts [s].start, node);
        list [count++] = (near_t) { time, s };
        remote = time < remote ? time : remote;
    }
    s_least (list, count, self->around_count);
    for (int i = 0; i < self->around_count; i++)
        self->around [(size_t) node * (size_t) self->around_count + (unsigned) i] = i < count ? list [i].index
            : PLAN_NONE;
    self->remote [node] = count ? remote : 0;
}

static int32_t *
s_lists (size_t nodes, int count)
{
    return memory_grow (NULL, (nodes * (size_t) count + 1) * sizeof (int32_t));
}

static void
s_neighbours (model_t *self, int from, int to)
{
    size_t room = (size_t) self->node_room + (size_t) self->shift_count;
    near_t *nearest = memory_grow (NULL, 2 * room * sizeof *nearest), *list = nearest + room;
    for (int i = from; i < to; i++) {
        int among = s_near_of (self, nearest, i);
        s_beside_of (self, nearest, among, list, i, true);
        s_beside_of (self, nearest, among, list, i, false);
        s_around_of (self, list, i);
    }
    free (nearest);
}

void
model_neighbours_add (model_t *self, int node)
{
    if (self->near)
        s_neighbours (self, node, node + 1);
}

void
model_neighbours (model_t *self)
{
    model_tables (self);
    if (self->near)
        return;
    size_t room = (size_t) self->node_room;
    int most = self->visit_nodes > LARGE ? NEAR_LARGE : NEAR_MAX;
    self->near_count = self->visit_nodes < most ? self->visit_nodes : most;
    self->around_count = self->shift_count < AROUND_MAX ? self->shift_count : AROUND_MAX;
    self->beside_count = self->visit_nodes < BESIDE_MAX ? self->visit_nodes : BESIDE_MAX;
    self->near = s_lists (room, self->near_count);
    self->before = s_lists (room, self->beside_count);
    self->after = s_lists (room, self->beside_count);
    self->around = s_lists (room, self->around_count);
    self->remote = s_lists (room, 1);
    s_neighbours (self, 0, self->visit_nodes);
}
