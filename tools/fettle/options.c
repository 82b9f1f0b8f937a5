#include "options.h"
#include "fettle.h"
#include "moment.h"
#include <stdlib.h>
#include <string.h>

static const option_t *
s_find (const option_t *options, const char *argument, size_t length)
{
    for (; options->name; options++)
        if (strlen (options->name) == length && strncmp (options->name, argument, length) == 0)
            return options;
    return NULL;
}

static bool
s_set_int (const char *command, const option_t *option, const char *text)
{
    char *end;
    long long value = strtoll (text, &end, 10);
    if (!*text || *end || value < option->min || value > option->max) {
        fettle_usage (command, "%s %s: give a whole number from %lld to %lld.", option->name, text,
            (long long) option->min,
                      (long long) option->max);
        return false;
    }
    *(int64_t *) option->value = value;
    return true;
}

static bool
s_set_list (const char *command, const option_t *option, const char *text)
{
    option_list_t *list = option->value;
    if (list->count == OPTION_LIST_MAX) {
        fettle_usage (command, "more than %d times %s.", OPTION_LIST_MAX, option->name);
        return false;
    }
    list->values [list->count++] = text;
    return true;
}

static bool
s_set (const char *command, const option_t *option, const char *text)
{
    if (!text) {
        fettle_usage (command, "%s needs a value.", option->name);
        return false;
    }
    if (option->kind == OPTION_INT)
        return s_set_int (command, option, text);
    if (option->kind == OPTION_LIST)
        return s_set_list (command, option, text);
    *(const char **) option->value = text;
    return true;
}

static bool
s_set_flag (const char *command, const option_t *option, const char *text)
{
    if (text) {
        fettle_usage (command, "%s takes no value.", option->name);
        return false;
    }
    *(bool *) option->value = true;
    return true;
}

/* One argument that begins with a dash; moves *i over its value. */
static bool
s_take_one (int argc, char **argv, int *i, const option_t *options)
{
    const char *argument = argv [*i], *equals = strchr (argument, '=');
    size_t length = equals ? (size_t) (equals - argument) : strlen (argument);
    const option_t *option = s_find (options, argument, length);
    if (!option) {
        fettle_usage (argv [0], "there is no option %s.", argument);
        return false;
    }
    if (option->kind == OPTION_FLAG)
        return s_set_flag (argv [0], option, equals ? equals + 1 : NULL);
    if (equals)
        return s_set (argv [0], option, equals + 1);
    return s_set (argv [0], option, ++*i < argc ? argv [*i] : NULL);
}

int
options_take (int argc, char **argv, const option_t *options)
{
    int operands = 0;
    bool only_operands = false;
    for (int i = 1; i < argc; i++) {
        if (!only_operands && strcmp (argv [i], "--") == 0)
            only_operands = true;
        else if (only_operands || argv [i] [0] != '-' || !argv [i] [1])
            argv [++operands] = argv [i];
        else if (!s_take_one (argc, argv, &i, options))
            return -1;
    }
    return operands;
}

bool
options_moment (const char *command, const char *name, const char *text, int64_t *ret_at)
{
    char *end;
    *ret_at = 0;
    if (!text || moment_read (text, ret_at))
        return true;
    *ret_at = strtoll (text, &end, 10);
    if (*text && !*end && *ret_at > 0)
        return true;
    fettle_usage (command, "%s %s: give an instant such as 2026-06-08T08:00:00Z, or milliseconds since 1970.", name,
        text);
    return false;
}
