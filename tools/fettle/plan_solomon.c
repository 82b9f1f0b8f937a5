/* plan_solomon - vehicle routing with time windows in Solomon's text format ("Algorithms for the vehicle routing and
 * scheduling problems with time window constraints", Operations Research 35 (2), 1987), which Gehring and Homberger
 * use too. A vehicle is a resource, a customer a visit; their names are the numbers of the file. */
#include "plan_file.h"
#include "plan_lines.h"
#include <stdio.h>
#include <string.h>

enum { COORDINATE_MAX = 100000, TIME_MAX = 100000000, AMOUNT_MAX = 1000000 };

/* A line as it stands; times in thousandths. */
typedef struct { int64_t x, y, demand, ready, due, work; int line; } row_t;

typedef struct {
    plan_lines_t lines;
    arena_t *arena;
    plan_file_t *file;
    row_t *rows;                        /* the first is the depot */
    int count, vehicles;
    int32_t capacity;
} solomon_t;

static void
s_read_head (solomon_t *self)
{
    plan_lines_t *lines = &self->lines;
    self->file->name = plan_lines_name (lines, self->arena, "VEHICLE");
    plan_lines_heading (lines, "NUMBER CAPACITY");
    plan_lines_must (lines, "the number of vehicles and their capacity");
    self->vehicles = (int) plan_lines_whole (lines, "the number of vehicles", 1, PLAN_FILE_RESOURCES_MAX);
    self->capacity = (int32_t) plan_lines_whole (lines, "the capacity", 1, INT32_MAX);
    plan_lines_line_end (lines);
    plan_lines_heading (lines, "CUSTOMER");
    plan_lines_heading (lines, "CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME");
}

static void
s_read_row (solomon_t *self, row_t *row)
{
    plan_lines_t *lines = &self->lines;
    row->line = lines->number;
    int64_t number = plan_lines_whole (lines, "the customer's number", 0, INT32_MAX);
    if (number != self->count)
        plan_lines_refuse (lines, "customer %d: expected %d, they are numbered in order from the depot, 0",
            (int) number, self->count);
    row->x = plan_lines_decimal (lines, "x", 3, -COORDINATE_MAX, COORDINATE_MAX);
    row->y = plan_lines_decimal (lines, "y", 3, -COORDINATE_MAX, COORDINATE_MAX);
    row->demand = plan_lines_whole (lines, "the demand", 0, AMOUNT_MAX);
    row->ready = plan_lines_decimal (lines, "the ready time", 3, 0, TIME_MAX);
    row->due = plan_lines_decimal (lines, "the due date", 3, 0, TIME_MAX);
    row->work = plan_lines_decimal (lines, "the service time", 3, 0, TIME_MAX);
    plan_lines_line_end (lines);
    if (row->due < row->ready)
        plan_lines_refuse (lines, "customer %d: due before it is ready", self->count);
}

static void
s_read_rows (solomon_t *self)
{
    self->rows = arena_array (self->arena, PLAN_FILE_VISITS_MAX + 1, sizeof *self->rows);
    while (plan_lines_next (&self->lines)) {
        if (self->count > PLAN_FILE_VISITS_MAX)
            plan_lines_refuse (&self->lines, "more than %d customers", PLAN_FILE_VISITS_MAX);
        s_read_row (self, &self->rows [self->count]);
        self->count++;
    }
    if (self->count < 2)
        plan_lines_refuse (&self->lines, "there is no customer");
}

/* Thousandths as units of the plan. */
static int32_t
s_units (solomon_t *self, const row_t *row, int64_t thousandths)
{
    self->lines.number = row->line;
    if (thousandths * self->file->scale % 1000 != 0)
        plan_lines_refuse (&self->lines, "a time is finer than 1/%d, which is what is counted in",
            (int) self->file->scale);
    int64_t units = thousandths * self->file->scale / 1000;
    if (units > PLAN_NEVER)
        plan_lines_refuse (&self->lines, "a time is later than %d", (int) (PLAN_NEVER / self->file->scale));
    return (int32_t) units;
}

static void
s_make_resources (solomon_t *self)
{
    plan_problem_t *problem = &self->file->problem;
    plan_resource_t *resources = arena_array (self->arena, (size_t) self->vehicles, sizeof *resources);
    plan_shift_t *shift = arena_alloc (self->arena, sizeof *shift);
    *shift = (plan_shift_t) { .from = s_units (self, self->rows, self->rows->ready),
        .to = s_units (self, self->rows, self->rows->due) };
    for (int i = 0; i < self->vehicles; i++)
        resources [i] = (plan_resource_t) { .id = arena_printf (self->arena, "%d", i + 1), .shifts = shift,
            .shift_count = 1, .capacity = self->capacity };
    problem->resources = resources;
    problem->resource_count = self->vehicles;
}

static void
s_make_visits (solomon_t *self)
{
    plan_problem_t *problem = &self->file->problem;
    problem->visit_count = self->count - 1;
    plan_visit_t *visits = arena_array (self->arena, (size_t) problem->visit_count, sizeof *visits);
    plan_window_t *windows = arena_array (self->arena, (size_t) problem->visit_count, sizeof *windows);
    for (int i = 0; i < problem->visit_count; i++) {
        const row_t *row = &self->rows [i + 1];
        windows [i] = (plan_window_t) { s_units (self, row, row->ready), s_units (self, row, row->due) };
        visits [i] = plan_file_visit_new (arena_printf (self->arena, "%d", i + 1), i + 1,
            s_units (self, row, row->work));
        visits [i].load = (int32_t) row->demand;
        visits [i].windows = &windows [i];
        visits [i].window_count = 1;
    }
    problem->visits = visits;
}

static void
s_make (solomon_t *self)
{
    plan_file_t *file = self->file;
    plan_spot_t *spots = arena_array (self->arena, (size_t) self->count, sizeof *spots);
    for (int i = 0; i < self->count; i++)
        spots [i] = (plan_spot_t) { self->rows [i].x, self->rows [i].y };
    bool is_exact = file->convention == PLAN_CONVENTION_EXACT;
    file->scale = is_exact ? plan_plane_scale (self->rows->due / 1000 + 1, 100000) : 10;
    file->plane = (plan_plane_t) { .spots = spots, .scale = file->scale, .is_up = is_exact };
    file->problem = (plan_problem_t) { .supply_place = PLAN_NONE,
        .travel = { .places = self->count, .leg = plan_plane_leg, .context = &file->plane },
        .policy = { .travel_per_hour = 1, .hour = 1 } };
    s_make_resources (self);
    s_make_visits (self);
}

bool
plan_solomon_parse (arena_t *arena, const char *text, size_t size, plan_file_t *file, char error [512])
{
    solomon_t *self = arena_alloc (arena, sizeof *self);
    plan_lines_open (&self->lines, arena, text, size, error);
    self->arena = arena;
    self->file = file;
    if (setjmp (self->lines.refused))
        return false;
    s_read_head (self);
    s_read_rows (self);
    s_make (self);
    return true;
}
