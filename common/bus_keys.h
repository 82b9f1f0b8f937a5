/* bus_keys - who may connect, and as what: CURVE certificates in a directory, checked by ZAP at each handshake.
 *
 *   FETTLE_KEYS/server.key_secret      this deployment's own pair (services use it for both ends)
 *   FETTLE_KEYS/server.key             its public half, for clients
 *   FETTLE_KEYS/clients/NAME.key       public halves of those let in; metadata: role, name, and of an
 *                                      engineer or a provider: for, the id for whom it speaks.
 *                                      Removing the file revokes it.
 *   FETTLE_KEYS/NAME.key_secret        made by `fettle keys new NAME`, to be handed to the client */
#pragma once
#include <stdbool.h>

typedef struct bus_keys_t bus_keys_t;

/* NULL with a sentence when there is no server key. */
bus_keys_t *bus_keys_open (const char *directory, char error [512]);
void bus_keys_close (bus_keys_t **self);
const char *bus_keys_server_secret (const bus_keys_t *self);    /* Z85, 40 characters */
const char *bus_keys_server_public (const bus_keys_t *self);
/* Name, role and for whom it speaks ("" nobody) of a public key in Z85; false: unknown. Files are read again when the
 * directory has changed. */
bool bus_keys_find (bus_keys_t *self, const char *public_key, const char **ret_name, const char **ret_role,
    const char **ret_speaker);
/* How many keys have been removed since it was opened. */
int bus_keys_removals (bus_keys_t *self);
bool bus_keys_has (bus_keys_t *self, const char *name);
const char *bus_keys_role (bus_keys_t *self, const char *name);     /* "" unknown */
const char *bus_keys_speaker (bus_keys_t *self, const char *name);  /* "" nobody */

/* ---- for the tool */
bool bus_keys_make_server (const char *directory, char error [512]);    /* keeps one that is there */
bool bus_keys_make_client (const char *directory, const char *name, const char *role, const char *speaker,
    char error [512]);
bool bus_keys_revoke (const char *directory, const char *name, char error [512]);
/* Public and secret key of a client's secret certificate. */
bool bus_keys_read_client (const char *file, char ret_public [41], char ret_secret [41], char error [512]);
/* NULL: there is none. speaks: for one engineer or provider alone, whose id is in the key. */
const struct bus_role *bus_keys_role_named (const char *role);
extern const struct bus_role { const char *name, *may_send, *about; bool may_follow, speaks; } bus_roles [];
