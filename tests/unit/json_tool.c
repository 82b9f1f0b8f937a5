/* json_tool - shows what json makes of messages; json_oracle.py compares it with Google's own.
 *
 *   json_tool --list              the full name of every message, a line each
 *   json_tool                     reads lines, writes a line for each:
 *     to-json NAME HEX            the JSON of the message with these bytes          (after "ok " or
 * "error ") to-json-defaults NAME HEX   the same with all defaults from-json NAME TEXT         the
 * bytes, in hex, of the message that TEXT says */
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "json.h"
#include "json_test.pb-c.c"
#include "messages.h"
#include "wire.h"

static const ProtobufCMessageDescriptor *const test_messages [] = {
    &fettle__test__v1__scalars__descriptor, &fettle__test__v1__lists__descriptor,
    &fettle__test__v1__choice__descriptor, &fettle__test__v1__empty__descriptor,
    &fettle__test__v1__tree__descriptor, &fettle__test__v1__odd__names__descriptor, NULL
};

static const ProtobufCMessageDescriptor *
s_find (const char *name)
{
    for (size_t index = 0; test_messages [index]; index++)
        if (strcmp (test_messages [index]->name, name) == 0)
            return test_messages [index];
    return registry_find (name);
}

static void
s_list (const ProtobufCMessageDescriptor *const *messages)
{
    for (size_t index = 0; messages [index]; index++)
        puts (messages [index]->name);
}

static void
s_to_json (arena_t *arena, const ProtobufCMessageDescriptor *descriptor, const char *hex, int flags)
{
    size_t size = 0;
    unsigned char *bytes = arena_alloc (arena, strlen (hex) / 2 + 1);
    wire_error_t error;
    if (sodium_hex2bin (bytes, strlen (hex) / 2, hex, strlen (hex), NULL, &size, NULL) != 0) {
        puts ("error not hex");
        return;
    }
    const ProtobufCMessage *message = wire_unpack (arena, descriptor, bytes, size, NULL, &error);
    if (message)
        printf ("ok %s\n", json_from_message (arena, message, flags));
    else
        printf ("error %s\n", error.sentence);
}

static void
s_from_json (arena_t *arena, const ProtobufCMessageDescriptor *descriptor, const char *text)
{
    char error [256];
    const ProtobufCMessage *message = json_to_message (
        arena, descriptor, text, strlen (text), error);
    if (!message) {
        printf ("error %s\n", error);
        return;
    }
    size_t size = protobuf_c_message_get_packed_size (message);
    unsigned char *bytes = arena_alloc (arena, size);
    char *hex = arena_alloc (arena, size * 2 + 1);
    protobuf_c_message_pack (message, bytes);
    printf ("ok %s\n", sodium_bin2hex (hex, size * 2 + 1, bytes, size));
}

static void
s_answer (arena_t *arena, char *line)
{
    char *rest = line;
    const char *verb = strsep (&rest, " "), *name = strsep (&rest, " ");
    const ProtobufCMessageDescriptor *descriptor = name ? s_find (name) : NULL;
    if (!descriptor || !rest)
        puts ("error no such message");
    else if (strcmp (verb, "from-json") == 0)
        s_from_json (arena, descriptor, rest);
    else
        s_to_json (arena, descriptor, rest,
            strcmp (verb, "to-json-defaults") == 0 ? JSON_PRINT_DEFAULTS : 0);
}

int
main (int argc, char **argv)
{
    if (argc == 2 && strcmp (argv [1], "--list") == 0) {
        s_list (test_messages);
        s_list (registry_all);
        return 0;
    }
    char *line = NULL;
    size_t room = 0;
    ssize_t size;
    arena_t *arena = arena_new ();
    while ((size = getline (&line, &room, stdin)) > 0) {
        line [size - 1] = 0;
        s_answer (arena, line);
        fflush (stdout);
        arena_reset (arena);
    }
    arena_destroy (&arena);
    free (line);
    return 0;
}
