#include "wire.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "utf8.h"

/* A message with more fields than this shares counters, which only makes the limit stricter. */
#define COUNTERS 256
#define LENGTH_BYTES_MAX 5
#define VARINT_BYTES_MAX 10

const wire_limits_t wire_limits = {
    .message_size = 64 * 1024,
    .string_size = 16 * 1024,
    .bytes_size = 64 * 1024,
    .depth = 16,
    .fields = 16384,
    .unknown_fields = 64,
    .repeated = 4096,
};

const wire_limits_t wire_event_limits = {
    .message_size = 1024 * 1024,
    .string_size = 64 * 1024,
    .bytes_size = 1024 * 1024,
    .depth = 16,
    .fields = 100000,
    .unknown_fields = 64,
    .repeated = 50000,
};

/* One scan: where it is and what it has counted. */
typedef struct {
    const unsigned char *bytes;
    size_t at;
    const wire_limits_t *limits;
    unsigned fields, unknown_fields;
    wire_error_t *error;
} scan_t;

/* One message of the scan: the outermost or one inside. */
typedef struct {
    const ProtobufCMessageDescriptor *descriptor;
    size_t end;
    unsigned depth;
    unsigned counts [COUNTERS];     /* as many as the message has fields */
} frame_t;

typedef struct {
    uint32_t number;
    unsigned wire_type;
    size_t at; /* where its tag begins */
    const ProtobufCFieldDescriptor *known;
} field_t;

static const char *const s_names [WIRE_CODES] = {
    "wire.ok",
    "wire.too_big",
    "wire.too_deep",
    "wire.too_many_fields",
    "wire.too_many_values",
    "wire.too_many_unknown",
    "wire.too_long",
    "wire.truncated",
    "wire.bad_varint",
    "wire.bad_tag",
    "wire.group",
    "wire.wrong_type",
    "wire.bad_utf8",
    "wire.has_nul",
    "wire.refused",
};

const char *
wire_code_name (wire_code_t code)
{
    return (unsigned) code < WIRE_CODES ? s_names [code] : "wire.unknown";
}

static wire_code_t __attribute__ ((format (printf, 4, 5)))
s_fail (const scan_t *scan, wire_code_t code, size_t position, const char *format, ...)
{
    scan->error->code = code;
    scan->error->position = position;
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (scan->error->sentence, sizeof (scan->error->sentence), format, arguments);
    va_end (arguments);
    return code;
}

static const char *
s_field_name (const field_t *field)
{
    return field->known ? field->known->name : "unknown";
}

static wire_code_t
s_read_varint (scan_t *scan, size_t end, unsigned bytes_max, uint64_t *ret_value)
{
    size_t start = scan->at;
    uint64_t value = 0;
    if (start < end && !(scan->bytes [start] & 0x80)) {     /* most are one byte */
        *ret_value = scan->bytes [scan->at++];
        return WIRE_OK;
    }
    for (unsigned count = 0; count < bytes_max; count++) {
        if (scan->at >= end)
            return s_fail (scan, WIRE_TRUNCATED, start, "the number at byte %zu is cut off", start);
        unsigned char byte = scan->bytes [scan->at++];
        if (count == VARINT_BYTES_MAX - 1 && byte > 1)
            break;
        value |= (uint64_t) (byte & 0x7F) << (7 * count);
        if (!(byte & 0x80)) {
            *ret_value = value;
            return WIRE_OK;
        }
    }
    return s_fail (scan, WIRE_BAD_VARINT, start,
        "the number at byte %zu does not end after %u bytes", start, bytes_max);
}

static wire_code_t
s_read_tag (scan_t *scan, const frame_t *frame, field_t *ret_field)
{
    size_t start = scan->at;
    uint64_t tag = 0;
    wire_code_t code = s_read_varint (scan, frame->end, LENGTH_BYTES_MAX, &tag);
    if (code)
        return code;
    if (tag > UINT32_MAX)
        return s_fail (
            scan, WIRE_BAD_VARINT, start, "the tag at byte %zu has more than 32 bits", start);
    unsigned wire_type = tag & 7;
    if (tag >> 3 == 0 || wire_type > PROTOBUF_C_WIRE_TYPE_32BIT)
        return s_fail (scan, WIRE_BAD_TAG, start, "field %u of wire type %u at byte %zu cannot be",
            (unsigned) (tag >> 3), wire_type, start);
    if (wire_type == 3 || wire_type == 4)
        return s_fail (
            scan, WIRE_GROUP, start, "a group at byte %zu; groups are not accepted", start);
    *ret_field = (field_t) {
        .number = (uint32_t) (tag >> 3),
        .wire_type = wire_type,
        .at = start,
        .known = protobuf_c_message_descriptor_get_field (frame->descriptor, (unsigned) (tag >> 3)),
    };
    return WIRE_OK;
}

static wire_code_t
s_read_length (scan_t *scan, const frame_t *frame, const field_t *field, size_t *ret_length)
{
    uint64_t length;
    wire_code_t code = s_read_varint (scan, frame->end, LENGTH_BYTES_MAX, &length);
    if (code)
        return code;
    if (length > frame->end - scan->at)
        return s_fail (scan, WIRE_TRUNCATED, field->at,
            "field %s (%u) at byte %zu claims %llu bytes, %zu are left", s_field_name (field),
            field->number, field->at, (unsigned long long) length, frame->end - scan->at);
    *ret_length = (size_t) length;
    return WIRE_OK;
}

static unsigned
s_natural_wire_type (ProtobufCType type)
{
    switch (type) {
        case PROTOBUF_C_TYPE_SFIXED32:
        case PROTOBUF_C_TYPE_FIXED32:
        case PROTOBUF_C_TYPE_FLOAT:
            return PROTOBUF_C_WIRE_TYPE_32BIT;
        case PROTOBUF_C_TYPE_SFIXED64:
        case PROTOBUF_C_TYPE_FIXED64:
        case PROTOBUF_C_TYPE_DOUBLE:
            return PROTOBUF_C_WIRE_TYPE_64BIT;
        case PROTOBUF_C_TYPE_STRING:
        case PROTOBUF_C_TYPE_BYTES:
        case PROTOBUF_C_TYPE_MESSAGE:
            return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
        default:
            return PROTOBUF_C_WIRE_TYPE_VARINT;
    }
}

static wire_code_t
s_count_field (scan_t *scan, frame_t *frame, const field_t *field, size_t values)
{
    /* A singular message given twice is to be merged, which costs protobuf-c memory in the square;
     * no encoder does it. */
    bool is_repeated = field->known->label == PROTOBUF_C_LABEL_REPEATED;
    if (!is_repeated && field->known->type != PROTOBUF_C_TYPE_MESSAGE)
        return WIRE_OK;
    unsigned limit = is_repeated ? scan->limits->repeated : 1;
    unsigned
        *count = &frame->counts [(size_t) (field->known - frame->descriptor->fields) % COUNTERS];
    if (values > limit || *count > limit - values)
        return s_fail (scan, WIRE_TOO_MANY_VALUES, field->at,
            "field %s of %s has more than %u value%s", field->known->name, frame->descriptor->name,
            limit, limit == 1 ? "" : "s");
    *count += (unsigned) values;
    return WIRE_OK;
}

static wire_code_t
s_scan_varint (scan_t *scan, size_t end)
{
    uint64_t ignored;
    return s_read_varint (scan, end, VARINT_BYTES_MAX, &ignored);
}

static wire_code_t
s_scan_fixed (scan_t *scan, const frame_t *frame, const field_t *field, size_t size)
{
    if (frame->end - scan->at < size)
        return s_fail (scan, WIRE_TRUNCATED, field->at, "field %s (%u) at byte %zu is cut off",
            s_field_name (field), field->number, field->at);
    scan->at += size;
    return WIRE_OK;
}

static wire_code_t
s_scan_text (scan_t *scan, const field_t *field, size_t length)
{
    const unsigned char *text = scan->bytes + scan->at;
    size_t limit = scan->limits->string_size;
    if (length > limit)
        return s_fail (scan, WIRE_TOO_LONG, field->at,
            "field %s has %zu bytes of text, at most %zu are accepted", field->known->name, length,
            limit);
    size_t valid = utf8_valid_size (text, length);
    if (valid < length)
        return s_fail (scan, WIRE_BAD_UTF8, scan->at + valid,
            "field %s is no UTF-8 from byte 0x%02X at %zu on", field->known->name, text [valid],
            scan->at + valid);
    const unsigned char *nul = length ? memchr (text, 0, length) : NULL;
    if (nul)
        return s_fail (scan, WIRE_HAS_NUL, scan->at + (size_t) (nul - text),
            "field %s has a NUL character in its text", field->known->name);
    scan->at += length;
    return WIRE_OK;
}

static wire_code_t
s_scan_bytes (scan_t *scan, const field_t *field, size_t length)
{
    if (length > scan->limits->bytes_size)
        return s_fail (scan, WIRE_TOO_LONG, field->at,
            "field %s has %zu bytes, at most %zu are accepted", field->known->name, length,
            scan->limits->bytes_size);
    scan->at += length;
    return WIRE_OK;
}

static wire_code_t
s_scan_packed (scan_t *scan, frame_t *frame, const field_t *field, size_t length)
{
    unsigned natural = s_natural_wire_type (field->known->type);
    size_t end = scan->at + length, values = 0;
    if (natural == PROTOBUF_C_WIRE_TYPE_VARINT) {
        while (scan->at < end) {
            wire_code_t code = s_scan_varint (scan, end);
            if (code)
                return code;
            values++;
        }
    } else {
        size_t each = natural == PROTOBUF_C_WIRE_TYPE_32BIT ? 4 : 8;
        if (length % each)
            return s_fail (scan, WIRE_TRUNCATED, field->at,
                "field %s has %zu bytes, not a multiple of %zu", field->known->name, length, each);
        values = length / each;
        scan->at = end;
    }
    return s_count_field (scan, frame, field, values);
}

static wire_code_t s_scan_message (
    scan_t *scan, const ProtobufCMessageDescriptor *descriptor, size_t end, unsigned depth);

static wire_code_t
s_scan_length_prefixed (scan_t *scan, frame_t *frame, const field_t *field, bool is_packed)
{
    size_t length = 0;
    wire_code_t code = s_read_length (scan, frame, field, &length);
    if (code)
        return code;
    if (is_packed)
        return s_scan_packed (scan, frame, field, length);
    code = s_count_field (scan, frame, field, 1);
    if (code)
        return code;
    if (field->known->type == PROTOBUF_C_TYPE_STRING)
        return s_scan_text (scan, field, length);
    if (field->known->type == PROTOBUF_C_TYPE_BYTES)
        return s_scan_bytes (scan, field, length);
    return s_scan_message (scan, field->known->descriptor, scan->at + length, frame->depth + 1);
}

static wire_code_t
s_scan_known (scan_t *scan, frame_t *frame, const field_t *field)
{
    unsigned natural = s_natural_wire_type (field->known->type);
    bool is_packed = natural != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED
        && field->wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED
        && field->known->label == PROTOBUF_C_LABEL_REPEATED;
    if (field->wire_type != natural && !is_packed)
        return s_fail (scan, WIRE_WRONG_TYPE, field->at,
            "field %s of %s at byte %zu has wire type %u, not %u", field->known->name,
            frame->descriptor->name, field->at, field->wire_type, natural);
    if (++scan->fields > scan->limits->fields)
        return s_fail (scan, WIRE_TOO_MANY_FIELDS, field->at, "more than %u fields in one message",
            scan->limits->fields);
    if (field->wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
        return s_scan_length_prefixed (scan, frame, field, is_packed);
    wire_code_t code = s_count_field (scan, frame, field, 1);
    if (code)
        return code;
    if (natural == PROTOBUF_C_WIRE_TYPE_VARINT)
        return s_scan_varint (scan, frame->end);
    return s_scan_fixed (scan, frame, field, natural == PROTOBUF_C_WIRE_TYPE_32BIT ? 4 : 8);
}

static wire_code_t
s_scan_unknown (scan_t *scan, const frame_t *frame, const field_t *field)
{
    if (++scan->unknown_fields > scan->limits->unknown_fields)
        return s_fail (scan, WIRE_TOO_MANY_UNKNOWN, field->at,
            "more than %u fields that %s does not have", scan->limits->unknown_fields,
            frame->descriptor->name);
    if (field->wire_type == PROTOBUF_C_WIRE_TYPE_VARINT)
        return s_scan_varint (scan, frame->end);
    if (field->wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
        return s_scan_fixed (
            scan, frame, field, field->wire_type == PROTOBUF_C_WIRE_TYPE_32BIT ? 4 : 8);
    size_t length;
    wire_code_t code = s_read_length (scan, frame, field, &length);
    if (!code)
        scan->at += length;     /* NOLINT: the analyser does not follow the length */
    return code;
}

static wire_code_t
s_scan_message (
    scan_t *scan, const ProtobufCMessageDescriptor *descriptor, size_t end, unsigned depth)
{
    if (depth > scan->limits->depth)
        return s_fail (scan, WIRE_TOO_DEEP, scan->at,
            "messages inside each other more than %u deep at byte %zu", scan->limits->depth,
            scan->at);
    frame_t frame;
    frame.descriptor = descriptor, frame.end = end, frame.depth = depth;
    unsigned counters = descriptor->n_fields < COUNTERS ? descriptor->n_fields : COUNTERS;
    memset (frame.counts, 0, counters * sizeof *frame.counts);
    while (scan->at < end) {
        field_t field = { 0 };
        wire_code_t code = s_read_tag (scan, &frame, &field);
        if (!code)
            code = field.known ? s_scan_known (scan, &frame, &field)
                               : s_scan_unknown (scan, &frame, &field);
        if (code)
            return code;
    }
    return WIRE_OK;
}

wire_code_t
wire_scan (const ProtobufCMessageDescriptor *descriptor, const void *bytes, size_t size,
    const wire_limits_t *limits, wire_error_t *ret_error)
{
    wire_error_t unwanted;
    scan_t scan = { .bytes = bytes,
        .limits = limits ? limits : &wire_limits,
        .error = ret_error ? ret_error : &unwanted };
    if (size > scan.limits->message_size)
        return s_fail (&scan, WIRE_TOO_BIG, 0, "%zu bytes, a message may have %zu", size,
            scan.limits->message_size);
    return s_scan_message (&scan, descriptor, size, 1);
}

ProtobufCMessage *
wire_unpack (arena_t *arena, const ProtobufCMessageDescriptor *descriptor, const void *bytes,
    size_t size, const wire_limits_t *limits, wire_error_t *ret_error)
{
    wire_error_t unwanted;
    if (wire_scan (descriptor, bytes, size, limits, ret_error))
        return NULL;
    ProtobufCAllocator allocator = arena_protobuf (arena);
    ProtobufCMessage *message = protobuf_c_message_unpack (descriptor, &allocator, size, bytes);
    if (!message) {
        scan_t scan = { .error = ret_error ? ret_error : &unwanted };
        s_fail (&scan, WIRE_REFUSED, 0, "protobuf-c does not unpack these %zu bytes as %s", size,
            descriptor->name);
    }
    return message;
}

uint8_t *
wire_put_header (uint8_t *at, unsigned field, size_t size)
{
    *at++ = (uint8_t) (field << 3 | PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED);
    for (; size > 127; size >>= 7)
        *at++ = (uint8_t) (size | 128);
    *at++ = (uint8_t) size;
    return at;
}
