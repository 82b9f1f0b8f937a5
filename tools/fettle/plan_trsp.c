/* plan_trsp - the technician routing and scheduling problem: technicians with homes, skills, tools and spare parts, a
 * depot where they can fetch tools and parts (V. Pillac, C. Gueret, A. Medaglia, "A parallel matheuristic for the
 * technician routing and scheduling problem", Optimization Letters 7, 2013). Node 0 is the depot, then the technicians,
 * then the requests; names are the numbers of the nodes. What is least is the working time, from home to home. */
#include "plan_file.h"
#include "plan_lines.h"
#include <string.h>

enum { COORDINATE_MAX = 100000, TIME_MAX = 100000, SKILLS_MAX = 64, QUANTITY_MAX = 100000, SCALE = 10000 };

typedef struct {
    plan_window_t window;
    int32_t work;
    int32_t *skills, *tools, *parts;
    int skill_count, tool_count, part_count;
} node_t;

typedef struct {
    plan_lines_t lines;
    arena_t *arena;
    plan_file_t *file;
    plan_spot_t *spots;
    node_t *nodes;
    int count, technicians, skills, tools, parts;
} trsp_t;

static void
s_read_head (trsp_t *self)
{
    plan_lines_t *lines = &self->lines;
    self->file->name = plan_lines_name (lines, self->arena, "INFO");
    plan_lines_heading (lines, "CREW COUNT SKILLS TOOLS SPARE PARTS");
    plan_lines_must (lines, "the number of technicians, skills, tools and parts");
    self->technicians = (int) plan_lines_whole (lines, "the number of technicians", 1, PLAN_FILE_RESOURCES_MAX);
    self->skills = (int) plan_lines_whole (lines, "the number of skills", 0, SKILLS_MAX);
    self->tools = (int) plan_lines_whole (lines, "the number of tools", 0, SKILLS_MAX);
    self->parts = (int) plan_lines_whole (lines, "the number of parts", 0, PLAN_PARTS_MAX);
    plan_lines_line_end (lines);
    plan_lines_heading (lines, "DEPOT TECHNICIANS AND REQUESTS");
    plan_lines_heading (lines, "ID X Y TWS TWE SERV SKILLS TOOLS SPARE PARTS");
}

static int32_t *
s_copy (trsp_t *self, const int32_t *values, int count)
{
    int32_t *copy = arena_array (self->arena, (size_t) count, sizeof *copy);
    memcpy (copy, values, (size_t) count * sizeof *copy);
    return copy;
}

static void
s_read_lists (trsp_t *self, node_t *node)
{
    int32_t values [SKILLS_MAX];
    node->skill_count = plan_lines_list (&self->lines, "the skills", 0, self->skills - 1, SKILLS_MAX, values);
    node->skills = s_copy (self, values, node->skill_count);
    node->tool_count = plan_lines_list (&self->lines, "the tools", 0, self->tools - 1, SKILLS_MAX, values);
    node->tools = s_copy (self, values, node->tool_count);
    node->part_count = plan_lines_list (&self->lines, "the parts", 0, QUANTITY_MAX, PLAN_PARTS_MAX, values);
    node->parts = s_copy (self, values, node->part_count);
    if (node->part_count && node->part_count != self->parts)
        plan_lines_refuse (&self->lines, "the parts are %d numbers: there are %d parts", node->part_count, self->parts);
}

static void
s_read_node (trsp_t *self)
{
    plan_lines_t *lines = &self->lines;
    plan_spot_t *spot = &self->spots [self->count];
    node_t *node = &self->nodes [self->count];
    int64_t number = plan_lines_whole (lines, "the node's number", 0, INT32_MAX);
    if (number != self->count)
        plan_lines_refuse (lines, "node %d: expected %d, they are numbered in order", (int) number, self->count);
    spot->x = plan_lines_decimal (lines, "x", 3, -COORDINATE_MAX, COORDINATE_MAX);
    spot->y = plan_lines_decimal (lines, "y", 3, -COORDINATE_MAX, COORDINATE_MAX);
    node->window.from = (int32_t) plan_lines_decimal (lines, "the window's begin", 4, 0, TIME_MAX);
    node->window.to = (int32_t) plan_lines_decimal (lines, "the window's end", 4, 0, TIME_MAX);
    node->work = (int32_t) plan_lines_decimal (lines, "the service time", 4, 0, TIME_MAX);
    if (node->window.to < node->window.from)
        plan_lines_refuse (lines, "node %d: the window ends before it begins", self->count);
    s_read_lists (self, node);
    plan_lines_line_end (lines);
    self->count++;
}

static void
s_read_nodes (trsp_t *self)
{
    int most = 1 + self->technicians + PLAN_FILE_VISITS_MAX;
    self->spots = arena_array (self->arena, (size_t) most, sizeof *self->spots);
    self->nodes = arena_array (self->arena, (size_t) most, sizeof *self->nodes);
    while (plan_lines_next (&self->lines)) {
        if (self->count == most)
            plan_lines_refuse (&self->lines, "more than %d requests", PLAN_FILE_VISITS_MAX);
        s_read_node (self);
    }
    if (self->count <= 1 + self->technicians)
        plan_lines_refuse (&self->lines, "ends after node %d: %d technicians are said to be there, and a request",
            self->count - 1, self->technicians);
}

static plan_skill_t *
s_skills (trsp_t *self, const node_t *node)
{
    plan_skill_t *skills = arena_array (self->arena, (size_t) node->skill_count, sizeof *skills);
    for (int i = 0; i < node->skill_count; i++)
        skills [i] = (plan_skill_t) { .skill = node->skills [i], .level = 1, .until = PLAN_NEVER };
    return skills;
}

static plan_part_t *
s_parts (trsp_t *self, const node_t *node, int *ret_count)
{
    plan_part_t *parts = arena_array (self->arena, (size_t) node->part_count, sizeof *parts);
    *ret_count = 0;
    for (int i = 0; i < node->part_count; i++)
        if (node->parts [i])
            parts [(*ret_count)++] = (plan_part_t) { .part = i, .quantity = node->parts [i] };
    return parts;
}

static void
s_make_resources (trsp_t *self)
{
    plan_resource_t *resources = arena_array (self->arena, (size_t) self->technicians, sizeof *resources);
    plan_shift_t *shifts = arena_array (self->arena, (size_t) self->technicians, sizeof *shifts);
    for (int i = 0; i < self->technicians; i++) {
        const node_t *node = &self->nodes [i + 1];
        shifts [i] = (plan_shift_t) { .from = node->window.from, .to = node->window.to, .start_place = i + 1,
            .end_place = i + 1 };
        resources [i] = (plan_resource_t) { .id = arena_printf (self->arena, "%d", i + 1), .shifts = &shifts [i],
            .shift_count = 1, .skills = s_skills (self, node), .skill_count = node->skill_count,
            .tools = node->tools, .tool_count = node->tool_count };
        resources [i].parts = s_parts (self, node, &resources [i].part_count);
    }
    self->file->problem.resources = resources;
    self->file->problem.resource_count = self->technicians;
}

static void
s_make_visits (trsp_t *self)
{
    int first = 1 + self->technicians, count = self->count - first;
    plan_visit_t *visits = arena_array (self->arena, (size_t) count, sizeof *visits);
    for (int i = 0; i < count; i++) {
        const node_t *node = &self->nodes [first + i];
        plan_visit_t visit = plan_file_visit_new (arena_printf (self->arena, "%d", first + i), first + i, node->work);
        visit.windows = &node->window;
        visit.window_count = 1;
        visit.skills = s_skills (self, node);
        visit.skill_count = node->skill_count;
        visit.tools = node->tools;
        visit.tool_count = node->tool_count;
        visit.parts = s_parts (self, node, &visit.part_count);
        visits [i] = visit;
    }
    self->file->problem.visits = visits;
    self->file->problem.visit_count = count;
}

bool
plan_trsp_parse (arena_t *arena, const char *text, size_t size, plan_file_t *file, char error [512])
{
    trsp_t *self = arena_alloc (arena, sizeof *self);
    plan_lines_open (&self->lines, arena, text, size, error);
    self->arena = arena;
    self->file = file;
    if (setjmp (self->lines.refused))
        return false;
    s_read_head (self);
    s_read_nodes (self);
    file->convention = PLAN_CONVENTION_EXACT;
    file->scale = SCALE;
    file->plane = (plan_plane_t) { .spots = self->spots, .scale = SCALE, .is_up = true };
    file->problem = (plan_problem_t) { .supply_place = 0,
        .travel = { .places = self->count, .leg = plan_plane_leg, .context = &file->plane },
        .policy = { .work_time_per_hour = 1, .hour = 1 } };
    s_make_resources (self);
    s_make_visits (self);
    return true;
}
