/* plan_json - the inside of the reader of JSON problems, for plan_json*.c only. The format is docs/planning.md and
 * docs/plan.schema.json. */
#pragma once
#include "json_reader.h"
#include "plan_file.h"

typedef struct {
    json_reader_t json;
    plan_file_t *file;
} plan_json_t;

/* A number of a structure: optional in the file, and then `without`. */
typedef struct {
    const char *name;
    size_t offset;
    bool is_wide;                       /* int64_t, else int32_t */
    int64_t min, max, without;
} plan_number_t;

#define PLAN_MONEY_MAX INT64_C (1000000000000)

/* Values. Each refuses what it is not. */
int64_t plan_json_whole (plan_json_t *self, const json_t *value, int64_t min, int64_t max);
/* Seconds since the problem's origin, or an instant. */
int32_t plan_json_time (plan_json_t *self, const json_t *value);

/* A text without control characters: it may be shown on a terminal. */
const char *plan_json_id (plan_json_t *self, const json_t *value);

/* Members that need not be there; `without` is the answer then. */
const char *plan_json_text (plan_json_t *self, const json_t *object, const char *name, const char *without);
int32_t plan_json_time_of (plan_json_t *self, const json_t *object, const char *name, int32_t without);
bool plan_json_flag (plan_json_t *self, const json_t *object, const char *name);
/* All numbers of a table, which ends with a NULL name. */
void plan_json_numbers (plan_json_t *self, const json_t *object, const plan_number_t *table, void *structure);
/* A list; NULL with *ret_count 0 when it is not there. More than most elements are refused. */
const json_t *plan_json_list (plan_json_t *self, const json_t *object, const char *name, size_t most, int *ret_count);

/* The index of a name; a new one is added up to `most`. */
int32_t plan_json_name (plan_json_t *self, plan_names_t *names, const char *kind, const char *name, int most);
/* A list of names, as indexes; those of resources must be known. */
int32_t *plan_json_names (plan_json_t *self, const json_t *object, const char *member, plan_names_t *names, int most,
    int *ret_count);
int32_t *plan_json_people (plan_json_t *self, const json_t *object, const char *member, int *ret_count);
int32_t plan_json_person (plan_json_t *self, const json_t *value);
int32_t plan_json_place (plan_json_t *self, const json_t *value);

/* plan_json_rows.c */
void plan_json_resources (plan_json_t *self, const json_t *list);
void plan_json_visits (plan_json_t *self, const json_t *list);
