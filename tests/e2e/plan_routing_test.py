"""`fettle plan --osrm`: a routing service that behaves and one that does not."""
import json
import math
import os
import random
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import tap                                         # noqa: E402
from lib.plans import OK, SEED, UNREACHABLE, expect, path   # noqa: E402
from lib.tap import check                                   # noqa: E402


class Router(BaseHTTPRequestHandler):
    """Speaks the table protocol of OSRM; `mood` is how it misbehaves."""
    mood, asked = 'good', []

    def log_message(self, *_):
        pass

    def reply(self, status, body, **heads):
        self.send_response(status)
        for name, value in heads.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):     # it does not wait for more than it wants to know
            pass

    def do_GET(self):
        points = [tuple(map(float, p.split(','))) for p in self.path.split('/')[-1].split('?')[0].split(';')]
        query = dict(part.split('=') for part in self.path.split('?')[1].split('&'))
        rows, columns = ([points[int(i)] for i in query[key].split(';')] for key in ('sources', 'destinations'))
        Router.asked.append((len(rows), len(columns)))
        table = [[1000 * math.dist(a, b) + 0.4 for b in columns] for a in rows]
        answer = {'code': 'Ok', 'durations': table, 'distances': [[10 * x for x in row] for row in table]}
        if self.mood == 'null':
            answer['durations'][1][2] = None
        elif self.mood == 'short':
            answer['durations'].pop()
        elif self.mood == 'narrow':
            answer['distances'][0].pop()
        elif self.mood == 'text':
            answer['durations'][0][0] = 'far'
        elif self.mood == 'negative':
            answer['durations'][0][1] = -1
        elif self.mood == 'code':
            answer['code'] = 'TooBig'
        elif self.mood == 'slow':
            Router.patience.wait(30)
        elif self.mood == 'long':
            answer['rest'] = 'x' * 2000000
        elif self.mood == 'elsewhere':
            return self.reply(302, b'', Location='/elsewhere')
        elif self.mood == 'broken':
            return self.reply(500, b'oh no')
        return self.reply(200, b'<html>' if self.mood == 'html' else json.dumps(answer).encode())


class Service:
    def __enter__(self):
        Router.patience, Router.asked = threading.Event(), []
        self.server = ThreadingHTTPServer(('127.0.0.1', 0), Router)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return f'http://127.0.0.1:{self.server.server_address[1]}/table/v1/driving'

    def __exit__(self, *_):
        Router.patience.set()
        self.server.shutdown()
        self.server.server_close()


def points_problem(count):
    chance = random.Random(SEED)
    places = [{'id': f'p{i}', 'lat': 45 + chance.random(), 'lon': 9 + chance.random()} for i in range(count)]
    return {'places': places, 'resources': [{'id': 'r', 'shifts': [{'from': 0, 'to': 900000000, 'start': 'p0', 'end': 'p0'}]}],
            'visits': [{'id': f'v{i}', 'place': f'p{i}', 'work': 1} for i in range(1, count)]}


def test_travel_times_come_from_a_routing_service_in_blocks_it_can_answer():
    problem = points_problem(120)
    with Service() as url:
        Router.mood = 'good'
        plan = json.loads(expect(OK, '', path('points.json', problem), '--osrm', url, '--json', '--seconds', '0.1', '--clock', '60'))
        check(sorted(set(Router.asked)) == [(20, 20), (20, 50), (50, 20), (50, 50)] and len(Router.asked) == 9, str(Router.asked))
        at = {p['id']: (p['lon'], p['lat']) for p in problem['places']}
        tour = ['p0', *('p' + v[1:] for v in plan['routes'][0]['visits']), 'p0']
        length = sum(math.floor(1000 * math.dist(at[a], at[b]) + 0.9) for a, b in zip(tour, tour[1:]))
        check(plan['cost'] == length, f'{plan["cost"]} and {length}')
        expect(OK, rf'^valid: 1 vehicle,.*cost {length},', 'check', path('points.json', problem), path('points-plan.json', plan), '--osrm', url)


def test_a_routing_service_that_misbehaves_is_told_and_nothing_is_planned():
    problem = path('points.json', points_problem(5))
    with Service() as url:
        for mood, sentence in (('null', 'there is no way from p1 to p2'), ('short', 'its durations have 4 rows, asked for 5'),
                               ('narrow', 'a row of its distances has 4 numbers, asked for 5'), ('text', 'durations from p0 to p0 is no number'),
                               ('negative', 'from p0 to p1 is no number'), ('code', 'it says code TooBig'), ('html', 'its answer is not JSON'),
                               ('long', 'its answer is longer than a MiB'), ('elsewhere', 'it sends us elsewhere'), ('broken', 'it answered 500'),
                               ('slow', 'Timeout was reached')):
            Router.mood = mood
            out = expect(UNREACHABLE, sentence, problem, '--osrm', url, '--osrm-seconds', '1' if mood == 'slow' else '30')
            check(not out, out)
            check(len(Router.asked) > 0, 'it was asked')
    expect(UNREACHABLE, "connect", problem, '--osrm', url)
    expect(UNREACHABLE, 'Unsupported protocol|not supported', problem, '--osrm', 'file:///etc')


if __name__ == '__main__':
    tap.main([value for name, value in list(globals().items()) if name.startswith('test_')])
