/* sla check - are deadlines what people say they are? */
#include "sla.h"
#include "fettle.h"
#include "options.h"
#include <stdio.h>

static bool
s_is_as_expected (const sla_case_t *one, const char *name, int64_t expected_at, int64_t found_at)
{
    char expected [SLA_TEXT_SIZE], found [SLA_TEXT_SIZE];
    if (expected_at == found_at)
        return true;
    printf ("%s: %s is %s, expected %s\n", one->id, name, sla_moment_print (found_at, found),
            sla_moment_print (expected_at, expected));
    return false;
}

static bool
s_passes (const sla_case_t *one)
{
    deadline_t found = sla_promise_deadline (&one->promise);
    bool is_due = s_is_as_expected (one, "due_at", one->due_at, found.due_at);
    bool is_breach = !one->has_breach_at || s_is_as_expected (one, "breach_at", one->breach_at, found.breach_at);
    return is_due && is_breach;
}

static int
s_check (const sla_file_t *file, const char *path)
{
    int failed = 0;
    if (!file->case_count)
        return fettle_fail (EXIT_USAGE, "sla", "%s: cases is missing or empty: nothing to check.", path);
    for (size_t i = 0; i < file->case_count; i++)
        failed += !s_passes (&file->cases [i]);
    printf ("%d passed, %d failed\n", (int) file->case_count - failed, failed);
    return failed ? EXIT_NO : EXIT_OK;
}

int
sla_check (int argc, char **argv)
{
    char error [512];
    sla_file_t file;
    if (options_take (argc, argv, (const option_t []) { { 0 } }) != 1)
        return fettle_usage ("sla", "check takes one file.");
    arena_t *arena = arena_new ();
    int code = sla_file_read (arena, argv [1], &file, error) ? s_check (&file, argv [1])
             : fettle_fail (EXIT_USAGE, "sla", "%s: %s.", argv [1], error);
    sla_file_free (&file);
    arena_destroy (&arena);
    return code;
}
