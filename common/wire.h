/* wire - looks through the protobuf bytes of a stranger before protobuf-c unpacks them.
 *
 * protobuf-c 1.4.1 recurses without a limit, and takes strings that are no UTF-8 or hold a NUL
 * (which C code would then see cut short). So every message from outside is scanned against its
 * descriptor first: limits of size, depth and counts, well-formed varints, the right wire type for
 * each known field, text that is text. Unknown fields are skipped but counted: a newer sender may
 * add fields, but not thousands of them. Nothing is allocated by the scan. Source: the encoding
 * page of the protocol buffers documentation. */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <protobuf-c/protobuf-c.h>
#include "arena.h"

typedef enum {
    WIRE_OK = 0,
    WIRE_TOO_BIG,          /* more bytes than a message may have: the sender must split it */
    WIRE_TOO_DEEP,         /* messages in messages in messages: an attack or the wrong type */
    WIRE_TOO_MANY_FIELDS,  /* known fields on the wire, everything nested included */
    WIRE_TOO_MANY_VALUES,  /* values of one repeated field */
    WIRE_TOO_MANY_UNKNOWN, /* fields this release does not know: the wrong type, or an attack */
    WIRE_TOO_LONG,         /* a string or bytes field: the sender must shorten it */
    WIRE_TRUNCATED,        /* the bytes end inside a field: damaged on the way */
    WIRE_BAD_VARINT,       /* more than 64 bits, or a length or tag of more than 32 */
    WIRE_BAD_TAG,          /* field number 0, or a wire type that does not exist */
    WIRE_GROUP,            /* the group encoding, given up in 2008 */
    WIRE_WRONG_TYPE,       /* a known field in another encoding: not the message it claims to be */
    WIRE_BAD_UTF8,         /* a string that is no text */
    WIRE_HAS_NUL,          /* a string with a NUL inside */
    WIRE_REFUSED,          /* protobuf-c itself would not unpack what passed the scan */
    WIRE_CODES
} wire_code_t;

typedef struct {
    wire_code_t code;
    size_t position;     /* byte in the message where it went wrong */
    char sentence [256]; /* what was wrong, with the value, for people */
} wire_error_t;

typedef struct {
    size_t message_size;     /* bytes of the whole message */
    size_t string_size;      /* bytes of one string field */
    size_t bytes_size;       /* bytes of one bytes field */
    unsigned depth;          /* the message itself is 1 */
    unsigned fields;         /* known fields, all levels together; a packed value counts as one */
    unsigned unknown_fields; /* all levels together */
    unsigned repeated;       /* values of one repeated field in one message */
} wire_limits_t;

/* 64 KiB a message, 16 KiB a string, 64 KiB bytes, depth 16, 16384 fields, 64 unknown, 4096 values.
 */
extern const wire_limits_t wire_limits;
/* Of what another service says: 1 MiB a message, 64 KiB a string, 1 MiB bytes, depth 16, 100000 fields, 64 unknown,
 * 50000 values. */
extern const wire_limits_t wire_event_limits;

/* Scans SIZE bytes as a message of DESCRIPTOR. LIMITS may be NULL for wire_limits. Returns WIRE_OK,
 * or the error, which is then also described in *ret_error when that is not NULL. Reads only the
 * SIZE bytes. */
wire_code_t wire_scan (const ProtobufCMessageDescriptor *descriptor, const void *bytes, size_t size,
    const wire_limits_t *limits, wire_error_t *ret_error);

/* Scans and then unpacks into the arena. Returns the message, which lives as long as the arena and
 * must not be freed, or NULL with *ret_error set as by wire_scan. */
ProtobufCMessage *wire_unpack (arena_t *arena, const ProtobufCMessageDescriptor *descriptor,
    const void *bytes, size_t size, const wire_limits_t *limits, wire_error_t *ret_error);

/* Writes what stands before a length-delimited field of SIZE bytes: tag and length, at most 16 bytes. FIELD is 1 to 15.
 * Returns where the field's bytes go. For putting packed messages into others without unpacking them. */
uint8_t *wire_put_header (uint8_t *at, unsigned field, size_t size);

/* Returns the stable name of an error, as "wire.too_deep"; never NULL. */
const char *wire_code_name (wire_code_t code);

#endif
