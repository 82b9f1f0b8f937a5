/* json_scalar - one value of a field from JSON; the part of json that knows the kinds. For
 * json_read.c and json_write.c only. */
#ifndef JSON_SCALAR_H
#define JSON_SCALAR_H

#include <stdbool.h>
#include <stddef.h>
#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include "arena.h"

/* Reads VALUE, not a message, into *ret_member, of the C type that protobuf-c has for the field.
 * Returns false when it does not fit, with what was expected in ret_expected, as "a whole number
 * from 0 to 4294967295". */
bool json_scalar_read (arena_t *arena, const ProtobufCFieldDescriptor *field, const json_t *value,
    void *ret_member, char ret_expected [200]);

/* Returns the size of the C type protobuf-c has for one value of TYPE. */
size_t json_scalar_size (ProtobufCType type);

/* Writes a value as people should see it in an error: short, lists and objects by their kind only.
 */
void json_scalar_show (const json_t *value, char ret_text [64]);

#endif
