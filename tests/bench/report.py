"""What `make bench` prints, and writes between the markers of docs/performance.md: tables of Markdown."""
import os
import time

import machine
import peers
import timers

BEGIN = '<!-- written by `make bench` from here -->'
END = '<!-- to here -->'
OURS = 'Fettle'

EXCHANGE = [            # key, what, unit
    ('accept_rate', 'durable accept, 1,024 outstanding', '/s'),
    ('apply_rate', 'published -> applied exactly once in the next service, 1,024 outstanding', '/s'),
    ('accept_p50', 'durable accept at 100/s, p50', 'ms'),
    ('accept_p99', 'p99', 'ms'),
    ('apply_p50', 'published -> applied at 100/s, p50', 'ms'),
    ('apply_p99', 'p99', 'ms'),
]
LIMITS = [
    ('zeromq_pair', 'raw ZeroMQ pair over ipc, 200 bytes', 'messages/s'),
    ('fsync_time', '200 bytes appended and fdatasync', 'ms'),
    ('single_commit', 'single-row commits, one client', 'commits/s'),
    ('commit_time', 'one such commit', 'ms'),
    ('batched_commit', 'batched commits, 256 rows each', 'rows/s'),
    ('accepted_rows', 'row, answer and event of an accepted message alone, 512 a commit', 'messages/s'),
    ('applied_rows', 'row of an applied message alone, 512 a commit', 'messages/s'),
]
PRODUCT = [
    ('accept_p50_100', 'request accepted, triaged and answered, at 100/s, p50', 'ms'),
    ('accept_p99_100', 'p99', 'ms'),
    ('accept_rate', 'the same, 1,024 outstanding, its clocks and messages made meanwhile', 'requests/s'),
    ('accept_p50', 'p50', 'ms'),
    ('accept_p99', 'p99', 'ms'),
    ('offered_p50', 'request -> visit offered at 20/s, p50', 'ms'),
    ('offered_p99', 'p99', 'ms'),
    ('offered_share', 'offered within 30 s', '%'),
    ('offered_rate', 'request -> visit offered, through all seven services, hundreds at once', 'requests/s'),
    ('alarm_rate', 'alarms folded into one request', 'alarms/s'),
    ('watchdog_rate', 'events through intake -> sla-watchdog, clocks committed', 'events/s'),
]
HISTORY = [('accept_rate', 'durable accept'), ('apply_rate', 'published -> applied'), ('accept_p50', 'durable accept at 100/s, p50'),
           ('apply_p50', 'published -> applied at 100/s, p50')]


def number(value):
    return f'{value:,.0f}' if value >= 100 else f'{value:.1f}' if value >= 10 else f'{value:.2f}'


def table(head, rows):
    return ['| ' + ' | '.join(head) + ' |', '|' + '---|' * len(head), *('| ' + ' | '.join(row) + ' |' for row in rows), '']


def peers_table(systems):
    """Ours, and each peer with the ratio of ours to it."""
    others = [title for title in systems if title != OURS]
    if OURS not in systems:
        return table(['', *others], [[what, *(f'{number(systems[title][key])} {unit}' for title in others)] for key, what, unit in EXCHANGE])
    ours = systems[OURS]
    return table(['', OURS, *others], [
        [what, f'{number(ours[key])} {unit}', *(f'{number(systems[title][key])} ({number(ours[key] / systems[title][key])})' for title in others)]
        for key, what, unit in EXCHANGE])


def path_table(limits, path):
    rows = [[f'limit: {what}', f'{number(limits[key])} {unit}'] for key, what, unit in LIMITS]
    rows += [[what, f'{number(path[key])} {unit}'] for key, what, unit in PRODUCT]
    rows += [['ratio: accepts a second to single-row commits a second', number(path['accept_rate'] / limits['single_commit'])],
             ['ratio: request -> visit offered, p50, to one commit', number(path['offered_p50'] / limits['commit_time'])]]
    return table(['', 'found'], rows)


def rest_table(bench):
    starts = {'Fettle, with its Postgres and Redis': f'{bench.found["start"]["start_s"]:.1f} s; with a new cluster {bench.found["start"]["first_start_s"]:.1f} s'}
    starts.update({system.title: f'{system.start_s:.2f} s' for system in bench.peers() if system.title in bench.found['idle']})
    return table(['at rest', 'CPU, one core', 'memory (PSS)', 'from start to ready'], [
        [title, f'{figures["cpu_percent"]:.1f} %', f'{figures["pss_mb"]:.0f} MB', starts.get(title, '')] for title, figures in bench.found['idle'].items()])


def history_table(bench):
    histories = bench.found['history']
    first, *more = histories
    rows = [[what, number(histories[first][key]), *(f'{number(histories[events][key])} ({number(histories[events][key] / histories[first][key])})'
                                                    for events in more)] for key, what in HISTORY]
    return table(['events behind it', *(f'{events:,}' for events in histories)], rows)


# ---- what was wanted

def goals(bench):
    """(what, found, bound, '>=' or '<='). Only what was measured."""
    systems, path, limits, resting = (bench.found.get(key) for key in ('systems', 'product', 'limits', 'idle'))
    for title, key, sign, bound in (
            ('NATS JetStream', 'apply_rate', '>=', 1.5), ('Redis Streams', 'apply_rate', '>=', 2.5), ('RabbitMQ quorum queue', 'apply_rate', '>=', 4),
            ('NATS JetStream', 'accept_rate', '>=', 1), ('Redis Streams', 'accept_rate', '>=', 2), ('RabbitMQ quorum queue', 'accept_rate', '>=', 5),
            ('RabbitMQ quorum queue', 'apply_p50', '<=', 0.7), ('Redis Streams', 'apply_p50', '<=', 1.6)):
        if title in systems:
            what = next(row[1] for row in EXCHANGE if row[0] == key)
            yield f'{what}: ratio to {title}', systems[OURS][key] / systems[title][key], bound, sign
    yield 'request -> visit offered, p50, in commits of this disk', path['offered_p50'] / limits['commit_time'], 8, '<='
    yield 'requests a second through all seven services to an offered visit', path['offered_rate'], 1500, '>='
    yield 'alarms a second folded', path['alarm_rate'], 50000, '>='
    yield 'replay, ratio to the live rate', bench.found['replay'] / systems[OURS]['apply_rate'], 1.5, '>='
    yield 'seven services at rest, percent of a core', resting['Fettle, seven services']['cpu_percent'], 1, '<='
    yield 'seven services at rest, MB', resting['Fettle, seven services']['pss_mb'], 60, '<='
    yield 'from start to ready, s', bench.found['start']['start_s'], 2, '<='
    yield from history_goals(bench.found['history'])


def history_goals(histories):
    first, *more = histories
    for events in more:
        for key, what in HISTORY:
            is_rate = key.endswith('rate')
            yield (f'{what} with {events:,} events of history, ratio to {first:,}', histories[events][key] / histories[first][key],
                   0.9 if is_rate else 1.1, '>=' if is_rate else '<=')


def goals_table(bench):
    return table(['wanted', '', 'found', ''], [
        [what, f'{sign} {number(bound)}', number(found), 'reached' if (found >= bound if sign == '>=' else found <= bound) else '**not reached**']
        for what, found, bound, sign in goals(bench)])


# ---- all of it

def head(bench):
    limits = bench.found['limits']
    versions = sorted({peer.version() for peer in [*bench.peers(), peers.PostgresQueue]})
    size = bench.size
    return [
        f'{time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())}, Fettle {machine.fettle_version()}. Medians of {size.rounds} interleaved rounds, '
        f'{size.flood:,} messages in each flood. Load {bench.load_began:.1f} before, {os.getloadavg()[0]:.1f} after. {bench.calm.said()}', '',
        *machine.describe(bench.scratch, limits['fsync_time'], versions), '']


def settings(bench):
    lines = [f'* {system.title}: {system.setting}.' for system in bench.peers()]
    lines += [f'* Missing: {title}: {reason}' for title, reason in bench.missing.items()]
    return [*lines, '']


def exchange_lines(bench):
    return [*head(bench), *peers_table(bench.found['systems']), *settings(bench)]


def lines(bench):
    return [
        *head(bench), '### One message into a row of the next service', '',
        '200 bytes; in brackets the ratio of ours to theirs. Every receiver commits the same row in the same Postgres, once.', '',
        *peers_table(bench.found['systems']), *settings(bench),
        f'{bench.size.replay:,} events replayed by a keeper without memory: {number(bench.found["replay"])} a second, '
        f'{number(bench.found["replay"] / bench.found["systems"][OURS]["apply_rate"])} times the live rate.', '',
        '### With history', '', *history_table(bench), '### The whole product', '', *path_table(bench.found['limits'], bench.found['product']),
        '### At rest', '', *rest_table(bench), '### SLA clocks', '', '```', timers.text(bench.found['clocks'], bench.size.live, bench.size.due), '```', '',
        '### What was wanted', '', *goals_table(bench)]


def write(path, text):
    """Replaces what is between the markers."""
    with open(path, encoding='utf-8') as file:
        page = file.read()
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise SystemExit(f'{path} must have the lines "{BEGIN}" and "{END}", once and in this order')
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'{before}{BEGIN}\n\n{text.strip()}\n\n{END}{after}')
