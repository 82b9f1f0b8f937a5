#include "migration.h"
#include "db_dsn.h"
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SQL_MAX = 4096 };

void
migration_schema (const char *service, char ret_schema [64])
{
    snprintf (ret_schema, 64, "%s", service);
    for (char *p = ret_schema; *p; p++)
        if (*p == '-')
            *p = '_';
}

static bool
s_fail (db_t *db, char error [512], const char *what)
{
    snprintf (error, 512, "%.120s: %.380s", what, db_error (db));
    return false;
}

static bool
s_run (db_t *db, char error [512], const char *what, const char *format, ...)
{
    char sql [SQL_MAX];
    va_list arguments;
    va_start (arguments, format);
    vsnprintf (sql, sizeof sql, format, arguments);
    va_end (arguments);
    return db_run (db, sql) || s_fail (db, error, what);
}

/* Has the query a row? -1: it failed. */
static int
s_exists (db_t *db, const char *sql, const char *value)
{
    PGresult *result = db_query (db, sql, 1, &value);
    int exists = result ? DB_ROWS (result) > 0 : -1;
    DB_FREE (result);
    return exists;
}

static void
s_sha256 (const char *text, char ret_hex [65])
{
    unsigned char hash [crypto_hash_sha256_BYTES];
    crypto_hash_sha256 (hash, (const unsigned char *) text, strlen (text));
    sodium_bin2hex (ret_hex, 65, hash, sizeof hash);
}

/* Did the statement fail because another process has just made the same? Two codes: the check, and its index. */
static bool
s_was_faster (db_t *db, const char *already_exists)
{
    return strcmp (db_sqlstate (db), already_exists) == 0 || strcmp (db_sqlstate (db), "23505") == 0;
}

/* ---- the database */

bool
migration_make_database (const char *dsn, const char *password, bool *ret_made, char error [512])
{
    char name [128] = "fettle", other [2048], sql [256];
    *ret_made = false;
    db_dsn_get (dsn, "dbname", name, sizeof name);
    db_dsn_set (dsn, "dbname", "postgres", other, sizeof other);
    db_t *db = db_open (other, NULL, NULL, password, error);
    if (!db)                                        /* an administrator of one database only: it must be there */
        return (db = db_open (dsn, NULL, NULL, password, error)) ? db_close (&db), true : false;
    int exists = s_exists (db, "select from pg_database where datname = $1", name);
    snprintf (sql, sizeof sql, "create database \"%s\" " MIGRATION_NEW_DATABASE, name);
    bool done = exists == 1 || (exists == 0 && db_run (db, sql));
    *ret_made = done && !exists;
    if (!done && s_was_faster (db, "42P04"))
        done = true;
    if (!done)
        s_fail (db, error, "the database can not be made");
    db_close (&db);
    return done;
}

bool
migration_lock (db_t *db, char error [512])
{
    return s_run (db, error, "the lock of migrations can not be taken", "select pg_advisory_lock (%lld)",
                  0x666574746c65LL);
}

bool
migration_prepare_database (db_t *db, char error [512])
{
    return s_run (db, error, "the extension btree_gist can not be made",
                  "create extension if not exists btree_gist schema public")
        && s_run (db, error, "rights on the schema public can not be set",
                  "revoke create on schema public from public");
}

/* ---- role, schema, grants */

static bool
s_set_password (db_t *db, const char *role, const char *password, char error [512])
{
    const char *values [] = { role, password };
    PGresult *result = db_query (db, "select format ('alter role %I password %L', $1::text, $2::text)", 2, values);
    bool done = result && db_run (db, DB_VALUE (result, 0, 0));
    DB_FREE (result);
    if (!done)
        /* never the statement */
        snprintf (error, 512, "the password of %s can not be set: SQLSTATE %s", role, db_sqlstate (db));
    return done;
}

bool
migration_make_role (db_t *db, const char *service, const char *password, char error [512])
{
    char schema [64], role [96];
    migration_schema (service, schema);
    snprintf (role, sizeof role, "fettle_%s", schema);
    int exists = s_exists (db, "select from pg_roles where rolname = $1", role);
    if (exists < 0)
        return s_fail (db, error, "roles can not be read");
    if (!exists && !s_run (db, error, "a role can not be made", "create role %s login", role)
        && !s_was_faster (db, "42710"))
        return false;
    return !password || s_set_password (db, role, password, error);
}

static bool
s_make_schema (db_t *db, const char *schema, char error [512])
{
    return s_run (db, error, "a schema can not be made",
                  "create schema if not exists %1$s;"
                  "create table if not exists %1$s.migration ("
                  "    name text primary key, sha256 text not null,"
                  "    applied_at timestamptz not null default now ())", schema);
}

static bool
s_grant (db_t *db, const char *schema, char error [512])
{
    return s_run (db, error, "rights can not be granted",
                  "revoke all on schema %1$s from public;"
                  "grant usage on schema %1$s to fettle_%1$s;"
                  "grant select, insert, update, delete on all tables in schema %1$s to fettle_%1$s;"
                  "revoke insert, update, delete on %1$s.migration from fettle_%1$s;"
                  "grant usage on all sequences in schema %1$s to fettle_%1$s;"
                  "revoke execute on all functions in schema %1$s from public;"
                  "grant execute on all functions in schema %1$s to fettle_%1$s", schema);
}

/* ---- the files */

typedef struct {
    db_t *db;
    const char *service, *schema;
    migration_visit_fn *visit;
    void *closure;
    char *error;
} job_t;

/* The recorded checksum and date; "" when it is not recorded. */
static bool
s_recorded (const job_t *self, const char *name, char ret_sha256 [65], char ret_at [64])
{
    char sql [256];
    snprintf (sql, sizeof sql, "select sha256, to_char (applied_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') "
              "from %s.migration where name = $1", self->schema);
    PGresult *result = db_query (self->db, sql, 1, &name);
    bool is_there = result && DB_ROWS (result) > 0;
    snprintf (ret_sha256, 65, "%s", is_there ? DB_VALUE (result, 0, 0) : "");
    snprintf (ret_at, 64, "%s", is_there ? DB_VALUE (result, 0, 1) : "");
    DB_FREE (result);
    return result || s_fail (self->db, self->error, "the list of migrations can not be read");
}

static migration_state_t
s_state (const migration_t *migration, const char *recorded)
{
    char sha256 [65];
    s_sha256 (migration->text, sha256);
    return !*recorded ? MIGRATION_PENDING : strcmp (recorded, sha256) == 0 ? MIGRATION_APPLIED : MIGRATION_CHANGED;
}

static bool
s_record (const job_t *self, const migration_t *migration)
{
    char sql [256], sha256 [65];
    s_sha256 (migration->text, sha256);
    const char *values [] = { migration->name, sha256 };
    snprintf (sql, sizeof sql, "insert into %s.migration (name, sha256) values ($1, $2)", self->schema);
    PGresult *result = db_query (self->db, sql, 2, values);
    DB_FREE (result);
    return result != NULL;
}

static bool
s_apply_one (const job_t *self, const migration_t *migration)
{
    char what [128];
    snprintf (what, sizeof what, "%s of %s", migration->name, self->service);
    if (!s_run (self->db, self->error, what, "begin; set local search_path = %s, public", self->schema))
        return false;
    if (db_run (self->db, migration->text) && s_record (self, migration) && db_run (self->db, "commit"))
        return true;
    s_fail (self->db, self->error, what);
    db_run (self->db, "rollback");
    return false;
}

static bool
s_bring_up (const job_t *self, const migration_t *migration)
{
    char recorded [65], at [64];
    if (!s_recorded (self, migration->name, recorded, at))
        return false;
    switch (s_state (migration, recorded)) {
    case MIGRATION_APPLIED:
        return true;
    case MIGRATION_CHANGED:
        snprintf (self->error, 512, "%s of %s was applied at %s, and its text has changed since. A migration that "
                  "was applied is never changed: restore the file, and put the change into a new one.",
                  migration->name, self->service, at);
        return false;
    default:
        if (!s_apply_one (self, migration))
            return false;
        self->visit (self->closure, self->service, migration->name, MIGRATION_APPLIED, "");
        return true;
    }
}

static bool
s_concerns (const migration_t *migration, const char *service)
{
    return !*migration->service || strcmp (migration->service, service) == 0;
}

bool
migration_apply (db_t *db, const char *service, const char *password, migration_visit_fn *visit, void *closure,
                 char error [512])
{
    char schema [64];
    migration_schema (service, schema);
    job_t job = { db, service, schema, visit, closure, error };
    if (!migration_make_role (db, service, password, error) || !s_make_schema (db, schema, error))
        return false;
    for (const migration_t *m = migrations_all; m->name; m++)
        if (s_concerns (m, service) && !s_bring_up (&job, m))
            return false;
    return s_grant (db, schema, error);
}

/* ---- telling */

static bool
s_is_carried (const char *service, const char *name)
{
    for (const migration_t *m = migrations_all; m->name; m++)
        if (s_concerns (m, service) && strcmp (m->name, name) == 0)
            return true;
    return false;
}

static bool
s_tell_unknown (const job_t *self)
{
    char sql [128];
    snprintf (sql, sizeof sql, "select name, applied_at from %s.migration order by name", self->schema);
    PGresult *result = db_query (self->db, sql, 0, NULL);
    for (int i = 0; result && i < DB_ROWS (result); i++)
        if (!s_is_carried (self->service, DB_VALUE (result, i, 0)))
            self->visit (self->closure, self->service, DB_VALUE (result, i, 0), MIGRATION_UNKNOWN,
                         DB_VALUE (result, i, 1));
    DB_FREE (result);
    return result || s_fail (self->db, self->error, "the list of migrations can not be read");
}

bool
migration_each (db_t *db, const char *service, migration_visit_fn *visit, void *closure, char error [512])
{
    char schema [64], recorded [65] = "", at [64] = "";
    migration_schema (service, schema);
    job_t job = { db, service, schema, visit, closure, error };
    int exists = s_exists (db, "select from pg_tables where tablename = 'migration' and schemaname = $1", schema);
    if (exists < 0)
        return s_fail (db, error, "the list of migrations can not be read");
    for (const migration_t *m = migrations_all; m->name; m++) {
        if (!s_concerns (m, service))
            continue;
        if (exists && !s_recorded (&job, m->name, recorded, at))
            return false;
        visit (closure, service, m->name, s_state (m, recorded), at);
    }
    return !exists || s_tell_unknown (&job);
}
