"""Who may touch what in the database, and who may write at all: each service's role reaches its own schema's tables and
nothing else, and of two processes of one service one writes (F21)."""
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import proto                                       # noqa: E402
from lib.stack import SERVICES, Stack, wait_for             # noqa: E402
from lib.tap import check, main                             # noqa: E402

READ_ONLY = 'migration'         # what has been applied: the administrator writes it, services only read it


def tables(stack):
    return {schema: [row['tablename'] for row in stack.sql(
        f"select tablename from pg_tables where schemaname = '{schema}' order by 1")]
        for schema in map(proto.schema_of, SERVICES)}


# Each statement is tried for real and undone; none of them changes a row. It says what came of it.
ATTEMPT = """
create function pg_temp.attempt (statement text) returns text language plpgsql as $f$
begin
    execute statement;
    return 'allowed';
exception
    when insufficient_privilege then return 'refused';
    when not_null_violation or check_violation or integrity_constraint_violation then return 'allowed';
end $f$;
"""


def statements(table):
    return {'select': f'select from {table} limit 0', 'insert': f'insert into {table} default values',
            'update': f'update {table} set {{column}} = {{column}} where false', 'delete': f'delete from {table} where false',
            'truncate': f'truncate {table}'}


def walk(stack, role, wanted):
    """Tries every (statement, what should come of it) as the role; those that came out differently."""
    script = ATTEMPT + 'begin;\n' + ''.join(
        f"savepoint s; select '{n}', pg_temp.attempt ($q${statement}$q$); rollback to s;\n"
        for n, (statement, _) in enumerate(wanted)) + 'rollback;'
    done = stack.psql(script, f'fettle_{role}')
    check(done.returncode == 0, done.stderr)
    came = dict(line.split('|') for line in done.stdout.splitlines() if '|' in line)
    check(len(came) == len(wanted), f'{len(came)} of {len(wanted)} statements were answered')
    return [f'{role}: {statement}: {came[str(n)]}, should be {should}'
            for n, (statement, should) in enumerate(wanted) if came[str(n)] != should]


def test_a_database_that_is_made_compares_text_byte_by_byte(stack):
    found = stack.sql("select datcollate, pg_encoding_to_char (encoding) as encoding from pg_database where datname = 'fettle'")
    check(found == [{'datcollate': 'C', 'encoding': 'UTF8'}], found)


def test_each_role_reads_and_writes_its_own_schema_and_no_other(stack):
    all_tables, columns = tables(stack), {
        (row['s'], row['t']): row['c'] for row in stack.sql(
            'select table_schema as s, table_name as t, min (column_name) filter (where is_generated = $$NEVER$$ and '
            'is_identity = $$NO$$) as c from information_schema.columns group by 1, 2')}
    wrong, count = [], 0
    for role in all_tables:
        wanted = []
        for schema, names in all_tables.items():
            for name in names:
                for verb, statement in statements(f'{schema}.{name}').items():
                    own = schema == role and verb != 'truncate' and (name != READ_ONLY or verb == 'select')
                    wanted.append((statement.format(column=f'"{columns[schema, name]}"'), 'allowed' if own else 'refused'))
        wrong += walk(stack, role, wanted)
        count += len(wanted)
    check(not wrong, '\n'.join(wrong))
    return f'{len(all_tables)} roles, {count} statements'


def test_no_role_can_make_tables_or_use_functions_of_another_schema(stack):
    wrong = []
    for role in map(proto.schema_of, SERVICES):
        wanted = [(f'create table {schema}.intruder (id int)', 'refused') for schema in [*map(proto.schema_of, SERVICES), 'public']]
        wanted += [(f'select {schema}.fence (0, 1, 0)', 'refused') for schema in map(proto.schema_of, SERVICES) if schema != role]
        wanted += [('create schema intruder', 'refused'), ('create role intruder', 'refused'),
                   ('set role postgres', 'refused'), (f'drop table {role}.lease', 'refused'),
                   (f'alter table {role}.lease add column intruder int', 'refused'),
                   ("select pg_read_file ('/etc/passwd')", 'refused')]
        wrong += walk(stack, role, wanted)
    check(not wrong, '\n'.join(wrong))


def test_roles_are_neither_superusers_nor_members_of_each_other(stack):
    rows = stack.sql("select rolname from pg_roles where rolname like 'fettle_%' and "
                     "(rolsuper or rolcreaterole or rolcreatedb or rolbypassrls or rolreplication)")
    check(not rows, f'these can do more than they should: {rows}')
    rows = stack.sql("select r.rolname, m.rolname as member_of from pg_auth_members a join pg_roles r on r.oid = a.member "
                     "join pg_roles m on m.oid = a.roleid where r.rolname like 'fettle_%'")
    check(not rows, f'these are members of others: {rows}')


def test_f21_of_two_processes_of_one_service_one_writes_and_the_other_waits(stack):
    bus = stack.bus()
    before = bus.status('inventory')
    stack.add_service('inventory', 'standby', keep=False)
    wait_for(lambda: 'another process holds the lease' in stack.log('standby'), 'the second process says that it waits')
    for n in range(5):
        bus.do('fettle.inventory.v1.RegisterItem', {'item_id': f'i{n}', 'details': {
            'name': 'Seal', 'unit': 'piece', 'cost_minor': 500, 'currency': 'EUR'}})
    after = bus.status('inventory')
    check((after.epoch, after.started_at) == (before.epoch, before.started_at), 'the first one goes on, nobody else')
    check(stack.pid('standby') is not None, 'the second one lives and waits')
    check(after.last_sequence == before.last_sequence + 5, f'sequence {before.last_sequence} to {after.last_sequence}')
    bus.close()


def test_f21_the_standby_takes_over_when_the_first_dies(stack):
    bus = stack.bus()
    before = bus.status('inventory')
    stack.child('inventory').wanted = False
    stack.kill('inventory')
    began = time.monotonic()
    after = wait_for(lambda: (lambda s: s if s and s.ready else None) (bus.status('inventory', 0.3)), 'the standby takes over', 30)
    check(after.epoch > before.epoch, f'epoch {before.epoch} then {after.epoch}')
    check(after.last_sequence == before.last_sequence, 'and goes on where the other stopped')
    bus.do('fettle.inventory.v1.RegisterItem', {'item_id': 'i9', 'details': {
        'name': 'Seal', 'unit': 'piece', 'cost_minor': 500, 'currency': 'EUR'}})
    took = time.monotonic() - began
    bus.close()
    return f'after {took:.1f} s'


if __name__ == '__main__':
    with Stack() as running:
        running.start()
        main([test_a_database_that_is_made_compares_text_byte_by_byte,
              test_each_role_reads_and_writes_its_own_schema_and_no_other,
              test_no_role_can_make_tables_or_use_functions_of_another_schema,
              test_roles_are_neither_superusers_nor_members_of_each_other,
              test_f21_of_two_processes_of_one_service_one_writes_and_the_other_waits,
              test_f21_the_standby_takes_over_when_the_first_dies], running)
