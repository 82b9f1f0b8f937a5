#include "manifest.h"
#include "arena.h"
#include "json.h"
#include "moment.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FORMAT = 1, CHUNK = 1 << 20 };

void
manifest_free (manifest_t *self)
{
    json_decref (self->services);
    self->services = NULL;
}

/* ---- the archive */

static bool
s_measure (const char *directory, int64_t *ret_bytes, char ret_sha256 [65], char error [512])
{
    char path [PATH_MAX];
    unsigned char hash [crypto_hash_sha256_BYTES], *chunk = malloc (CHUNK);
    crypto_hash_sha256_state state;
    snprintf (path, sizeof path, "%s/" MANIFEST_DUMP, directory);
    FILE *file = chunk ? fopen (path, "re") : NULL;
    crypto_hash_sha256_init (&state);
    *ret_bytes = 0;
    for (size_t size; file && (size = fread (chunk, 1, CHUNK, file)) > 0; *ret_bytes += (int64_t) size)
        crypto_hash_sha256_update (&state, chunk, size);
    bool is_read = file && !ferror (file);
    if (!is_read)
        snprintf (error, 512, "%.400s can not be read: %s.", path, strerror (errno));
    if (file)
        fclose (file);
    free (chunk);
    crypto_hash_sha256_final (&state, hash);
    sodium_bin2hex (ret_sha256, 65, hash, sizeof hash);
    return is_read;
}

/* ---- writing */

static bool
s_sync (const char *path)
{
    int file = open (path, O_RDONLY | O_CLOEXEC);
    bool done = file >= 0 && fsync (file) == 0;
    if (file >= 0)
        close (file);
    return done;
}

static bool
s_write_text (const char *path, const char *text)
{
    FILE *file = fopen (path, "we");
    bool done = file && fputs (text, file) >= 0 && fputc ('\n', file) >= 0 && fflush (file) == 0
        && fsync (fileno (file)) == 0;
    return file ? fclose (file) == 0 && done : false;
}

bool
manifest_write (const char *directory, manifest_t *self, char error [512])
{
    char path [PATH_MAX], dump [PATH_MAX];
    snprintf (path, sizeof path, "%s/" MANIFEST_FILE, directory);
    snprintf (dump, sizeof dump, "%s/" MANIFEST_DUMP, directory);
    if (!s_measure (directory, &self->bytes, self->sha256, error))
        return false;
    json_t *whole = json_pack ("{s:i, s:s, s:s, s:s, s:I, s:s, s:O}", "format", FORMAT, "id", self->id, "version",
        self->version, "takenAt", self->taken_at, "bytes", (json_int_t) self->bytes, "sha256", self->sha256,
        "services", self->services);
    arena_t *arena = arena_new ();
    bool done = s_sync (dump) && s_write_text (path, json_print (arena, whole, JSON_PRETTY_PRINT))
        && s_sync (directory);
    if (!done)
        snprintf (error, 512, "%.400s can not be written: %s.", path, strerror (errno));
    arena_destroy (&arena);
    json_decref (whole);
    return done;
}

/* ---- reading */

static bool
s_refuse (char error [512], const char *directory, const char *why)
{
    snprintf (error, 512, "%.200s is not a backup that can be restored: %.280s", directory, why);
    return false;
}

static json_t *
s_load (const char *directory, char error [512])
{
    char path [PATH_MAX], why [256];
    struct stat status;
    json_error_t wrong;
    if (stat (directory, &status) != 0 || !S_ISDIR (status.st_mode))
        return s_refuse (error, directory, "there is no such directory. Give what `fettle backup` was given."), NULL;
    snprintf (path, sizeof path, "%s/" MANIFEST_FILE, directory);
    if (access (path, F_OK) != 0)
        return s_refuse (error, directory, "it has no " MANIFEST_FILE ", which is written last. The backup was "
                         "interrupted, or this is something else: take another."), NULL;
    json_t *whole = json_load_file (path, JSON_REJECT_DUPLICATES, &wrong);
    if (!json_is_object (whole)) {
        snprintf (why, sizeof why, MANIFEST_FILE " can not be read: %.150s", whole ? "not an object" : wrong.text);
        s_refuse (error, directory, why);
        json_decref (whole);
        return NULL;
    }
    return whole;
}

static bool
s_unpack (const json_t *whole, manifest_t *self)
{
    const char *id, *version, *taken_at, *sha256;
    int64_t moment;
    json_int_t bytes;
    if (json_unpack ((json_t *) whole, "{s:s, s:s, s:s, s:I, s:s, s:O}", "id", &id, "version", &version, "takenAt",
                     &taken_at, "bytes", &bytes, "sha256", &sha256, "services", &self->services) != 0)
        return false;
    self->bytes = bytes;
    snprintf (self->id, sizeof self->id, "%s", id);
    snprintf (self->version, sizeof self->version, "%s", version);
    snprintf (self->taken_at, sizeof self->taken_at, "%s", taken_at);
    snprintf (self->sha256, sizeof self->sha256, "%s", sha256);
    return json_is_object (self->services) && moment_read (taken_at, &moment);
}

static bool
s_check_archive (const char *directory, const manifest_t *self, char error [512])
{
    int64_t bytes;
    char sha256 [65], why [256];
    if (!s_measure (directory, &bytes, sha256, error))
        return false;
    if (bytes == self->bytes && strcmp (sha256, self->sha256) == 0)
        return true;
    snprintf (why, sizeof why, MANIFEST_DUMP " is damaged or another backup's: it has %lld bytes, the manifest says "
              "%lld%s.", (long long) bytes, (long long) self->bytes,
              bytes == self->bytes ? " with another checksum" : "");
    return s_refuse (error, directory, why);
}

bool
manifest_read (const char *directory, manifest_t *self, char error [512])
{
    *self = (manifest_t) { .bytes = 0 };
    json_t *whole = s_load (directory, error);
    if (!whole)
        return false;
    int64_t format = json_integer_value (json_object_get (whole, "format"));
    bool is_known = format == FORMAT, is_whole = is_known && s_unpack (whole, self);
    json_decref (whole);
    if (!is_known)
        return s_refuse (error, directory, "its format is not 1, the only one this program knows.");
    if (!is_whole)
        return manifest_free (self), s_refuse (error, directory, MANIFEST_FILE " lacks a member, or one is of the "
                                               "wrong kind.");
    if (s_check_archive (directory, self, error))
        return true;
    manifest_free (self);
    return false;
}

int64_t
manifest_number (const manifest_t *self, const char *service, const char *name)
{
    const json_t *of = json_object_get (self->services, service);
    const json_t *value = json_object_get (of, name);
    return json_is_integer (value) ? json_integer_value (value) : -1;
}
