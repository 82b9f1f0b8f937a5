"""What was said, heard and kept is not what it should be: an event that nobody can handle (F17), tables made again from the events and
from a backup (F18), a service that is older than those who heard it (F23), rows that somebody has changed by hand (F24)."""
import os
import sys
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, hostile, proto                           # noqa: E402
from lib.company import BILLING                                 # noqa: E402
from lib.stack import SERVICES, wait_for                        # noqa: E402
from lib.tap import check                                       # noqa: E402

MADE_OF_EVENTS = ['customer', 'contact', 'territory', 'site', 'asset', 'engineer', 'person', 'item', 'location', 'request', 'work_order',
                  'visit', 'report']
POISON = 20


def test_f17_events_that_nobody_can_handle_are_buried_and_what_comes_behind_them_is_not_held_up(world):
    stack = world.stack
    stack.rest('inventory')
    head, epoch = (stack.value(f'select {name} from inventory.lease') for name in ('last_sequence', 'epoch'))
    events, story = b'', uuid.uuid4()
    for number in range(1, POISON + 1):
        event = hostile.text(1, str(uuid.uuid4()).encode()) + hostile.text(2, b'inventory')
        event += hostile.text(3, b'fettle.inventory.v1.LocationPublished') + hostile.number(7, head + number)
        event += hostile.text(8, str(story).encode()) + hostile.number(12, epoch) + hostile.text(13, b'\x0a\xff\xfe%d' % number)
        events += hostile.text(1, event)
    stack.psql(f"insert into inventory.segment values ({head + POISON}, {head + 1}, now (), '\\x{events.hex()}'); "
               f"insert into inventory.trail values ('{story}', {head + POISON}); "
               f'update inventory.lease set last_sequence = {head + POISON}')
    stack.resume('inventory')
    world.fault_is_over()
    buried = wait_for(lambda: (lambda n: n if n >= POISON else None)(
        stack.value("select count (*) from notifier.dead_letter where source = 'inventory' and reason <> ''")), 'they are buried', 60)
    check(buried == POISON, f'{buried} dead letters of {POISON}')
    for service in SERVICES:                    # looked at, and let go
        stack.psql(f"delete from {proto.schema_of(service)}.dead_letter where correlation_id = '{story}'")
    # the log itself is made readable again, for the audit reads all of it
    stack.rest('inventory')
    good = b''.join(hostile.text(1, hostile.text(1, str(uuid.uuid4()).encode()) + hostile.text(2, b'inventory') + hostile.text(
        3, b'fettle.bus.v1.EventLost') + hostile.number(7, head + number) + hostile.text(8, str(story).encode()) + hostile.number(12, epoch))
        for number in range(1, POISON + 1))
    stack.psql(f"update inventory.segment set events = '\\x{good.hex()}' where last_sequence = {head + POISON}")
    stack.resume('inventory')
    return f'{POISON} of them'


def fingerprint(stack, tables):
    return {table: stack.value(f"select coalesce (md5 (string_agg (md5 (x::text), '' order by md5 (x::text))), '') from notifier.{table} x")
            for table in tables}


def told_again(stack, since):
    """How many messages people and how many webhooks were to have because of events from before, when all of these had been told
    already. Promises go on being missed meanwhile: that is news. An event's id begins with its time."""
    first = f'{since:012x}'
    return tuple(stack.value(f"select count (*) from notifier.message where (audience = 'webhook') = {is_hook} and "
                             f"queued_at >= to_timestamp ({since} / 1000.0) and event_id < '{first[:8]}-{first[8:]}'") for is_hook in ('false', 'true'))


def test_f18_tables_made_of_events_are_made_again_from_the_first_event_and_nobody_is_told_again(world):
    """I12: what the notifier keeps of others, from zero; its own messages stay, so it knows what it has told."""
    stack = world.stack
    world.traffic.finish()
    stack.wait_quiet()
    quiet_at = int(time.time() * 1000)
    stack.rest('notifier')
    before = fingerprint(stack, MADE_OF_EVENTS)
    stack.psql(f'truncate {", ".join(f"notifier.{table}" for table in MADE_OF_EVENTS)}; '
               "update notifier.cursor set sequence = 0, event_sequence = 0, event_id = ''")
    stack.resume('notifier')
    world.fault_is_over()
    stack.wait_ready()
    stack.wait_quiet()
    after = fingerprint(stack, MADE_OF_EVENTS)
    check(after == before, f'not as before: {[table for table in before if before[table] != after[table]]}')
    people, hooks = told_again(stack, quiet_at)
    check(people == 0, f'{people} messages to people because of events that they had been told of')
    check(hooks == 0, f'webhooks heard {hooks} events that they had heard, or that are older than themselves')
    return f'{len(MADE_OF_EVENTS)} tables; no person and no webhook is told again'


def test_f18_everything_is_lost_and_restored_from_a_backup(world):
    stack, target = world.stack, f'{world.stack.home}/backup'
    world.traffic.finish()
    stack.wait_quiet()
    stack.fettle('backup', target)
    for service in SERVICES:
        stack.rest(service)
    stack.psql('drop schema dispatcher cascade; drop schema billing cascade')
    stack.fettle('restore', target, '--over')
    for service in SERVICES:
        stack.resume(service)
    world.fault_is_over()


def test_f23_a_service_is_restored_to_an_older_state_than_its_consumers(world):
    stack, target = world.stack, f'{world.stack.home}/older'
    world.traffic.finish()
    stack.wait_quiet()
    stack.fettle('backup', target)
    for number in range(5):
        world.bus.do(BILLING + 'RegisterContract', {'contract_id': f'lost-{number}', 'details': {
            'customer_id': 'c1', 'name': 'New', 'tier': 'gold', 'start_on': '2020-01-01', 'end_on': '2099-12-31', 'currency': 'EUR',
            'value_minor': 1000, 'billing_mode': 'BILLING_MODE_ADVANCE', 'instalment_count': 1, 'time_zone': 'Europe/Rome',
            'lines': [{'line_id': 'all', 'covers_labour': True}]}})
    stack.wait_quiet()
    stack.rest('billing')
    stack.fettle('restore', target, '--service', 'billing', '--over', '--no-resync')
    stack.resume('billing')
    stack.wait_ready()
    said = wait_for(lambda: (lambda s: s and 'fettle resync billing' in s.reason and s.reason)(world.bus.status('intake')), 'it is noticed', 30)
    stack.fettle('resync', 'billing')
    world.fault_is_over()
    return said


def test_f24_a_row_changed_by_hand_is_reported_by_the_audit(world):
    stack = world.stack
    world.traffic.finish()
    stack.wait_quiet()
    found = []
    for invariant, damage, repair in (
            ('I4', "update inventory.stock set on_hand = on_hand + 1 where id = 'wh/seal'",
             "update inventory.stock set on_hand = on_hand - 1 where id = 'wh/seal'"),
            ('I11', "update intake.cursor set sequence = sequence + 5, event_sequence = 0 where source = 'billing'",
             "update intake.cursor set sequence = sequence - 5 where source = 'billing'"),
            ('I13', "update billing.instalment set amount_minor = amount_minor + 1 where contract_id = 'k1' and number = 1",
             "update billing.instalment set amount_minor = amount_minor - 1 where contract_id = 'k1' and number = 1")):
        check(stack.psql(damage).returncode == 0, damage)
        audit = stack.fettle('audit', '--patience', '0', check=False)
        stack.psql(repair)
        check(audit.returncode == 1 and f'BROKEN {invariant}' in audit.stdout, f'{damage}: {audit.stdout}')
        found.append(invariant)
    return f'{", ".join(found)} each reported; forty more in tests/e2e/audit_test.sh'


if __name__ == '__main__':
    chaos.main([test_f17_events_that_nobody_can_handle_are_buried_and_what_comes_behind_them_is_not_held_up,
                test_f18_tables_made_of_events_are_made_again_from_the_first_event_and_nobody_is_told_again,
                test_f18_everything_is_lost_and_restored_from_a_backup,
                test_f23_a_service_is_restored_to_an_older_state_than_its_consumers,
                test_f24_a_row_changed_by_hand_is_reported_by_the_audit])
