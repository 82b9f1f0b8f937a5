#include "standing.h"
#include "bus.h"
#include "show.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A column is shown by the end of its name (_at: ms since 1970, _ms, _minor with the column currency), or as the
 * enum of this name. $1 are the roots. */
static const struct { const char *column; const ProtobufCEnumDescriptor *type; } s_enums [] = {
    { "request_type", &request_type_descriptor },   { "request_state", &request_state_descriptor },
    { "tier", &support_tier_descriptor },           { "order_state", &work_order_state_descriptor },
    { "visit_state", &visit_state_descriptor },     { "clock_state", &clock_state_descriptor },
    { "milestone", &milestone_descriptor },         { "coverage", &coverage_descriptor },
    { "kind", &cost_kind_descriptor },              { "band", &labour_band_descriptor },
    { "message_state", &message_state_descriptor },
};

#define MS(column) "(extract (epoch from " column ") * 1000)::bigint as "

static const struct { const char *title, *json, *sql; } s_sections [] = {
    { "requests", "requests",
      "select id, state as request_state, type as request_type, tier, fault_level, priority, coverage, customer_id, "
      "site_id, asset_id, "
      "note as text, " MS ("accepted_at") "accepted_at, " MS ("resolved_at") "resolved_at, "
      "" MS ("ended_at") "ended_at "
      "from intake.service_request where id = any ($1::text[]) order by accepted_at" },
    { "maintenance", "occurrences",
      "select id, plan_id, due_on, case state when 1 then 'generated' when 2 then 'skipped' else 'done' end as "
      "state, reason, "
      MS ("done_at") "done_at from scheduler.plan_occurrence where id = any ($1::text[]) order by due_on" },
    { "work orders", "workOrders",
      "select id, state as order_state, type as request_type, customer_id, site_id, asset_id, priority, case when "
      "is_ready then 'yes' "
      "else 'no' end as ready, case when needs_person then 'a person' else '' end as waits_for, failure, "
      "" MS ("created_at")
      "created_at, " MS ("completed_at") "completed_at from dispatcher.work_order where root_id = any ($1::text[]) "
      "order by created_at" },
    { "visits", "visits",
      "select v.id, v.state as visit_state, v.engineer_id, " MS ("v.starts_at") "starts_at, "
      "" MS ("v.ends_at") "ends_at, "
      MS ("v.arrived_at") "arrived_at, " MS ("v.finished_at") "finished_at, v.reason from dispatcher.visit v "
      "join dispatcher.work_order w on w.id = v.work_order_id where w.root_id = any ($1::text[]) order by "
      "v.starts_at" },
    { "parts", "parts",
      "select r.item_id, r.quantity, r.location_id, r.kept, r.issued, r.used, r.returned, r.released from "
      "inventory.reservation r "
      "join dispatcher.work_order w on w.id = r.work_order_id where w.root_id = any ($1::text[]) order by r.id" },
    { "clocks", "clocks",
      "select milestone, state as clock_state, case when breached then 'yes' else '' end as breached, consumed_ms, "
      "budget_ms, "
      MS ("due_at") "due_at, " MS ("stopped_at") "stopped_at, plan_id from sla_watchdog.sla_clock where case_id = "
      "any ($1::text[]) "
      "order by case_id, milestone" },
    { "calls", "calls",
      "select id, role, case when acknowledged_by <> '' then acknowledged_by when acknowledged_at is not null then "
      "'over' else 'nobody yet' end as answered_by, " MS ("began_at") "began_at, " MS ("acknowledged_at")
      "answered_at from sla_watchdog.escalation where case_id = any ($1::text[]) or id = any ($1::text[]) "
      "order by began_at, id" },
    { "costs", "costLines",
      "select l.kind, l.band, l.item_id, l.quantity, l.unit, l.amount_minor, l.charge_minor, l.currency, "
      "l.coverage, l.reason, "
      "l.rule from billing.cost_line l join billing.work_order w on w.id = l.work_order_id where w.root = any "
      "($1::text[]) "
      "order by w.id, length (l.id), l.id" },
    { "invoices", "invoices",
      "select i.number, i.total_minor, i.currency, i.customer_id, i.issued_on, i.due_on from billing.invoice i "
      "where i.id in ("
      "select 'work_order:' || id from billing.work_order where root = any ($1::text[]) union select 'goodwill:' || "
      "l.id "
      "from billing.cost_line l join billing.work_order w on w.id = l.work_order_id where w.root = any ($1::text[]) "
      "union select 'instalment:' || id from billing.instalment where contract_id = any ($1::text[])) order by "
      "i.number" },
    { "messages", "messages",
      "select topic, recipient_id, state as message_state, attempts, error from notifier.message "
      "where correlation_id = any ($1::text[]) order by queued_at, id" },
};

static char *
s_dead_letters (arena_t *arena)
{
    char *sql = arena_strdup (arena, ""), schema [64];
    for (int i = 0; bus_services [i]; i++) {
        client_schema (bus_services [i], schema);
        sql = arena_printf (arena, "%s%sselect '%s:' || id as id, type, state, reason from \"%s\".dead_letter where "
            "correlation_id = any "
                            "($1::text[])", sql, i ? " union all " : "", bus_services [i], schema);
    }
    return sql;
}

static const ProtobufCEnumDescriptor *
s_enum (const char *column)
{
    for (size_t i = 0; i < sizeof s_enums / sizeof *s_enums; i++)
        if (strcmp (s_enums [i].column, column) == 0)
            return s_enums [i].type;
    return NULL;
}

static int
s_column (const PGresult *rows, const char *name)
{
    for (int i = 0; i < DB_COLUMNS (rows); i++)
        if (strcmp (DB_NAME (rows, i), name) == 0)
            return i;
    return -1;
}

static bool
s_is_number (const char *column)
{
    size_t length = strlen (column);
    return (length > 3 && strcmp (column + length - 3, "_at") == 0) || (length > 3 && strcmp (column + length - 3,
        "_ms") == 0)
        || (length > 6 && strcmp (column + length - 6, "_minor") == 0);
}

/* ---- for people */

/* NULL: nothing worth saying. */
static char *
s_cell (arena_t *arena, const PGresult *rows, int row, int column)
{
    const char *name = DB_NAME (rows, column), *value = DB_VALUE (rows, row, column);
    const ProtobufCEnumDescriptor *type = s_enum (name);
    int currency = s_column (rows, "currency");
    if (!*value || strcmp (name, "currency") == 0 || strcmp (name, "rule") == 0)
        return NULL;
    if (type)
        return strcmp (value, "0") == 0 ? NULL : show_enum (arena, type, (int) strtol (value, NULL, 10));
    if (s_is_number (name))
        return arena_printf (arena, "%s %s", show_name (arena, name), show_number (arena, name, strtoll (value, NULL,
            10),
            currency < 0 ? "" : DB_VALUE (rows, row, currency)));
    if (column == 0)
        return show_text (arena, value);
    return strcmp (value, "0") == 0 ? NULL : arena_printf (arena, "%s %s", show_name (arena, name), show_text (arena,
        value));
}

static void
s_print_rows (arena_t *arena, const char *title, const PGresult *rows)
{
    if (DB_ROWS (rows))
        printf ("\n%s\n", title);
    for (int row = 0; row < DB_ROWS (rows); row++) {
        printf ("  ");
        for (int column = 0, printed = 0; column < DB_COLUMNS (rows); column++) {
            char *cell = s_cell (arena, rows, row, column);
            if (cell)
                printf ("%s%s", printed++ ? ", " : "", cell);
        }
        putchar ('\n');
    }
}

bool
standing_print (db_t *db, arena_t *arena, const story_t *story)
{
    const char *roots = story_array (arena, story->roots);
    bool ok = true;
    for (size_t i = 0; i <= sizeof s_sections / sizeof *s_sections && ok; i++) {
        bool is_last = i == sizeof s_sections / sizeof *s_sections;
        PGresult *rows = db_query (db, is_last ? s_dead_letters (arena) : s_sections [i].sql, 1, &roots);
        if (rows)
            s_print_rows (arena, is_last ? "dead letters" : s_sections [i].title, rows);
        ok = rows != NULL;
        DB_FREE (rows);
    }
    return ok;
}

/* ---- for programs */

static json_t *
s_json_cell (const PGresult *rows, int row, int column)
{
    const char *name = DB_NAME (rows, column), *value = DB_VALUE (rows, row, column);
    const ProtobufCEnumDescriptor *type = s_enum (name);
    if (type)
        return json_string (enum_name (type, (int) strtol (value, NULL, 10)));
    return json_string (value);
}

static json_t *
s_json_rows (const PGresult *rows)
{
    json_t *list = json_array ();
    for (int row = 0; row < DB_ROWS (rows); row++) {
        json_t *object = json_object ();
        for (int column = 0; column < DB_COLUMNS (rows); column++) {
            char name [JSON_NAME_SIZE];
            json_name (DB_NAME (rows, column), name);
            if (*DB_VALUE (rows, row, column))
                json_object_set_new (object, name, s_json_cell (rows, row, column));
        }
        json_array_append_new (list, object);
    }
    return list;
}

json_t *
standing_json (db_t *db, arena_t *arena, const story_t *story)
{
    const char *roots = story_array (arena, story->roots);
    json_t *object = json_object ();
    for (size_t i = 0; i <= sizeof s_sections / sizeof *s_sections; i++) {
        bool is_last = i == sizeof s_sections / sizeof *s_sections;
        PGresult *rows = db_query (db, is_last ? s_dead_letters (arena) : s_sections [i].sql, 1, &roots);
        if (!rows) {
            json_decref (object);
            return NULL;
        }
        json_object_set_new (object, is_last ? "deadLetters" : s_sections [i].json, s_json_rows (rows));
        DB_FREE (rows);
    }
    return object;
}
