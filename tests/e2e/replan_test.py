"""Sixty-four engineers' answers, plans of the day and an illness in the same instant, against the running company: nobody has two
visits at once, each order has one visit or none, and who is ill has none (X5, G5)."""
import datetime
import json
import os
import sys
import threading
import zoneinfo

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import company                                                         # noqa: E402
from lib.bus import ACCEPTED, Bus, body                                         # noqa: E402
from lib.company import DISPATCHER, SCHEDULER                                   # noqa: E402
from lib.stack import Stack, wait_for                                           # noqa: E402
from lib.tap import check, main                                                 # noqa: E402

ENGINEERS, ORDERS, PLANS = 4, 16, 8
POLICY = {'travel_per_minute_minor': 50, 'travel_per_km_minor': 30, 'offer_timeout_ms': 600000, 'max_offers': 4, 'speed_kmh': 50,
          'detour_percent': 130, 'geofence_m': 300, 'accuracy_limit_m': 200, 'broadcast_count': ENGINEERS, 'replan_automatic': True,
          'replan_max_moved': 100, 'replan_effort_ms': 20}
TODAY = datetime.datetime.now(zoneinfo.ZoneInfo('Europe/Rome')).date()
TOMORROW = (TODAY + datetime.timedelta(days=1)).isoformat()
NINE_AT = int(datetime.datetime.fromisoformat(TOMORROW + 'T09:00').replace(tzinfo=zoneinfo.ZoneInfo('Europe/Rome')).timestamp() * 1000)
HOUR_MS = 3600 * 1000


def settle(stack, bus):
    bus.do(DISPATCHER + 'PublishDispatchPolicy', {'policy_id': 'moving', 'details': POLICY})
    bus.do(DISPATCHER + 'SetPolicyRules', {'rules': [{'policy_id': 'moving'}]})
    for n in range(ENGINEERS):
        bus.do(DISPATCHER + 'RegisterEngineer', {'engineer_id': f'm{n}', 'details': {
            'name': f'Engineer m{n}', 'territory_id': 'north', 'skills': [{'skill': 'moving', 'level': 1}],
            'home': {'latitude': 45.40 + n * 0.05, 'longitude': 9.15}, 'email': f'm{n}@example.com'}})
    stack.wait_quiet()
    for n in range(ENGINEERS):
        company.have(bus, SCHEDULER + 'AssignShift', {'engineer_id': f'm{n}', 'calendar_id': 'always'})


def at_once(stack, commands):
    """All at the same barrier, each over a connection of its own; the replies in their order."""
    barrier, replies = threading.Barrier(len(commands)), [None] * len(commands)

    def send(index, service, name, data):
        bus = Bus(stack.bus_template)
        bus.door(service)
        barrier.wait()
        replies[index] = bus.command(name, data, timeout_s=60)
        bus.close()

    threads = [threading.Thread(target=send, args=(index, *command)) for index, command in enumerate(commands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies


def offered(bus):
    return [body(event) for event in bus.replay('dispatcher') if event.type == DISPATCHER + 'VisitOffered'
            and body(event).engineer_id.startswith('m')]


def quiet(stack):
    """The plans that are under way have their answers, and what follows from them has happened."""
    wait_for(lambda: stack.value('select count (*) from dispatcher.replan where state <> 3') == 0 or None, 'all plans are there', 60)
    stack.wait_quiet()


def test_x5_answers_plans_and_an_illness_at_once_leave_one_visit_for_each_order(stack):
    bus = stack.bus()
    for n in range(ORDERS):
        bus.do(DISPATCHER + 'CreateWorkOrder', {
            'type': 'REQUEST_TYPE_REPAIR', 'site_id': f's{n % 4 + 1}', 'skills': [{'skill': 'moving', 'level': 1}],
            'work_minutes': 30, 'not_before_at': NINE_AT})
    offers = wait_for(lambda: (lambda found: found if len(found) == ORDERS * ENGINEERS else None) (offered(bus)),
                      f'{ORDERS * ENGINEERS} offers', 60)
    commands = [('dispatcher', DISPATCHER + 'AcceptVisit', {'visit_id': offer.visit_id, 'engineer_id': offer.engineer_id})
                for offer in offers]
    commands += [('dispatcher', DISPATCHER + 'ReplanDay', {'replan_id': f'at-once-{n}', 'territory_id': 'north', 'day_on': TOMORROW})
                 for n in range(PLANS)]
    replies = at_once(stack, commands)
    won = {}
    for offer, reply in zip(offers, replies):
        if reply.status == ACCEPTED:
            won.setdefault(offer.work_order_id, []).append(offer.visit_id)
    check(sorted(map(len, won.values())) == [1] * ORDERS, f'{sorted(map(len, won.values()))} acceptances for each order')
    check(all(reply.status == ACCEPTED for reply in replies[len(offers):]), f'{replies[len(offers):]}')
    quiet(stack)
    bus.close()


def test_x5_who_is_ill_has_no_visit_any_more_and_what_was_offered_instead_is_accepted_once(stack):
    bus = stack.bus()
    before = {offer.visit_id for offer in offered(bus)}
    his = stack.sql("select id from dispatcher.visit where open_engineer_id = 'm0' and state = 3")
    commands = [('scheduler', SCHEDULER + 'RecordAbsence', {'absence_id': 'flu', 'engineer_id': 'm0', 'from_at': NINE_AT - HOUR_MS,
                                                            'to_at': NINE_AT + 72 * HOUR_MS, 'reason': 'flu', 'unplanned': True})]
    commands += [('dispatcher', DISPATCHER + 'ReplanDay', {'replan_id': f'ill-{n}', 'territory_id': 'north', 'day_on': TOMORROW})
                 for n in range(PLANS)]
    replies = at_once(stack, commands)
    check(all(reply.status == ACCEPTED for reply in replies), f'{replies}')
    wait_for(lambda: stack.value("select count (*) from dispatcher.replan where trigger = 2") or None, 'the illness is a reason', 30)
    quiet(stack)
    left = stack.sql("select id, state from dispatcher.visit where open_engineer_id = 'm0'")
    check(not left, f'{len(his)} visits before, left: {left}')
    new = [offer for offer in offered(bus) if offer.visit_id not in before]
    check(len(new) >= len(his), f'{len(new)} new offers for {len(his)} visits')
    replies = at_once(stack, 2 * [('dispatcher', DISPATCHER + 'AcceptVisit', {'visit_id': offer.visit_id, 'engineer_id': offer.engineer_id})
                                  for offer in new]) if new else []
    check(replies, 'somebody is asked instead')
    quiet(stack)
    bus.close()


def test_g5_no_engineer_is_booked_twice_at_once_and_no_order_has_two_visits(stack):
    twice = stack.sql(
        "select a.visit_id, b.visit_id as other from scheduler.booking a join scheduler.booking b on a.kind = b.kind and "
        "a.resource_id = b.resource_id and a.id < b.id and a.starts_at < b.ends_at and b.starts_at < a.ends_at "
        "where a.state in (1, 2) and b.state in (1, 2)")
    check(not twice, f'{twice}')
    accepted = stack.sql("select work_order_id, count (*) as n from dispatcher.visit where state = 3 and engineer_id like 'm%' "
                         "group by work_order_id")
    check({row['n'] for row in accepted} == {1}, f'{accepted}')
    going_on = stack.value("select count (*) from dispatcher.work_order o where open_visit_id <> '' or waiting_territory_id <> '' or needs_person")
    check(going_on == ORDERS, f'{going_on} of {ORDERS} orders have a visit, or wait for one')


def test_x5_the_command_says_what_changes_and_what_it_saves(stack):
    text = stack.fettle('replan', TOMORROW, '--territory', 'north', '--dry-run', '--seconds', '1').stdout
    check('of north on ' + TOMORROW in text and 'saves' in text and 'no plan of this day costs less' in text, text)


def test_x5_without_a_territory_each_has_a_plan_of_its_own_and_there_is_a_sum(stack):
    text = stack.fettle('replan', TOMORROW, '--dry-run').stdout
    lowest = stack.sql("select id from dispatcher.territory t where not exists "
                       "(select 1 from dispatcher.territory b where b.parent_id = t.id) order by id")
    for row in lowest:
        check(f' of {row["id"]} on {TOMORROW} by policy' in text, f'{row["id"]}: {text}')
    check(f'{len(lowest)} territories, 0 plans applied: ' in text and text.splitlines()[-1].count('saves') == 1, text)
    whole = json.loads(stack.fettle('replan', TOMORROW, '--dry-run', '--json').stdout)
    check([plan['territoryId'] for plan in whole['plans']] == [row['id'] for row in lowest], f'{whole}')
    check(whole['beforeMinor'] == sum(int(plan['beforeMinor']) for plan in whole['plans']), f'{whole}')


def test_x5_every_invariant_of_the_audit_holds(stack):
    stack.fettle('audit')


if __name__ == '__main__':
    with Stack() as running:
        running.start()
        caller = running.bus()
        company.settle(running, caller)
        settle(running, caller)
        caller.close()
        running.wait_quiet()
        main([test_x5_answers_plans_and_an_illness_at_once_leave_one_visit_for_each_order,
              test_x5_who_is_ill_has_no_visit_any_more_and_what_was_offered_instead_is_accepted_once,
              test_g5_no_engineer_is_booked_twice_at_once_and_no_order_has_two_visits,
              test_x5_the_command_says_what_changes_and_what_it_saves,
              test_x5_without_a_territory_each_has_a_plan_of_its_own_and_there_is_a_sum,
              test_x5_every_invariant_of_the_audit_holds], running)
