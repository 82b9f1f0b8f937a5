/* restore - a backup becomes the database again (restore_database.c), or the schema of one service (restore_service.c).
 * Until the last statement nothing of what was there is touched, and afterwards it is kept under another name. */
#pragma once
#include "client.h"
#include "manifest.h"

typedef struct {
    arena_t *arena;
    const char *directory, *service;    /* service NULL: all of them */
    bool over, dry_run, no_resync;
    manifest_t manifest;
    char *dump;                         /* path of the archive */
    char *stamp;                        /* "20261126_141500": what was there is kept as NAME_before_STAMP */
} restore_t;

bool restore_database (restore_t *self, char error [512]);
bool restore_service (restore_t *self, char error [512]);

/* Is any of these services at work? True with a sentence; service NULL: all. A database without them is at rest. */
bool restore_is_at_work (restore_t *self, db_t *db, const char *service, char error [512]);
/* SQL for when the rows are back: the lease is free and its epoch new (floor: of the state before), what may have been
 * sent since the backup is not sent again, and the restore is on record. */
const char *restore_settling (const restore_t *self, const char *service, int64_t floor);
/* Does the restored schema end where the manifest says? */
bool restore_verify (restore_t *self, db_t *db, const char *service, char error [512]);
bool restore_fail (db_t *db, char error [512], const char *what);
