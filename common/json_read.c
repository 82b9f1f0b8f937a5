/* json_read.c - messages from JSON. */
#include "json.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include "json_scalar.h"
#include "utf8.h"

/* Where the reader is: a field, or an element of the list above it. Printed only when something is
 * wrong. */
typedef struct path {
    const struct path *above;
    const char *name; /* NULL for an element */
    size_t index;
} path_t;

typedef struct {
    arena_t *arena;
    int flags;
    char *error;
} reader_t;

static size_t
s_print_path (const path_t *path, char *text, size_t room)
{
    size_t used = path->above ? s_print_path (path->above, text, room) : 0;
    if (used >= room)
        return used;
    int more = path->name
        ? snprintf (text + used, room - used, "%s%.100s", used ? "." : "", path->name)
        : snprintf (text + used, room - used, "[%zu]", path->index);
    return used + (size_t) (more > 0 ? more : 0);
}

/* Writes the sentence; always returns false, so that callers can return it. */
static bool __attribute__ ((format (printf, 3, 4)))
s_fail (const reader_t *reader, const path_t *path, const char *format, ...)
{
    char where [120] = "";
    if (path)
        s_print_path (path, where, sizeof (where));
    utf8_trim (where);
    int used = snprintf (reader->error, 256, "%s: ", path ? where : "the whole message");
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (reader->error + used, 256 - (size_t) used, format, arguments);
    va_end (arguments);
    utf8_trim (reader->error);
    return false;
}

static bool s_read_message (const reader_t *reader, const path_t *path, unsigned depth,
    const json_t *object, const ProtobufCMessageDescriptor *descriptor,
    ProtobufCMessage **ret_message);

static bool
s_read_value (const reader_t *reader, const path_t *path, unsigned depth, const json_t *value,
    const ProtobufCFieldDescriptor *field, void *ret_member)
{
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return s_read_message (reader, path, depth + 1, value, field->descriptor, ret_member);
    char expected [200];
    if (json_scalar_read (reader->arena, field, value, ret_member, expected))
        return true;
    char shown [64];
    json_scalar_show (value, shown);
    return s_fail (reader, path, "%s is not %s", shown, expected);
}

static bool
s_read_list (const reader_t *reader, const path_t *path, unsigned depth, const json_t *list,
    const ProtobufCFieldDescriptor *field, char *message)
{
    char shown [64];
    if (!json_is_array (list)) {
        json_scalar_show (list, shown);
        return s_fail (reader, path, "%s is not a list", shown);
    }
    size_t count = json_array_size (list), size = json_scalar_size (field->type);
    if (!count)
        return true;
    char *elements = arena_array (reader->arena, count, size);
    for (size_t index = 0; index < count; index++) {
        path_t element = { .above = path, .index = index };
        if (!s_read_value (reader, &element, depth, json_array_get (list, index), field,
                elements + index * size))
            return false;
    }
    *(size_t *) (message + field->quantifier_offset) = count;
    *(char **) (message + field->offset) = elements;
    return true;
}

/* Notes which member of a oneof is set, or that an optional field of the old syntax is there. */
static bool
s_claim (const reader_t *reader, const path_t *path, const ProtobufCFieldDescriptor *field,
    char *message)
{
    uint32_t *quantifier = (uint32_t *) (message + field->quantifier_offset);
    bool is_pointer = field->type == PROTOBUF_C_TYPE_MESSAGE
        || field->type == PROTOBUF_C_TYPE_STRING;
    if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
        if (*quantifier)
            return s_fail (reader, path, "another field of the same choice is given too; give one");
        *quantifier = field->id;
    } else if (field->label == PROTOBUF_C_LABEL_OPTIONAL && !is_pointer)
        *quantifier = 1;
    return true;
}

/* The compiler makes for "map<K, V> stock_levels" a message StockLevelsEntry inside; nothing else
 * tells it from a list. */
static bool
s_is_map (const ProtobufCMessageDescriptor *descriptor, const ProtobufCFieldDescriptor *field)
{
    if (field->label != PROTOBUF_C_LABEL_REPEATED || field->type != PROTOBUF_C_TYPE_MESSAGE)
        return false;
    const ProtobufCMessageDescriptor *entry = field->descriptor;
    size_t outer = strlen (descriptor->name), inner = strlen (entry->name);
    bool is_inside = inner > outer + 6 && strncmp (entry->name, descriptor->name, outer) == 0
        && entry->name [outer] == '.';
    return is_inside && strcmp (entry->name + inner - 5, "Entry") == 0 && entry->n_fields == 2
        && strcmp (entry->fields [0].name, "key") == 0
        && strcmp (entry->fields [1].name, "value") == 0;
}

static bool
s_read_field (const reader_t *reader, const path_t *path, unsigned depth, const json_t *value,
    const ProtobufCFieldDescriptor *field, ProtobufCMessage *message)
{
    char *base = (char *) message;
    if (s_is_map (message->descriptor, field))
        return s_fail (reader, path, "maps are not supported");
    if (json_is_null (value))
        return true;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return s_read_list (reader, path, depth, value, field, base);
    return s_claim (reader, path, field, base)
        && s_read_value (reader, path, depth, value, field, base + field->offset);
}

static const ProtobufCFieldDescriptor *
s_find_field (const ProtobufCMessageDescriptor *descriptor, const char *key)
{
    for (unsigned index = 0; index < descriptor->n_fields; index++) {
        const ProtobufCFieldDescriptor *field = &descriptor->fields [index];
        char name [JSON_NAME_SIZE];
        json_name (field->name, name);
        if (strcmp (name, key) == 0 || strcmp (field->name, key) == 0)
            return field;
    }
    return NULL;
}

/* The same key twice is refused by the parser; this finds amountMinor beside amount_minor. */
static bool
s_is_given_twice (const json_t *object, const ProtobufCFieldDescriptor *field, const char *key)
{
    char name [JSON_NAME_SIZE];
    json_name (field->name, name);
    const char *other = strcmp (key, name) == 0 ? field->name : name;
    return strcmp (key, other) != 0 && json_object_get (object, other);
}

static bool
s_read_member (const reader_t *reader, const path_t *path, unsigned depth, const json_t *object,
    const char *key, const json_t *value, ProtobufCMessage *message)
{
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    const ProtobufCFieldDescriptor *field = s_find_field (descriptor, key);
    if (!field && (reader->flags & JSON_IGNORE_UNKNOWN))
        return true;
    if (!field)
        return s_fail (reader, path, "%s has no such field", descriptor->name);
    if (s_is_given_twice (object, field, key))
        return s_fail (reader, path, "is given twice, under both of its names");
    return s_read_field (reader, path, depth, value, field, message);
}

static bool
s_read_message (const reader_t *reader, const path_t *path, unsigned depth, const json_t *object,
    const ProtobufCMessageDescriptor *descriptor, ProtobufCMessage **ret_message)
{
    char shown [64];
    json_scalar_show (object, shown);
    if (!json_is_object (object))
        return s_fail (
            reader, path, "%s is not an object with the fields of %s", shown, descriptor->name);
    if (depth > JSON_DEPTH_MAX)
        return s_fail (reader, path, "objects inside each other more than %d deep", JSON_DEPTH_MAX);

    ProtobufCMessage *message = arena_alloc (reader->arena, descriptor->sizeof_message);
    protobuf_c_message_init (descriptor, message);
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *) object, key, value)
    {
        path_t inside = { .above = path, .name = key };
        if (!s_read_member (reader, &inside, depth, object, key, value, message))
            return false;
    }
    *ret_message = message;
    return true;
}

const ProtobufCMessage *
json_value_to_message (arena_t *arena, const ProtobufCMessageDescriptor *descriptor,
    const json_t *value, int flags, char error [256])
{
    reader_t reader = { .arena = arena, .flags = flags, .error = error };
    ProtobufCMessage *message = NULL;
    return s_read_message (&reader, NULL, 1, value, descriptor, &message) ? message : NULL;
}

const ProtobufCMessage *
json_to_message (arena_t *arena, const ProtobufCMessageDescriptor *descriptor, const char *text,
    size_t size, char error [256])
{
    json_t *value = json_parse (text, size, error);
    if (!value)
        return NULL;
    const ProtobufCMessage *message = json_value_to_message (arena, descriptor, value, 0, error);
    json_decref (value);
    return message;
}
