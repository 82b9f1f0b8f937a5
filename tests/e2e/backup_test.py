"""Backup while the company works; restore into an empty server and over what is there; what is refused and why; and what happens when
one service is restored to an older state than those who heard it (F18, F23)."""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import company, proto                                              # noqa: E402
from lib.company import BILLING, INTAKE                                     # noqa: E402
from lib.proof import prove                                                 # noqa: E402
from lib.provider import Provider                                           # noqa: E402
from lib.stack import BUILD, SERVICES, Stack, wait_for                      # noqa: E402
from lib.tap import check, main                                             # noqa: E402
from lib.traffic import Traffic                                             # noqa: E402

SEED = 20261126


class World:
    def __init__(self, stack, provider):
        self.stack, self.provider = stack, provider
        self.bus = stack.bus()
        company.settle(stack, self.bus, provider.url)
        self.folder = tempfile.mkdtemp(prefix='backup', dir=os.environ.get('FETTLE_TEST_SCRATCH'))
        self.first, self.second = f'{self.folder}/first', f'{self.folder}/second'
        self.serial = 0

    def request(self):
        self.serial += 1
        return self.bus.do(INTAKE + 'SubmitServiceRequest', {
            'channel': 'CHANNEL_PHONE', 'external_id': f'after-{self.serial}', 'asset_id': 'a1', 'type': 'REQUEST_TYPE_REPAIR',
            'text': 'it leaks'}).subject

    def restore(self, *arguments, stack=None):
        done = (stack or self.stack).fettle('restore', *arguments, check=False)
        return done.returncode, done.stdout + done.stderr


def heads_of(stack):
    return {service: stack.value(f'select last_sequence from {proto.schema_of(service)}.lease') for service in SERVICES}


def rows_of(stack):
    """A fingerprint of each table but those that a process writes when it starts."""
    tables = stack.sql("select schemaname as s, tablename as t from pg_tables where schemaname in (" + ', '.join(
        f"'{proto.schema_of(service)}'" for service in SERVICES) + ") and tablename not in ('lease', 'restoration')")
    names = [f'{row["s"]}.{row["t"]}' for row in tables]
    each = (f"select '{name}' as name, coalesce (md5 (string_agg (md5 (x::text), '' order by md5 (x::text))), '') as hash from {name} x"
            for name in names)
    return {row['name']: row['hash'] for row in stack.sql(' union all '.join(each))}


def test_f18_a_backup_is_made_while_the_company_works_and_is_of_one_instant(world):
    world.traffic = Traffic(world.stack, SEED, rate=30).start()
    wait_for(lambda: world.traffic.busy, 'an engineer is at work')
    done = world.stack.fettle('backup', world.first)
    world.traffic.finish()
    world.stack.wait_quiet()
    check(os.path.exists(f'{world.first}/fettle.dump') and not os.path.exists(f'{world.first}.partial'), done.stdout)
    with open(f'{world.first}/manifest.json', encoding='utf-8') as file:
        world.manifest = json.load(file)
    services = world.manifest['services']
    ahead = [f'{consumer} had applied {applied} of {source}, which ended at {services[source]["lastSequence"]}'
             for consumer in services for source, applied in services[consumer]['cursors'].items()
             if applied > services[source]['lastSequence']]
    check(not ahead, '\n'.join(ahead))
    later = heads_of(world.stack)
    check(all(services[s]['lastSequence'] <= later[s] for s in SERVICES) and services['intake']['lastSequence'] < later['intake'],
          'the company went on meanwhile')
    problems = prove(world.stack, world.traffic, world.provider).problems
    check(not problems, '\n'.join(problems))
    return f'{os.path.getsize(world.first + "/fettle.dump") // 1024} KB; ' + done.stdout.splitlines()[-1]


def test_f18_restored_into_an_empty_server_the_audit_is_clean_and_the_company_goes_on(world):
    with Stack(world.provider.environment()) as other:
        other.start_servers()
        done = other.fettle('restore', world.first)
        check('is whole' in done.stdout and 'Restored' in done.stdout, done.stdout)
        heads = heads_of(other)
        check(all(heads[s] == world.manifest['services'][s]['lastSequence'] for s in SERVICES), heads)
        other.start_services()
        other.wait_quiet()
        check(other.redis('exists', 'sla:due:marker') == '1', 'the index of due times is made again')
        other.bus().do(INTAKE + 'SubmitServiceRequest', {'channel': 'CHANNEL_PHONE', 'external_id': 'restored-1', 'asset_id': 'a1',
                                                         'type': 'REQUEST_TYPE_REPAIR', 'text': 'it leaks'})
        other.wait_quiet()
        audit = other.fettle('audit', check=False)
        check(audit.returncode == 0, audit.stdout)
        held = other.value("select count (*) from notifier.message where error like 'restored from the backup of%'")
    return f'{held} messages that waited then are not sent, and say why'


def test_f18_a_restore_beside_is_byte_for_byte_what_was_backed_up_and_changes_nothing_when_dry(world):
    for service in SERVICES:
        world.stack.rest(service)
    world.stack.fettle('backup', world.second)
    before = rows_of(world.stack)
    code, text = world.restore(world.first, '--over', '--dry-run')
    check(code == 0 and 'Nothing was changed' in text and rows_of(world.stack) == before, text)
    code, text = world.restore(world.second, '--over')
    check(code == 0 and 'is kept as database' in text, text)
    check(world.stack.value("select datcollate from pg_database where datname = 'fettle'") == 'C', 'made otherwise than by migrate')
    after = rows_of(world.stack)
    differing = [table for table in before if before[table] != after.get(table)
                 and table not in ('notifier.message', 'notifier.attempt', 'notifier.timer')]
    check(not differing, f'these tables differ: {differing}')
    for service in SERVICES:
        world.stack.resume(service)
    world.stack.wait_ready()


def test_f18_it_is_refused_while_services_work_and_without_over(world):
    code, text = world.restore(world.second, '--over')
    check(code == 1 and 'is at work' in text and 'Stop it first' in text, text)
    for service in SERVICES:
        world.stack.rest(service)
    code, text = world.restore(world.second)
    check(code == 1 and '--over' in text and 'not empty' in text, text)
    code, text = world.restore(world.second, '--service', 'billing')
    check(code == 1 and '--over' in text, text)
    for service in SERVICES:
        world.stack.resume(service)
    world.stack.wait_ready()


def test_f18_half_a_backup_a_damaged_one_and_other_things_are_refused(world):
    half, damaged, other = (f'{world.folder}/{name}' for name in ('half', 'damaged', 'other'))
    shutil.copytree(world.first, half)
    os.unlink(f'{half}/manifest.json')
    shutil.copytree(world.first, damaged)
    with open(f'{damaged}/fettle.dump', 'r+b') as file:
        file.seek(5000)
        byte = file.read(1)
        file.seek(5000)
        file.write(bytes([byte[0] ^ 1]))
    os.mkdir(other)
    with open(f'{other}/manifest.json', 'w', encoding='utf-8') as file:
        file.write('{"format": 9}')
    with open(f'{world.first}/manifest.json', encoding='utf-8') as file:
        manifest = {**json.load(file), 'takenAt': "now'; drop schema billing cascade; --"}
    shutil.copytree(world.first, f'{world.folder}/foreign')
    with open(f'{world.folder}/foreign/manifest.json', 'w', encoding='utf-8') as file:
        json.dump(manifest, file)
    wrong = []
    for path, words in ((f'{world.folder}/foreign', 'of the wrong kind'), (half, 'interrupted'), (damaged, 'damaged'), (other, 'format'), (f'{world.folder}/none', 'no such directory'),
                        ('/etc/passwd', 'no such directory')):
        code, text = world.restore(path, '--over')
        if code != 1 or words not in text:
            wrong.append(f'{path}: {code} {text}')
    check(not wrong, '\n'.join(wrong))


def test_f18_a_backup_killed_half_way_is_not_taken_for_one_and_the_next_succeeds(world):
    target = f'{world.folder}/killed'
    process = subprocess.Popen([f'{BUILD}/fettle', 'backup', target], env=world.stack.environment, cwd='/',
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: os.path.exists(f'{target}.partial/fettle.dump') or process.poll() is not None, 'the archive is begun', 30, 0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    check(not os.path.exists(target), 'it was killed before it was whole')
    code, text = world.restore(f'{target}.partial', '--over')
    check(code == 1 and 'interrupted' in text, text)
    world.stack.fettle('backup', target)
    check(world.stack.fettle('backup', target, check=False).returncode == 1, 'a backup never replaces another')


def test_f14_a_full_disk_ends_a_backup_with_a_sentence_and_nothing_is_left(world):
    small = f'{world.folder}/small'
    os.mkdir(small)
    is_mounted = not subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', small], capture_output=True, check=False).returncode
    limit = [] if is_mounted else ['prlimit', '--fsize=65536']         # who may not mount has a limit of files instead
    try:
        done = subprocess.run([*limit, f'{BUILD}/fettle', 'backup', f'{small}/full'], env=world.stack.environment, cwd='/', text=True,
                              capture_output=True, check=False)
        words = 'No space left' if is_mounted else 'pg_dump'
        check(done.returncode == 1 and words in done.stderr and 'Nothing was kept' in done.stderr, done.stderr)
        check(not os.listdir(small), f'left: {os.listdir(small)}')
    finally:
        if is_mounted:
            subprocess.run(['umount', small], check=True)
    return done.stderr.strip()


def test_f18_a_restore_killed_half_way_leaves_what_was_there(world):
    for service in SERVICES:
        world.stack.rest(service)
    before = rows_of(world.stack)
    process = subprocess.Popen([f'{BUILD}/fettle', 'restore', world.first, '--over'], env=world.stack.environment, cwd='/',
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    wait_for(lambda: world.stack.value("select count (*) from pg_database where datname = 'fettle_restoring'") or process.poll() is not None,
             'the restore has begun', 30, 0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    check(rows_of(world.stack) == before, 'nothing has changed')
    wait_for(lambda: not world.stack.value("select count (*) from pg_stat_activity where datname = 'fettle_restoring'"),
             'its programs end with it')
    code, text = world.restore(world.first, '--over', '--dry-run')
    check(code == 0, text)
    for service in SERVICES:
        world.stack.resume(service)
    world.stack.wait_ready()


# ---- one service older than the others

def billing_back(world, *options):
    """The state of billing in the third backup, with whatever it has said since lost."""
    world.stack.rest('billing')
    code, text = world.restore(f'{world.folder}/third', '--service', 'billing', '--over', *options)
    check(code == 0, text)
    return text


def consumers_of_billing(world):
    return [row['s'] for row in world.stack.sql(' union all '.join(
        f"select '{s}' as s from {proto.schema_of(s)}.cursor where source = 'billing'" for s in SERVICES))]


def say_more(world, count=3):
    """Things that billing hears of, and says something about."""
    for _ in range(count):
        world.request()
    world.stack.wait_quiet()


def make_contracts(world, name, count):
    """Things that only billing was told."""
    for number in range(count):
        world.bus.do(BILLING + 'RegisterContract', {'contract_id': f'{name}-{number}', 'details': {
            'customer_id': 'c1', 'name': 'New', 'tier': 'gold', 'start_on': '2020-01-01', 'end_on': '2099-12-31', 'currency': 'EUR',
            'value_minor': 1000, 'billing_mode': 'BILLING_MODE_ADVANCE', 'instalment_count': 1, 'time_zone': 'Europe/Rome',
            'lines': [{'line_id': 'all', 'covers_labour': True}]}})


def test_f23_consumers_ahead_of_a_restored_publisher_stop_and_say_both_numbers_and_what_to_do(world):
    world.stack.fettle('backup', f'{world.folder}/third')
    make_contracts(world, 'lost', 5)
    world.stack.wait_quiet()
    world.lost_head = heads_of(world.stack)['billing']
    text = billing_back(world, '--no-resync')
    check('fettle resync billing' in text, text)
    head = heads_of(world.stack)['billing']
    check(head < world.lost_head, (head, world.lost_head))
    world.stack.resume('billing')
    world.stack.wait_ready(['billing'])

    def told():
        status = world.bus.status('intake')
        return status and 'fettle resync billing' in status.reason and status
    status = wait_for(told, 'intake says so in its status', 30)
    log = world.stack.log('intake')
    check(str(world.lost_head) in log and 'fettle resync billing' in log, log[-2000:])
    check(status.ready, 'it works on otherwise')
    shown = world.stack.fettle('status', check=False)
    check('fettle resync billing' in shown.stdout and shown.returncode == 1, shown.stdout)
    return status.reason


def test_f23_a_dry_run_explains_and_changes_nothing(world):
    before = heads_of(world.stack)
    done = world.stack.fettle('resync', 'billing', '--dry-run')
    check('are lost' in done.stdout and 'Nothing was changed' in done.stdout, done.stdout)
    check('intake' in done.stdout and 'reads again' not in done.stdout, done.stdout)
    check(heads_of(world.stack)['billing'] >= before['billing'], 'nothing moved')
    return ' / '.join(line.strip() for line in done.stdout.splitlines()[:4])


def test_f23_resolved_no_number_is_used_twice_everybody_goes_on_and_it_is_on_record(world):
    done = world.stack.fettle('resync', 'billing')
    check('Done' in done.stdout, done.stdout)
    say_more(world, 2)
    world.stack.wait_quiet()
    status = world.bus.status('intake')
    check(status.ready and not status.reason, status.reason)
    check('taken again' in world.stack.log('intake'), 'the log says that it is over')
    sequences = [event.sequence for event in world.bus.replay('billing')]
    check(sequences == list(range(1, len(sequences) + 1)), 'the outbox has no gap and no number twice')
    check(heads_of(world.stack)['billing'] > world.lost_head, 'it goes on above what was given')
    record = world.stack.sql("select kind, actor, first_sequence, last_sequence from billing.restoration order by id")
    check([row['kind'] for row in record][-2:] == ['restore', 'resync'], record)
    check('Nothing to resolve' in world.stack.fettle('resync', 'billing').stdout, 'a second time there is nothing to do')
    return str(record[-1])


def test_f23_what_was_said_under_lost_numbers_meanwhile_is_read_again(world):
    """Nobody has noticed: billing goes on with the numbers of lost events before its consumers are back."""
    world.stack.fettle('backup', f'{world.folder}/fourth')
    say_more(world, 2)
    consumers = consumers_of_billing(world)
    for service in consumers + ['billing']:
        world.stack.rest(service)
    ahead = heads_of(world.stack)['billing']
    code, text = world.restore(f'{world.folder}/fourth', '--service', 'billing', '--over', '--no-resync')
    check(code == 0, text)
    world.stack.resume('billing')
    world.stack.wait_ready(['billing'])
    make_contracts(world, 'new', 8)
    wait_for(lambda: heads_of(world.stack)['billing'] > ahead, 'billing has passed what was given')
    for service in consumers:
        world.stack.resume(service)
    world.stack.wait_ready()

    def told():
        return 'another event' in (world.bus.status('intake') or proto.make('fettle.bus.v1.ServiceStatus')).reason
    wait_for(told, 'intake finds another event under its number', 30)
    done = world.stack.fettle('resync', 'billing')
    check('it reads again from there' in done.stdout and 'said by others because of what is lost' in done.stdout, done.stdout)
    world.stack.wait_ready()
    world.stack.wait_quiet()
    known = world.stack.value("select count (*) from sla_watchdog.contract where id like 'new-%'")
    check(known == 8, f'the watchdog has heard of {known} of 8 contracts that were made under lost numbers')
    check(world.stack.value("select count (*) from intake.restoration where kind = 'rewind'") == 1, 'that is on record')


def test_f23_the_audit_reports_a_cursor_that_stands_on_another_event(world):
    world.stack.psql("create table public.kept as select * from intake.cursor; update intake.cursor set event_id = 'another' "
                     "where source = 'billing'")
    done = world.stack.fettle('audit', '--invariant', 'I11', check=False)
    world.stack.psql("update intake.cursor c set event_id = k.event_id from public.kept k where k.source = c.source; drop table kept")
    check(done.returncode == 1 and 'another event' in done.stdout, done.stdout)
    audit = world.stack.fettle('audit', '--invariant', 'I11', check=False)
    check(audit.returncode == 0, audit.stdout)


def test_f18_a_restored_notifier_tells_nobody_twice(world):
    say_more(world, 2)
    world.stack.rest('notifier')
    before = world.stack.sql("select effect_key from notifier.message where state = 3")
    code, text = world.restore(world.second, '--service', 'notifier', '--over')
    check(code == 0, text)
    world.stack.resume('notifier')
    world.stack.wait_ready()
    world.stack.wait_quiet()
    check(before, 'something was sent before')
    twice = {mark: times for mark, times in world.provider.received.items() if times > 1}
    check(not twice, f'received more than once: {twice}')
    keys = {row['effect_key'] for row in world.stack.sql("select effect_key from notifier.message")}
    check({row['effect_key'] for row in before} <= keys, 'what was sent is known')


if __name__ == '__main__':
    outside = Provider()
    with Stack(outside.environment()) as running:
        running.start()
        main([test for name, test in list(globals().items()) if name.startswith('test_')], World(running, outside))
