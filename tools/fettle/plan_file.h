/* plan_file - problems of who visits whom, read from files: Solomon's format, the technicians' of Pillac, our own in
 * JSON; and plans for them. */
#pragma once
#include "arena.h"
#include "map.h"
#include "plan/plan.h"

typedef enum { PLAN_FORMAT_GUESS, PLAN_FORMAT_SOLOMON, PLAN_FORMAT_TRSP, PLAN_FORMAT_JSON } plan_format_t;
extern const char *const plan_format_names [];              /* "", "solomon", ..., NULL */

/* DIMACS: each leg is floor (10 x distance) / 10. EXACT: legs are rounded up at the fifth decimal (coarser when the day
 * is longer than 5,000), so that what is feasible here is so in fact; what is told is computed in double precision. */
typedef enum { PLAN_CONVENTION_DIMACS, PLAN_CONVENTION_EXACT } plan_convention_t;

enum {
    PLAN_FILE_VISITS_MAX = 20000, PLAN_FILE_RESOURCES_MAX = 5000, PLAN_FILE_PLACES_MAX = 25000,
    PLAN_FILE_MATRIX_MAX = 5000, PLAN_FILE_LIST_MAX = 1000,
};

/* A point of the plane, in thousandths. */
typedef struct { int64_t x, y; } plan_spot_t;

/* A leg of the plane in whole units of time, (distance x scale), rounded down or up. */
typedef struct {
    const plan_spot_t *spots;
    int64_t scale;
    bool is_up;
} plan_plane_t;

/* Of a JSON problem. */
typedef struct {
    plan_point_t *points;
    plan_estimate_t estimate;
} plan_earth_t;

typedef struct { const char **names; map_t indexes; int count; } plan_names_t;

typedef struct {
    plan_format_t format;
    plan_convention_t convention;
    const char *name;
    plan_problem_t problem;             /* all of it in the arena */
    plan_plane_t plane;                 /* SOLOMON, TRSP */
    plan_earth_t earth;                 /* JSON without matrix */
    int64_t scale;                      /* units of the problem's time in one of the file's */
    int64_t origin_ms;                  /* JSON: the instant of time 0, when has_origin */
    bool has_origin;
    const char *zone;                   /* of the origin: "Z", "+02:00" */
    plan_names_t places, skills, tools, parts, territories;     /* JSON: index to name */
    map_t visit_ids, resource_ids;      /* id to the row */
} plan_file_t;

typedef struct {
    plan_format_t format;
    plan_convention_t convention;
    bool fewest_shifts;
} plan_file_options_t;

/* plan_file.c: guesses the format when it is not given. False with a sentence: line or path, what is wrong, what to
 * do. */
bool plan_file_parse (arena_t *arena, const char *text, size_t size, const plan_file_options_t *options,
    plan_file_t *ret_file, char error [512]);

/* One reader a format; as plan_file_parse. */
bool plan_solomon_parse (arena_t *arena, const char *text, size_t size, plan_file_t *file, char error [512]);
bool plan_trsp_parse (arena_t *arena, const char *text, size_t size, plan_file_t *file, char error [512]);
bool plan_json_parse (arena_t *arena, const char *text, size_t size, plan_file_t *file, char error [512]);

/* plan_routes.c: a plan for the problem, as `fettle plan --json` writes it or as lines "Route #1: 3 17". */
bool plan_routes_parse (arena_t *arena, const char *text, size_t size, const plan_file_t *file,
    plan_route_t **ret_routes, int *ret_count, char error [512]);
/* A visit that anybody may do at any time. */
plan_visit_t plan_file_visit_new (const char *id, int32_t place, int32_t work);
/* The index of a visit, by its id; PLAN_NONE: there is none. */
int plan_file_visit (const plan_file_t *file, const char *id);
int plan_file_resource (const plan_file_t *file, const char *id);

/* plan_read.c: both, from files; "-" is standard input. */
bool plan_file_read (arena_t *arena, const char *path, const plan_file_options_t *options, plan_file_t *ret_file,
    char error [512]);
bool plan_routes_read (arena_t *arena, const char *path, const plan_file_t *file, plan_route_t **ret_routes,
    int *ret_count, char error [512]);

/* plan_plane.c: legs of the plane, and what routes are in double precision. */
void plan_plane_leg (void *context, int from, int to, int32_t *ret_time, int32_t *ret_distance);
/* The most units a unit of the file's can have, a power of ten up to `most`, so that `horizon` fits. */
int64_t plan_plane_scale (int64_t horizon, int64_t most);
double plan_plane_distance (const plan_file_t *file, const plan_route_t *route);
/* The least time from leaving to coming back. */
double plan_plane_duration (const plan_file_t *file, const plan_route_t *route);
