"""What history costs the bench's two services: a million events replayed, and the same figures with ten and a hundred times as
many events behind them. That history is copied set-based from rows that real commands have made, while the services rest."""
import shutil
import time

from exchange import KEEPER, SENDER, drive
from lib.stack import wait_for

BYTES_EACH = 2000           # on the disk, generously: outbox, answers, rows of both services, their write-ahead log
SOURCE = f"""
drop schema if exists template cascade; create schema template;
create table template.segment as select * from {SENDER}.segment order by last_sequence - first_sequence desc limit 1;
create table template.reply as select * from {SENDER}.reply limit 1;
create table template.parcel as select * from {SENDER}.parcel limit 1;
truncate {SENDER}.segment, {SENDER}.trail, {SENDER}.reply, {SENDER}.parcel, {KEEPER}.parcel, {KEEPER}.cursor;
update {SENDER}.lease set last_sequence = 0;
"""
COPY = f"""
create function template.copy (after bigint, until bigint) returns void language plpgsql as $$
declare each bigint := (select last_sequence - first_sequence + 1 from template.segment);
begin
    insert into {SENDER}.segment (first_sequence, last_sequence, recorded_at, events)
        select n, least (n + each - 1, until), recorded_at, events from template.segment, generate_series (after + 1, until, each) as n;
    insert into {SENDER}.reply (id, body_hash, status, code, message, subject, at, last_sequence)
        select 'history:' || n, body_hash, status, code, message, subject, at, least (after + ((n - after - 1) / each + 1) * each, until)
        from template.reply, generate_series (after + 1, until) as n;
    insert into {SENDER}.parcel select 'history:' || n, sent_us, body from template.parcel, generate_series (after + 1, until) as n;
    insert into {KEEPER}.parcel select 'history:' || n, sent_us, body from template.parcel, generate_series (after + 1, until) as n;
    update {SENDER}.lease set last_sequence = until;
    insert into {KEEPER}.cursor values ('{SENDER}', until) on conflict (source) do update set sequence = excluded.sequence;
end $$;
"""


def _sql(stack, script):
    done = stack.psql(script)
    if done.returncode:
        raise RuntimeError(done.stderr)


def _rest(stack):
    for service in (SENDER, KEEPER):
        stack.rest(service)


def _resume(stack):
    for service in (SENDER, KEEPER):
        stack.resume(service)
    stack.wait_ready([SENDER, KEEPER])


def replay(fettle, count):
    """Events a second that a keeper without memory takes from the sender's outbox, its start included."""
    stack = fettle.stack
    if fettle.head() < count:
        drive(fettle, 'accept', count - fettle.head())
    stack.rest(KEEPER)
    after = fettle.head() - count
    _sql(stack, f'truncate {KEEPER}.parcel; update {KEEPER}.cursor set sequence = {after}; vacuum analyze {KEEPER}.parcel; checkpoint')
    began = time.monotonic()
    stack.resume(KEEPER)
    wait_for(lambda: fettle.cursor() == fettle.head(), lambda: f'the keeper has applied {fettle.cursor() - after} of {count}', 600, 0.05)
    seconds = time.monotonic() - began
    effects = stack.value(f'select count (*) from {KEEPER}.parcel')
    if effects != count:
        raise RuntimeError(f'{count} events were replayed, and there are {effects} effects')
    return count / seconds


def forget(fettle):
    """An empty past, and what copies are made from."""
    _rest(fettle.stack)
    _sql(fettle.stack, SOURCE + COPY)
    _resume(fettle.stack)


def grow(fettle, events):
    """So many events of history. False: the disk has no room for them."""
    stack, after = fettle.stack, fettle.head()
    if after > events:
        raise RuntimeError(f'there are {after} events already, {events} can not be made')
    if shutil.disk_usage(stack.home).free < 2 * (events - after) * BYTES_EACH:
        return False
    _rest(stack)
    _sql(stack, f'select template.copy ({after}, {events})')
    _sql(stack, 'vacuum analyze; checkpoint')
    _resume(stack)
    return True
