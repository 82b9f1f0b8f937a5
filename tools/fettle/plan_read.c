#include "command_file.h"
#include "plan_file.h"

bool
plan_file_read (arena_t *arena, const char *path, const plan_file_options_t *options, plan_file_t *ret_file,
    char error [512])
{
    size_t size;
    char mistake [512];
    const char *text = command_text_read (arena, path, &size, error);
    if (!text)
        return false;
    if (plan_file_parse (arena, text, size, options, ret_file, mistake))
        return true;
    snprintf (error, 512, "%.200s: %.300s", path, mistake);
    return false;
}

bool
plan_routes_read (arena_t *arena, const char *path, const plan_file_t *file, plan_route_t **ret_routes,
    int *ret_count, char error [512])
{
    size_t size;
    char mistake [512];
    const char *text = command_text_read (arena, path, &size, error);
    if (!text)
        return false;
    if (plan_routes_parse (arena, text, size, file, ret_routes, ret_count, mistake))
        return true;
    snprintf (error, 512, "%.200s: %.300s", path, mistake);
    return false;
}
