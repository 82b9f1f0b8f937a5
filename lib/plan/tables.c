/* tables - legs between all nodes, and who is near whom. */
#include "model.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { NEAR_MAX = 400, NEAR_LARGE = 120, LARGE = 2000, AROUND_MAX = 32, BESIDE_MAX = 32, WAIT_SHARE = 5 };

int32_t
model_leg (const model_t *self, int from, int to, bool is_distance)
{
    const plan_travel_t *travel = &self->problem->travel;
    int32_t a = self->place [from], b = self->place [to], time, distance;
    if (travel->time) {
        size_t cell = (size_t) a * (size_t) travel->places + (unsigned) b;
        return is_distance && travel->distance ? travel->distance [cell] : travel->time [cell];
    }
    travel->leg (travel->context, a, b, &time, &distance);
    return is_distance ? distance : time;
}

/* Rows lie far apart; large pages spare the processor most of its searches for them. */
static int32_t *
s_table (size_t nodes)
{
    size_t page = (size_t) 1 << 21, bytes = (nodes * nodes * sizeof (int32_t) + page - 1) & ~(page - 1);
    int32_t *table = aligned_alloc (bytes > page ? page : 64, bytes);
    if (!table) {
        fprintf (stderr, "plan: out of memory: a table of %zu x %zu legs\n", nodes, nodes);
        abort ();
    }
    if (bytes > page)
        madvise (table, bytes, MADV_HUGEPAGE);
    return table;
}

static void
s_fill_row (model_t *self, int32_t *time, int32_t *distance, int from)
{
    const plan_travel_t *travel = &self->problem->travel;
    size_t row = (size_t) from * (size_t) self->node_room,
        source = (size_t) self->place [from] * (size_t) travel->places;
    for (int to = 0; to < self->node_count; to++) {
        if (travel->time) {
            time [row + (unsigned) to] = travel->time [source + (unsigned) self->place [to]];
            if (distance)
                distance [row + (unsigned) to] = travel->distance [source + (unsigned) self->place [to]];
            continue;
        }
        int32_t metres;
        travel->leg (travel->context, self->place [from], self->place [to], &time [row + (unsigned) to], &metres);
        if (distance)
            distance [row + (unsigned) to] = metres;
    }
}

static bool
s_is_symmetric (const model_t *self, const int32_t *time)
{
    size_t room = (size_t) self->node_room;
    for (int i = 0; i < self->node_count; i++)
        for (int j = 0; j < i; j++)
            if (time [(size_t) i * room + (unsigned) j] != time [(size_t) j * room + (unsigned) i])
                return false;
    return true;
}

static bool
s_needs_distance (const model_t *self)
{
    for (int s = 0; s < self->shift_count; s++)
        if (self->shifts [s].per_distance_1000)
            return self->problem->travel.leg || self->problem->travel.distance;
    return false;
}

static void
s_legs (model_t *self)
{
    size_t room = (size_t) self->node_room;
    int32_t *time = s_table (room), *distance = s_needs_distance (self) ? s_table (room) : NULL;
    for (int i = 0; i < self->node_count; i++)
        s_fill_row (self, time, distance, i);
    self->time_to = time;
    if (!s_is_symmetric (self, time)) {
        self->time_to = s_table (room);
        for (int i = 0; i < self->node_count; i++)
            for (int j = 0; j < self->node_count; j++)
                self->time_to [(size_t) i * room + (unsigned) j] = time [(size_t) j * room + (unsigned) i];
    }
    self->distance = distance ? distance : time;
    self->time = time;
}

/* ---- neighbours: the `want` least of `count` keys, in order, equal ones by index */

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

static void
s_near_of (model_t *self, near_t *list, int node)
{
    int count = 0;
    for (int i = 0; i < self->visit_nodes; i++)
        if (i != node)
            list [count++] = (near_t) { model_time (self, node, i), i };
    s_least (list, count, self->near_count - 1);
    int32_t *near = self->near + (size_t) node * (size_t) self->near_count;
    near [0] = node;
    for (int i = 1; i < self->near_count; i++)
        near [i] = i - 1 < count ? list [i - 1].index : PLAN_NONE;
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
s_beside_of (model_t *self, near_t *list, int node, bool is_before)
{
    int count = 0;
    for (int i = 0; i < self->visit_nodes; i++) {
        int32_t key;
        if (i != node && (is_before ? s_leads (self, i, node, &key) : s_leads (self, node, i, &key)))
            list [count++] = (near_t) { key, i };
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
    int32_t *lists = malloc ((nodes * (size_t) count + 1) * sizeof *lists);
    if (!lists)
        abort ();
    return lists;
}

static void
s_neighbours (model_t *self, int from, int to)
{
    near_t *list = malloc (((size_t) self->node_room + (size_t) self->shift_count) * sizeof *list);
    if (!list)
        abort ();
    for (int i = from; i < to; i++) {
        s_near_of (self, list, i);
        s_beside_of (self, list, i, true);
        s_beside_of (self, list, i, false);
        s_around_of (self, list, i);
    }
    free (list);
}

void
model_tables_add (model_t *self, int node)
{
    if (!self->time)
        return;
    int32_t *distance = self->distance == self->time ? NULL : self->distance;
    bool is_symmetric = self->time_to == self->time;
    s_fill_row (self, self->time, distance, node);
    size_t room = (size_t) self->node_room, row = (size_t) node * room;
    for (int i = 0; i < self->node_count; i++) {
        size_t cell = (size_t) i * room + (unsigned) node;
        self->time [cell] = model_leg (self, i, node, false);
        if (distance)
            distance [cell] = model_leg (self, i, node, true);
        if (!is_symmetric) {
            self->time_to [row + (unsigned) i] = self->time [cell];
            self->time_to [cell] = self->time [row + (unsigned) i];
        }
    }
    s_neighbours (self, node, node + 1);
}

void
model_tables (model_t *self)
{
    if (self->time)
        return;
    s_legs (self);
    size_t room = (size_t) self->node_room;
    int most = self->visit_nodes > LARGE ? NEAR_LARGE : NEAR_MAX;
    self->near_count = self->visit_nodes < most ? self->visit_nodes : most;
    self->around_count = self->shift_count < AROUND_MAX ? self->shift_count : AROUND_MAX;
    self->near = s_lists (room, self->near_count);
    self->beside_count = self->visit_nodes < BESIDE_MAX ? self->visit_nodes : BESIDE_MAX;
    self->before = s_lists (room, self->beside_count);
    self->after = s_lists (room, self->beside_count);
    self->around = s_lists (room, self->around_count);
    self->remote = s_lists (room, 1);
    s_neighbours (self, 0, self->visit_nodes);
}
