"""Who is called, through all services with real servers: a request in the night, an emergency, two requests that were one
(C17, C18, T37, T46)."""
import datetime
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import company, proto                                                      # noqa: E402
from lib.company import INTAKE, SCHEDULER, SLA                                      # noqa: E402
from lib.stack import Stack                                                         # noqa: E402
from lib.tap import check, main                                                     # noqa: E402

WEEK = {'first_on': '2020-01-06', 'starts': '00:00', 'ends_on': '2020-01-13', 'ends': '00:00', 'every_weeks': 1}


def furnish(stack):
    """Beside the company: a territory that is closed today, Carla who is no engineer, a plan that calls at night."""
    bus = stack.bus()
    company.settle(stack, bus)
    another_day = (datetime.date.today().isoweekday() + 2) % 7 + 1
    bus.do(SCHEDULER + 'PublishCalendar', {'calendar_id': 'closed', 'details': {
        'name': 'Closed today', 'time_zone': 'Europe/Rome', 'weekly': [
            {'weekday': another_day, 'start': '09:00', 'end': '10:00'}]}})
    bus.do(INTAKE + 'RegisterTerritory', {'territory_id': 'rome', 'details': {
        'name': 'Rome', 'parent_id': 'north', 'time_zone': 'Europe/Rome', 'country': 'IT', 'language': 'LANGUAGE_IT',
        'calendar_id': 'closed', 'currency': 'EUR', 'manager_email': 'rome@example.com'}})
    bus.do(INTAKE + 'RegisterSite', {'site_id': 's9', 'details': {
        'customer_id': 'c1', 'name': 'Site 9', 'address': 'Via Appia 9', 'territory_id': 'rome',
        'region_class': 'REGION_CLASS_CITY'}})
    bus.do(INTAKE + 'RegisterPerson', {'person_id': 'carla', 'details': {
        'name': 'Carla', 'phone': '+39333', 'language': 'LANGUAGE_IT', 'channels': ['CHANNEL_SMS'], 'territory_id': 'rome'}})
    stack.wait_quiet()
    bus.do(SCHEDULER + 'PublishOnCallRoster', {'roster_id': 'north-nights', 'details': {
        'name': 'Nights', 'territory_id': 'north', 'role': 'on_call', 'duties': [
            {'person_id': 'carla', 'rank': 0, **WEEK}, {'person_id': 'e1', 'rank': 1, **WEEK}]}})
    bus.do(SLA + 'PublishSlaPlan', {'plan_id': 'night', 'details': {
        'name': 'Trainings', 'order': 0, 'request_types': ['REQUEST_TYPE_TRAINING'],
        'targets': [{'milestone': 'MILESTONE_ACCEPT', 'budget_type': 'BUDGET_TYPE_BUSINESS_TIME', 'budget_ms': 3600000}],
        'escalation': [{'step_id': 'night', 'role': 'on_call', 'acknowledge_within_minutes': 60, 'out_of_hours': True}]}})
    stack.wait_quiet()
    return bus


def said(bus, service, name):
    return [proto.parse(event.type, event.data) for event in bus.replay(service) if event.type.endswith('.' + name)]


def called(bus, **wanted):
    return [event for event in said(bus, 'sla-watchdog', 'SlaEscalated')
            if all(getattr(event, name) == value for name, value in wanted.items())]


def submit(stack, bus, external_id):
    request = bus.do(INTAKE + 'SubmitServiceRequest', {
        'channel': 'CHANNEL_PHONE', 'external_id': external_id, 'site_id': 's9', 'customer_id': 'c1',
        'type': 'REQUEST_TYPE_TRAINING', 'text': 'nobody knows the new press'}).subject
    stack.wait_quiet()
    return request


def test_g1_who_is_on_call_is_told_with_who_is_next(_, bus):
    people = bus.query(SCHEDULER + 'WhoIsOnCall', {'territory_id': 'rome', 'role': 'on_call'})
    check([person.person_id for person in people.people] == ['carla', 'e1'], people)
    check(people.people[0].territory_id == 'north' and people.next.from_at > people.people[0].from_at, people)


def test_c18_t37_a_request_in_the_night_calls_who_is_on_call_once_however_often_the_watchdog_dies(stack, bus):
    request = submit(stack, bus, 'night-1')
    calls = called(bus, case_id=request)
    check([call.person_id for call in calls] == ['carla'], calls)
    told = [message for message in said(bus, 'notifier', 'MessageQueued') if message.recipient_id == 'carla']
    check(len(told) == 1 and 'Via Appia 9' in told[0].body, told)
    for _ in range(3):
        stack.kill('sla-watchdog')
        stack.wait_ready()
        stack.wait_quiet()
    check(len(called(bus, case_id=request)) == 1, called(bus, case_id=request))
    bus.do(SLA + 'AcknowledgeEscalation', {'escalation_id': calls[0].escalation_id, 'person_id': 'carla'})
    standing = bus.query(SLA + 'GetEscalation', {'escalation_id': calls[0].escalation_id})
    check(standing.ended_at > 0 and standing.calls[0].acknowledged_at >= standing.calls[0].called_at, standing)


def test_c17_an_emergency_calls_its_members_until_enough_have_answered(stack, bus):
    bus.do(INTAKE + 'PublishEmergencyPlan', {'plan_id': 'flood', 'details': {
        'name': 'Flood', 'territory_id': 'north', 'member_ids': ['e2', 'carla'], 'acknowledge_within_minutes': 60,
        'acknowledgements': 2, 'document': 'https://plans.example/flood'}})
    bus.do(INTAKE + 'DeclareEmergency', {'emergency_id': 'em1', 'site_id': 's9', 'text': 'water in the cellar'})
    stack.wait_quiet()
    check([call.person_id for call in called(bus, emergency_id='em1')] == ['e2'], called(bus, emergency_id='em1'))
    for member in ('e2', 'carla'):
        bus.do(SLA + 'AcknowledgeEscalation', {'escalation_id': 'em1', 'person_id': member})
    check([call.person_id for call in called(bus, emergency_id='em1')] == ['e2', 'carla'], called(bus, emergency_id='em1'))
    standing = bus.query(SLA + 'GetEscalation', {'escalation_id': 'em1'})
    check(standing.ended_at > 0 and all(call.acknowledged_at for call in standing.calls), standing)
    bus.do(INTAKE + 'EndEmergency', {'emergency_id': 'em1', 'reason': 'dry again'})
    stack.wait_quiet()
    managers = [message.topic.split('.')[-1] for message in said(bus, 'notifier', 'MessageQueued')
                if message.recipient_id == 'manager:rome' and 'Emergency' in message.topic]
    check(managers == ['EmergencyDeclared', 'EmergencyEnded'], managers)


def test_t46_a_request_that_is_merged_has_no_running_clock_any_more(stack, bus):
    absorbed, survivor = submit(stack, bus, 'twice-1'), submit(stack, bus, 'twice-2')
    before = bus.query(SLA + 'GetSla', {'case_id': absorbed}).clocks[0].started_at
    bus.do(INTAKE + 'MergeServiceRequests', {'absorbed_id': absorbed, 'survivor_id': survivor, 'reason': 'reported twice'})
    stack.wait_quiet()
    names = proto.message_class(SLA + 'ClockStanding').DESCRIPTOR.fields_by_name['state'].enum_type.values_by_number
    states = [names[clock.state].name for clock in bus.query(SLA + 'GetSla', {'case_id': absorbed}).clocks]
    check(states == ['CLOCK_STATE_CANCELLED'], states)
    clock = bus.query(SLA + 'GetSla', {'case_id': survivor}).clocks[0]
    check(names[clock.state].name == 'CLOCK_STATE_RUNNING' and clock.started_at == before, clock)


if __name__ == '__main__':
    with Stack() as running:
        running.start()
        main([test_g1_who_is_on_call_is_told_with_who_is_next,
              test_c18_t37_a_request_in_the_night_calls_who_is_on_call_once_however_often_the_watchdog_dies,
              test_c17_an_emergency_calls_its_members_until_enough_have_answered,
              test_t46_a_request_that_is_merged_has_no_running_clock_any_more], running, furnish(running))
