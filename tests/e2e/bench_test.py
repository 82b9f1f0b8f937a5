"""What `make bench` says can be believed: it holds what was applied against what was sent, takes again what was disturbed, names
what is missing, writes its page between its markers, and tells who asks for something else what there is."""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '../bench'))

import exchange                                                                 # noqa: E402
import history                                                                  # noqa: E402
import others                                                                   # noqa: E402
import peers                                                                    # noqa: E402
import report                                                                   # noqa: E402
from lib.stack import Stack, TestFailed                                         # noqa: E402
from lib.tap import check, main                                                 # noqa: E402

RUN = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../bench/run')


def refused(action, *words):
    """The sentence with which it is refused."""
    try:
        action(*words)
    except TestFailed as error:
        return str(error)
    raise AssertionError('nothing was said')


def test_messages_go_through_ours_once_each_and_figures_come_of_it(ours):
    figures = exchange.drive(ours, 'apply', 3000)
    check(figures['sent'] == 3000 and ours.head() >= 3000 and ours.cursor() == ours.head(), figures)
    check(figures['apply_rate'] > 0 and 0 < figures['accept_p50_ms'] <= figures['accept_p99_ms'], figures)


def test_what_was_accepted_while_the_keeper_rested_is_applied_after_it(ours):
    before = ours.cursor()
    figures = exchange.drive(ours, 'accept', 2000)
    check('apply_rate' not in figures and ours.cursor() == before + 2000, figures)


def test_a_row_that_is_missing_or_there_twice_ends_the_bench(ours):
    run = exchange.drive(ours, 'apply', 200)['run']
    row = f"from {exchange.KEEPER}.parcel where id = '{run}:7'"
    ours.stack.psql(f'create table kept as select * {row}; delete {row}')
    lost = refused(ours.check, run, 200)
    check("'effects': 199" in lost and '200 were sent' in lost, lost)
    ours.stack.psql(f"insert into {exchange.KEEPER}.parcel select * from kept; update kept set id = id || ':again'; "
                    f'insert into {exchange.KEEPER}.parcel select * from kept')
    doubled = refused(ours.check, run, 200)
    check("'effects': 201" in doubled, doubled)
    ours.stack.psql(f"delete from {exchange.KEEPER}.parcel where id like '%:again'")
    ours.check(run, 200)


def test_only_as_many_rows_as_were_sent_and_of_this_run_count_for_a_peer(ours):
    queue = peers.PostgresQueue(ours.stack)
    queue.start()
    run = exchange.drive(queue, 'apply', 1000)['run']
    check("'effects': 1000" in refused(queue.check, run, 999), 'one too many is well')
    check("'effects': 0" in refused(queue.check, 'another', 1000), 'rows of another run count')


def test_history_is_made_of_real_rows_and_the_services_go_on_after_it(ours):
    check(history.replay(ours, 1000) > 0, 'no rate')
    history.forget(ours)
    check(ours.head() == 0, f'{ours.head()} events are left')
    check(history.grow(ours, 20000), 'there is no room')
    check((ours.head(), ours.cursor()) == (20000, 20000), f'{ours.head()} and {ours.cursor()}')
    exchange.drive(ours, 'apply', 500)


def test_a_peer_that_is_not_installed_is_named(ours):
    class Nobody(peers.JetStream):
        package = 'no-such-server'

        def program(self):
            return None
    check(refused(Nobody(ours.stack).start) == 'no-such-server is not installed', 'another sentence')


def test_a_peer_that_ends_at_once_says_why(ours):
    class Broken(peers.RedisStreams):
        def run(self):
            self._add('broken', ['redis-server', '--appendfsync', 'sometimes'])
            self._wait(lambda: False)
    said = refused(Broken(ours.stack).start)
    check('Redis Streams ended' in said and 'sometimes' in said, said)


def test_disturbed_figures_are_taken_again_so_many_times_and_the_calmest_counts(_):
    calm, shares = others.Calm(3), iter([0.5, 0.3, 0.4, 0.05, 0.9, 0.8])
    check(calm(lambda: {'others': next(shares)})['others'] == 0.05, 'not the calmest')
    check(calm.repeats == 0 and calm(lambda: {'others': next(shares)})['others'] == 0.9, 'taken again without end')
    check('disturbed all the same' in calm.said() and '90%' in calm.said(), calm.said())


def test_the_page_is_written_between_its_markers_and_nowhere_else(_):
    with tempfile.NamedTemporaryFile('w+', suffix='.md') as page:
        page.write(f'before\n\n{report.BEGIN}\n\nold\n\n{report.END}\n\nafter\n')
        page.flush()
        report.write(page.name, '| new |\n')
        with open(page.name, encoding='utf-8') as file:
            check(file.read() == f'before\n\n{report.BEGIN}\n\n| new |\n\n{report.END}\n\nafter\n', 'another page')


def test_a_page_without_markers_is_not_touched(_):
    with tempfile.NamedTemporaryFile('w+', suffix='.md') as page:
        page.write('no markers')
        page.flush()
        try:
            report.write(page.name, 'new')
        except SystemExit as end:
            check(report.BEGIN in str(end), str(end))
        with open(page.name, encoding='utf-8') as file:
            check(file.read() == 'no markers', 'it was written')


def test_who_asks_for_something_else_is_told_what_there_is(_):
    for words, sentence in ((['soak'], "'soak'"), (['--rounds', '0'], "'0' must be a number of 1 to 100"),
                            (['exchange', '--only', 'kafka'], "'kafka' is none of fettle, jetstream"), (['--only', 'redis'], '--only belongs to exchange')):
        done = subprocess.run([RUN, *words], capture_output=True, text=True, check=False)
        check(done.returncode == 2 and sentence in done.stderr and 'make bench BENCH=full' in done.stderr, f'{words}: {done.stderr}')


if __name__ == '__main__':
    with Stack(services=[]) as running:
        running.start()
        fettle = exchange.Fettle(running)
        fettle.start()
        main([test_messages_go_through_ours_once_each_and_figures_come_of_it,
              test_what_was_accepted_while_the_keeper_rested_is_applied_after_it,
              test_a_row_that_is_missing_or_there_twice_ends_the_bench,
              test_only_as_many_rows_as_were_sent_and_of_this_run_count_for_a_peer,
              test_history_is_made_of_real_rows_and_the_services_go_on_after_it,
              test_a_peer_that_is_not_installed_is_named,
              test_a_peer_that_ends_at_once_says_why,
              test_disturbed_figures_are_taken_again_so_many_times_and_the_calmest_counts,
              test_the_page_is_written_between_its_markers_and_nowhere_else,
              test_a_page_without_markers_is_not_touched,
              test_who_asks_for_something_else_is_told_what_there_is], fettle)
