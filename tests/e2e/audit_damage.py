"""Breaks rows one at a time by SQL, and asks the audit."""
import json, sys
from company import Company, Tap

# (sentence, invariant, damage, repair). {visit}, {order}, {request} are of a repair that went well. What undoes a damage is kept in
# a table of the administrator's own, so that the rows come back as they were.
KEEP = "drop schema if exists kept cascade; create schema kept; "


def keep(table, where):
    schema, name = table.split(".")
    return f"{KEEP} create table kept.{name} as select * from {table} where {where};", f"kept.{name}"


def change(table, where, assignment, before="", after="", key="id"):
    """The rows get another value; the repair puts them back as they were."""
    kept, copy = keep(table, where)
    return (f"{kept} {before} update {table} set {assignment} where {key} in (select {key} from {copy});",
            f"delete from {table} where {key} in (select {key} from {copy}); insert into {table} select * from {copy}; {after}")


def lose(table, where):
    """The rows are gone; the repair brings them back."""
    kept, copy = keep(table, where)
    return f"{kept} delete from {table} where {where};", f"insert into {table} select * from {copy};"


FIRST_REQUEST = "id = (select min (id) from intake.service_request)"
FIRST_SEGMENT = "last_sequence = (select last_sequence from dispatcher.segment order by last_sequence offset 8 limit 1)"
ONE_INVOICE = "id = 'work_order:{order}'"

DAMAGES = [
    ("a request that billing never heard of", "I1", *lose("billing.entitlement", FIRST_REQUEST)),
    ("a request that the sla-watchdog never heard of", "I1", *lose("sla_watchdog.sla_case", FIRST_REQUEST)),
    ("a request that is gone", "I1", *lose("intake.service_request", FIRST_REQUEST)),
    ("a work order whose request never was", "I2", *change("dispatcher.work_order", "id = '{order}'", "request_id = 'nobody'")),
    ("a work order that no event tells of", "I2",
     "insert into dispatcher.work_order (id, state) values ('ghost', 1)", "delete from dispatcher.work_order where id = 'ghost'"),
    ("a work order in a state that its events do not lead to", "I3", *change("dispatcher.work_order", "id = '{order}'", "state = 3")),
    ("a visit in a state that its events do not lead to", "I3", *change("dispatcher.visit", "id = '{visit}'", "state = 13")),
    ("stock that nobody moved", "I4", *change("inventory.stock", "id = 'wh/seal'", "on_hand = on_hand + 1")),
    ("stock below zero", "I4",
     *change("inventory.stock", "id = 'wh/seal'", "on_hand = -1", "alter table inventory.stock drop constraint stock_never_negative,"
             " drop constraint stock_reserved_is_there;",
             "alter table inventory.stock add constraint stock_never_negative check (on_hand >= 0 or kind in (4, 6)),"
             " add constraint stock_reserved_is_there check (reserved >= 0 and (reserved = 0 or reserved <= on_hand));")),
    ("stock promised that no order asked for", "I4", *change("inventory.stock", "id = 'wh/seal'", "reserved = reserved + 1")),
    ("a movement that is gone", "I4", *lose("inventory.stock_move", "id = (select min (id) from inventory.stock_move)")),
    ("a part that an ended order still keeps", "I5",
     *change("inventory.reservation", "work_order_id = '{order}'", "kept = kept + 1, quantity = quantity + 1")),
    ("a part that is in no place of its reservation", "I5",
     *change("inventory.reservation", "work_order_id = '{order}'", "used = used - 1, returned = 0")),
    ("an engineer who is booked twice", "I6",
     "alter table scheduler.booking drop constraint booking_never_overlaps; insert into scheduler.booking (id, resource_id, state,"
     " starts_at, ends_at) values ('x1', 'e9', 2, '2030-01-01 10:00Z', '2030-01-01 12:00Z'),"
     " ('x2', 'e9', 1, '2030-01-01 11:00Z', '2030-01-01 13:00Z')",
     "delete from scheduler.booking where id in ('x1', 'x2'); alter table scheduler.booking add constraint booking_never_overlaps"
     " exclude using gist (kind with =, resource_id with =, tstzrange (starts_at, ends_at) with &&)"
     " where (state in (1, 2))"
     " deferrable initially immediate"),
    ("an accepted visit whose time is not booked", "I6",
     *change("scheduler.booking", "id = '{accepted}'", "state = 3, open_resource_id = ''")),
    ("an invoice number that is missing", "I7", *lose("billing.invoice", ONE_INVOICE)),
    ("an invoice number that was skipped", "I7",
     *change("billing.invoice", ONE_INVOICE, "sequence = 77, number = series || '-' || year || '-000077'")),
    ("a counter that is ahead of the invoices", "I7", *change("billing.invoice_series", "last > 0", "last = last + 1")),
    ("an order that was posted and never invoiced", "I7",
     *change("billing.invoice", "id = 'work_order:{order}'", "id = 'work_order:other'", key="number")),
    ("a covered line that is charged", "I7",
     *change("billing.cost_line", "id = '{order}:1'", "coverage = 1", "alter table billing.cost_line drop constraint cost_line_charge;",
             "alter table billing.cost_line add constraint cost_line_charge check (charge_minor = 0 or (charge_minor = amount_minor"
             " and coverage = 5));")),
    ("a breach that was recorded twice", "I8",
     "insert into sla_watchdog.threshold select id || ':7', clock_id, 7, 100, now (), now (), 0, true"
     " from (select id || ':7:100' as id, id as clock_id from sla_watchdog.sla_clock order by id limit 1) c",
     "delete from sla_watchdog.threshold where generation = 7"),
    ("a breach that was said before its time", "I8",
     "insert into sla_watchdog.threshold select 'early', id, 8, 75, now () + interval '1 hour', now (), 0, false"
     " from sla_watchdog.sla_clock order by id limit 1", "delete from sla_watchdog.threshold where id = 'early'"),
    ("a breach that nobody was told of", "I8",
     *change("sla_watchdog.sla_clock", "id = (select min (id) from sla_watchdog.sla_clock where state = 1)",
             "due_at = now () - interval '1 hour', breach_at = now () - interval '1 hour'")),
    ("a promise that no clock has made counted as met", "I8",
     "insert into sla_watchdog.compliance_count (id, month_id, milestone, met, missed) values ('k1:2020-06:ARRIVE', 'k1:2020-06', 5, 1, 0)",
     "delete from sla_watchdog.compliance_count where month_id = 'k1:2020-06'"),
    ("a message that failed without a reason", "I10",
     *change("notifier.message", "id = (select min (id) from notifier.message where state = 4)", "error = ''")),
    ("a message that was handed over twice", "I10",
     "insert into notifier.attempt (id, message_id, channel, outcome) values ('y1', 'm', 5, 1), ('y2', 'm', 5, 1)",
     "delete from notifier.attempt where message_id = 'm'"),
    ("a message that was tried again though it may have arrived, and nobody wanted that", "I10",
     "insert into notifier.attempt (id, message_id, channel, outcome) values ('y1', 'm', 2, 4), ('y2', 'm', 2, 4)",
     "delete from notifier.attempt where message_id = 'm'"),
    ("a segment of the outbox that is lost", "I11", *lose("dispatcher.segment", FIRST_SEGMENT)),
    ("the last segment of the outbox that is lost", "I11",
     *lose("billing.segment", "last_sequence = (select max (last_sequence) from billing.segment)")),
    ("a segment with a damaged byte", "I11",
     *change("dispatcher.segment", FIRST_SEGMENT, "events = overlay (events placing '\\xff'::bytea from 2)", key="last_sequence")),
    ("a segment that holds another's events", "I11",
     *change("dispatcher.segment", FIRST_SEGMENT,
             "events = (select events from dispatcher.segment order by last_sequence limit 1)", key="last_sequence")),
    ("a story that the trail does not lead to", "I11",
     *lose("dispatcher.trail", "last_sequence = (select min (last_sequence) from dispatcher.trail)")),
    ("a cursor that is behind", "I11", *change("billing.cursor", "source = 'dispatcher'", "sequence = sequence - 1", key="source")),
    ("a cursor that is ahead of its publisher", "I11", *change("intake.cursor", "source = 'billing'", "sequence = sequence + 5", key="source")),
    ("a consumer ahead of what was ever said", "I11",
     "insert into intake.consumer (name, sequence) values ('far', 1000000)", "delete from intake.consumer where name = 'far'"),
    ("a cost line with another amount", "I13",
     *change("billing.cost_line", "id = '{order}:1'", "amount_minor = amount_minor + 1, charge_minor = charge_minor + 1")),
    ("an invoice with another total", "I13",
     *change("billing.invoice", "id = 'work_order:{order}'", "total_minor = total_minor + 1")),
    ("a month of promises that was settled and never invoiced", "I13",
     "insert into billing.contract_month (id, contract_id, month, amount_minor) values ('k1:2020-06', 'k1', '2020-06', -500)",
     "delete from billing.contract_month where id = 'k1:2020-06'"),
    ("a contract whose instalments are not its value", "I13",
     *change("billing.instalment", "contract_id = 'k1' and number = 1", "amount_minor = amount_minor - 1")),
    ("a dead letter without a reason", "I14",
     "insert into billing.dead_letter (origin, source, message_id, type, body, reason) values ('event', 'intake', 'm', 't', '', '')",
     "delete from billing.dead_letter where message_id = 'm'"),
]


def broken(company, *options):
    code, out, err = company.run("audit", "--json", "--patience", "5", *options)
    if code > 1:
        raise RuntimeError(f"fettle audit: {code} {err}")
    return code, {entry["invariant"]: entry["broken"] for entry in json.loads(out) if not entry["ok"]}


def traffic(company):
    company.furnish()
    company.do("RegisterContract", {"contractId": "k1", "details": {
        "customerId": "c1", "name": "Care", "tier": "gold", "startOn": "2020-01-01", "endOn": "2020-12-31", "currency": "EUR",
        "valueMinor": "100000", "instalmentCount": 3, "timeZone": "Europe/Rome",
        "lines": [{"lineId": "l1", "deviceType": "boiler", "coversLabour": True}]}})
    request, order, visit = company.repair("phone-1")
    company.repair("phone-2")
    company.submit("phone-3")
    _, _, accepted = company.send_somebody("phone-4")
    company.do("AcceptVisit", {"visitId": accepted, "engineerId": "e1"})
    company.wait_for("scheduler", "BookingConfirmed", bookingId=accepted)
    return {"request": request, "order": order, "visit": visit, "accepted": accepted}


def main():
    tap, company = Tap(), Company("audit")
    company.start()
    try:
        ids = traffic(company)
        code, found = broken(company)
        tap.check(code == 0 and not found, "f24 after real traffic everything holds", found)
        for sentence, invariant, damage, repair in DAMAGES:
            for name, value in ids.items():
                damage, repair = damage.replace("{" + name + "}", value), repair.replace("{" + name + "}", value)
            company.sql(damage)
            options = ("--patience", "0") if "cursor" in sentence else ()
            code, found = broken(company, *options)
            company.sql(repair)
            tap.check(code == 1 and invariant in found, f"f24 the audit names {invariant} for {sentence}", code, found)
            code, found = broken(company, "--invariant", invariant)
            tap.check(code == 0 and not found, f"f24 and {invariant} holds again when it is undone", found)
        code, found = broken(company)
        tap.check(code == 0 and not found, "f24 at the end everything holds again", found)
    finally:
        company.stop()
    return 1 if tap.failed else 0


sys.exit(main())
