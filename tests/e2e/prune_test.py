"""`fettle prune` on a company that works: what is old and of no use goes, the record stays, a command is remembered as long as was
told, and whoever asks later is told that rows are gone."""
import contextlib
import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import company, proto                                          # noqa: E402
from lib.bus import ACCEPTED, DUPLICATE                                 # noqa: E402
from lib.company import DISPATCHER, INTAKE                                          # noqa: E402
from lib.provider import Provider                                       # noqa: E402
from lib.stack import BUILD, SERVICES, Stack, wait_for                  # noqa: E402
from lib.tap import check, main                                         # noqa: E402

OLD = "interval '500 days'"
LETTERS = {'dead': True, 'retried': False, 'dropped': False}        # state -> it stays, however old
MANY = 100000                   # answers, in more than one piece


class World:
    def __init__(self, stack):
        self.stack, self.bus = stack, stack.bus()
        company.settle(stack, self.bus, Provider().url)
        for n in range(3):
            self.bus.do(INTAKE + 'SubmitServiceRequest', self.request(f'before-{n}'), command_id=f'before-{n}')
        wait_for(lambda: stack.value('select count (*) from notifier.attempt where outcome = 1') > 3, 'messages are delivered')
        stack.wait_quiet()

    def request(self, external_id):
        return {'channel': 'CHANNEL_PHONE', 'external_id': external_id, 'asset_id': 'a2', 'type': 'REQUEST_TYPE_CONSULTATION',
                'text': 'how does it work?'}

    def prune(self, *options, code=0):
        done = self.stack.fettle('prune', '--older-than', '400d', *options, check=False)
        check(done.returncode == code, f'{done.returncode}: {done.stdout}{done.stderr}')
        return done.stdout + done.stderr

    def figures(self, *options):
        """(service, what) -> (removed, kept), and the whole document."""
        whole = json.loads(self.prune('--json', *options))
        return {(row['service'], row['what']): (row['removed'], row['kept']) for row in whole['pruned']}, whole

    def age(self):
        """What there is becomes old: answers but those of the newest request, letters, messages with their attempts."""
        script = [f"update {proto.schema_of(s)}.reply set at = at - {OLD} where id <> 'before-2'" for s in SERVICES]
        script += [f"insert into intake.dead_letter (received_at, origin, source, message_id, type, body, reason, state) values (now () - {age}, "
                   f"'event', 'billing', 'x', 'fettle.billing.v1.NoSuch', '', 'nobody knows it', '{state}')"
                   for state in LETTERS for age in (OLD, "interval '1 day'")]
        script += [f'update notifier.message set queued_at = queued_at - {OLD} where state = 3',
                   f'update notifier.attempt set began_at = began_at - {OLD}, ended_at = ended_at - {OLD} where outcome <> 0']
        done = self.stack.psql(';'.join(script))
        check(done.returncode == 0, done.stderr)

    def counts(self):
        tables = [f'{proto.schema_of(s)}.{table}' for s in SERVICES for table in ('reply', 'dead_letter', 'segment', 'trail')]
        return {table: self.stack.value(f'select count (*) from {table}') for table in [*tables, 'notifier.attempt', 'notifier.message']}

    def gone(self, before):
        """What there is less of. Promises fall due meanwhile: there may be more."""
        return {table: (before[table], count) for table, count in self.counts().items() if count < before[table]}


def test_growth_too_short_a_time_or_an_unknown_thing_is_refused(world):
    for options, words in ((['--older-than', '29d'], 'from 30'), (['--older-than', '400'], 'as 400d'), ([], 'is missing'), (['--older-than', '-1d'], 'from 30'),
                           (['--older-than', '400d', '--keep', 'events'], 'answers, letters and attempts'), (['--older-than', '400d', 'x'], 'nothing to name'),
                           (['--older-than', '400d', '--service', 'x'], 'intake')):
        done = world.stack.fettle('prune', *options, check=False)
        check(done.returncode == 2 and words in done.stderr, f'{options}: {done.returncode} {done.stderr}')


def test_growth_what_is_young_stays(world):
    before = world.counts()
    found, _ = world.figures()
    check(found and all(removed == 0 for removed, _ in found.values()), found)
    check(not world.gone(before), world.gone(before))
    world.stack.audit()


def test_growth_a_dry_run_counts_and_changes_nothing(world):
    world.age()
    before, text = world.counts(), world.prune('--dry-run')
    check(not world.gone(before) and 'would go' in text and 'this was --dry-run' in text, text)
    check(world.stack.value('select count (*) from intake.pruning where before_at > now () - interval \'401 days\'') == 2, 'it left a note')


def test_growth_what_is_old_and_over_goes_and_the_record_stays(world):
    stories = {proto.schema_of(s): world.stack.value(f'select count (*) from {proto.schema_of(s)}.reply where last_sequence > 0 and id <> \'before-2\'')
               for s in SERVICES}
    story = world.stack.value("select id from intake.reply where last_sequence > 0 and id <> 'before-2' limit 1")
    told = world.stack.fettle('explain', story).stdout
    expected, _ = world.figures('--dry-run')
    before = world.counts()
    kept, _ = world.figures('--keep', 'answers', '--keep', 'letters')
    check(set(kept) == {('notifier', 'attempts')}, kept)
    only, _ = world.figures('--service', 'intake')
    check(set(only) == {('intake', 'answers'), ('intake', 'letters')}, only)
    found, whole = world.figures()
    found = {key: (found[key][0] + kept.get(key, (0, 0))[0] + only.get(key, (0, 0))[0], found[key][1]) for key in found}
    check(found == expected, f'{found}, announced {expected}')
    check(found['intake', 'letters'] == (2, 4) and found['notifier', 'attempts'][0] > 3, found)
    check(found['intake', 'answers'][1] == 1 and found['dispatcher', 'answers'][0] > 5, found)
    now = world.counts()
    for service in SERVICES:
        schema = proto.schema_of(service)
        check(now[f'{schema}.reply'] == before[f'{schema}.reply'] - found[service, 'answers'][0], f'{service}: {now} {before}')
        check(now[f'{schema}.segment'] >= before[f'{schema}.segment'], f'{service}: {now} {before}')
        check(now[f'{schema}.trail'] >= before[f'{schema}.trail'] + stories[schema], f'{service}: {now} {before} {stories}')
    left = {row['state'] for row in world.stack.sql(f'select state from intake.dead_letter where received_at < now () - {OLD}')}
    check(left == {state for state, stays in LETTERS.items() if stays}, left)
    check(now['notifier.message'] >= before['notifier.message'], 'a message is gone')
    check({row['service'] for row in whole['kept']} == set(SERVICES) and all(row['events'] and row['eventBytes'] for row in whole['kept']), whole)
    check(stories['intake'] and world.stack.fettle('explain', story).stdout == told, told)
    world.stack.psql("delete from intake.dead_letter where message_id = 'x'")
    world.stack.audit()


def test_growth_a_repeated_command_is_found_within_the_time_and_done_again_after_it(world):
    young = world.bus.command(INTAKE + 'SubmitServiceRequest', world.request('before-2'), command_id='before-2')
    check(young.status == DUPLICATE and young.first_status == ACCEPTED, young)
    old = world.bus.command(INTAKE + 'SubmitServiceRequest', world.request('again'), command_id='before-1')
    check(old.status == ACCEPTED, old)
    world.stack.audit()


@contextlib.contextmanager
def session(world, statement):
    """Another one at the database, whose statement is done and whose transaction is open."""
    with subprocess.Popen(['psql', '-XqAt', '-d', f'{world.stack.server()} dbname=fettle user=postgres'], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True, env=world.stack.environment) as other:
        other.stdin.write(f'begin; {statement}; select 1;\n')
        other.stdin.flush()
        other.stdout.readline()
        yield
        other.stdin.close()


def test_growth_only_one_works_at_a_time(world):
    with session(world, "select pg_advisory_lock (x'7072756e65'::bigint)"):
        check('another fettle prune is at work' in world.prune(code=1), 'it works beside another')
    world.prune()


def test_growth_killed_half_way_it_does_no_harm_and_the_company_works_meanwhile(world):
    """Somebody holds one old row, so that it comes to a stop there."""
    done = world.stack.psql(f"insert into intake.reply (id, body_hash, status, code, message, subject, at) "
                            f"select 'old-' || n, '', {ACCEPTED}, '', '', '', now () - {OLD} from generate_series (1, {MANY}) n")
    check(done.returncode == 0, done.stderr)

    def left():
        return world.stack.value("select count (*) from intake.reply where id like 'old-%'")
    with session(world, f"select id from intake.reply where id = 'old-{MANY // 2}' for update"):
        with subprocess.Popen([f'{BUILD}/fettle', 'prune', '--older-than', '400d'], env=world.stack.environment, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as process:
            wait_for(lambda: left() < MANY, 'some are removed')
            for n in range(3):
                world.bus.do(INTAKE + 'SubmitServiceRequest', world.request(f'during-{n}'), command_id=f'during-{n}')
            process.kill()
    for n in range(3):
        check(world.bus.command(INTAKE + 'SubmitServiceRequest', world.request(f'during-{n}'), command_id=f'during-{n}').status == DUPLICATE, n)
    half = left()
    check(0 < half < MANY, f'{half} of {MANY} are left')
    world.stack.audit()
    check(world.figures()[0]['intake', 'answers'][0] == half and left() == 0, f'{left()} are left')
    world.stack.audit()
    return f'{MANY - half} of {MANY} were removed when it was killed'


def test_growth_the_audit_knows_from_when_on_answers_are_whole(world):
    """Of an order that a command made, the audit looks for the command; here its answer goes by hand."""
    world.bus.do(DISPATCHER + 'CreateWorkOrder', {'type': 'REQUEST_TYPE_REPAIR', 'site_id': 's1', 'asset_id': 'a1', 'description': 'look', 'work_minutes': 30,
                                                  'priority': 50}, command_id='by-command')
    world.stack.psql("with gone as (delete from dispatcher.reply where id = 'by-command' returning *) insert into dispatcher.trail (correlation_id, last_sequence) "
                     "select id, last_sequence from gone where last_sequence > 0")
    world.stack.wait_quiet()
    broken = world.stack.fettle('audit', '--invariant', 'I2', check=False)
    check(broken.returncode == 1 and 'by-command, which is neither' in broken.stdout, broken.stdout)
    world.stack.psql("update dispatcher.pruning set before_at = now () where id = 'answers'")
    check('of 1 the command is older' in world.stack.audit(), 'it does not say that it can not tell')


if __name__ == '__main__':
    with Stack({'FETTLE_WEBHOOK_ALLOW_PRIVATE': 'yes'}) as running:
        running.start()
        main([test for name, test in list(globals().items()) if name.startswith('test_')], World(running))
