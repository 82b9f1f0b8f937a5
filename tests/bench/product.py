"""The whole product's path of `make bench`: requests through all seven services of a small company, beside what the machine can
do at all."""
import json
import os
import statistics
import subprocess
import tempfile
import time

from lib.stack import BUILD, TestFailed

ENGINEERS, SITES, ASSETS = 64, 50, 200


def _command(kind, data):
    return {'type': kind, 'data': data}


def company():
    week = [{'weekday': day, 'start': '00:00', 'end': '24:00'} for day in range(1, 8)]
    rows = [
        _command('fettle.scheduler.v1.PublishCalendar', {'calendarId': 'bench', 'details': {
            'name': 'always', 'timeZone': 'Europe/Rome', 'weekly': week}}),
        _command('fettle.intake.v1.RegisterTerritory', {'territoryId': 'bench', 'details': {
            'name': 'Bench', 'timeZone': 'Europe/Rome', 'country': 'IT', 'language': 'LANGUAGE_EN', 'calendarId': 'bench', 'currency': 'EUR'}}),
        _command('fettle.intake.v1.RegisterCustomer', {'customerId': 'bench-customer', 'details': {
            'name': 'Bench', 'currency': 'EUR', 'language': 'LANGUAGE_EN', 'phone': '+390000000'}})]
    for i in range(SITES):
        rows.append(_command('fettle.intake.v1.RegisterSite', {'siteId': f'bench-site-{i}', 'details': {
            'customerId': 'bench-customer', 'name': f'Site {i}', 'address': 'Via 1', 'territoryId': 'bench', 'regionClass': 'REGION_CLASS_CITY',
            'point': {'latitude': 45.4 + i % 10 / 50, 'longitude': 9.1 + i // 10 / 50}}}))
    for i in range(ASSETS):
        rows.append(_command('fettle.intake.v1.RegisterAsset', {'assetId': f'bench-asset-{i}', 'details': {
            'customerId': 'bench-customer', 'siteId': f'bench-site-{i % SITES}', 'model': 'M', 'deviceType': 'pump', 'serial': f'B{i}', 'quantity': 1}}))
    for i in range(ENGINEERS):
        rows.append(_command('fettle.dispatcher.v1.RegisterEngineer', {'engineerId': f'bench-engineer-{i}', 'details': {
            'name': f'Engineer {i}', 'territoryId': 'bench', 'currency': 'EUR', 'home': {'latitude': 45.4 + i % 8 / 40, 'longitude': 9.1 + i // 8 / 40}}}))
        rows.append(_command('fettle.dispatcher.v1.SetDuty', {'engineerId': f'bench-engineer-{i}', 'onDuty': True}))
        rows.append(_command('fettle.scheduler.v1.AssignShift', {'engineerId': f'bench-engineer-{i}', 'calendarId': 'bench'}))
    return {'commands': rows}


class Product:
    """The seven services of a stack that runs."""

    def __init__(self, stack):
        self.stack = stack

    def start(self):
        path = f'{self.stack.home}/company.json'
        with open(path, 'w', encoding='utf-8') as file:
            json.dump(company(), file)
        self.stack.fettle('load', path)
        self.quiet()

    def status(self):
        return json.loads(self.stack.fettle('status', '--json', check=False).stdout)

    def heads(self):
        return {row['service']: int(row['lastSequence']) for row in self.status()}

    def applied(self, service, source):
        row = next(row for row in self.status() if row['service'] == service)
        return next(int(lag['applied']) for lag in row['lags'] if lag['source'] == source)

    def quiet(self):
        """Until nobody says anything any more and everybody has heard it."""
        before = None
        while True:
            rows = self.status()
            now = {row['service']: int(row['lastSequence']) for row in rows}
            behind = sum(int(lag['head']) - int(lag['applied']) for row in rows for lag in row.get('lags', []))
            if now == before and not behind:
                return
            before = now
            time.sleep(0.5)

    def load(self, *words):
        """What tests/bench/load measured, after which everything came to rest."""
        done = subprocess.run([f'{BUILD}/bench/load', *map(str, words)], env=self.stack.environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise TestFailed(done.stderr)
        self.quiet()
        return dict(zip(('count', 'seconds', 'rate', 'p50', 'p99', 'rejected', 'offered'), map(float, done.stdout.split())))

    def through_to_watchdog(self, count):
        """Events a second from intake's door until the sla-watchdog has applied them, with its clocks."""
        first, began = self.heads()['intake'], time.monotonic()
        subprocess.run([f'{BUILD}/bench/load', 'accept', str(count), '1024'], env=self.stack.environment, capture_output=True, check=True)
        head = self.heads()['intake']
        while self.applied('sla-watchdog', 'intake') < head:
            time.sleep(0.02)
        rate = (head - first) / (time.monotonic() - began)
        self.quiet()
        return rate


def limits(stack):
    """What the machine can do at all: figures of tests/bench/limits."""
    out = subprocess.run([f'{BUILD}/bench/limits', f'host={stack.home}/pg user=postgres dbname=fettle', stack.home], capture_output=True,
                         text=True, check=True).stdout
    return {line.split()[0]: float(line.split()[1]) for line in out.splitlines()}


def measure(product, scale):
    """One round; scale 10 is the whole."""
    slow = product.load('accept', 40 * scale, 200, 100)
    fast = product.load('accept', 2000 * scale, 1024)
    offered = product.load('offered', 15 * scale, 15 * scale, 20)
    through = product.load('offered', 40 * scale, 40 * scale)
    alarms = product.load('alarm', 4000 * scale, 1024)
    return {'accept_p50_100': slow['p50'], 'accept_p99_100': slow['p99'], 'accept_rate': fast['rate'], 'accept_p50': fast['p50'],
            'accept_p99': fast['p99'], 'offered_p50': offered['p50'], 'offered_p99': offered['p99'],
            'offered_share': 100 * offered['offered'] / offered['count'], 'offered_rate': through['offered'] / through['seconds'],
            'alarm_rate': alarms['rate'],
            'watchdog_rate': product.through_to_watchdog(1000 * scale)}


def start_up_times(repeats):
    """Seconds of `fettle up -d` until all is ready: with a new cluster, and with the one made before."""
    with tempfile.TemporaryDirectory(prefix='s') as home:
        os.chmod(home, 0o755)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(('FETTLE_', 'PG'))}
        environment.update(FETTLE_HOME=home, FETTLE_BUS=f'ipc://{home}/bus/{{service}}.{{door}}')
        times = []
        for _ in range(1 + repeats):
            began = time.monotonic()
            up = subprocess.run([f'{BUILD}/fettle', 'up', '-d'], env=environment, capture_output=True, text=True, check=False)
            times.append(time.monotonic() - began)
            if up.returncode:
                raise TestFailed(f'fettle up -d: {up.stdout}{up.stderr}')
            subprocess.run([f'{BUILD}/fettle', 'down'], env=environment, capture_output=True, check=True)
        return {'first_start_s': times[0], 'start_s': statistics.median(times[1:])}
