#include "unpacked.h"
#include "check.h"
#include "keep.h"
#include <sodium.h>
#include <stdlib.h>

static keep_t *s_keep;

void
unpacked_digest (const ProtobufCMessage *message, unsigned char ret_digest [32])
{
    size_t size = protobuf_c_message_get_packed_size (message);
    uint8_t *bytes = malloc (size + 1);
    check (bytes);
    protobuf_c_message_pack (message, bytes);
    crypto_hash_sha256 (ret_digest, bytes, size);
    free (bytes);
}

static unpacked_t *
s_of_bytes (blob_t bytes)
{
    unpacked_t *self = calloc (1, sizeof *self);
    check (self);
    crypto_hash_sha256 (self->digest, bytes.data, bytes.size);
    return self;
}

/* Without a type the bytes are only digested. */
static void *
s_make (const void *how, blob_t bytes)
{
    if (!how)
        return s_of_bytes (bytes);
    ProtobufCMessage *message = protobuf_c_message_unpack (how, NULL, bytes.size, bytes.data ? bytes.data
        : (const uint8_t *) "");
    if (!message)
        return NULL;
    unpacked_t *self = malloc (sizeof *self);
    check (self);
    self->message = message;
    unpacked_digest (message, self->digest);
    return self;
}

static void
s_drop (void *value)
{
    unpacked_t *self = value;
    protobuf_c_message_free_unpacked (self->message, NULL);     /* NULL is left alone */
    free (self);
}

static const unpacked_t *
s_get (const ProtobufCMessageDescriptor *type, const char *id, blob_t bytes)
{
    if (!s_keep)
        s_keep = keep_new (s_make, s_drop);
    return keep_get (s_keep, type, id, 0, bytes);
}

const unpacked_t *
unpacked_get (const ProtobufCMessageDescriptor *type, const char *id, blob_t bytes)
{
    return s_get (type, id, bytes);
}

const unsigned char *
unpacked_digest_of (const char *id, blob_t bytes)
{
    return s_get (NULL, id, bytes)->digest;
}

void
unpacked_trim (void)
{
    if (s_keep)
        keep_trim (s_keep, UNPACKED_KEPT_MAX);
}

void
unpacked_forget (void)
{
    keep_destroy (&s_keep);
}
