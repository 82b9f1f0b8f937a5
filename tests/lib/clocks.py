"""SLA clocks by the hundred thousand: one case made by real commands, copied in the watchdog's own tables with other
instants, set-based. The watchdog must not run meanwhile: rows that appear behind its back are no events to it.

    template = clocks.template(bus, stack)
    stack.rest('sla-watchdog')
    clocks.copy(stack, template, clocks.RUNNING, 500000, f'now () - n * interval \'3 seconds\'')
    stack.resume('sla-watchdog')
"""
import collections
import subprocess

from lib import company, proto
from lib.stack import wait_for

DAY_MS = 86400000
ACCEPT_MS, COMPLETE_MS = 30 * DAY_MS, 60 * DAY_MS
PLAN = {'plan_id': 'clocks', 'details': {'name': 'Two long promises', 'order': 1, 'request_types': ['REQUEST_TYPE_CONSULTATION'], 'targets': [
    {'milestone': milestone, 'budget_type': 'BUDGET_TYPE_ELAPSED_24X7', 'budget_ms': budget, 'warn_percents': [75]}
    for milestone, budget in (('MILESTONE_ACCEPT', ACCEPT_MS), ('MILESTONE_COMPLETE', COMPLETE_MS))]}}
SCHEMA = proto.schema_of('sla-watchdog')


def template(stack, bus):
    """The id of a case with two running clocks: ACCEPT, COMPLETE."""
    bus.do(company.INTAKE + 'RegisterTerritory', {'territory_id': 'clocks', 'details': {
        'name': 'Clocks', 'time_zone': 'Europe/Rome', 'country': 'IT', 'language': 'LANGUAGE_EN', 'currency': 'EUR'}})
    bus.do(company.INTAKE + 'RegisterCustomer', {'customer_id': 'clocks', 'details': {
        'name': 'Clocks', 'currency': 'EUR', 'language': 'LANGUAGE_EN', 'phone': '+390000000'}})
    bus.do(company.SLA + 'PublishSlaPlan', PLAN)
    reply = bus.do(company.INTAKE + 'SubmitServiceRequest', {
        'channel': 'CHANNEL_SYSTEM', 'external_id': 'template', 'type': 'REQUEST_TYPE_CONSULTATION', 'customer_id': 'clocks', 'text': 'copy me'})
    wait_for(lambda: stack.value(f"select count (*) from {SCHEMA}.sla_clock where case_id = '{reply.subject}'") == 2, 'two clocks run')
    return reply.subject


def case_id(group, n='n'):
    """SQL: the id of the n-th copy of a group (a number): a UUID as requests have it."""
    return f"('01900000-0000-7000-8{group:03x}-' || lpad (to_hex ({n}), 12, '0'))"


def _columns(stack, table):
    rows = stack.sql(f"select column_name as name from information_schema.columns where table_schema = '{SCHEMA}' "
                     f"and table_name = '{table}' order by ordinal_position")
    return [row['name'] for row in rows]


def _insert(stack, table, source, changed):
    columns = _columns(stack, table)
    values = ', '.join(changed.get(name, f't."{name}"') for name in columns)
    names = ', '.join(f'"{name}"' for name in columns)
    return f'insert into {SCHEMA}.{table} ({names}) select {values} from {source};\n'


def copy(stack, of, group, count, accepted_at, due='later'):
    """count copies of the case, accepted at an SQL expression of n (1 to count). due 'breach': of ACCEPT the warning was
    said long ago and the breach is next, 30 days and a millisecond after accepted_at; 'later': its warning is next."""
    moved = "date_trunc ('milliseconds', m.accepted_at) + (t.{0} - c.accepted_at)"
    copies = (f"(select n, {case_id(group)} as id, date_trunc ('milliseconds', {accepted_at}) as accepted_at "
              f"from generate_series (1, {count}) as n) as m, (select * from {SCHEMA}.sla_case where id = '{of}') as c")
    at_breach = "(t.milestone = 2)" if due == 'breach' else 'false'
    percent = f'case when {at_breach} then 75 else t.{{0}} end'
    script = 'begin;\n'
    script += _insert(stack, 'sla_case', copies.replace(' as c', ' as t'), {'id': 'm.id', 'accepted_at': 'm.accepted_at'})
    script += _insert(stack, 'sla_fact', f"{copies}, {SCHEMA}.sla_fact as t where t.case_id = c.id", {
        'id': "m.id || ':' || t.kind || ':' || t.detail || ':' || (extract (epoch from " + moved.format('happened_at') + ') * 1000)::bigint',
        'case_id': 'm.id', 'happened_at': moved.format('happened_at')})
    script += _insert(stack, 'sla_clock', f"{copies}, {SCHEMA}.sla_clock as t where t.case_id = c.id", {
        'id': 'm.id || substr (t.id, length (c.id) + 1)', 'case_id': 'm.id', 'consumed_ms': '0',
        **{name: moved.format(name) for name in ('started_at', 'due_at', 'breach_at')},
        **{name: percent.format(name) for name in ('handled_percent', 'warned_percent')}})
    script += _insert(stack, 'gauge', f"{copies}, {SCHEMA}.gauge as t where t.subject_id = c.id", {
        'id': "t.metric || ':' || m.id", 'subject_id': 'm.id', 'root_id': 'm.id', 'since_at': 'm.accepted_at'})
    ours = f"{SCHEMA}.sla_clock as t where t.case_id like '01900000-0000-7000-8{group:03x}-%'"
    script += (f"insert into {SCHEMA}.threshold (id, clock_id, generation, percent, threshold_at, decided_at, late_by_ms, said) "
               f"select t.id || ':' || t.generation || ':75', t.id, t.generation, 75, t.started_at + (t.due_at - t.started_at) * 0.75, "
               f"t.started_at + (t.due_at - t.started_at) * 0.75, 0, true from {ours} and t.handled_percent = 75;\n")
    script += (f"insert into {SCHEMA}.timer (id, due_at) select 'threshold:' || t.id, case when t.handled_percent = 75 "
               f"then t.breach_at + interval '1 millisecond' else t.started_at + (t.due_at - t.started_at) * 0.75 end from {ours};\n")
    script += 'commit;\n'
    _run(stack, script)


def forget(stack, group):
    """The copies of a group, as if they had never been."""
    like = f"like '01900000-0000-7000-8{group:03x}-%'"
    _run(stack, ''.join(f'delete from {SCHEMA}.{table} where {column} {like};\n' for table, column in (
        ('sla_case', 'id'), ('sla_fact', 'case_id'), ('sla_clock', 'case_id'), ('threshold', 'clock_id'),
        ('gauge', 'subject_id'))) + f"delete from {SCHEMA}.timer where id like 'threshold:01900000-0000-7000-8{group:03x}-%';\n")


def missing_in_index(stack):
    """The instants (ms) of timers that Postgres has and the index in Redis has not. Its members are packed: their instants
    tell enough."""
    socket = f'{stack.home}/redis/redis.sock'
    lines = subprocess.run(['redis-cli', '-s', socket, '--no-raw', 'zrange', 'sla:due', '0', '-1', 'withscores'], capture_output=True,
                           check=True).stdout.splitlines()
    index = collections.Counter(int(line.rsplit(b'"', 2)[1]) for line in lines[1::2])
    truth = collections.Counter(row['at'] for row in stack.sql(f"select floor (extract (epoch from due_at) * 1000)::bigint as at from {SCHEMA}.timer"))
    return sorted((truth - index).elements())


def _run(stack, script):
    done = stack.psql(script)
    if done.returncode:
        raise RuntimeError(done.stderr)
