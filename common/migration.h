/* migration - numbered SQL files, carried in the programs; applied once each, up only, under an advisory lock.
 *
 * Each service has a schema (sla-watchdog: sla_watchdog), owned by the administrator, and a role fettle_<schema>
 * that may read and write its rows and nothing else. What has been applied is in <schema>.migration. Nothing here
 * prints; all of it works on a connection of the administrator, and everything may be run again. */
#pragma once
#include "db.h"
#include <stddef.h>

typedef struct {
    const char *service;    /* "" for the tables that every service's schema has */
    const char *name;       /* "0001_turn.sql" */
    const char *text;
} migration_t;

/* What `create database` is told of a new one: keys are compared byte by byte, without asking a language's rules. */
#define MIGRATION_NEW_DATABASE "encoding 'UTF8' lc_collate 'C' template template0"

extern const migration_t migrations_all [];     /* in order; ends with NULL */

typedef enum {
    MIGRATION_PENDING,
    MIGRATION_APPLIED,
    MIGRATION_CHANGED,      /* applied, but not as this program has it */
    MIGRATION_UNKNOWN       /* applied by a newer program */
} migration_state_t;

/* name lives during the call only; applied_at: "" when pending. */
typedef void (migration_visit_fn) (void *closure, const char *service, const char *name, migration_state_t state,
                                   const char *applied_at);

/* Waits for the lock of whoever else migrates this database; it ends with the connection. False with a sentence. */
bool migration_lock (db_t *db, char error [512]);
/* What the whole database needs: btree_gist, nothing made in public by others than the administrator. */
bool migration_prepare_database (db_t *db, char error [512]);
/* The role that a service logs in as; password: NULL leaves it. False with a sentence. */
bool migration_make_role (db_t *db, const char *service, const char *password, char error [512]);
/* The service's role and schema (password: NULL leaves it), its pending migrations, one transaction each, its grants.
 * visit is called after each that was applied. Refuses, with a sentence, when one was changed after it was applied. */
bool migration_apply (db_t *db, const char *service, const char *password, migration_visit_fn *visit,
                      void *closure, char error [512]);
/* Tells the state of each, also when there is no schema yet. False with a sentence when the database can not say. */
bool migration_each (db_t *db, const char *service, migration_visit_fn *visit, void *closure, char error [512]);
/* Makes the database named in dsn when it is missing. False with a sentence. */
bool migration_make_database (const char *dsn, const char *password, bool *ret_made, char error [512]);
/* "sla-watchdog" -> "sla_watchdog" */
void migration_schema (const char *service, char ret_schema [64]);
