#include "json_scalar.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base64.h"
#include "utf8.h"

/* 2^53: above it a real may stand for several whole numbers. */
#define EXACT_MAX 9007199254740992.0

typedef __int128 wide_t; /* holds every value of all the integer kinds */

static bool __attribute__ ((format (printf, 2, 3)))
s_expected (char ret_expected [200], const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (ret_expected, 200, format, arguments);
    va_end (arguments);
    return false;
}

void
json_scalar_show (const json_t *value, char ret_text [64])
{
    if (json_is_string (value))
        snprintf (ret_text, 64, "\"%.50s\"%s", json_string_value (value),
            json_string_length (value) > 50 ? "..." : "");
    else if (json_is_integer (value))
        snprintf (ret_text, 64, "%" JSON_INTEGER_FORMAT, json_integer_value (value));
    else if (json_is_real (value))
        snprintf (ret_text, 64, "%.17g", json_real_value (value));
    else
        snprintf (ret_text, 64, "%s",
            json_is_object (value)      ? "an object"
                : json_is_array (value) ? "a list"
                : json_is_true (value)  ? "true"
                : json_is_false (value) ? "false"
                                        : "null");
    size_t valid = utf8_valid_size (ret_text, strlen (ret_text));
    snprintf (ret_text + valid, 64 - valid, "%s", ret_text [valid] ? "..." : "");
}

size_t
json_scalar_size (ProtobufCType type)
{
    switch (type) {
        case PROTOBUF_C_TYPE_INT64:
        case PROTOBUF_C_TYPE_SINT64:
        case PROTOBUF_C_TYPE_SFIXED64:
        case PROTOBUF_C_TYPE_UINT64:
        case PROTOBUF_C_TYPE_FIXED64:
        case PROTOBUF_C_TYPE_DOUBLE:
            return sizeof (uint64_t);
        case PROTOBUF_C_TYPE_STRING:
        case PROTOBUF_C_TYPE_MESSAGE:
            return sizeof (void *);
        case PROTOBUF_C_TYPE_BYTES:
            return sizeof (ProtobufCBinaryData);
        default:
            return sizeof (uint32_t);
    }
}

static bool
s_whole_of_text (const char *text, wide_t *ret_whole)
{
    bool is_negative = *text == '-';
    size_t digits = strspn (text + is_negative, "0123456789");
    if (digits == 0 || digits > 20 || text [is_negative + digits])
        return false;
    wide_t whole = 0;
    for (size_t at = 0; at < digits; at++)
        whole = whole * 10 + (text [is_negative + at] - '0');
    *ret_whole = is_negative ? -whole : whole;
    return true;
}

static bool
s_whole (const json_t *value, wide_t *ret_whole)
{
    if (json_is_string (value))
        return s_whole_of_text (json_string_value (value), ret_whole);
    if (json_is_real (value)) {
        double real = json_real_value (value);
        if (real != floor (real) || fabs (real) > EXACT_MAX)
            return false;
        *ret_whole = (wide_t) real;
        return true;
    }
    if (!json_is_integer (value))
        return false;
    *ret_whole = json_integer_value (value);
    return true;
}

static bool
s_read_signed (
    const json_t *value, int64_t low, int64_t high, int64_t *ret_number, char ret_expected [200])
{
    wide_t whole;
    if (!s_whole (value, &whole) || whole < low || whole > high)
        return s_expected (
            ret_expected, "a whole number from %lld to %lld", (long long) low, (long long) high);
    *ret_number = (int64_t) whole;
    return true;
}

static bool
s_read_unsigned (const json_t *value, uint64_t high, uint64_t *ret_number, char ret_expected [200])
{
    wide_t whole;
    if (!s_whole (value, &whole) || whole < 0 || whole > (wide_t) high)
        return s_expected (ret_expected, "a whole number from 0 to %llu%s",
            (unsigned long long) high, high > INT64_MAX ? " (above 2^53 in quotes)" : "");
    *ret_number = (uint64_t) whole;
    return true;
}

static bool
s_read_real_text (const char *text, double *ret_real)
{
    static const struct {
        const char *name;
        double value;
    } special [] = {
        { "NaN", NAN },
        { "Infinity", INFINITY },
        { "-Infinity", -INFINITY },
    };
    for (size_t index = 0; index < sizeof (special) / sizeof (special [0]); index++)
        if (strcmp (text, special [index].name) == 0) {
            *ret_real = special [index].value;
            return true;
        }
    char *end;
    if (!*text || text [strspn (text, "0123456789+-.eE")])
        return false;
    *ret_real = strtod (text, &end);
    return !*end && isfinite (*ret_real);
}

static bool
s_read_real (const json_t *value, double *ret_real, char ret_expected [200])
{
    if (json_is_number (value)) {
        *ret_real = json_number_value (value);
        return true;
    }
    if (json_is_string (value) && s_read_real_text (json_string_value (value), ret_real))
        return true;
    return s_expected (ret_expected, "a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
}

static bool
s_read_float (const json_t *value, float *ret_real, char ret_expected [200])
{
    double real = 0;
    if (!s_read_real (value, &real, ret_expected))
        return false;
    if (isfinite (real) && !isfinite ((float) real))
        return s_expected (ret_expected, "a number from -3.4e38 to 3.4e38");
    *ret_real = (float) real;
    return true;
}

static bool
s_expected_name (const ProtobufCEnumDescriptor *descriptor, char ret_expected [200])
{
    int used = snprintf (ret_expected, 200, "one of");
    for (unsigned index = 0; index < descriptor->n_values && used < 199; index++)
        used += snprintf (ret_expected + used, 200 - (size_t) used, "%s %s", index ? "," : "",
            descriptor->values [index].name);
    return false;
}

/* A number without a name is kept: a newer release may have given it one. */
static bool
s_read_enum (const ProtobufCEnumDescriptor *descriptor, const json_t *value, int *ret_number,
    char ret_expected [200])
{
    wide_t whole;
    if (json_is_string (value)) {
        const ProtobufCEnumValue *named = protobuf_c_enum_descriptor_get_value_by_name (
            descriptor, json_string_value (value));
        if (!named)
            return s_expected_name (descriptor, ret_expected);
        *ret_number = named->value;
        return true;
    }
    if (!s_whole (value, &whole) || whole < INT32_MIN || whole > INT32_MAX)
        return s_expected_name (descriptor, ret_expected);
    *ret_number = (int) whole;
    return true;
}

static bool
s_read_bytes (
    arena_t *arena, const json_t *value, ProtobufCBinaryData *ret_bytes, char ret_expected [200])
{
    unsigned char *bytes = NULL;
    if (json_is_string (value))
        bytes = base64_decode (arena, json_string_value (value), &ret_bytes->len);
    if (!bytes)
        return s_expected (ret_expected, "text in base64");
    ret_bytes->data = bytes;
    return true;
}

static bool
s_read_text (arena_t *arena, const json_t *value, char **ret_text, char ret_expected [200])
{
    if (!json_is_string (value))
        return s_expected (ret_expected, "text");
    *ret_text = arena_copy (arena, json_string_value (value), json_string_length (value));
    return true;
}

static bool
s_read_bool (const json_t *value, protobuf_c_boolean *ret_truth, char ret_expected [200])
{
    if (!json_is_boolean (value))
        return s_expected (ret_expected, "true or false");
    *ret_truth = json_is_true (value);
    return true;
}

static bool
s_read_signed_32 (const json_t *value, int32_t *ret_number, char ret_expected [200])
{
    int64_t number = 0;
    if (!s_read_signed (value, INT32_MIN, INT32_MAX, &number, ret_expected))
        return false;
    *ret_number = (int32_t) number;
    return true;
}

static bool
s_read_unsigned_32 (const json_t *value, uint32_t *ret_number, char ret_expected [200])
{
    uint64_t number = 0;
    if (!s_read_unsigned (value, UINT32_MAX, &number, ret_expected))
        return false;
    *ret_number = (uint32_t) number;
    return true;
}

bool
json_scalar_read (arena_t *arena, const ProtobufCFieldDescriptor *field, const json_t *value,
    void *ret_member, char ret_expected [200])
{
    switch (field->type) {
        case PROTOBUF_C_TYPE_INT32:
        case PROTOBUF_C_TYPE_SINT32:
        case PROTOBUF_C_TYPE_SFIXED32:
            return s_read_signed_32 (value, ret_member, ret_expected);
        case PROTOBUF_C_TYPE_UINT32:
        case PROTOBUF_C_TYPE_FIXED32:
            return s_read_unsigned_32 (value, ret_member, ret_expected);
        case PROTOBUF_C_TYPE_INT64:
        case PROTOBUF_C_TYPE_SINT64:
        case PROTOBUF_C_TYPE_SFIXED64:
            return s_read_signed (value, INT64_MIN, INT64_MAX, ret_member, ret_expected);
        case PROTOBUF_C_TYPE_UINT64:
        case PROTOBUF_C_TYPE_FIXED64:
            return s_read_unsigned (value, UINT64_MAX, ret_member, ret_expected);
        case PROTOBUF_C_TYPE_FLOAT:
            return s_read_float (value, ret_member, ret_expected);
        case PROTOBUF_C_TYPE_DOUBLE:
            return s_read_real (value, ret_member, ret_expected);
        case PROTOBUF_C_TYPE_BOOL:
            return s_read_bool (value, ret_member, ret_expected);
        case PROTOBUF_C_TYPE_ENUM:
            return s_read_enum (field->descriptor, value, ret_member, ret_expected);
        case PROTOBUF_C_TYPE_STRING:
            return s_read_text (arena, value, ret_member, ret_expected);
        case PROTOBUF_C_TYPE_BYTES:
            return s_read_bytes (arena, value, ret_member, ret_expected);
        default:
            return s_expected (ret_expected, "a value of a kind this program knows");
    }
}
