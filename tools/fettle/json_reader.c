#include "json_reader.h"
#include "sla.h"
#include "utf8.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void
json_reader_refuse (json_reader_t *self, const char *format, ...)
{
    char text [240];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (text, sizeof text, format, arguments);
    va_end (arguments);
    snprintf (self->error, 512, "%s%s%s", self->where, *self->where ? ": " : "", text);
    utf8_trim (sla_text_tame (self->error));
    longjmp (self->refused, 1);
}

size_t
json_reader_down (json_reader_t *self, const char *format, ...)
{
    size_t length = strlen (self->where);
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (self->where + length, sizeof self->where - length, format, arguments);
    va_end (arguments);
    return length;
}

void
json_reader_up (json_reader_t *self, size_t length)
{
    self->where [length] = '\0';
}

const json_t *
json_reader_object (json_reader_t *self, const json_t *value)
{
    if (!json_is_object (value))
        json_reader_refuse (self, "not an object: write { ... }");
    return value;
}

const json_t *
json_reader_array (json_reader_t *self, const json_t *value)
{
    if (!json_is_array (value))
        json_reader_refuse (self, "not a list: write [ ... ]");
    return value;
}

const char *
json_reader_text (json_reader_t *self, const json_t *value)
{
    if (!json_is_string (value) || !*json_string_value (value))
        json_reader_refuse (self, "not a text: write \"...\"");
    return arena_strdup (self->arena, json_string_value (value));
}

const json_t *
json_reader_member (json_reader_t *self, const json_t *object, const char *name)
{
    const json_t *value = json_object_get (object, name);
    if (!value)
        json_reader_refuse (self, "%s is missing", name);
    return value;
}

const json_t *
json_reader_only (json_reader_t *self, const json_t *object, const char *const *allowed)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *) json_reader_object (self, object), key, value) {
        int i = 0;
        while (allowed [i] && strcmp (allowed [i], key) != 0)
            i++;
        if (!allowed [i])
            json_reader_refuse (self, "unknown key \"%.60s\"", key);
    }
    return object;
}
