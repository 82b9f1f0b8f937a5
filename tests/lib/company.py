"""A small company to test with: two territories, four customers, ten machines, five engineers, parts, prices, short promises."""
import glob
import json
import os

from lib import proto
from lib.bus import ACCEPTED
from lib.stack import wait_for

INTAKE, DISPATCHER, SCHEDULER = 'fettle.intake.v1.', 'fettle.dispatcher.v1.', 'fettle.scheduler.v1.'
INVENTORY, BILLING, NOTIFIER, SLA = 'fettle.inventory.v1.', 'fettle.billing.v1.', 'fettle.notifier.v1.', 'fettle.sla_watchdog.v1.'

CUSTOMERS = ['c1', 'c2', 'c3', 'c4']
ENGINEERS = ['e1', 'e2', 'e3', 'e4', 'e5']
ASSETS = [f'a{n}' for n in range(1, 11)]
ITEMS = ['seal', 'belt']
WEEK = [{'weekday': day, 'start': '00:00', 'end': '24:00'} for day in range(1, 8)]
SECRET = 'whsec_' + 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
BUDGETS = {'MILESTONE_ACCEPT': 2000, 'MILESTONE_ARRIVE': 4000, 'MILESTONE_COMPLETE': 8000}     # ms: thresholds fall due in a test


def place_of(number):
    return {'latitude': 45.40 + number * 0.01, 'longitude': 9.15 + number * 0.01}


def _places():
    yield SCHEDULER + 'PublishCalendar', {'calendar_id': 'always', 'details': {
        'name': 'Always', 'time_zone': 'Europe/Rome', 'weekly': WEEK}}
    yield INTAKE + 'RegisterTerritory', {'territory_id': 'north', 'details': {
        'name': 'North', 'time_zone': 'Europe/Rome', 'country': 'IT', 'language': 'LANGUAGE_IT', 'calendar_id': 'always',
        'currency': 'EUR', 'manager_email': 'north@example.com'}}
    yield INTAKE + 'RegisterTerritory', {'territory_id': 'milan', 'details': {
        'name': 'Milan', 'parent_id': 'north', 'time_zone': 'Europe/Rome', 'country': 'IT', 'language': 'LANGUAGE_IT',
        'calendar_id': 'always', 'currency': 'EUR', 'manager_email': 'milan@example.com'}}


def _customers():
    for n, customer in enumerate(CUSTOMERS, 1):
        yield INTAKE + 'RegisterCustomer', {'customer_id': customer, 'details': {
            'name': f'Customer {n}', 'tax_id': f'IT{n}', 'language': 'LANGUAGE_EN', 'currency': 'EUR', 'payment_days': 30,
            'email': f'c{n}@example.com', 'phone': f'+39020000{n:03}', 'grade': 'ABBC'[n - 1]}}
        yield INTAKE + 'RegisterSite', {'site_id': f's{n}', 'details': {
            'customer_id': customer, 'name': f'Site {n}', 'address': f'Via Roma {n}', 'point': place_of(n),
            'territory_id': 'milan' if n % 2 else 'north', 'region_class': 'REGION_CLASS_CITY'}}
        yield INTAKE + 'RegisterContact', {'contact_id': f'k{n}', 'details': {
            'customer_id': customer, 'name': f'Contact {n}', 'phone': f'+39333000{n:03}', 'email': f'k{n}@example.com',
            'language': 'LANGUAGE_IT', 'channels': ['CHANNEL_SMS']}}
    for n, asset in enumerate(ASSETS):
        yield INTAKE + 'RegisterAsset', {'asset_id': asset, 'details': {
            'customer_id': CUSTOMERS[n % 4], 'site_id': f's{n % 4 + 1}', 'model': 'P-100', 'device_type': 'pump',
            'serial': f'SN{n}', 'quantity': 1}}


def _stock():
    for item in ITEMS:
        yield INVENTORY + 'RegisterItem', {'item_id': item, 'details': {
            'name': item, 'unit': 'piece', 'cost_minor': 500, 'currency': 'EUR', 'min_quantity': 2}}
    yield INVENTORY + 'RegisterLocation', {'location_id': 'wh', 'details': {
        'name': 'Main', 'kind': 'LOCATION_KIND_WAREHOUSE', 'territory_id': 'north'}}
    yield INVENTORY + 'RegisterLocation', {'location_id': 'wh-milan', 'details': {
        'name': 'Milan', 'kind': 'LOCATION_KIND_WAREHOUSE', 'territory_id': 'milan'}}
    for warehouse in ('wh', 'wh-milan'):
        yield INVENTORY + 'ReceiveStock', {'document_id': f'opening-{warehouse}', 'location_id': warehouse, 'parts': [
            {'item_id': item, 'quantity': 40} for item in ITEMS], 'unit_cost_minor': 500, 'currency': 'EUR'}


def _engineers():
    yield DISPATCHER + 'PublishDispatchPolicy', {'policy_id': 'test', 'details': {
        'travel_per_minute_minor': 50, 'travel_per_km_minor': 30, 'late_per_minute_minor': 100, 'wait_per_hour_minor': 600,
        'load_per_booked_hour_minor': 100, 'overskill_per_level_minor': 300, 'offer_timeout_ms': 3000, 'max_offers': 4,
        'position_fresh_ms': 600000, 'speed_kmh': 50, 'detour_percent': 130, 'geofence_m': 300, 'accuracy_limit_m': 200}}
    yield DISPATCHER + 'SetPolicyRules', {'rules': [{'policy_id': 'test'}]}
    for n, engineer in enumerate(ENGINEERS, 1):
        yield DISPATCHER + 'RegisterEngineer', {'engineer_id': engineer, 'details': {
            'name': f'Engineer {n}', 'territory_id': 'north', 'skills': [{'skill': 'pump', 'level': 1 + n % 3}],
            'home': place_of(n), 'email': f'e{n}@example.com', 'phone': f'+39334000{n:03}', 'van_location_id': f'van{n}',
            'currency': 'EUR', 'cost_per_hour_minor': 3000, 'cost_per_km_minor': 50}}
        yield DISPATCHER + 'SetDuty', {'engineer_id': engineer, 'on_duty': True}
        yield SCHEDULER + 'AssignShift', {'engineer_id': engineer, 'calendar_id': 'always'}
        yield INVENTORY + 'RegisterLocation', {'location_id': f'van{n}', 'details': {
            'name': f'Van {n}', 'kind': 'LOCATION_KIND_VAN', 'territory_id': 'north', 'engineer_id': engineer}}
        yield NOTIFIER + 'SetPreference', {'recipient_id': engineer, 'channels': ['CHANNEL_SMS']}


def _terms():
    yield SLA + 'PublishSlaPlan', {'plan_id': 'short', 'details': {
        'name': 'Short promises', 'order': 1, 'customer_grades': ['A', 'B', 'C'], 'targets': [
            {'milestone': milestone, 'budget_type': 'BUDGET_TYPE_ELAPSED_24X7', 'budget_ms': budget, 'warn_percents': [50],
             'pause_reasons': ['WAIT_REASON_CUSTOMER']} for milestone, budget in BUDGETS.items()]}}
    yield SLA + 'PublishAlertRule', {'rule_id': 'late-order', 'details': {
        'name': 'Order waits', 'metric': 'work_order.unscheduled_ms', 'threshold': 3000}}
    yield BILLING + 'RegisterContract', {'contract_id': 'k1', 'details': {
        'customer_id': 'c1', 'name': 'Labour', 'tier': 'gold', 'start_on': '2020-01-01', 'end_on': '2099-12-31', 'currency': 'EUR',
        'value_minor': 1000, 'billing_mode': 'BILLING_MODE_ADVANCE', 'instalment_count': 3, 'time_zone': 'Europe/Rome',
        'lines': [{'line_id': 'all', 'covers_labour': True}]}}


def commands(root=proto.ROOT):
    """Everything in an order that each can be accepted; (type, data). root: of the release whose defaults it has."""
    for path in sorted(glob.glob(os.path.join(root, 'deploy/data/defaults/*.json'))):
        with open(path, encoding='utf-8') as file:
            for entry in json.load(file)['commands']:
                yield entry['type'], entry['data']
    for part in (_places, _customers, _stock, _engineers, _terms):
        yield from part()


def _is_accepted(bus, full_name, data):
    reply = bus.command(full_name, data)
    if ACCEPTED in (reply.status, reply.first_status):
        return True
    if not reply.code.endswith('.unknown'):
        raise AssertionError(f'{full_name} {data}: {reply.code}: {reply.message}')
    return False


def have(bus, full_name, data):
    """Until it is accepted: who has not heard yet of what the command names is asked again."""
    wait_for(lambda: _is_accepted(bus, full_name, data), f'{full_name} {data} is accepted', 30, 0.1)


def settle(stack, bus, webhook_url=None, root=proto.ROOT):
    """Registers the company; returns when every service knows it."""
    for full_name, data in commands(root):
        have(bus, full_name, data)
    if webhook_url:
        bus.do(NOTIFIER + 'RegisterWebhook', {'webhook_id': 'all', 'url': webhook_url, 'secret': SECRET, 'topic_prefix': 'fettle.intake.'})
    stack.wait_quiet()
