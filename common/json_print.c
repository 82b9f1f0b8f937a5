/* json_print.c - JSON text: parsing it strictly and printing it nicely. */
#include "json.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "utf8.h"
#include "writer.h"

/* A whole number above 64 bits is legal for a double field, and so is read again as a real. */
json_t *
json_parse_file (const char *text, size_t size, size_t size_max, char error [256])
{
    if (size > size_max) {
        snprintf (error, 256, "%zu bytes of JSON, at most %zu are accepted", size, size_max);
        return NULL;
    }
    json_error_t found;
    json_t *value = json_loadb (text, size, JSON_REJECT_DUPLICATES, &found);
    if (!value && json_error_code (&found) == json_error_numeric_overflow)
        value = json_loadb (text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &found);
    if (!value) {
        snprintf (
            error, 256, "not JSON at line %d, column %d: %s", found.line, found.column, found.text);
        utf8_trim (error);
    }
    return value;
}

json_t *
json_parse (const char *text, size_t size, char error [256])
{
    return json_parse_file (text, size, JSON_TEXT_MAX, error);
}

typedef struct {
    writer_t writer;
    bool is_pretty;
} printer_t;

static void s_print_value (printer_t *printer, const json_t *value, unsigned depth);

static void
s_print_character (writer_t *writer, unsigned char character)
{
    static const char letters [] = "btn?fr"; /* 0x08 to 0x0D; 0x0B has no letter */
    char escaped [8];
    if (character == '"' || character == '\\')
        snprintf (escaped, sizeof (escaped), "\\%c", character);
    else if (character >= 0x08 && character <= 0x0D && character != 0x0B)
        snprintf (escaped, sizeof (escaped), "\\%c", letters [character - 0x08]);
    else
        snprintf (escaped, sizeof (escaped), "\\u%04x", character);
    writer_add_text (writer, escaped);
}

static bool
s_is_plain (unsigned char character)
{
    return character >= 0x20 && character != '"' && character != '\\';
}

static void
s_print_string (writer_t *writer, const char *text, size_t size)
{
    writer_add_character (writer, '"');
    for (size_t at = 0; at < size;) {
        size_t plain = at;
        while (plain < size && s_is_plain ((unsigned char) text [plain]))
            plain++;
        writer_add (writer, text + at, plain - at);
        if (plain < size)
            s_print_character (writer, (unsigned char) text [plain++]);
        at = plain;
    }
    writer_add_character (writer, '"');
}

/* 17 digits always read back the same, but 0.1 should not become 0.10000000000000001. */
static void
s_print_real (writer_t *writer, double value)
{
    char text [40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf (text, sizeof (text), "%.*g", digits, value);
        if (strtod (text, NULL) == value)
            break;
    }
    writer_add_text (writer, value == 0 && signbit (value) ? "-0.0" : text);
}

static void
s_print_line_end (printer_t *printer, unsigned depth)
{
    if (!printer->is_pretty)
        return;
    writer_add_character (&printer->writer, '\n');
    writer_add_spaces (&printer->writer, 2 * (size_t) depth);
}

static void
s_print_array (printer_t *printer, const json_t *array, unsigned depth)
{
    size_t size = json_array_size (array);
    writer_add_character (&printer->writer, '[');
    for (size_t index = 0; index < size; index++) {
        if (index)
            writer_add_character (&printer->writer, ',');
        s_print_line_end (printer, depth + 1);
        s_print_value (printer, json_array_get (array, index), depth + 1);
    }
    if (size)
        s_print_line_end (printer, depth);
    writer_add_character (&printer->writer, ']');
}

static void
s_print_object (printer_t *printer, const json_t *object, unsigned depth)
{
    const char *key;
    json_t *value;
    bool is_first = true;
    writer_add_character (&printer->writer, '{');
    json_object_foreach ((json_t *) object, key, value)
    {
        if (!is_first)
            writer_add_character (&printer->writer, ',');
        is_first = false;
        s_print_line_end (printer, depth + 1);
        s_print_string (&printer->writer, key, strlen (key));
        writer_add_text (&printer->writer, printer->is_pretty ? ": " : ":");
        s_print_value (printer, value, depth + 1);
    }
    if (!is_first)
        s_print_line_end (printer, depth);
    writer_add_character (&printer->writer, '}');
}

static void
s_print_value (printer_t *printer, const json_t *value, unsigned depth)
{
    writer_t *writer = &printer->writer;
    char text [32];
    switch (json_typeof (value)) {
        case JSON_OBJECT:
            s_print_object (printer, value, depth);
            break;
        case JSON_ARRAY:
            s_print_array (printer, value, depth);
            break;
        case JSON_STRING:
            s_print_string (writer, json_string_value (value), json_string_length (value));
            break;
        case JSON_INTEGER:
            snprintf (text, sizeof (text), "%" JSON_INTEGER_FORMAT, json_integer_value (value));
            writer_add_text (writer, text);
            break;
        case JSON_REAL:
            s_print_real (writer, json_real_value (value));
            break;
        case JSON_TRUE:
        case JSON_FALSE:
            writer_add_text (writer, json_is_true (value) ? "true" : "false");
            break;
        default:
            writer_add_text (writer, "null");
    }
}

char *
json_print (arena_t *arena, const json_t *value, int flags)
{
    printer_t printer = { .writer = writer_new (arena, SIZE_MAX / 4),
        .is_pretty = flags & JSON_PRETTY_PRINT };
    s_print_value (&printer, value, 0);
    return writer_text (&printer.writer);
}
