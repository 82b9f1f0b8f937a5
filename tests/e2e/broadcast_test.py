"""Sixty-four engineers are asked at once and all accept in the same instant, each over a connection of his own, against the
running company: exactly one goes, the others are told, nobody's time is left taken (X30)."""
import os
import sys
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import company                                                         # noqa: E402
from lib.bus import ACCEPTED, REJECTED, Bus, body                               # noqa: E402
from lib.company import DISPATCHER, SCHEDULER                                   # noqa: E402
from lib.stack import Stack, wait_for                                           # noqa: E402
from lib.tap import check, main                                                 # noqa: E402

COUNT = 64
POLICY = {'travel_per_minute_minor': 50, 'travel_per_km_minor': 30, 'offer_timeout_ms': 600000, 'max_offers': 4, 'speed_kmh': 50,
          'detour_percent': 130, 'geofence_m': 300, 'accuracy_limit_m': 200, 'broadcast_count': COUNT}


def settle(bus):
    bus.do(DISPATCHER + 'PublishDispatchPolicy', {'policy_id': 'at-once', 'details': POLICY})
    bus.do(DISPATCHER + 'SetPolicyRules', {'rules': [{'policy_id': 'at-once'}]})
    for n in range(COUNT):
        bus.do(DISPATCHER + 'RegisterEngineer', {'engineer_id': f'b{n}', 'details': {
            'name': f'Engineer b{n}', 'territory_id': 'north', 'skills': [{'skill': 'broadcast', 'level': 1}],
            'home': {'latitude': 45.40 + n * 0.001, 'longitude': 9.15}, 'email': f'b{n}@example.com'}})
        company.have(bus, SCHEDULER + 'AssignShift', {'engineer_id': f'b{n}', 'calendar_id': 'always'})


def said(bus, name, order):
    return [body(event) for event in bus.replay('dispatcher') if event.type == DISPATCHER + name and
            body(event).work_order_id == order]


def accept_all(stack, visits):
    """Every engineer at the same barrier; the replies."""
    barrier, replies = threading.Barrier(len(visits)), {}

    def accept(visit, engineer):
        bus = Bus(stack.bus_template)
        bus.door('dispatcher')
        barrier.wait()
        replies[visit] = bus.command(DISPATCHER + 'AcceptVisit', {'visit_id': visit, 'engineer_id': engineer}, timeout_s=30)
        bus.close()

    threads = [threading.Thread(target=accept, args=pair) for pair in visits.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies


def test_x30_of_sixty_four_who_accept_at_once_exactly_one_goes_and_the_others_are_told(stack):
    bus = stack.bus()
    order = bus.do(DISPATCHER + 'CreateWorkOrder', {
        'type': 'REQUEST_TYPE_REPAIR', 'site_id': 's1', 'skills': [{'skill': 'broadcast', 'level': 1}]}).subject
    offered = wait_for(lambda: (lambda found: found if len(found) == COUNT else None) (said(bus, 'VisitOffered', order)),
                       f'{COUNT} engineers are asked', 30)
    replies = accept_all(stack, {visit.visit_id: visit.engineer_id for visit in offered})
    won = [visit for visit, reply in replies.items() if reply.status == ACCEPTED]
    lost = [reply for reply in replies.values() if reply.status == REJECTED]
    check(len(won) == 1 and len(lost) == COUNT - 1, f'{len(won)} accepted, {len(lost)} rejected')
    check({reply.code for reply in lost} == {'visit.not_offered'}, f'{lost[0].code}: {lost[0].message}')
    check('another engineer has accepted it' in lost[0].message, lost[0].message)
    stack.wait_quiet()
    check([visit.visit_id for visit in said(bus, 'VisitAccepted', order)] == won, 'one acceptance is said')
    told = said(bus, 'VisitOfferLost', order)
    check(len({visit.engineer_id for visit in told}) == COUNT - 1 and {visit.won_by_visit_id for visit in told} == set(won),
          f'{len(told)} are told that they lost')
    messages = stack.value("select count (distinct recipient_id) from notifier.message where topic = "
                           "'fettle.dispatcher.v1.VisitOfferLost'")
    check(int(messages) == COUNT - 1, f'{messages} messages to those who lost')
    bus.close()
    return won[0]


def test_x30_nobody_but_the_winner_has_his_time_taken_afterwards(stack):
    live = stack.sql("select visit_id from scheduler.booking where open_resource_id <> '' and open_resource_id like 'b%'")
    check(len(live) == 1, f'{len(live)} live bookings')
    open_visits = stack.sql("select id, state from dispatcher.visit where open_engineer_id like 'b%'")
    check([row['id'] for row in open_visits] == [live[0]['visit_id']], f'{open_visits} against {live}')
    diaries = stack.value("select count (*) from dispatcher.diary where id like 'b%' and length (entries) > 0")
    check(int(diaries) == 1, f'{diaries} diaries have an entry')


def test_h10_the_time_to_the_first_offer_and_to_the_first_yes_is_on_the_metrics_page(stack):
    bus = stack.bus()
    page = bus.status('dispatcher').metrics
    for name in ('offered', 'accepted'):
        check(f'fettle_order_{name}_seconds_count{{service="dispatcher"}} 1\n' in page, page[-3000:])
        check(f'fettle_order_{name}_seconds_bucket{{service="dispatcher",le="0.05"}}' in page, page[-3000:])
    bus.close()


def test_x30_every_invariant_of_the_audit_holds(stack):
    stack.fettle('audit')


if __name__ == '__main__':
    with Stack() as running:
        running.start()
        caller = running.bus()
        company.settle(running, caller)
        settle(caller)
        caller.close()
        running.wait_quiet()
        main([test_x30_of_sixty_four_who_accept_at_once_exactly_one_goes_and_the_others_are_told,
              test_x30_nobody_but_the_winner_has_his_time_taken_afterwards,
              test_h10_the_time_to_the_first_offer_and_to_the_first_yes_is_on_the_metrics_page,
              test_x30_every_invariant_of_the_audit_holds], running)
