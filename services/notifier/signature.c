/* signature.c - Standard Webhooks, symmetric scheme v1. */
#include "performer.h"
#include "base64.h"
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

char *
signature_make (
    arena_t *arena, const char *secret, const char *id, int64_t timestamp_s, const char *body)
{
    size_t key_size = 0;
    unsigned char *key =
        strncmp (secret, "whsec_", 6) == 0 ? base64_decode (arena, secret + 6, &key_size) : NULL;
    if (!key || key_size == 0)
        return NULL;
    char *head = arena_printf (arena, "%s.%" PRId64 ".", id, timestamp_s);
    unsigned char hash [crypto_auth_hmacsha256_BYTES];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init (&state, key, key_size);
    crypto_auth_hmacsha256_update (&state, (const unsigned char *) head, strlen (head));
    crypto_auth_hmacsha256_update (&state, (const unsigned char *) body, strlen (body));
    crypto_auth_hmacsha256_final (&state, hash);
    sodium_memzero (key, key_size);
    return arena_printf (arena, "v1,%s", base64_encode (arena, hash, sizeof hash));
}
