"""F19: two releases at once. A company that runs on an older one is brought to this one program by program, under traffic, and back
again; each release hears what only the other knows; migrations are killed half-way and run twice at once.

The older release is the one before the last three commits that added a migration. It is built in build/older, once."""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import chaos, hostile                                  # noqa: E402
from lib.bus import ACCEPTED, REJECTED, body                    # noqa: E402
from lib.company import INVENTORY                               # noqa: E402
from lib.proto import ROOT, make, schema_of                     # noqa: E402
from lib.stack import BUILD, SERVICES, postgres_program, wait_for               # noqa: E402
from lib.tap import check                                       # noqa: E402

MIGRATIONS_BACK = 3
MIXED_S = 3                     # so long each program is the newest of the mixture
KILLS = 25
FUTURE = 900                    # a field that no message has


def run(arguments, **options):
    return subprocess.run(arguments, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **options)


def older_release():
    """The folder of the older release, built."""
    found = run(['git', '-C', ROOT, 'log', f'-{MIGRATIONS_BACK}', '--diff-filter=A', '--format=%H', '--',
                 'common/migrations/*.sql', 'services/*/migrations/*.sql']).stdout.split()
    before = run(['git', '-C', ROOT, 'rev-parse', '--verify', '-q', f'{found[-1]}^']).stdout.strip() if found else ''
    if len(found) < MIGRATIONS_BACK or not before:
        raise chaos.NotHere('an older release is built from the history of this repository, which is not here: git fetch --unshallow')
    kept = f'{os.path.realpath(ROOT)}/build/older/{before}'
    if not os.path.exists(kept):
        with tempfile.TemporaryDirectory() as folder:
            build(before, folder)
            for part in ('build', 'deploy'):
                shutil.copytree(f'{folder}/{part}', f'{kept}.new/{part}', dirs_exist_ok=True, ignore=shutil.ignore_patterns('obj', 'gen', '*.a'))
        os.rename(f'{kept}.new', kept)
    return kept


def build(commit, folder):
    packed = subprocess.run(['git', '-C', ROOT, 'archive', commit], capture_output=True, check=True).stdout
    subprocess.run(['tar', 'x', '-C', folder], input=packed, check=True)
    ours = {name: value for name, value in os.environ.items() if not name.startswith(('MAKE', 'MFLAGS'))}      # of `make chaos`
    made = run(['make', '-s', '-j2', 'WARN=-w', 'all'], cwd=folder, env=ours, timeout=1500)                     # compilers learn new warnings
    check(made.returncode == 0, f'{commit} can not be built: {made.stderr[-500:]}')


class World(chaos.World):
    def make_stack(self):
        self.root = older_release()
        self.older = f'{self.root}/build'
        stack = super().make_stack()
        stack.build = self.older
        return stack

    def put(self, service, build):
        """The program of a service from another release, as an administrator replaces it."""
        child = self.stack.child(service)
        child.arguments = [*child.arguments[:-1], f'{build}/fettle-{service}']
        self.stack.replace(service)
        self.stack.wait_ready([service])
        time.sleep(MIXED_S)

    def programs(self):
        return {os.readlink(f'/proc/{pid}/exe').rsplit('/', 1)[0] for pid in self.stack.pids().values()}

    def dead_letters(self):
        return sum(self.stack.value(f'select count (*) from {schema_of(service)}.dead_letter') for service in SERVICES)


def states(stack, database):
    """What `fettle migrate --status` of this release says of a database: {(service, file): state}."""
    done = run([f'{BUILD}/fettle', 'migrate', '--status'], env=of_database(stack, database))
    return {tuple(words[:2]): words[2] for words in (line.split() for line in done.stdout.splitlines()) if len(words) > 2}


def of_database(stack, name):
    return {**stack.environment, 'FETTLE_ADMIN_DSN': f'host={stack.home}/pg dbname={name} user=postgres'}


def schemas(stack, database):
    """All that a database is made of, as text; without what differs from dump to dump."""
    dump = run([postgres_program('pg_dump'), '--schema-only', '-h', f'{stack.home}/pg', '-U', 'postgres', database], env=stack.environment)
    check(dump.returncode == 0, dump.stderr)
    return [line for line in dump.stdout.splitlines() if not re.match(r'\\(un)?restrict ', line)]


def hear_the_future(world):
    """Says on the bus, and asks at a door, what no release of today says. What became of it."""
    stack, marker = world.stack, uuid.uuid4().hex[:8]
    future = hostile.text(FUTURE, b'of tomorrow')
    details = {'name': 'Depot', 'kind': 'LOCATION_KIND_WAREHOUSE', 'territory_id': 'north'}
    kind = make(INVENTORY + 'RegisterLocation', {'location_id': f'new-{marker}', 'details': details}).SerializeToString()
    reply = world.bus.command(INVENTORY + 'RegisterLocation', kind + future)
    check(reply.status == ACCEPTED, f'a field of tomorrow in a command: {reply.code}: {reply.message}')
    strange = make(INVENTORY + 'RegisterLocation', {'location_id': f'odd-{marker}', 'details': details})
    strange.details.kind = 99
    reply = world.bus.command(INVENTORY + 'RegisterLocation', strange)
    check(reply.status == REJECTED and '99' in reply.message, f'a value of tomorrow in a command: {reply.status} {reply.code}: {reply.message}')
    wait_for(lambda: stack.value(f"select count (*) from notifier.location where id = 'new-{marker}'"), 'the location is known', 30)
    say_tomorrow(world, marker, future)
    return reply.message


def say_tomorrow(world, marker, future):
    """The last event of inventory once more, with a field that nobody knows, a value that nobody knows, and a type that nobody knows."""
    stack = world.stack
    last = next(event for event in reversed(world.bus.replay('inventory'))
                if event.type.endswith('.LocationPublished') and body(event).location_id == f'new-{marker}')
    stack.rest('inventory')
    head, epoch = (stack.value(f'select {name} from inventory.lease') for name in ('last_sequence', 'epoch'))
    value = body(last)
    value.details.kind = 99
    said, events = [(last.type, last.data + future), (last.type, value.SerializeToString()), (INVENTORY + 'Foreseen', future)], b''
    for number, (name, data) in enumerate(said, 1):
        event = hostile.text(1, str(uuid.uuid4()).encode()) + hostile.text(2, b'inventory') + hostile.text(3, name.encode())
        event += hostile.number(7, head + number) + hostile.text(8, last.correlation_id.encode()) + hostile.number(12, epoch)
        events += hostile.text(1, event + hostile.text(13, data) + future)
    done = stack.psql(f"insert into inventory.segment values ({head + len(said)}, {head + 1}, now (), '\\x{events.hex()}'); "
                      f"insert into inventory.trail values ('{last.correlation_id}', {head + len(said)}); "
                      f'update inventory.lease set last_sequence = {head + len(said)}')
    check(done.returncode == 0, done.stderr)
    before = world.dead_letters()
    stack.resume('inventory')
    stack.wait_ready()
    heard = f"select count (*) from notifier.cursor where source = 'inventory' and sequence >= {head + len(said)}"
    wait_for(lambda: stack.value(heard), 'the notifier has heard all of it', 60)
    check(world.dead_letters() == before, 'an event with something of tomorrow in it was buried')
    kept = world.bus.replay('inventory', head)[:len(said)]
    check([event.data for event in kept] == [data for _, data in said], 'what is not known was not kept')


def test_f19_an_older_company_is_brought_to_this_release_one_program_after_another(world):
    stack = world.stack
    check(world.programs() == {world.older}, f'it does not begin with the older release: {world.programs()}')
    stack.build = BUILD
    applied = stack.fettle('migrate').stdout
    order = world.rng.sample(SERVICES, len(SERVICES))
    for service in order:
        world.put(service, BUILD)
    world.fault_is_over()
    check(world.programs() == {os.path.realpath(BUILD)}, f'not all are new: {world.programs()}')
    check(not world.dead_letters(), f'{world.dead_letters()} messages were buried')
    return f'{applied.splitlines()[-1].split(";")[0]}, then {", ".join(order)}'


def test_f19_what_no_release_of_today_knows_is_kept_in_events_and_refused_as_a_value_in_commands(world):
    return hear_the_future(world)


def test_f19_the_older_programs_come_back_one_by_one_on_the_database_of_the_newer(world):
    stack, order = world.stack, world.rng.sample(SERVICES, len(SERVICES))
    for service in order:
        world.put(service, world.older)
    world.fault_is_over()
    check(world.programs() == {world.older}, f'not all are old: {world.programs()}')
    told = run([f'{world.older}/fettle', 'migrate', '--status'], env=stack.environment)
    check(told.returncode == 0 and 'applied by a newer version' in told.stdout,
          f'the older release says of the newer database: {told.stdout}{told.stderr}')
    stack.build = world.older
    again = stack.fettle('migrate').stdout
    stack.build = BUILD
    check('up to date' in again, f'the older release has migrated: {again}')
    hear_the_future(world)
    check(not world.dead_letters(), f'{world.dead_letters()} messages were buried')
    return f'{", ".join(order)}; fettle migrate of the older release names what it does not know and changes nothing'


def test_f19_migrations_that_are_killed_half_way_and_run_twice_at_once_end_as_if_they_had_run_once(world):
    """On a database of its own, beginning with nothing at all, then on one of the older release."""
    stack, halves, began = world.stack, 0, time.monotonic()
    stack.fettle('migrate')
    took = time.monotonic() - began
    for database, first in (('half', []), ('half_older', [f'{world.older}/fettle', 'migrate'])):
        environment = of_database(stack, database)
        check(not first or run(first, env=environment).returncode == 0, 'the older release can not make its database')
        for number in range(KILLS):
            process = subprocess.Popen([f'{BUILD}/fettle', 'migrate'], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(world.rng.uniform(0.0, max(took, 0.02) * (1 + number) / 4))
            process.send_signal(signal.SIGKILL)
            process.wait()
            halves += len(set(states(stack, database).values())) == 2
        two = [subprocess.Popen([f'{BUILD}/fettle', 'migrate'], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
               for _ in range(2)]
        for process in two:
            said = process.communicate(timeout=120)[0]
            check(process.returncode == 0, f'one of two at once: {said}')
        check(set(states(stack, database).values()) == {'applied'}, f'{database}: {states(stack, database)}')
        check(schemas(stack, database) == schemas(stack, 'fettle'), f'{database} is another than one that was migrated in peace')
    check(halves, 'none was killed half-way')
    return f'{2 * KILLS} killed, {halves} times some files were applied and some were not'


if __name__ == '__main__':
    chaos.main([test_f19_an_older_company_is_brought_to_this_release_one_program_after_another,
                test_f19_what_no_release_of_today_knows_is_kept_in_events_and_refused_as_a_value_in_commands,
                test_f19_the_older_programs_come_back_one_by_one_on_the_database_of_the_newer,
                test_f19_migrations_that_are_killed_half_way_and_run_twice_at_once_end_as_if_they_had_run_once], World, together=True)
