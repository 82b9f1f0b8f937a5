/* audit_sql - what the tables alone can tell. A check is a query whose rows are sentences about what is broken. */
#include "audit.h"
#include "bus.h"
#include <stdlib.h>
#include <string.h>

/* Attempts of older messages may have been removed. */
#define NOT_PRUNED \
    "m.queued_at >= coalesce ((select before_at from notifier.pruning where id = 'attempts'), '-infinity')"

typedef struct { const char *invariant, *sql; } check_t;

/* How many rows an invariant is about. */
static const check_t s_counts [] = {
    { "I1",
      "select count (*) from intake.service_request" },
    { "I2",
      "select count (*) from dispatcher.work_order" },
    { "I4",
      "select (select count (*) from inventory.stock) + (select count (*) from "
      "inventory.stock_move)" },
    { "I5",
      "select count (*) from inventory.reservation" },
    { "I6",
      "select count (*) from scheduler.booking" },
    { "I7",
      "select (select count (*) from billing.invoice) + (select count (*) from billing.work_order)" },
    { "I8",
      "select (select count (*) from sla_watchdog.sla_clock) + (select count (*) from "
      "sla_watchdog.threshold)" },
    { "I10",
      "select count (*) from notifier.message" },
    { "I13",
      "select count (*) from billing.cost_line" },
};

static const check_t s_checks [] = {
    { "I1",
      "select format ('request %s is not known to billing: it has no entitlement', id) from "
      "intake.service_request r where not exists (select from billing.entitlement e where e.id = "
      "r.id)" },
    { "I1",
      "select format ('request %s is not known to the sla-watchdog: it has no case', id) from "
      "intake.service_request r where not exists (select from sla_watchdog.sla_case c where c.id = "
      "r.id)" },
    { "I1",
      "select format ('request %s waits for a work order that the dispatcher never made', id) from "
      "intake.service_request r where order_open and not exists (select from dispatcher.work_order "
      "w where w.request_id = r.id)" },
    { "I1",
      "select format ('request %s has %s open work orders', open_request_id, count (*)) from "
      "dispatcher.work_order where open_request_id <> '' group by open_request_id having count (*) "
      "> 1" },
    { "I1",
      "select format ('message %s was accepted as request %s, which does not exist', m.id, "
      "m.request_id) from intake.external_message m where not exists (select from "
      "intake.service_request r where r.id = m.request_id)" },

    { "I2",
      "select format ('work order %s is for request %s, which was never accepted', id, request_id) "
      "from dispatcher.work_order w where request_id <> '' and not exists (select from "
      "intake.service_request r where r.id = w.request_id)" },
    { "I2",
      "select format ('work order %s is for occurrence %s, which was never generated', id, "
      "occurrence_id) from dispatcher.work_order w where occurrence_id <> '' and not exists "
      "(select from scheduler.plan_occurrence o where o.id = w.occurrence_id)" },
    { "I2",
      "select format ('occurrence %s has %s work orders', occurrence_id, count (*)) from "
      "dispatcher.work_order where occurrence_id <> '' group by occurrence_id having count (*) > 1" },

    { "I4",
      "select format ('%s has %s on hand', id, on_hand) from inventory.stock where on_hand < 0 and "
      "kind not in (4, 6)" },
    { "I4",
      "select format ('%s has %s reserved of %s on hand', id, reserved, on_hand) from "
      "inventory.stock where reserved < 0 or (reserved > 0 and reserved > on_hand)" },
    { "I4",
      "with sums as (select location_id, item_id, sum (quantity) as sum from (select "
      "to_location_id as location_id, item_id, quantity from inventory.stock_move union all select "
      "from_location_id, item_id, -quantity from inventory.stock_move) m group by 1, 2) select "
      "format ('%s/%s has %s on hand, its movements add up to %s', coalesce (s.location_id, "
      "m.location_id), coalesce (s.item_id, m.item_id), coalesce (s.on_hand, 0), coalesce (m.sum, "
      "0)) from inventory.stock s full join sums m using (location_id, item_id) where coalesce "
      "(s.on_hand, 0) <> coalesce (m.sum, 0)" },
    { "I4",
      "select format ('all places together have %s of %s: more came than went', sum (on_hand), "
      "item_id) from inventory.stock group by item_id having sum (on_hand) <> 0" },
    { "I4",
      "with kept as (select location_id, item_id, sum (quantity) as sum from (select location_id, "
      "item_id, kept as quantity from inventory.reservation union all select van_location_id, "
      "item_id, issued - used - returned from inventory.reservation where van_location_id <> '') k "
      "group by 1, 2) select format ('%s/%s has %s reserved, its reservations add up to %s', "
      "coalesce (s.location_id, k.location_id), coalesce (s.item_id, k.item_id), coalesce "
      "(s.reserved, 0), coalesce (k.sum, 0)) from inventory.stock s full join kept k using "
      "(location_id, item_id) where coalesce (s.reserved, 0) <> coalesce (k.sum, 0)" },

    { "I5",
      "select format ('reservation %s of %s: kept %s, released %s, issued %s, used %s, returned "
      "%s', id, quantity, kept, released, issued, used, returned) from inventory.reservation where "
      "kept + released + issued <> quantity or used + returned > issued or least (kept, released, "
      "issued, used, returned) < 0" },
    { "I5",
      "select format ('reservation %s still keeps %s, but its order has ended', r.id, r.kept) from "
      "inventory.reservation r join inventory.work_order w on w.id = r.work_order_id where "
      "(w.completed or w.cancelled) and r.kept > 0" },
    { "I5",
      "select format ('reservation %s has %s in a van, but its order is settled', r.id, r.issued - "
      "r.used - r.returned) from inventory.reservation r join inventory.work_order w on w.id = "
      "r.work_order_id where w.settled and r.issued <> r.used + r.returned" },

    { "I6",
      "select format ('%s is booked for visits %s and %s at once', a.resource_id, a.id, b.id) from "
      "scheduler.booking a join scheduler.booking b on a.kind = b.kind and a.resource_id = "
      "b.resource_id and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at where "
      "a.state in (1, 2) and b.state in (1, 2)" },
    { "I6",
      "select format ('engineer %s has accepted visits %s and %s at once', a.engineer_id, a.id, "
      "b.id) from dispatcher.visit a join dispatcher.visit b on a.engineer_id = b.engineer_id and "
      "a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at where a.state = 3 and "
      "b.state = 3 and not exists (select from scheduler.booking p where p.visit_id in (a.id, b.id) "
      "and p.kind = 1 and p.id <> p.visit_id)" },
    { "I6",
      "select format ('visit %s is accepted, but its time is not booked', v.id) from "
      "dispatcher.visit v where v.state between 3 and 7 and v.provider_id = '' and not exists (select from "
      "scheduler.booking b where b.id = v.id and b.state = 2)" },
    { "I6",
      "select format ('engineer %s works on %s visits at once', engineer_id, count (*)) from "
      "dispatcher.visit where state in (4, 6) group by engineer_id having count (*) > 1" },

    { "I7",
      "select format ('series %s of %s: %s numbers up to %s, the counter says %s', series, year, "
      "n, top, coalesce (s.last, 0)) from (select series, year, count (*) as n, max (sequence) as "
      "top from billing.invoice group by 1, 2) i left join billing.invoice_series s on s.id = "
      "i.series || '-' || i.year where n <> top or top is distinct from s.last" },
    { "I7",
      "select format ('the counter of %s says %s, but there is no such invoice', s.id, s.last) "
      "from billing.invoice_series s where last > 0 and not exists (select from billing.invoice i "
      "where i.series || '-' || i.year = s.id)" },
    { "I7",
      "select format ('number %s is on %s invoices', number, count (*)) from billing.invoice group "
      "by number having count (*) > 1" },
    { "I7",
      "select format ('invoice %s should have number %s', number, format ('%s-%s-%s', series, "
      "year, lpad (sequence::text, 6, '0'))) from billing.invoice where number <> format "
      "('%s-%s-%s', series, year, lpad (sequence::text, 6, '0'))" },
    { "I7",
      "select format ('work order %s charges %s and has no invoice', id, charge_minor) from "
      "billing.work_order w where posted and charge_minor > 0 and not exists (select from "
      "billing.invoice i where i.id = 'work_order:' || w.id)" },
    { "I7",
      "select format ('invoice %s is for work order %s, which charges nothing', i.number, w.id) "
      "from billing.work_order w join billing.invoice i on i.id = 'work_order:' || w.id where not "
      "exists (select from billing.cost_line l where l.work_order_id = w.id and (l.charge_minor > "
      "0 or l.coverage = 4))" },
    { "I7",
      "select format ('work order %s is complete and settled, but neither posted nor waiting for "
      "anything', id) from billing.work_order where completed_at is not null and created_at is not "
      "null and settled and not posted and waits_for = ''" },
    { "I7",
      "select format ('visit %s has %s lines of kind %s, band %s, %s', visit_id, count (*), kind, "
      "band, item_id) from billing.cost_line group by work_order_id, visit_id, kind, band, item_id "
      "having count (*) > 1" },
    { "I7",
      "select format ('cost line %s charges %s though it is covered', id, charge_minor) from "
      "billing.cost_line where coverage <> 5 and charge_minor <> 0" },

    { "I8",
      "select format ('clock %s: %s %% of generation %s was decided %s times', clock_id, percent, "
      "generation, count (*)) from sla_watchdog.threshold group by clock_id, percent, generation "
      "having count (*) > 1" },
    { "I8",
      "select format ('clock %s: %s %% was said %s before its time', t.clock_id, t.percent, "
      "t.threshold_at - t.decided_at) from sla_watchdog.threshold t join sla_watchdog.sla_clock c "
      "on c.id = t.clock_id where t.decided_at < t.threshold_at and not coalesce (c.stopped_at >= "
      "t.threshold_at, false)" },
    { "I8",
      "select format ('clock %s passed its breach at %s and nobody was told', id, breach_at) from "
      "sla_watchdog.sla_clock where state = 1 and not breached and breach_at < now () - interval "
      "'15 seconds'" },
    { "I8",
      "select format ('clock %s is missed, but its breach was never said', id) from "
      "sla_watchdog.sla_clock where state = 4 and not breached" },
    { "I8",
      "select format ('clock %s is met, but says it is breached', id) from sla_watchdog.sla_clock "
      "where state = 3 and breached" },
    { "I8",
      "select format ('clock %s is breached, but no threshold of its generation says so', id) from "
      "sla_watchdog.sla_clock c where breached and not exists (select from sla_watchdog.threshold "
      "t where t.clock_id = c.id and t.percent = 100 and t.said)" },

    { "I10",
      "select format ('message %s was handed over %s times', message_id, count (*)) from "
      "notifier.attempt where outcome = 1 group by message_id having count (*) > 1" },
    { "I10",
      "select format ('message %s was tried again on channel %s, where it may have arrived', "
      "a.message_id, a.channel) from notifier.attempt a left join notifier.message m on m.id = "
      "a.message_id where a.channel not in (5, 9) and a.outcome in (1, 4) group by a.message_id, "
      "a.channel, m.retries having count (*) > 1 + coalesce (m.retries, 0)" },
    { "I10",
      "select format ('message %s is sent, but no attempt says so', id) from notifier.message m "
      "where state = 3 and not exists (select from notifier.attempt a where a.message_id = m.id "
      "and a.outcome = 1) and " NOT_PRUNED },
    { "I10",
      "select format ('message %s failed without saying why', id) from notifier.message where "
      "state = 4 and error = ''" },
    { "I10",
      "select format ('message %s counts %s attempts, there are %s', m.id, m.attempts, count "
      "(a.id)) from notifier.message m left join notifier.attempt a on a.message_id = m.id where "
      NOT_PRUNED " group by m.id having count (a.id) <> m.attempts" },
    { "I10",
      "select format ('%s messages for %s', count (*), effect_key) from notifier.message where "
      "effect_key <> '' group by effect_key having count (*) > 1" },

    { "I13",
      "select format ('work order %s: lines of %s and %s to pay, the order says %s and %s', w.id, "
      "coalesce (sum (l.amount_minor), 0), coalesce (sum (l.charge_minor), 0), w.list_minor, "
      "w.charge_minor) from billing.work_order w left join billing.cost_line l on l.work_order_id "
      "= w.id where w.posted group by w.id having coalesce (sum (l.amount_minor), 0) <> "
      "w.list_minor or coalesce (sum (l.charge_minor), 0) <> w.charge_minor" },
    { "I13",
      "select format ('work order %s charges %s, its invoices and credit notes add up to %s', "
      "w.id, w.charge_minor, coalesce (sum (i.total_minor), 0)) from billing.work_order w left "
      "join billing.invoice i on i.id = 'work_order:' || w.id or i.id in (select 'goodwill:' || "
      "l.id from billing.cost_line l where l.work_order_id = w.id) where w.posted group by w.id "
      "having coalesce (sum (i.total_minor), 0) <> w.charge_minor" },
    { "I13",
      "select format ('work order %s is in %s, its lines are in %s', w.id, w.currency, l.currency) "
      "from billing.work_order w join billing.cost_line l on l.work_order_id = w.id where "
      "l.currency <> w.currency" },
    { "I8",
      "select format ('%s counts %s met and %s missed, its clocks say %s and %s', c.id, c.met, "
      "c.missed, count (k.id) filter (where k.counted_met), count (k.id) filter (where not "
      "k.counted_met)) from sla_watchdog.compliance_count c left join sla_watchdog.sla_clock k on "
      "k.counted_id = c.id group by c.id having count (k.id) filter (where k.counted_met) <> c.met "
      "or count (k.id) filter (where not k.counted_met) <> c.missed" },
    { "I13",
      "select format ('contract month %s comes to %s, its invoices and credit notes add up to %s', "
      "m.id, m.amount_minor, coalesce (sum (i.total_minor), 0)) from billing.contract_month m left "
      "join billing.invoice i on starts_with (i.id, 'compliance:' || m.id || ':') group by m.id "
      "having coalesce (sum (i.total_minor), 0) <> m.amount_minor" },
    { "I13",
      "select format ('instalment %s of %s is invoiced as %s over %s', n.id, n.amount_minor, "
      "n.invoice_number, i.total_minor) from billing.instalment n join billing.invoice i on "
      "i.number = n.invoice_number where i.total_minor <> n.amount_minor" },
};

/* For each schema; {schema} and {service} are its names, {heads} is (service, last_sequence) of all. */
static const check_t s_schema_checks [] = {
    { "I11",
      "select format ('{service}: sequences %s to %s are missing', before + 1, first_sequence - 1) "
      "from (select first_sequence, lag (last_sequence, 1, 0::bigint) over (order by "
      "last_sequence) as before from {schema}.segment) s where first_sequence > before + 1" },
    { "I11",
      "select format ('{service}: sequence %s is stored twice', first_sequence) from (select "
      "first_sequence, lag (last_sequence, 1, 0::bigint) over (order by last_sequence) as before "
      "from {schema}.segment) s where first_sequence < before + 1" },
    { "I11",
      "select format ('{service} has said %s events, its outbox ends at %s', last_sequence, top) "
      "from {schema}.lease, (select coalesce (max (last_sequence), 0) as top from "
      "{schema}.segment) s where top <> last_sequence" },
    { "I11",
      "select format ('{service} has applied %s up to %s, which ends at %s', c.source, c.sequence, "
      "h.last_sequence) from {schema}.cursor c join ({heads}) h on h.service = c.source where "
      "c.sequence <> h.last_sequence" },
    { "I11",
      "select format ('{service} has a cursor of %s, which is no service', source) from "
      "{schema}.cursor where source not in (select service from ({heads}) h)" },
    { "I11",
      "select format ('consumer %s of {service} has acknowledged %s, which ends at %s', name, "
      "sequence, last_sequence) from {schema}.consumer, {schema}.lease where sequence > "
      "last_sequence" },
    { "I14",
      "select format ('dead letter {service}:%s has no reason', id) from {schema}.dead_letter "
      "where reason = ''" },
    { "I14",
      "select format ('dead letter {service}:%s does not say what it was', id) from "
      "{schema}.dead_letter where type = '' or message_id = ''" },
    { "I14",
      "select format ('dead letter {service}:%s is marked for another try since long', id) from "
      "{schema}.dead_letter where state = 'retry' and received_at < now () - interval '1 day'" },
};

static void
s_find_rows (audit_t *self, const char *invariant, const char *sql)
{
    PGresult *rows = audit_wants (self, invariant) ? audit_query (self, sql) : NULL;
    for (int i = 0; rows && i < DB_ROWS (rows); i++)
        audit_find (self, invariant, "%s", DB_VALUE (rows, i, 0));
    DB_FREE (rows);
}

static void
s_count_rows (audit_t *self, const char *invariant, const char *sql)
{
    PGresult *rows = audit_wants (self, invariant) ? audit_query (self, sql) : NULL;
    if (rows && DB_ROWS (rows) == 1)
        audit_count (self, invariant, strtoll (DB_VALUE (rows, 0, 0), NULL, 10));
    DB_FREE (rows);
}

static char *
s_replace (arena_t *arena, const char *text, const char *name, const char *value)
{
    for (const char *at; (at = strstr (text, name));)
        text = arena_printf (arena, "%.*s%s%s", (int) (at - text), text, value, at + strlen (name));
    return (char *) text;
}

static void
s_check_schema (audit_t *self, const char *service, const char *heads)
{
    char schema [64];
    client_schema (service, schema);
    for (size_t i = 0; i < sizeof s_schema_checks / sizeof *s_schema_checks; i++) {
        char *sql = s_replace (self->arena, s_schema_checks [i].sql, "{heads}", heads);
        sql = s_replace (self->arena, sql, "{schema}", schema);
        s_find_rows (self, s_schema_checks [i].invariant, s_replace (self->arena, sql, "{service}", service));
    }
    s_count_rows (self, "I14", arena_printf (self->arena, "select count (*) from \"%s\".dead_letter", schema));
}

/* How late the latest was is worth knowing; how late is too late depends on what had failed. */
static void
s_note_lateness (audit_t *self)
{
    PGresult *row = audit_query (self, "select max (late_by_ms) from sla_watchdog.threshold where said");
    if (row && DB_ROWS (row) == 1 && *DB_VALUE (row, 0, 0))
        audit_note (self, "I8", "the latest was said %s ms after its time", DB_VALUE (row, 0, 0));
    DB_FREE (row);
}

void
audit_sql (audit_t *self)
{
    const char *heads = audit_heads (self->arena);
    for (size_t i = 0; i < sizeof s_counts / sizeof *s_counts; i++)
        s_count_rows (self, s_counts [i].invariant, s_counts [i].sql);
    for (size_t i = 0; i < sizeof s_checks / sizeof *s_checks; i++)
        s_find_rows (self, s_checks [i].invariant, s_checks [i].sql);
    for (int i = 0; bus_services [i]; i++)
        s_check_schema (self, bus_services [i], heads);
    if (audit_wants (self, "I8"))
        s_note_lateness (self);
}
