/* doctor_database - is Postgres there, does it keep what it says it has kept, is it of this version, who may what. */
#include "bus.h"
#include "client.h"
#include "db.h"
#include "doctor.h"
#include "migration.h"
#include "moment.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECTIONS_MIN = 40, SKEW_MAX_MS = 1000, VERSION_MIN = 150000 };

static long long
s_number (db_t *db, const char *sql)
{
    PGresult *result = db_query (db, sql, 0, NULL);
    long long number = result && DB_ROWS (result) ? strtoll (DB_VALUE (result, 0, 0), NULL, 10) : 0;
    DB_FREE (result);
    return number;
}

/* ---- settings */

static void
s_check_version (db_t *db)
{
    long long version = s_number (db, "select current_setting ('server_version_num')");
    if (version < VERSION_MIN)
        doctor_wrong ("Use a newer one.", "Postgres %lld is older than %d", version / 10000, VERSION_MIN / 10000);
    else
        doctor_ok ("Postgres %lld.%lld answers", version / 10000, version % 10000);
}

/* Without these a power cut loses what was answered as accepted. */
static void
s_check_settings (db_t *db)
{
    static const char sql [] =
        "select name, setting from pg_settings where (name in ('fsync', 'full_page_writes') and setting <> 'on') "
        "or (name = 'synchronous_commit' and setting = 'off') or (name = 'server_encoding' and setting <> 'UTF8')";
    PGresult *result = db_query (db, sql, 0, NULL);
    for (int i = 0; result && i < DB_ROWS (result); i++)
        doctor_wrong ("Set it back (server_encoding: make the database anew): accepted work could be lost or spoilt.",
                      "Postgres runs with %s = %s", DB_VALUE (result, i, 0), DB_VALUE (result, i, 1));
    if (result && DB_ROWS (result) == 0)
        doctor_ok ("fsync, full_page_writes and synchronous_commit are on");
    DB_FREE (result);
    long long connections = s_number (db, "select current_setting ('max_connections')");
    if (connections < CONNECTIONS_MIN)
        doctor_wrong ("Raise it.", "max_connections = %lld leaves no room: %d at least", connections, CONNECTIONS_MIN);
}

static void
s_check_clock (db_t *db)
{
    int64_t before = moment_now ();
    int64_t there = s_number (db, "select (extract (epoch from clock_timestamp ()) * 1000)::bigint");
    int64_t round_trip = moment_now () - before, skew = there - before - round_trip / 2;
    if (llabs (skew) > SKEW_MAX_MS + round_trip)
        doctor_wrong ("Run NTP (chrony, systemd-timesyncd) on both.", "the clock of Postgres is %lld ms %s this one's",
                      llabs (skew), skew > 0 ? "ahead of" : "behind");
    else
        doctor_ok ("the clocks of Postgres and of this machine agree to %lld ms", llabs (skew));
}

/* ---- migrations */

typedef struct { int applied, pending, changed, unknown; } tally_t;

static void
s_count (void *closure, const char *service, const char *name, migration_state_t state, const char *applied_at)
{
    tally_t *tally = closure;
    int *counts [] = { &tally->pending, &tally->applied, &tally->changed, &tally->unknown };
    (void) applied_at;
    ++*counts [state];
    if (state == MIGRATION_CHANGED)
        doctor_wrong ("Restore the file as it was; a change is a new file.",
                      "migration %s of %s was changed after it was applied",
                      name, service);
}

static bool
s_check_migrations (db_t *db)
{
    tally_t tally = { 0 };
    char error [512];
    for (int i = 0; bus_services [i]; i++)
        if (!migration_each (db, bus_services [i], s_count, &tally, error)) {
            doctor_wrong ("See the log of Postgres.", "%s", error);
            return false;
        }
    if (tally.pending)
        doctor_wrong ("`fettle migrate` applies them.", "%d migrations are pending", tally.pending);
    if (tally.unknown)
        doctor_note ("%d migrations were applied by a newer version than this", tally.unknown);
    if (!tally.pending && !tally.changed)
        doctor_ok ("all %d migrations are applied", tally.applied);
    return tally.applied > 0;
}

/* ---- roles and rights: each service its own schema, and nothing else */

static const char s_rights [] =
    "with service as (select s as schema, 'fettle_' || s as name from unnest ($1::text []) s),"
    " role as (select s.schema, r.* from service s join pg_roles r on r.rolname = s.name),"
    " own as (select r.rolname, r.oid as role, c.oid as table, c.relname, n.nspname from role r"
    "         join pg_namespace n on n.nspname = r.schema"
    "         join pg_class c on c.relnamespace = n.oid and c.relkind = 'r')"
    "select 'there is no role ' || name from service where name not in (select rolname from pg_roles) "
    "union all select rolname || ' may not log in' from role where not rolcanlogin "
    "union all select rolname || ' has rights over the whole server' from role "
    "  where rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls "
    "union all select r.rolname || ' may enter the schema ' || n.nspname from role r "
    "  join service s on s.schema <> r.schema join pg_namespace n on n.nspname = s.schema "
    "  where not r.rolsuper and has_schema_privilege (r.oid, n.oid, 'usage') "
    "union all select r.rolname || ' may not enter its schema' from role r join pg_namespace n on n.nspname = r.schema "
    "  where not has_schema_privilege (r.oid, n.oid, 'usage') "
    "union all select r.rolname || ' may make tables in ' || n.nspname from role r "
    "  join pg_namespace n on n.nspname in (r.schema, 'public') "
    "  where not r.rolsuper and has_schema_privilege (r.oid, n.oid, 'create') "
    "union all select rolname || ' may not read and write ' || nspname || '.' || relname from own "
    "  where relname <> 'migration' and not ("
    "  has_table_privilege (role, own.table, 'select') and has_table_privilege (role, own.table, 'insert') and "
    "  has_table_privilege (role, own.table, 'update') and has_table_privilege (role, own.table, 'delete')) "
    "union all select rolname || ' may change the list of migrations' from own where relname = 'migration' and "
    "  has_table_privilege (role, own.table, 'insert, update, delete')";

static void
s_check_rights (db_t *db)
{
    char schemas [512] = "{", schema [64];
    size_t used = 1;
    for (int i = 0; bus_services [i]; i++) {
        migration_schema (bus_services [i], schema);
        used += (size_t) snprintf (schemas + used, sizeof schemas - used, "%s%s", i ? "," : "", schema);
    }
    snprintf (schemas + used, sizeof schemas - used, "}");
    const char *values [] = { schemas };
    PGresult *result = db_query (db, s_rights, 1, values);
    if (!result)
        return doctor_wrong ("See the log of Postgres.", "rights can not be read: %s", db_error (db));
    for (int i = 0; i < DB_ROWS (result); i++)
        doctor_wrong ("`fettle migrate` grants what is missing; revoke what is too much.", "%s",
                      DB_VALUE (result, i, 0));
    if (DB_ROWS (result) == 0)
        doctor_ok ("each service's role has its own schema and no other");
    DB_FREE (result);
}

void
doctor_database (void)
{
    char error [512];
    db_t *db = client_database (error);
    if (!db) {
        error [strcspn (error, "\n")] = '\0';
        return doctor_wrong ("`fettle up` starts the private one; another: check FETTLE_ADMIN_DSN, its password, "
                             "the network.", "%s", error);
    }
    s_check_version (db);
    s_check_settings (db);
    s_check_clock (db);
    if (s_check_migrations (db))
        s_check_rights (db);
    db_close (&db);
}
