/* calendar - holidays of a feed into a calendar of the scheduler, and a calendar's dates as a feed for others. */
#include "calendar/ics.h"
#include "ask.h"
#include "command_file.h"
#include "fettle.h"
#include "options.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- import */

/* What is wrong with the file is said with its name, before anything is sent. */
static bool
s_is_feed (const char *path, const char *text, size_t size)
{
    char error [ICS_ERROR_SIZE];
    ics_holiday_t *holidays = NULL;
    size_t count;
    bool good = ics_read (text, size, date_from_ymd (1970, 1, 1), date_from_ymd (2397, 12, 31), &holidays, &count,
        error);
    free (holidays);
    if (!good)
        fettle_say ("%s: %s\n", path, error);
    return good;
}

static const char *
s_file_name (const char *path)
{
    const char *slash = strrchr (path, '/');
    return slash ? slash + 1 : path;
}

static int
s_import (arena_t *arena, const char *path, const char *calendar_id, const char *source)
{
    char error [512];
    size_t size = 0;
    int code = EXIT_OK;
    char *text = command_text_read (arena, path, &size, error);
    if (!text)
        return fettle_fail (EXIT_USAGE, "calendar", "%s", error);
    if (!s_is_feed (path, text, size))
        return EXIT_NO;
    const import_holidays_t command = {
        .base = import_holidays_init, .calendar_id = (char *) calendar_id, .ics = text,
        .source = (char *) (source ? source : s_file_name (path)) };
    if (ask_service (arena, "calendar", &command.base, &code))
        printf ("%s has the holidays of %s\n", calendar_id, command.source);
    return code;
}

/* ---- export */

static bool
s_holiday (const calendar_exception_t *exception, ics_holiday_t *ret_holiday)
{
    *ret_holiday = (ics_holiday_t) { .date = date_parse (exception->date_on) };
    snprintf (ret_holiday->name, sizeof ret_holiday->name, "%s", exception->name);
    for (size_t i = 0; i < exception->n_intervals && i < ICS_HOURS_MAX; i++)
        ret_holiday->hours [ret_holiday->hours_count++] = (ics_hours_t) {
            date_parse_time (exception->intervals [i]->start), date_parse_time (exception->intervals [i]->end) };
    return ret_holiday->date != DATE_NONE;
}

static int
s_by_date (const void *left, const void *right)
{
    const ics_holiday_t *a = left, *b = right;
    return (a->date > b->date) - (a->date < b->date);
}

static int
s_export (arena_t *arena, const char *calendar_id)
{
    int code = EXIT_OK;
    const get_calendar_t question = { .base = get_calendar_init, .calendar_id = (char *) calendar_id };
    const calendar_published_t *answer = (const calendar_published_t *) ask_question (arena, "calendar",
        &question.base, &code);
    if (!answer)
        return code;
    const calendar_details_t *details = answer->details;
    ics_holiday_t *holidays = arena_array (arena, details->n_exceptions + 1, sizeof *holidays);
    size_t count = 0;
    for (size_t i = 0; i < details->n_exceptions; i++)
        count += s_holiday (details->exceptions [i], &holidays [count]);
    qsort (holidays, count, sizeof *holidays, s_by_date);
    char *text = ics_write (*details->name ? details->name : calendar_id, holidays, count);
    fputs (text, stdout);
    free (text);
    return EXIT_OK;
}

/* ---- the command */

static int
s_run (arena_t *arena, int count, char **words, const char *calendar_id, const char *source)
{
    bool is_import = strcmp (words [1], "import") == 0;
    if (!is_import && strcmp (words [1], "export") != 0)
        return fettle_usage ("calendar", "there is no calendar %s: it is import or export.", words [1]);
    if (count != 2)
        return fettle_usage ("calendar", is_import ? "import takes one file, - is standard input."
            : "export takes the id of one calendar.");
    if (!is_import)
        return s_export (arena, words [2]);
    if (!calendar_id)
        return fettle_usage ("calendar", "into which calendar? Give --calendar ID.");
    return s_import (arena, words [2], calendar_id, source);
}

int
command_calendar (int argc, char **argv)
{
    const char *calendar_id = NULL, *source = NULL;
    const option_t options [] = {
        { "--calendar", OPTION_TEXT, &calendar_id, 0, 0 }, { "--source", OPTION_TEXT, &source, 0, 0 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count == 0)
        return fettle_usage ("calendar", "say what to do: import or export.");
    arena_t *arena = arena_new ();
    int code = s_run (arena, count, argv, calendar_id, source);
    arena_destroy (&arena);
    return code;
}
