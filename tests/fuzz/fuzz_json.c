/* JSON of a stranger: what is read must be written and read again as the same bytes. The first byte
 * chooses the message. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "json.h"
#include "json_test.pb-c.c"
#include "utf8.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

static const ProtobufCMessageDescriptor *const messages [] = {
    &fettle__test__v1__scalars__descriptor,
    &fettle__test__v1__lists__descriptor,
    &fettle__test__v1__choice__descriptor,
    &fettle__test__v1__tree__descriptor,
    &fettle__test__v1__odd__names__descriptor,
};

typedef struct {
    uint8_t *bytes;
    size_t size;
} packed_t;

static packed_t
s_pack (arena_t *arena, const ProtobufCMessage *message)
{
    packed_t packed = { .size = protobuf_c_message_get_packed_size (message) };
    packed.bytes = arena_alloc (arena, packed.size);
    protobuf_c_message_pack (message, packed.bytes);
    return packed;
}

static void
s_check_again (arena_t *arena, const ProtobufCMessage *message)
{
    char error [256];
    for (int flags = 0; flags <= (JSON_PRETTY_PRINT | JSON_PRINT_DEFAULTS); flags++) {
        const char *text = json_from_message (arena, message, flags);
        if (strlen (text) > JSON_TEXT_MAX)
            continue;
        const ProtobufCMessage *again = json_to_message (
            arena, message->descriptor, text, strlen (text), error);
        packed_t before = s_pack (arena, message), after = s_pack (arena, again);
        if (before.size != after.size || memcmp (before.bytes, after.bytes, before.size) != 0)
            abort ();
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
    if (size < 1)
        return 0;
    const ProtobufCMessageDescriptor
        *descriptor = messages [bytes [0] % (sizeof (messages) / sizeof (messages [0]))];
    arena_t *arena = arena_new ();
    char error [256] = "";
    const ProtobufCMessage *message = json_to_message (
        arena, descriptor, (const char *) bytes + 1, size - 1, error);
    if (message)
        s_check_again (arena, message);
    else if (!error [0] || !utf8_is_valid (error, strlen (error)))
        abort ();
    arena_destroy (&arena);
    return 0;
}
