/* json_write.c - messages as JSON. */
#include "json.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base64.h"
#include "json_scalar.h"
#include "utf8.h"

/* What goes wrong here is only memory, and then nothing helps. */
static json_t *
s_must (json_t *value)
{
    if (!value) {
        fprintf (stderr, "json: no memory for a value; give the process more\n");
        abort ();
    }
    return value;
}

/* The rule of protobuf's own compiler: a letter after an underscore becomes upper case, underscores
 * go. */
void
json_name (const char *field_name, char ret_name [JSON_NAME_SIZE])
{
    size_t size = 0;
    bool is_after_underscore = false;
    for (const char *at = field_name; *at && size < JSON_NAME_SIZE - 1; at++) {
        bool is_lower = *at >= 'a' && *at <= 'z';
        if (*at != '_')
            ret_name [size++] = is_after_underscore && is_lower ? (char) (*at - 'a' + 'A') : *at;
        is_after_underscore = *at == '_';
    }
    ret_name [size] = 0;
}

static json_t *
s_string (const char *text)
{
    if (!text)
        text = "";
    if (utf8_is_valid (text, strlen (text)))
        return s_must (json_string (text));
    arena_t *arena = arena_new ();
    json_t *value = s_must (json_string (utf8_repair (arena, text)));
    arena_destroy (&arena);
    return value;
}

static json_t *
s_bytes (const ProtobufCBinaryData *bytes)
{
    arena_t *arena = arena_new ();
    json_t *value = s_must (json_string (base64_encode (arena, bytes->data, bytes->len)));
    arena_destroy (&arena);
    return value;
}

static json_t *
s_real (double value)
{
    if (isnan (value))
        return s_string ("NaN");
    if (isinf (value))
        return s_string (value > 0 ? "Infinity" : "-Infinity");
    return s_must (json_real (value));
}

/* The fewest digits that give the same float, so that 0.1f is not 0.10000000149011612. */
static json_t *
s_float (float value)
{
    char text [40];
    if (!isfinite (value))
        return s_real (value);
    for (int digits = 6; digits <= 9; digits++) {
        snprintf (text, sizeof (text), "%.*g", digits, (double) value);
        if (strtof (text, NULL) == value)
            break;
    }
    double nice = strtod (text, NULL);
    return s_real (fabs (nice) > (double) FLT_MAX
            ? (double) value
            : nice); /* rounded up, others could not read it */
}

static json_t *
s_enum (const ProtobufCEnumDescriptor *descriptor, int number)
{
    const ProtobufCEnumValue *value = protobuf_c_enum_descriptor_get_value (descriptor, number);
    return value ? s_string (value->name) : s_must (json_integer (number));
}

/* JavaScript would round a number above 2^53, so these travel as text. */
static json_t *
s_signed (int64_t value)
{
    char text [32];
    snprintf (text, sizeof (text), "%" PRId64, value);
    return s_string (text);
}

static json_t *
s_unsigned (uint64_t value)
{
    char text [32];
    snprintf (text, sizeof (text), "%" PRIu64, value);
    return s_string (text);
}

static json_t *
s_value (const ProtobufCFieldDescriptor *field, const void *member, int flags)
{
    switch (field->type) {
        case PROTOBUF_C_TYPE_INT32:
        case PROTOBUF_C_TYPE_SINT32:
        case PROTOBUF_C_TYPE_SFIXED32:
            return s_must (json_integer (*(const int32_t *) member));
        case PROTOBUF_C_TYPE_UINT32:
        case PROTOBUF_C_TYPE_FIXED32:
            return s_must (json_integer (*(const uint32_t *) member));
        case PROTOBUF_C_TYPE_INT64:
        case PROTOBUF_C_TYPE_SINT64:
        case PROTOBUF_C_TYPE_SFIXED64:
            return s_signed (*(const int64_t *) member);
        case PROTOBUF_C_TYPE_UINT64:
        case PROTOBUF_C_TYPE_FIXED64:
            return s_unsigned (*(const uint64_t *) member);
        case PROTOBUF_C_TYPE_FLOAT:
            return s_float (*(const float *) member);
        case PROTOBUF_C_TYPE_DOUBLE:
            return s_real (*(const double *) member);
        case PROTOBUF_C_TYPE_BOOL:
            return json_boolean (*(const protobuf_c_boolean *) member);
        case PROTOBUF_C_TYPE_ENUM:
            return s_enum (field->descriptor, *(const int *) member);
        case PROTOBUF_C_TYPE_STRING:
            return s_string (*(char *const *) member);
        case PROTOBUF_C_TYPE_BYTES:
            return s_bytes (member);
        default:
            return json_value_from_message (*(ProtobufCMessage *const *) member, flags);
    }
}

static json_t *
s_list (const ProtobufCFieldDescriptor *field, const char *elements, size_t count, int flags)
{
    json_t *list = s_must (json_array ());
    for (size_t index = 0; index < count; index++)
        json_array_append_new (
            list, s_value (field, elements + index * json_scalar_size (field->type), flags));
    return list;
}

static bool
s_is_default (const ProtobufCFieldDescriptor *field, const void *member)
{
    static const uint64_t zero;
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return !*(char *const *) member || !**(char *const *) member;
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return ((const ProtobufCBinaryData *) member)->len == 0;
    return memcmp (member, &zero, json_scalar_size (field->type)) == 0;
}

/* Returns whether a field that is not repeated is to be written. */
static bool
s_is_written (
    const ProtobufCFieldDescriptor *field, const char *message, const void *member, int flags)
{
    uint32_t quantifier = *(const uint32_t *) (message + field->quantifier_offset);
    bool is_message = field->type == PROTOBUF_C_TYPE_MESSAGE;
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF)
        return quantifier == field->id && !(is_message && !*(ProtobufCMessage *const *) member);
    if (is_message)
        return *(ProtobufCMessage *const *) member != NULL;
    return (flags & JSON_PRINT_DEFAULTS) || !s_is_default (field, member);
}

static json_t *
s_field (const ProtobufCFieldDescriptor *field, const char *message, int flags)
{
    const char *member = message + field->offset;
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        return s_is_written (field, message, member, flags) ? s_value (field, member, flags) : NULL;
    size_t count = *(const size_t *) (message + field->quantifier_offset);
    if (!count && !(flags & JSON_PRINT_DEFAULTS))
        return NULL;
    return s_list (field, *(char *const *) member, count, flags);
}

json_t *
json_value_from_message (const ProtobufCMessage *message, int flags)
{
    json_t *object = s_must (json_object ());
    for (unsigned index = 0; index < message->descriptor->n_fields; index++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields [index];
        json_t *value = s_field (field, (const char *) message, flags);
        if (!value)
            continue;
        char name [JSON_NAME_SIZE];
        json_name (field->name, name);
        json_object_set_new (object, name, value);
    }
    return object;
}

char *
json_from_message (arena_t *arena, const ProtobufCMessage *message, int flags)
{
    json_t *object = json_value_from_message (message, flags);
    char *text = json_print (arena, object, flags);
    json_decref (object);
    return text;
}
