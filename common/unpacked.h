/* unpacked - messages of rows that every handler reads and few change, unpacked once and not for each of them.
 *
 *     const unpacked_t *kept = unpacked_get (&engineer_details_descriptor, engineer->id, engineer->details);
 *     const engineer_details_t *details = (const void *) kept->message;
 *
 * The same bytes give the same message, so a handler that asks stays pure; nobody may change what it gets. For rows of
 * an ENTITY_CACHED table: others come and go. Not for other threads. */
#ifndef UNPACKED_H
#define UNPACKED_H

#include "entity.h"
#include <protobuf-c/protobuf-c.h>

#define UNPACKED_KEPT_MAX 16384

/* digest: SHA-256 of the message packed again, the same whatever bytes it came from. */
typedef struct {
    ProtobufCMessage *message;
    unsigned char digest [32];
} unpacked_t;

/* Returns the message of that type in the bytes, found by the id of its row; no bytes: all defaults. NULL when they are
 * none, which no row of ours has. Borrowed until unpacked_trim. */
const unpacked_t *unpacked_get (const ProtobufCMessageDescriptor *type, const char *id, blob_t bytes);

/* The digest of a message that comes from nowhere. */
void unpacked_digest (const ProtobufCMessage *message, unsigned char ret_digest [32]);

/* The SHA-256 of bytes that seldom change, found by an id. Borrowed until unpacked_trim. */
const unsigned char *unpacked_digest_of (const char *id, blob_t bytes);

/* What nobody asked for for long is forgotten: between two turns. */
void unpacked_trim (void);

/* Forgets everything. For the end of a process and for tests. */
void unpacked_forget (void);

#endif
