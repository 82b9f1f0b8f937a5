/* plan_result - a plan that was found or given, and what is told of it. */
#pragma once
#include "plan_file.h"

typedef struct {
    const plan_file_t *file;
    const plan_route_t *routes;
    int route_count;
    plan_cost_t cost;                   /* recomputed by plan_check */
    int *unassigned, unassigned_count;
} plan_result_t;

/* How it was found. */
typedef struct {
    double seconds;
    int64_t threads, seed;
    bool fewest_shifts, is_cut, has_bound, is_optimal;
    int64_t iterations, bound;
} plan_search_t;

/* plan_text.c: in the units and with the names of the file. They return the buffer. */
enum { PLAN_TEXT_SIZE = 96 };
char *plan_time_text (const plan_file_t *file, int64_t time, char text [PLAN_TEXT_SIZE]);
/* A length of time. */
char *plan_span_text (const plan_file_t *file, int64_t span, char text [PLAN_TEXT_SIZE]);
/* A sentence of plan_check's, with names where it has numbers: skill "gas" for skill 0; valid UTF-8. */
enum { PLAN_SENTENCE_SIZE = 2 * PLAN_ERROR_SIZE };
char *plan_sentence_text (const plan_file_t *file, const char *sentence, char text [PLAN_SENTENCE_SIZE]);
/* Distance of all routes; in double precision where the convention says so. */
double plan_result_distance (const plan_result_t *result);
/* TRSP: the working time of all technicians. */
double plan_result_working_time (const plan_result_t *result);
int plan_result_vehicles (const plan_result_t *result);
/* What leaving out costs whom nobody may leave out: a price for the search, no money. How many they are. */
int64_t plan_result_must (const plan_result_t *result, int *ret_count);
/* "1 vehicle", "2 vehicles" */
char *plan_count_text (int count, const char *noun, char text [PLAN_TEXT_SIZE]);
/* An amount of money: for problems of the literature that is distance or time. */
double plan_money (const plan_file_t *file, int64_t amount);

/* plan_told.c: loads what people have been told, but for those who can not keep all of it: of theirs, what is frozen.
 * False with a sentence when that can not be kept either. */
bool plan_told (arena_t *arena, const plan_file_t *file, plan_t *plan, char error [PLAN_ERROR_SIZE]);

/* plan_why.c: what would make it possible to do an unassigned visit, a sentence in the arena. ret_counts: resources by
 * the rule that keeps them away. */
const char *plan_why (arena_t *arena, const plan_file_t *file, plan_t *plan, int visit, int ret_counts [PLAN_RULES]);

/* plan_print.c, plan_print_json.c: to standard output. plan NULL: nobody can be asked why. */
void plan_print (arena_t *arena, const plan_result_t *result, const plan_search_t *search, plan_t *plan);
void plan_print_json (arena_t *arena, const plan_result_t *result, const plan_search_t *search, plan_t *plan);

/* The commands. */
int plan_solve (int argc, char **argv);
int plan_check_file (int argc, char **argv);

/* Options that both have. */
typedef struct {
    const char *format, *convention, *osrm;
    int64_t osrm_seconds;
} plan_options_t;

/* False after it has said what is wrong. */
bool plan_options_read (const plan_options_t *options, plan_file_options_t *ret_options);
/* Reads the problem and asks for its travel times where that is wanted; false after it has said what is wrong, with the
 * exit code. */
bool plan_problem_read (arena_t *arena, const char *path, const plan_options_t *options,
    const plan_file_options_t *file_options, plan_file_t *ret_file, int *ret_code);

/* plan_osrm.c: fills the matrix of a problem with points from an OSRM table service. False with a sentence. */
bool plan_osrm_fill (arena_t *arena, const char *url, int64_t seconds, plan_file_t *file, char error [512]);
