/* json - messages as JSON and back, by reflection over their descriptors.
 *
 * The rules are those of ProtoJSON (the JSON mapping of the protocol buffers documentation):
 * lowerCamelCase names out, those and the names of the .proto in; 64-bit integers as strings out,
 * strings and numbers in; enums by name out, name or number in; bytes in standard base64 out,
 * standard or URL in; "NaN", "Infinity", "-Infinity"; null is the default; fields that have their
 * default are left out. Duplicate keys, two members of one oneof and unknown fields are errors.
 * Not supported, as no message of ours has them: maps (an error in; out, a list of entries),
 * well-known types with forms of their own, the json_name option, the old syntax proto2. */
#ifndef JSON_H
#define JSON_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include "arena.h"

enum {
    JSON_PRETTY_PRINT = 1,   /* out: two spaces of indent, a line per value */
    JSON_PRINT_DEFAULTS = 2, /* out: defaults too, but no absent messages or oneof members */
    JSON_IGNORE_UNKNOWN = 4  /* in: skip fields the descriptor does not have */
};

#define JSON_TEXT_MAX (1024 * 1024) /* bytes of JSON text accepted */
#define JSON_NAME_SIZE 128          /* room for the name of a field */
#define JSON_DEPTH_MAX 16 /* messages in messages, the outermost is 1; as in wire_limits */

/* Returns the message that TEXT says, owned by the arena, or NULL with a sentence in ERROR: path,
 * value, what was expected. */
const ProtobufCMessage *json_to_message (arena_t *arena,
    const ProtobufCMessageDescriptor *descriptor, const char *text, size_t size, char error [256]);

/* The same from a parsed value, which stays the caller's. FLAGS: JSON_IGNORE_UNKNOWN or 0. */
const ProtobufCMessage *json_value_to_message (arena_t *arena,
    const ProtobufCMessageDescriptor *descriptor, const json_t *value, int flags, char error [256]);

/* Returns the JSON text of MESSAGE, owned by the arena. Never NULL: strings that are no UTF-8 get
 * U+FFFD for the bad bytes. */
char *json_from_message (arena_t *arena, const ProtobufCMessage *message, int flags);

/* Returns MESSAGE as a JSON object, to be json_decref'd by the caller. */
json_t *json_value_from_message (const ProtobufCMessage *message, int flags);

/* Returns the value of TEXT, an object or array, to be json_decref'd; or NULL with a sentence in
 * ERROR. Stricter than jansson's own: at most JSON_TEXT_MAX bytes, no duplicate keys, nothing after
 * the value. Whole numbers over 64 bits become reals. */
json_t *json_parse (const char *text, size_t size, char error [256]);

/* The same for a file of somebody's own, of up to size_max bytes. */
json_t *json_parse_file (const char *text, size_t size, size_t size_max, char error [256]);

/* Returns VALUE as text, owned by the arena; reals with the fewest digits that read back the same.
 * FLAGS: JSON_PRETTY_PRINT. */
char *json_print (arena_t *arena, const json_t *value, int flags);

/* Writes the JSON name of a field, as "amountMinor" for "amount_minor". */
void json_name (const char *field_name, char ret_name [JSON_NAME_SIZE]);

#endif
