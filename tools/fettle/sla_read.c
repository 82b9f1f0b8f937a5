/* sla_read - a file of calendars and cases, from its path. */
#include "command_file.h"
#include "sla.h"

bool
sla_file_read (arena_t *arena, const char *path, sla_file_t *ret_file, char error [512])
{
    size_t size;
    *ret_file = (sla_file_t) { 0 };
    const char *text = command_text_read (arena, path, &size, error);
    return text && sla_file_parse (arena, text, size, ret_file, error);
}
