/* A file of calendars and cases from a stranger: refused with a sentence, or every case of it can be computed. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "sla.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

static void
s_check_case (const sla_case_t *one)
{
    deadline_t found = sla_promise_deadline (&one->promise);
    if (found.due_at < one->promise.start_at || found.breach_at < found.due_at)
        abort ();
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
    arena_t *arena = arena_new ();
    sla_file_t file;
    char error [512] = "";
    if (sla_file_parse (arena, (const char *) bytes, size, &file, error))
        for (size_t i = 0; i < file.case_count; i++)
            s_check_case (&file.cases [i]);
    else if (!error [0] || !utf8_is_valid (error, strlen (error)))
        abort ();
    sla_file_free (&file);
    arena_destroy (&arena);
    return 0;
}
