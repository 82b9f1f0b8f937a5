"""A subcontractor's visit through all services: offered by the policy of the order, accepted, done, reported and signed; and
visits that are planned before anybody is told (M1, H13, X1)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import company                                                         # noqa: E402
from lib.bus import body                                                        # noqa: E402
from lib.company import DISPATCHER                                              # noqa: E402
from lib.stack import Stack, wait_for                                           # noqa: E402
from lib.tap import check, main                                                 # noqa: E402

POLICY = {'travel_per_minute_minor': 50, 'offer_timeout_ms': 600000, 'max_offers': 4, 'speed_kmh': 50, 'detour_percent': 130,
          'geofence_m': 300, 'accuracy_limit_m': 200}


def use(bus, **changes):
    bus.do(DISPATCHER + 'PublishDispatchPolicy', {'policy_id': 'now', 'details': {**POLICY, **changes}})
    bus.do(DISPATCHER + 'SetPolicyRules', {'rules': [{'policy_id': 'now'}]})


def said(bus, name, order):
    found = [body(event) for event in bus.replay('dispatcher') if event.type == DISPATCHER + name]
    return [message for message in found if message.work_order_id == order]


def test_m1_a_providers_visit_goes_its_way_through_all_services(stack):
    bus = stack.bus()
    bus.do(DISPATCHER + 'RegisterProvider', {'provider_id': 'acme', 'details': {
        'name': 'Acme Service', 'territory_ids': ['north'], 'skills': [{'skill': 'diving', 'level': 3}], 'daily_capacity': 2,
        'score': 70, 'price_per_visit_minor': 9000, 'email': 'acme@example.com'}})
    use(bus, provider_use='PROVIDER_USE_AFTER')
    order = bus.do(DISPATCHER + 'CreateWorkOrder', {
        'type': 'REQUEST_TYPE_REPAIR', 'site_id': 's1', 'skills': [{'skill': 'diving', 'level': 2}]}).subject
    offered = wait_for(lambda: said(bus, 'VisitOffered', order), 'the provider is asked')[0]
    check(offered.provider_id == 'acme', offered.provider_id)
    of = {'visit_id': offered.visit_id, 'engineer_id': 'acme'}
    for step in ('AcceptVisit', 'StartTravel', 'ArriveAtSite', 'StartWork', 'FinishWork'):
        bus.do(DISPATCHER + step, of)
    report = bus.do(DISPATCHER + 'IssueServiceReport', {
        **of, 'symptom_code': 's', 'cause_code': 'c', 'remedy_code': 'r', 'findings': 'under water'}).subject
    issued = said(bus, 'ServiceReportIssued', order)[0]
    check('Acme Service' in issued.text, issued.text)
    bus.do(DISPATCHER + 'SignServiceReport', {
        'report_id': report, 'content_hash': issued.content_hash, 'signer_name': 'Rossi', 'signer_role': 'owner'})
    stack.wait_quiet()
    check(said(bus, 'WorkOrderCompleted', order), 'the order is completed')
    check(stack.value("select count (*) from scheduler.booking where visit_id = '%s'" % offered.visit_id) in (0, '0'),
          'its time is not booked')
    told = stack.value("select count (*) from notifier.message where recipient_id = 'acme' and topic = "
                       "'fettle.dispatcher.v1.VisitOffered'")
    check(int(told) == 1, f'{told} messages to the provider')
    bus.close()


def test_x1_a_planned_visit_is_booked_and_nobody_is_told_before_it_is_confirmed(stack):
    bus = stack.bus()
    use(bus, hold_offers=True)
    order = bus.do(DISPATCHER + 'CreateWorkOrder', {'type': 'REQUEST_TYPE_REPAIR', 'site_id': 's1'}).subject
    planned = wait_for(lambda: said(bus, 'VisitPlanned', order), 'the visit is planned')[0]
    stack.wait_quiet()
    live = stack.sql("select state from scheduler.booking where visit_id = '%s'" % planned.visit_id)
    check([int(row['state']) for row in live] == [1], f'held: {live}')
    question = "select count (*) from notifier.message where topic = 'fettle.dispatcher.v1.VisitOffered' and recipient_id = '%s'"
    check(int(stack.value(question % planned.engineer_id)) == 0, 'nobody is told')
    bus.do(DISPATCHER + 'ConfirmPlanned', {'territory_id': 'north'})
    stack.wait_quiet()
    check(int(stack.value(question % planned.engineer_id)) == 1, 'then he is told')
    bus.do(DISPATCHER + 'AcceptVisit', {'visit_id': planned.visit_id})
    bus.close()


def test_m1_every_invariant_of_the_audit_holds_and_nothing_is_dead(stack):
    stack.wait_quiet()
    stack.fettle('audit')
    dead = {name: stack.value(f'select count (*) from {name}.dead_letter') for name in ('dispatcher', 'scheduler', 'billing')}
    check(not any(int(count) for count in dead.values()), str(dead))


if __name__ == '__main__':
    with Stack() as running:
        running.start()
        caller = running.bus()
        company.settle(running, caller)
        caller.close()
        running.wait_quiet()
        main([test_m1_a_providers_visit_goes_its_way_through_all_services,
              test_x1_a_planned_visit_is_booked_and_nobody_is_told_before_it_is_confirmed,
              test_m1_every_invariant_of_the_audit_holds_and_nothing_is_dead], running)
