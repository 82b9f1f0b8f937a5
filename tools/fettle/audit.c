#include "audit.h"
#include "bus.h"
#include "fettle.h"
#include "json.h"
#include "moment.h"
#include "options.h"
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SHOWN_MAX = 20, POLL_US = 200000 };

static const invariant_t s_invariants [AUDIT_INVARIANTS] = {
    { .name = "I1",
      .about = "every request that was accepted is known everywhere, once, and has the order it "
               "asked for" },
    { .name = "I2",
      .about = "every work order has a request, an occurrence or a command behind it" },
    { .name = "I3",
      .about = "orders and visits went from state to state as they may, and stand where their "
               "events say" },
    { .name = "I4",
      .about = "stock is never negative, is what its movements add up to, and is not promised "
               "twice" },
    { .name = "I5",
      .about = "every reserved part is kept, released, used or returned, and of ended orders "
               "nothing is left over" },
    { .name = "I6",
      .about = "no engineer is booked twice, and who was sent could do the work" },
    { .name = "I7",
      .about = "what is billable is billed once, and invoice numbers have no gap" },
    { .name = "I8",
      .about = "every warning and breach was said once, not too early, and none was forgotten" },
    { .name = "I10",
      .about = "nobody was told twice, and what was not told says why" },
    { .name = "I11",
      .about = "every event is stored in sequence, without a gap, and has reached its consumers" },
    { .name = "I13",
      .about = "money adds up: lines to orders and invoices, instalments to contracts" },
    { .name = "I14",
      .about = "what could not be handled is kept with its reason" },
};

/* ---- for the checks */

static invariant_t *
s_invariant (audit_t *self, const char *name)
{
    int i = 0;
    while (strcmp (self->invariants [i].name, name) != 0)
        i++;
    return &self->invariants [i];
}

bool
audit_wants (const audit_t *self, const char *invariant)
{
    return !self->only || strcmp (self->only, invariant) == 0;
}

void
audit_count (audit_t *self, const char *invariant, int64_t more)
{
    s_invariant (self, invariant)->checked += more;
}

void
audit_find (audit_t *self, const char *invariant, const char *format, ...)
{
    va_list arguments;
    if (!audit_wants (self, invariant))
        return;
    if (self->finding_count == self->finding_capacity) {
        finding_t *more = arena_array (self->arena, (size_t) self->finding_capacity * 2 + 64, sizeof *more);
        if (self->finding_count)
            memcpy (more, self->findings, (size_t) self->finding_count * sizeof *more);
        self->findings = more;
        self->finding_capacity = self->finding_capacity * 2 + 64;
    }
    invariant_t *of = s_invariant (self, invariant);
    of->broken++;
    va_start (arguments, format);
    self->findings [self->finding_count++] = (finding_t) { of, arena_vprintf (self->arena, format, arguments) };
    va_end (arguments);
}

void
audit_note (audit_t *self, const char *invariant, const char *format, ...)
{
    va_list arguments;
    invariant_t *of = s_invariant (self, invariant);
    va_start (arguments, format);
    vsnprintf (of->note, sizeof of->note, format, arguments);
    va_end (arguments);
}

PGresult *
audit_query (audit_t *self, const char *sql)
{
    PGresult *result = *self->error ? NULL : db_query (self->db, sql, 0, NULL);
    if (!result && !*self->error)
        snprintf (self->error, sizeof self->error, "The tables can not be read: %.300s. Has `fettle migrate` been "
            "run?",
                  db_error (self->db));
    return result;
}

blob_t
audit_bytes (arena_t *arena, const PGresult *result, int row, int column)
{
    const char *text = DB_VALUE (result, row, column);
    size_t length = strlen (text), size = 0;
    uint8_t *bytes = arena_alloc (arena, length / 2 + 1);
    sodium_hex2bin (bytes, length / 2, text, length, NULL, &size, NULL);
    return (blob_t) { bytes, size };
}

/* ---- quiet */

char *
audit_heads (arena_t *arena)
{
    char *text = arena_strdup (arena, ""), schema [64];
    for (int i = 0; bus_services [i]; i++) {
        client_schema (bus_services [i], schema);
        text = arena_printf (arena, "%s%sselect '%s' as service, last_sequence from \"%s\".lease", text,
            i ? " union all " : "",
                             bus_services [i], schema);
    }
    return text;
}

static bool
s_is_quiet (audit_t *self)
{
    char schema [64];
    char *cursors = arena_strdup (self->arena, "");
    for (int i = 0; bus_services [i]; i++) {
        client_schema (bus_services [i], schema);
        cursors = arena_printf (self->arena, "%s%sselect source, sequence from \"%s\".cursor", cursors,
            i ? " union all " : "", schema);
    }
    PGresult *behind = audit_query (self, arena_printf (self->arena,
        "select 1 from (%s) c join (%s) h on h.service = c.source "
        "where c.sequence < h.last_sequence limit 1", cursors, audit_heads (self->arena)));
    bool is_quiet = !behind || DB_ROWS (behind) == 0;
    DB_FREE (behind);
    return is_quiet;
}

static void
s_wait_for_quiet (audit_t *self, int64_t patience_s)
{
    int64_t until = moment_steady () + patience_s * 1000;
    while (!s_is_quiet (self) && moment_steady () < until)
        usleep (POLL_US);
}

/* ---- what was found */

static void
s_print_invariant (audit_t *self, const invariant_t *invariant)
{
    int shown = 0;
    printf ("%-6s %-4s %8lld checked  %s%s%s\n", invariant->broken ? "BROKEN" : "ok", invariant->name,
        (long long) invariant->checked,
            invariant->about, *invariant->note ? "; " : "", invariant->note);
    for (int i = 0; i < self->finding_count; i++)
        if (self->findings [i].of == invariant && shown++ < SHOWN_MAX)
            printf ("         %s\n", self->findings [i].sentence);
    if (shown > SHOWN_MAX)
        printf ("         and %d more; --json shows all\n", shown - SHOWN_MAX);
}

static json_t *
s_json (audit_t *self, const invariant_t *invariant)
{
    json_t *broken = json_array ();
    for (int i = 0; i < self->finding_count; i++)
        if (self->findings [i].of == invariant)
            json_array_append_new (broken, json_string (self->findings [i].sentence));
    json_t *object = json_pack ("{s:s, s:s, s:b, s:I, s:o}", "invariant", invariant->name, "about", invariant->about,
        "ok", invariant->broken == 0, "checked", (json_int_t) invariant->checked, "broken", broken);
    if (*invariant->note)
        json_object_set_new (object, "note", json_string (invariant->note));
    return object;
}

static int
s_report (audit_t *self, bool as_json)
{
    json_t *list = json_array ();
    int broken = 0;
    for (int i = 0; i < AUDIT_INVARIANTS; i++) {
        const invariant_t *invariant = &self->invariants [i];
        if (!audit_wants (self, invariant->name))
            continue;
        broken += invariant->broken > 0;
        if (as_json)
            json_array_append_new (list, s_json (self, invariant));
        else
            s_print_invariant (self, invariant);
    }
    if (as_json)
        printf ("%s\n", json_print (self->arena, list, JSON_PRETTY_PRINT));
    else
        printf (broken ? "%d broken\n" : "everything holds\n", broken);
    json_decref (list);
    return broken ? EXIT_NO : EXIT_OK;
}

/* ---- the command */

static int
s_audit (audit_t *self, int64_t patience_s, bool as_json)
{
    self->db = client_database (self->error);
    if (!self->db)
        return fettle_fail (EXIT_UNREACHABLE, "audit", "%s", self->error);
    s_wait_for_quiet (self, patience_s);
    if (db_run (self->db, "begin isolation level repeatable read read only")) {
        audit_sql (self);
        audit_events (self);
    }
    db_close (&self->db);
    if (*self->error)
        return fettle_fail (EXIT_UNREACHABLE, "audit", "%s", self->error);
    return s_report (self, as_json);
}

static bool
s_is_known (const char *name)
{
    for (int i = 0; i < AUDIT_INVARIANTS; i++)
        if (strcmp (s_invariants [i].name, name) == 0)
            return true;
    return false;
}

int
command_audit (int argc, char **argv)
{
    audit_t self = { 0 };
    int64_t patience_s = 10;
    bool as_json = false;
    const option_t options [] = { { "--invariant", OPTION_TEXT, &self.only, 0, 0 },
                                  { "--json", OPTION_FLAG, &as_json, 0, 0 },
                                  { "--patience", OPTION_INT, &patience_s, 0, 600 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count > 0)
        return fettle_usage ("audit", "%s: there is nothing to name but --invariant.", argv [1]);
    if (self.only && !s_is_known (self.only))
        return fettle_usage ("audit", "--invariant %s: there are I1 to I8, I10, I11, I13, I14.", self.only);
    memcpy (self.invariants, s_invariants, sizeof s_invariants);
    self.arena = arena_new ();
    int code = s_audit (&self, patience_s, as_json);
    arena_destroy (&self.arena);
    return code;
}
