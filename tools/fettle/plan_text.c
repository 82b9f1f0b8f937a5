/* plan_text - quantities of a plan as its file has them. */
#include "plan_result.h"
#include "moment.h"
#include "utf8.h"
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
s_decimals (int64_t scale)
{
    int decimals = 0;
    for (; scale > 1; scale /= 10)
        decimals++;
    return decimals;
}

char *
plan_span_text (const plan_file_t *file, int64_t span, char text [PLAN_TEXT_SIZE])
{
    if (file->format == PLAN_FORMAT_JSON)
        snprintf (text, PLAN_TEXT_SIZE, "%" PRId64 "%s", span, file->problem.policy.hour == 3600 ? " s" : "");
    else
        snprintf (text, PLAN_TEXT_SIZE, "%.*f", s_decimals (file->scale), (double) span / (double) file->scale);
    return text;
}

char *
plan_time_text (const plan_file_t *file, int64_t time, char text [PLAN_TEXT_SIZE])
{
    if (!file->has_origin) {
        plan_span_text (file, time, text);
        text [strcspn (text, " ")] = '\0';
        return text;
    }
    char moment [MOMENT_SIZE];
    int hours = 0, minutes = 0;
    if (*file->zone != 'Z')
        sscanf (file->zone + 1, "%2d:%2d", &hours, &minutes);
    int64_t offset_ms = (hours * 60 + minutes) * INT64_C (60000);
    moment_print (file->origin_ms + time * 1000 + (*file->zone == '-' ? -offset_ms : offset_ms), moment);
    snprintf (text, PLAN_TEXT_SIZE, "%.19s%s", moment, file->zone);
    return text;
}

/* ---- sentences of the checker */

typedef enum { NAME_SKILL, NAME_TOOL, NAME_PART, NAME_TERRITORY, NAME_RESOURCE, NAME_VISIT } name_kind_t;

static const char *
s_name (const plan_file_t *file, name_kind_t kind, long index)
{
    const plan_names_t *names [] = { &file->skills, &file->tools, &file->parts, &file->territories };
    if (kind == NAME_RESOURCE)
        return index < file->problem.resource_count ? file->problem.resources [index].id : NULL;
    if (kind == NAME_VISIT)
        return index < file->problem.visit_count ? file->problem.visits [index].id : NULL;
    return index < names [kind]->count ? names [kind]->names [index] : NULL;
}

/* The checker knows no names of skills and the like; it says each number behind one of these words. */
char *
plan_sentence_text (const plan_file_t *file, const char *sentence, char text [PLAN_SENTENCE_SIZE])
{
    static const struct { const char *words; name_kind_t kind; } places [] = {
        { ": skill: needs skill ", NAME_SKILL }, { ": tool: needs tool ", NAME_TOOL }, { " of part ", NAME_PART },
        { ": territory: ", NAME_TERRITORY }, { ": lock: resource ", NAME_RESOURCE },
        { ": frozen: resource ", NAME_RESOURCE }, { ": crew: resource ", NAME_RESOURCE },
        { ": order: comes after visit ", NAME_VISIT }, { ": order: who does visit ", NAME_VISIT } };
    snprintf (text, PLAN_SENTENCE_SIZE, "%s", sentence);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        const char *at = strstr (sentence, places [i].words);
        char *rest;
        if (!at || !isdigit ((unsigned char) *(at += strlen (places [i].words))))
            continue;
        const char *name = s_name (file, places [i].kind, strtol (at, &rest, 10));
        if (name)
            snprintf (text, PLAN_SENTENCE_SIZE, "%.*s\"%.60s\"%s", (int) (at - sentence), sentence, name, rest);
    }
    utf8_trim (text);
    return text;
}

/* ---- figures */

double
plan_result_distance (const plan_result_t *result)
{
    double sum = 0;
    if (result->file->format == PLAN_FORMAT_JSON || result->file->convention == PLAN_CONVENTION_DIMACS)
        return (double) result->cost.quantity [PLAN_TERM_DISTANCE] / (double) result->file->scale;
    for (int i = 0; i < result->route_count; i++)
        if (result->routes [i].stop_count)
            sum += plan_plane_distance (result->file, &result->routes [i]);
    return sum;
}

double
plan_result_working_time (const plan_result_t *result)
{
    double sum = 0;
    for (int i = 0; i < result->route_count; i++)
        if (result->routes [i].stop_count)
            sum += plan_plane_duration (result->file, &result->routes [i]);
    return sum;
}

int
plan_result_vehicles (const plan_result_t *result)
{
    return (int) result->cost.quantity [PLAN_TERM_USE];
}

double
plan_money (const plan_file_t *file, int64_t amount)
{
    return (double) amount / (double) file->scale;
}

int64_t
plan_result_must (const plan_result_t *result, int *ret_count)
{
    const plan_problem_t *problem = &result->file->problem;
    int64_t price = problem->policy.must_price ? problem->policy.must_price : PLAN_MUST_PRICE;
    *ret_count = 0;
    for (int i = 0; i < result->unassigned_count; i++)
        *ret_count += problem->visits [result->unassigned [i]].unassigned_price == 0;
    return *ret_count * price;
}

char *
plan_count_text (int count, const char *noun, char text [PLAN_TEXT_SIZE])
{
    snprintf (text, PLAN_TEXT_SIZE, "%d %s%s", count, noun, count == 1 ? "" : "s");
    return text;
}
