/* plan_text - quantities of a plan as its file has them. */
#include "plan_result.h"
#include "moment.h"
#include <inttypes.h>
#include <stdio.h>
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
