/* manifest - what a backup is: manifest.json beside the archive of pg_dump, written last, so that a backup without one
 * is half of one.
 *
 *   DIR/manifest.json   when, of which version, where each service's stream stood, how large the archive is, its hash
 *   DIR/fettle.dump     the archive, all schemas of one instant */
#pragma once
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define MANIFEST_FILE "manifest.json"
#define MANIFEST_DUMP "fettle.dump"

typedef struct {
    char id [37];               /* of the backup */
    char version [32];          /* of the program */
    char taken_at [80];         /* RFC 3339 */
    int64_t bytes;              /* of the archive */
    char sha256 [65];
    json_t *services;           /* "intake": {epoch, lastSequence, migrations, cursors: {"billing": 12}} */
} manifest_t;

void manifest_free (manifest_t *self);
/* Measures DIR/fettle.dump and writes DIR/manifest.json, both safely on disk when it returns. False with a sentence. */
bool manifest_write (const char *directory, manifest_t *self, char error [512]);
/* Reads it and checks the archive against it. False with a sentence: no backup, half of one, damaged, newer. */
bool manifest_read (const char *directory, manifest_t *ret_manifest, char error [512]);
/* The member of a service; -1: the service is not in the backup. */
int64_t manifest_number (const manifest_t *self, const char *service, const char *name);
