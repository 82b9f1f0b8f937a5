/* Bytes of a stranger: what the scan lets through must unpack, pack and pass again. The first byte
 * chooses the message. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include "json_test.pb-c.c"
#include "wire.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

static const ProtobufCMessageDescriptor *const messages [] = {
    &fettle__test__v1__scalars__descriptor,
    &fettle__test__v1__lists__descriptor,
    &fettle__test__v1__choice__descriptor,
    &fettle__test__v1__tree__descriptor,
    &fettle__test__v1__odd__names__descriptor,
    &fettle__test__v1__empty__descriptor,
};

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    const ProtobufCMessageDescriptor
        *descriptor = messages [bytes [0] % (sizeof (messages) / sizeof (messages [0]))];
    arena_t *arena = arena_new ();
    wire_error_t error = { 0 };
    const ProtobufCMessage *message = wire_unpack (
        arena, descriptor, bytes + 1, size - 1, NULL, &error);
    if (message) {
        wire_limits_t limits =
            wire_limits; /* what comes out may be longer: numbers of enums and negative ones grow */
        limits.message_size *= 16;
        size_t packed_size = protobuf_c_message_get_packed_size (message);
        uint8_t *packed = arena_alloc (arena, packed_size);
        if (protobuf_c_message_pack (message, packed) != packed_size)
            abort ();
        if (wire_scan (descriptor, packed, packed_size, &limits, NULL) != WIRE_OK)
            abort ();
    } else if (error.code == WIRE_REFUSED || error.code == WIRE_OK || !error.sentence [0])
        abort ();
    if (arena_used (arena) > 64 * 1024 * 1024)
        abort ();
    arena_destroy (&arena);
    return 0;
}
