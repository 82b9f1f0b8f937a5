#include "show.h"
#include "moment.h"
#include "money/money.h"
#include "writer.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { LINE_MAX_BYTES = 600, TEXT_MAX = 70, LIST_MAX = 4, LIST_MAX_BYTES = 160 };

/* ---- values */

static char *
s_local (arena_t *arena, int64_t at, const char *format)
{
    char text [64];
    time_t seconds = (time_t) (at >= 0 ? at / 1000 : (at - 999) / 1000);
    struct tm local;
    localtime_r (&seconds, &local);
    strftime (text, sizeof text, format, &local);
    return arena_printf (arena, "%s.%03d", text, (int) (at - (int64_t) seconds * 1000));
}

char *
show_instant (arena_t *arena, int64_t at)
{
    return s_local (arena, at, "%Y-%m-%d %H:%M:%S");
}

char *
show_clock (arena_t *arena, int64_t at)
{
    return s_local (arena, at, "%H:%M:%S");
}

/* As short as it can be understood today. */
static char *
s_when (arena_t *arena, int64_t at)
{
    char *whole = show_instant (arena, at), *now = show_instant (arena, moment_now ());
    whole [strlen ("2026-06-08 10:00:00")] = '\0';
    return strncmp (whole, now, 10) == 0 ? whole + 11 : strncmp (whole, now, 5) == 0 ? whole + 5 : whole;
}

char *
show_span (arena_t *arena, int64_t ms)
{
    long long minutes = ms / 60000, hours = minutes / 60;
    if (ms < 0)
        return arena_printf (arena, "-%s", show_span (arena, -ms));
    if (ms < 1000)
        return arena_printf (arena, "%lld ms", (long long) ms);
    if (ms < 60000)
        return arena_printf (arena, "%.1f s", (double) ms / 1000);
    if (minutes < 60)
        return arena_printf (arena, "%lld min", minutes);
    if (hours < 48)
        return arena_printf (arena, "%lld h %02lld min", hours, minutes % 60);
    return arena_printf (arena, "%lld d %lld h", hours / 24, hours % 24);
}

char *
show_money (arena_t *arena, int64_t amount_minor, const char *currency)
{
    money_t money;
    char text [MONEY_TEXT_SIZE];
    if (money_make (amount_minor, currency, &money) != MONEY_OK)
        return arena_printf (arena, "%lld minor", (long long) amount_minor);
    return arena_printf (arena, "%s %s", money_format (money, MONEY_PLAIN, text), currency);
}

/* The values of an enum begin with its own name in capitals. */
static size_t
s_prefix_length (const ProtobufCEnumDescriptor *type)
{
    size_t length = 0;
    for (const char *p = type->short_name; *p; p++)
        length += 1 + (isupper ((unsigned char) *p) && p > type->short_name);
    return length + 1;
}

char *
show_enum (arena_t *arena, const ProtobufCEnumDescriptor *type, int value)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value (type, value);
    if (!found)
        return arena_printf (arena, "%d", value);
    size_t skip = s_prefix_length (type);
    char *name = arena_strdup (arena, strlen (found->name) > skip ? found->name + skip : found->name);
    for (char *p = name; *p; p++)
        *p = *p == '_' ? ' ' : (char) tolower ((unsigned char) *p);
    return name;
}

const char *
show_type (const char *type)
{
    const char *dot = strrchr (type, '.');
    return dot ? dot + 1 : type;
}

ProtobufCMessage *
show_open (arena_t *arena, const char *type, const uint8_t *data, size_t size)
{
    const ProtobufCMessageDescriptor *descriptor = registry_find (type);
    ProtobufCAllocator allocator = arena_protobuf (arena);
    return descriptor ? protobuf_c_message_unpack (descriptor, &allocator, size, data) : NULL;
}

/* ---- fields */

static bool
s_ends_with (const char *name, const char *end)
{
    size_t length = strlen (name), end_length = strlen (end);
    return length > end_length && strcmp (name + length - end_length, end) == 0;
}

static const char *
s_currency (const ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field = protobuf_c_message_descriptor_get_field_by_name (message->descriptor,
        "currency");
    const char *value = field ? *(char *const *) ((const char *) message + field->offset) : NULL;
    return value ? value : "";
}

char *
show_number (arena_t *arena, const char *name, int64_t value, const char *currency)
{
    if (s_ends_with (name, "_at") || s_ends_with (name, "_until"))
        return s_when (arena, value);
    if (s_ends_with (name, "_ms"))
        return show_span (arena, value);
    if (s_ends_with (name, "_minor"))
        return show_money (arena, value, currency);
    if (s_ends_with (name, "_minutes"))
        return arena_printf (arena, "%lld min", (long long) value);
    return arena_printf (arena, s_ends_with (name, "_m") ? "%lld m" : "%lld", (long long) value);
}

char *
show_text (arena_t *arena, const char *value)
{
    size_t length = strcspn (value, "\r\n");
    if (strncmp (value, "fettle.", 7) == 0)
        return arena_strdup (arena, show_type (value));
    if (strspn (value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-+@/") == strlen (value))
        return arena_strdup (arena, value);
    bool is_cut = length > TEXT_MAX || value [length];
    while (length > TEXT_MAX || (is_cut && ((unsigned char) value [length] & 0xC0) == 0x80))
        length--;
    return arena_printf (arena, "\"%.*s%s\"", (int) length, value, is_cut ? "..." : "");
}

static const char *const s_nothing [] = { NULL };

/* One value; NULL: not worth a word. */
static char *
s_value (arena_t *arena, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field, const void *at)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return show_text (arena, *(char *const *) at);
    case PROTOBUF_C_TYPE_BOOL:
        return arena_strdup (arena, *(const protobuf_c_boolean *) at ? "yes" : "no");
    case PROTOBUF_C_TYPE_ENUM:
        return show_enum (arena, field->descriptor, *(const int *) at);
    case PROTOBUF_C_TYPE_MESSAGE:
        return arena_printf (arena, "(%s)", show_fields (arena, *(ProtobufCMessage *const *) at, s_nothing));
    case PROTOBUF_C_TYPE_DOUBLE:
        return arena_printf (arena, "%.6g", *(const double *) at);
    case PROTOBUF_C_TYPE_INT32:
        return show_number (arena, field->name, *(const int32_t *) at, s_currency (message));
    case PROTOBUF_C_TYPE_INT64:
        return show_number (arena, field->name, *(const int64_t *) at, s_currency (message));
    default:
        return arena_printf (arena, "%zu bytes", ((const ProtobufCBinaryData *) at)->len);
    }
}

static size_t
s_size (const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_INT32 || field->type == PROTOBUF_C_TYPE_ENUM
        || field->type == PROTOBUF_C_TYPE_BOOL ? 4 : 8;
}

static char *
s_list (arena_t *arena, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    size_t count = *(const size_t *) ((const char *) message + field->quantifier_offset);
    const char *at = *(const char *const *) ((const char *) message + field->offset);
    if (count == 0)
        return NULL;
    if (count > LIST_MAX)
        return arena_printf (arena, "%zu", count);
    writer_t writer = writer_new (arena, LINE_MAX_BYTES);
    for (size_t i = 0; i < count; i++) {
        writer_add_text (&writer, i ? " " : "");
        writer_add_text (&writer, s_value (arena, message, field, at + i * s_size (field)));
    }
    return writer.size > LIST_MAX_BYTES || writer.is_overfull ? arena_printf (arena, "%zu",
        count) : writer_text (&writer);
}

static bool
s_is_default (const ProtobufCFieldDescriptor *field, const void *at)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: return !*(char *const *) at || !**(char *const *) at;
    case PROTOBUF_C_TYPE_MESSAGE: return !*(void *const *) at;
    case PROTOBUF_C_TYPE_BYTES: return !((const ProtobufCBinaryData *) at)->len;
    case PROTOBUF_C_TYPE_INT64: return !*(const int64_t *) at;
    case PROTOBUF_C_TYPE_DOUBLE: return *(const double *) at == 0;
    default: return !*(const int *) at;
    }
}

/* For machines, or said better elsewhere. */
static bool
s_is_dull (const char *name)
{
    static const char *const dull [] = { "currency", "input_hash", "content_hash", "effect_key", "policy_version",
        "calendar_version",
                                         "rule", "trace", "body" };
    for (size_t i = 0; i < sizeof dull / sizeof *dull; i++)
        if (strcmp (dull [i], name) == 0)
            return true;
    return false;
}

/* "starts_at" is "starts", "engineer_id" is "engineer": the value tells what it is. */
char *
show_name (arena_t *arena, const char *name)
{
    static const char *const ends [] = { "_at", "_id", "_on", "_ms", "_minor", "_minutes", "_m" };
    char *text = arena_strdup (arena, name);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (s_ends_with (text, ends [i])) {
            text [strlen (text) - strlen (ends [i])] = '\0';
            break;
        }
    for (char *p = text; *p; p++)
        *p = *p == '_' ? ' ' : *p;
    return text;
}

static char *
s_field (arena_t *arena, const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field,
    const char *const *known)
{
    const void *at = (const char *) message + field->offset;
    char *name = show_name (arena, field->name), *value;
    if (s_is_dull (field->name))
        return NULL;
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        value = s_list (arena, message, field);
    else if (s_is_default (field, at))
        return NULL;
    else if (field->type == PROTOBUF_C_TYPE_BOOL)
        return name;
    else
        value = s_value (arena, message, field, at);
    for (; value && *known; known++)
        if (strcmp (value, *known) == 0)
            return NULL;
    if (!value)
        return NULL;
    return arena_printf (arena, "%s %s", name, value);
}

char *
show_fields (arena_t *arena, const ProtobufCMessage *message, const char *const *known)
{
    writer_t writer = writer_new (arena, LINE_MAX_BYTES);
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        char *text = s_field (arena, message, &message->descriptor->fields [i], known);
        if (text && writer.size)
            writer_add_text (&writer, ", ");
        if (text)
            writer_add_text (&writer, text);
    }
    return writer_text (&writer);
}
