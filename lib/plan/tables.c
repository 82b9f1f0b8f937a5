/* tables - legs between all nodes. */
#include "model.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* No road is a leg too long for any shift, with which times can still be added. */
static int32_t
s_no_longer (int32_t time)
{
    return time < PLAN_WORK_MAX ? time : PLAN_WORK_MAX;
}

int32_t
model_leg (const model_t *self, int from, int to, bool is_distance)
{
    const plan_travel_t *travel = &self->problem->travel;
    int32_t a = self->place [from], b = self->place [to], time, distance;
    if (travel->time) {
        size_t cell = (size_t) a * (size_t) travel->places + (unsigned) b;
        return is_distance && travel->distance ? travel->distance [cell] : s_no_longer (travel->time [cell]);
    }
    travel->leg (travel->context, a, b, &time, &distance);
    return is_distance ? distance : s_no_longer (time);
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
            time [row + (unsigned) to] = s_no_longer (travel->time [source + (unsigned) self->place [to]]);
            if (distance)
                distance [row + (unsigned) to] = travel->distance [source + (unsigned) self->place [to]];
            continue;
        }
        int32_t seconds, metres;
        travel->leg (travel->context, self->place [from], self->place [to], &seconds, &metres);
        time [row + (unsigned) to] = s_no_longer (seconds);
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
    model_neighbours_add (self, node);
}

void
model_tables (model_t *self)
{
    if (!self->time)
        s_legs (self);
}
