"""Bad input at the command door of every service, for every type it takes: each gets an answer that says what is wrong, and
nothing else happens. What is bad is made by reflection over the messages, one thing at a time (F12, F17, I14)."""
import collections
import fnmatch
import itertools
import os
import random
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..'))

from lib import company, mutate, proto                                                          # noqa: E402
from lib.bus import ACCEPTED, BUS, DUPLICATE, REJECTED, RETRY, Door, NoAnswer, command           # noqa: E402
from lib.company import BILLING, DISPATCHER, INTAKE, INVENTORY, NOTIFIER, SCHEDULER, SLA         # noqa: E402
from lib.stack import SERVICES, Stack, wait_for                                                 # noqa: E402
from lib.tap import check, main                                                                 # noqa: E402

SEED = 20261122
CODE = re.compile(r'^[a-z0-9_]+(\.[a-z0-9_]+)+$')

# What looks wrong and is right, with the reason; patterns of "Type.field" and of what is done to it.
RIGHT = [
    ('Register*.*_id', 'is unknown', 'the sender of master data chooses its id'),
    ('Publish*.*_id', 'is unknown', 'the same'),
    ('RegisterEngineer.details.excluded_customer_ids', 'is unknown', 'customers are intake\'s: the dispatcher may hear of them later'),
    ('SetEngineerPreferences.subject_id', 'is unknown', 'assets, sites, projects, contracts and customers: the same'),
    ('CreateWorkOrder.project_id', 'is unknown', 'projects are named by who sends'),
    ('*.tool_kinds', 'is unknown', 'tools are the scheduler\'s: it says that there is none'),
    ('RegisterTool.details.*_id', 'is unknown', 'the operator names what others will make'),
    ('RegisterTool.details.kind', 'is unknown', 'the operator names kinds'),
    ('RegisterVehicle.details.van_location_id', 'is unknown', 'places of parts are inventory\'s'),
    ('ReturnTool.location_id', 'is unknown', 'the same'),
    ('*.access_calendar_id', 'is unknown', 'calendars are the scheduler\'s: it says what is missing'),
    ('RegisterCustomer.details.tax_id', 'is no id', 'numbers of tax offices, whatever they look like'),
    ('SubmitServiceRequest.external_id', 'is *', 'a channel names its messages as it likes; unknown ones are new'),
    ('*.document_id', 'is unknown', 'the sender numbers its documents'),
    ('CreateWorkOrder.work_order_id', 'is unknown', 'the sender may choose it'),
    ('RecordTimeEntry.time_entry_id', 'is unknown', 'the same'),
    ('RecordAbsence.absence_id', 'is unknown', 'the same'),
    ('AssignVehicle.assignment_id', 'is unknown', 'the same'),
    ('DeclareEmergency.emergency_id', 'is unknown', 'the same'),
    ('PublishEmergencyPlan.details.member_ids', 'is unknown', 'engineers are the dispatcher\'s'),
    ('HoldSlot.slot_id', 'is unknown', 'the same'),
    ('RecommendSlots.skills.skill', 'is unknown', 'then nobody can come: an answer without slots'),
    ('*.item_id', 'is unknown', 'parts are inventory\'s: it says that they are short'),
    ('*.skills.valid_until_at', 'is *', 'what a visit needs does not expire: not looked at'),
    ('AdjustStock.parts.quantity', 'is negative', 'less was counted than was booked'),
    ('AdjustStock.parts', 'are very many', 'a count has as many lines as there are items; the size of a command is the limit'),
    ('*Alarm.device_time_at', 'is *', 'clocks of devices are not trusted: what makes no sense counts as now'),
    ('*Alarm.gateway_id', '*', 'not kept'),
    ('PublishTemplate.body', 'is very long', 'a mail may be long'),
    ('Identify.*', '*', 'a question about what nobody knows is answered with nobody'),
    ('GetAsset.*', '*', 'the same'),
    ('GetStock.*', '*', 'the same'),
    ('TraceSerial.*', '*', 'the same'),
    ('GetSlaCompliance.', 'is empty', 'all contracts of this month'),
    ('GetTerritories.', 'is empty', 'it has no fields'),
    ('ReceiveDepotUnit.*_id', 'is unknown', 'the depot numbers its repairs; requests, customers and assets are intake\'s'),
    ('PublishAlertRule.details.recipient_ids', 'is unknown', 'people are the notifier\'s to know'),
]
STRICT = ('is too long for the wire',)  # right nowhere
ONCE = ('external_id', 'document_id', 'time_entry_id', 'absence_id', 'assignment_id', 'slot_id')
LENIENT = {'is left out'}       # whether a field may be left out is each command's own business: any answer will do


def is_right(full_name, path, kind):
    name = full_name.split('.')[-1]
    if kind in STRICT:
        return False
    return any(fnmatch.fnmatch(f'{name}.{path}', pattern) and fnmatch.fnmatch(kind, kinds) for pattern, kinds, _ in RIGHT)


class Scene:
    """A running company with a request, an order and a visit in hand, so that each command has an example that would be
    accepted: then only what is wrong with it can be the reason of the refusal."""

    def __init__(self, stack):
        self.stack, self.bus = stack, stack.bus()
        company.settle(stack, self.bus)
        self.request = self._request('first')
        self.order_request = self._request('second')
        self.bus.do(INTAKE + 'ChangeSupportTier', {
            'request_id': self.order_request, 'tier': 'SUPPORT_TIER_ONSITE', 'reason': 'hands', 'waive_remote_reason': 'leak',
            'skills': [{'skill': 'pump', 'level': 1}], 'parts': [{'item_id': 'seal', 'quantity': 1}], 'work_minutes': 30})
        offered = wait_for(lambda: self._said('VisitOffered'), 'a visit is offered')
        self.visit, self.order, self.engineer = offered.visit_id, offered.work_order_id, offered.engineer_id
        self.bus.do(DISPATCHER + 'AcceptVisit', {'visit_id': self.visit, 'engineer_id': self.engineer})
        stack.wait_quiet()
        self.now = int(time.time() * 1000)

    def _request(self, external_id):
        return self.bus.do(INTAKE + 'SubmitServiceRequest', {
            'channel': 'CHANNEL_PHONE', 'external_id': external_id, 'asset_id': 'a1', 'type': 'REQUEST_TYPE_REPAIR',
            'text': 'it leaks'}).subject

    def _said(self, name):
        found = [event for event in self.bus.replay('dispatcher') if event.type.endswith('.' + name)]
        return proto.parse(found[-1].type, found[-1].data) if found else None

    def examples(self):
        """Full name -> an example of every type that a service takes."""
        found = {}
        for full_name, data in company.commands():
            found[full_name] = proto.make(full_name, data)
        for full_name, data in self._actions():
            found[full_name] = proto.make(full_name, data)
        for full_name in (name for service in SERVICES for name in proto.requests_of(service)):
            if full_name not in found:          # nobody has written one: something in every field must do
                found[full_name] = self._filled(proto.message_class(full_name)())
        return found

    def _filled(self, message):
        known = {'case_id': self.request, 'request_id': self.request, 'work_order_id': self.order, 'visit_id': self.visit,
                 'engineer_id': self.engineer, 'customer_id': 'c1', 'site_id': 's1', 'asset_id': 'a1', 'territory_id': 'milan'}
        for field in message.DESCRIPTOR.fields:
            if field.label != field.LABEL_REPEATED and field.type != field.TYPE_MESSAGE:
                value = known.get(field.name, 'x') if field.type == field.TYPE_STRING else 1
                setattr(message, field.name, value if field.type != field.TYPE_BYTES else b'x')
        return message

    def _actions(self):
        visit = {'visit_id': self.visit, 'engineer_id': self.engineer}
        part = [{'item_id': 'seal', 'quantity': 1}]
        yield INTAKE + 'RegisterAsset', {'asset_id': 'a1', 'details': {
            'customer_id': 'c1', 'site_id': 's1', 'model': 'P-100', 'device_type': 'pump', 'serial': 'SN0', 'quantity': 1,
            'warranty_from_at': 1700000000000, 'warranty_until_at': 1800000000000, 'installed_at': 1700000000000}}
        yield INTAKE + 'MergeCustomers', {'customer_id': 'c4', 'survivor_id': 'c3', 'reason': 'one firm'}
        yield INTAKE + 'SubmitServiceRequest', {
            'channel': 'CHANNEL_WEB', 'asset_id': 'a2', 'type': 'REQUEST_TYPE_REPAIR', 'text': 'noise',
            'reported_at': self.now - 1000, 'attachments': ['photo-1']}
        yield INTAKE + 'RaiseAlarm', {'device_id': 'a3', 'code': 'E1', 'severity': 3, 'device_time_at': self.now - 1000,
                                      'gateway_id': 'g1', 'text': 'hot', 'count': 1}
        yield INTAKE + 'ClearAlarm', {'device_id': 'a3', 'code': 'E1', 'device_time_at': self.now - 1000, 'gateway_id': 'g1'}
        yield INTAKE + 'AcknowledgeServiceRequest', {'request_id': self.request, 'agent': 'anna'}
        yield INTAKE + 'TriageServiceRequest', {'request_id': self.request, 'fault_level': 2, 'reason': 'worse'}
        yield INTAKE + 'RecordSupportAttempt', {
            'request_id': self.request, 'tier': 'SUPPORT_TIER_PHONE', 'agent': 'anna', 'started_at': self.now - 60000,
            'ended_at': self.now - 1000, 'note': 'no luck'}
        yield INTAKE + 'ChangeSupportTier', {
            'request_id': self.request, 'tier': 'SUPPORT_TIER_REMOTE', 'reason': 'next', 'diagnosis': 'pump',
            'skills': [{'skill': 'pump', 'level': 1}], 'parts': part, 'work_minutes': 30, 'waive_remote_reason': 'leak',
            'not_before_at': self.now + 1000, 'not_after_at': self.now + 86400000}
        yield INTAKE + 'StartWaiting', {'request_id': self.request, 'reason': 'WAIT_REASON_CUSTOMER', 'holder': 'Mario',
                                        'resume_at': self.now + 86400000}
        yield INTAKE + 'PublishWaitingPolicy', {'reason': 'WAIT_REASON_CUSTOMER_APPROVAL',
                                                'remind_after_ms': [3600000, 7200000], 'resolve_after_ms': 10800000}
        yield INTAKE + 'EndWaiting', {'request_id': self.request, 'reason': 'WAIT_REASON_CUSTOMER'}
        yield INTAKE + 'ConfirmServiceRequest', {'request_id': self.request, 'by': 'Mario'}
        yield INTAKE + 'CancelServiceRequest', {'request_id': self.request, 'reason': 'not needed'}
        yield INTAKE + 'ReopenServiceRequest', {'request_id': self.request, 'reason': 'again'}
        yield INTAKE + 'MergeServiceRequests', {'absorbed_id': self.request, 'survivor_id': self.order_request,
                                                'reason': 'the same leak'}
        yield INTAKE + 'RegisterPerson', {'person_id': 'boss', 'details': {
            'name': 'Boss', 'phone': '+39333', 'email': 'boss@example.com', 'language': 'LANGUAGE_IT',
            'channels': ['CHANNEL_SMS'], 'territory_id': 'milan', 'time_zone': 'Europe/Rome'}}
        yield INTAKE + 'PublishEmergencyPlan', {'plan_id': 'flood', 'details': {
            'name': 'Flood', 'territory_id': 'milan', 'member_ids': ['e1', 'e2'], 'acknowledge_within_minutes': 5,
            'acknowledgements': 1, 'document': 'https://plans.example/flood'}}
        yield INTAKE + 'DeclareEmergency', {'emergency_id': 'em1', 'plan_id': 'flood', 'request_id': self.request,
                                            'text': 'under water'}
        yield INTAKE + 'EndEmergency', {'emergency_id': 'em1', 'reason': 'dry'}
        yield INTAKE + 'Identify', {'serial': 'SN0'}
        yield INTAKE + 'GetAsset', {'asset_id': 'a1', 'at': self.now}
        yield DISPATCHER + 'ReportPosition', {'engineer_id': 'e1', 'point': company.place_of(1), 'accuracy_m': 5,
                                              'fixed_at': self.now - 1000}
        yield DISPATCHER + 'PublishReportTemplate', {'template_id': 't1', 'details': {
            'type': 'REQUEST_TYPE_TRAINING', 'title': 'Training', 'questions': [{'question': 'Content?'}]}}
        yield DISPATCHER + 'CreateWorkOrder', {
            'type': 'REQUEST_TYPE_REPAIR', 'site_id': 's1', 'asset_id': 'a1', 'description': 'look', 'parts': part,
            'skills': [{'skill': 'pump', 'level': 1}], 'work_minutes': 30, 'priority': 50, 'not_before_at': self.now + 1000,
            'not_after_at': self.now + 86400000}
        yield DISPATCHER + 'ChooseEngineer', {'work_order_id': self.order, 'engineer_id': 'e1', 'starts_at': self.now + 3600000,
                                              'override_reason': 'he knows it'}
        for name in ('AcceptVisit', 'StartTravel', 'StartWork'):
            yield DISPATCHER + name, visit
        yield DISPATCHER + 'RejectVisit', {**visit, 'reason': 'ill'}
        yield DISPATCHER + 'ArriveAtSite', {**visit, 'point': company.place_of(1), 'accuracy_m': 5}
        yield DISPATCHER + 'PauseWork', {**visit, 'reason': 'lunch'}
        yield DISPATCHER + 'FinishWork', {**visit, 'note': 'done'}
        yield DISPATCHER + 'ReportNoAccess', {**visit, 'note': 'closed'}
        yield DISPATCHER + 'RecordTimeEntry', {
            **visit, 'kind': 'TIME_KIND_BREAK', 'from_at': self.now - 120000, 'to_at': self.now - 60000}
        yield DISPATCHER + 'CorrectTimeEntry', {'time_entry_id': 'time-1', 'from_at': self.now - 130000,
                                                'to_at': self.now - 60000, 'reason': 'longer'}
        yield DISPATCHER + 'IssueServiceReport', {
            **visit, 'symptom_code': 'leak', 'cause_code': 'wear', 'remedy_code': 'seal', 'findings': 'worn', 'parts_used': part,
            'checklist': [{'question': 'Tight?', 'answer': 'yes'}], 'distance_km': 12}
        yield DISPATCHER + 'SignServiceReport', {'report_id': 'r1', 'content_hash': '0' * 64, 'signer_name': 'Mario',
                                                 'signer_role': 'manager', 'point': company.place_of(1)}
        yield DISPATCHER + 'RefuseSignature', {'report_id': 'r1', 'reason': 'no', 'signer_name': 'Mario'}
        yield DISPATCHER + 'ReassignVisit', {'visit_id': self.visit, 'reason': 'another'}
        yield DISPATCHER + 'CancelWorkOrder', {'work_order_id': self.order, 'reason': 'not needed'}
        yield DISPATCHER + 'GetDecision', {'visit_id': self.visit}
        yield SCHEDULER + 'RecordAbsence', {'engineer_id': 'e5', 'from_at': self.now + 10 ** 9,
                                            'to_at': self.now + 2 * 10 ** 9, 'reason': 'leave'}
        yield SCHEDULER + 'CancelAbsence', {'absence_id': 'ab1'}
        yield SCHEDULER + 'PublishMaintenancePlan', {'plan_id': 'p1', 'details': {
            'name': 'Yearly', 'asset_id': 'a1', 'recurrence': 'RECURRENCE_KIND_YEARLY', 'every': 1, 'first_on': '2030-01-01',
            'time_of_day': '09:00', 'lead_ms': 86400000, 'tolerance_ms': 86400000, 'skills': [{'skill': 'pump', 'level': 1}],
            'parts': part, 'work_minutes': 60, 'description': 'oil', 'until_on': '2040-01-01'}}
        yield SCHEDULER + 'SuspendMaintenancePlan', {'plan_id': 'p1', 'reason': 'sold'}
        yield SCHEDULER + 'ImportHolidays', {'calendar_id': 'office', 'source': 'state', 'ics': (
            'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20300101\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n')}
        yield SCHEDULER + 'GetCalendar', {'calendar_id': 'always'}
        yield SCHEDULER + 'PublishOnCallRoster', {'roster_id': 'nights', 'details': {
            'name': 'Nights', 'territory_id': 'milan', 'role': 'on_call', 'fallback_person_id': 'e2', 'duties': [
                {'person_id': 'e1', 'rank': 1, 'first_on': '2030-01-07', 'starts': '08:00', 'ends_on': '2030-01-14',
                 'ends': '08:00', 'every_weeks': 2, 'until_on': '2040-01-01'}]}}
        yield SCHEDULER + 'WhoIsOnCall', {'territory_id': 'milan', 'role': 'on_call', 'at': self.now}
        yield SCHEDULER + 'GetFreeTime', {'engineer_id': 'e1', 'from_at': self.now, 'to_at': self.now + 86400000}
        yield DISPATCHER + 'GetTravelLegs', {'engineer_id': 'e1', 'day_on': '2026-06-08'}
        yield DISPATCHER + 'GetReplan', {'replan_id': 'replan-1'}
        yield DISPATCHER + 'RecommendSlots', {
            'site_id': 's1', 'skills': [{'skill': 'pump', 'level': 1}], 'work_minutes': 60, 'from_at': self.now + 1000,
            'until_at': self.now + 86400000, 'count': 2, 'wanted_at': self.now + 3600000}
        yield SCHEDULER + 'HoldSlot', {
            'slot_id': 'slot-1', 'work_order_id': self.order, 'engineer_id': 'e4', 'starts_at': self.now + 10 ** 9,
            'work_starts_at': self.now + 10 ** 9 + 1000, 'ends_at': self.now + 10 ** 9 + 3600000,
            'window_from_at': self.now + 10 ** 9, 'window_to_at': self.now + 10 ** 9 + 7200000, 'hold_ms': 60000}
        yield SCHEDULER + 'ConfirmAppointment', {'slot_id': 'slot-1', 'work_order_id': self.order}
        yield SCHEDULER + 'ReleaseSlot', {'slot_id': 'slot-1', 'reason': 'not wanted'}
        yield SCHEDULER + 'GetCapacity', {'territory_id': 'milan', 'week_on': '2030-01-07', 'weeks': 2}
        yield SCHEDULER + 'PublishCapacityQuota', {'territory_id': 'milan', 'type': 'REQUEST_TYPE_MAINTENANCE', 'percent': 10}
        yield SCHEDULER + 'RegisterTool', {'tool_id': 'meter', 'details': {
            'name': 'Meter', 'kind': 'multimeter', 'territory_id': 'milan', 'calibrated_until_at': self.now + 10 ** 10}}
        yield SCHEDULER + 'IssueTool', {'tool_id': 'meter', 'engineer_id': 'e1', 'note': 'for the week'}
        yield SCHEDULER + 'ReturnTool', {'tool_id': 'meter', 'note': 'clean'}
        yield SCHEDULER + 'GetTool', {'tool_id': 'meter'}
        yield SCHEDULER + 'RegisterVehicle', {'vehicle_id': 'car', 'details': {
            'name': 'Panda', 'plate': 'AB123CD', 'currency': 'EUR', 'cost_per_km_minor': 45}}
        yield SCHEDULER + 'AssignVehicle', {'assignment_id': 'car-1', 'vehicle_id': 'car', 'engineer_id': 'e1',
                                            'from_on': '2030-01-07', 'until_on': '2030-01-08'}
        yield SCHEDULER + 'ReleaseVehicle', {'assignment_id': 'car-1'}
        yield SCHEDULER + 'RecordMileage', {'vehicle_id': 'car', 'odometer_km': 1000, 'read_at': self.now - 1000}
        yield SCHEDULER + 'GetReadiness', {'work_order_id': self.order}
        yield INVENTORY + 'TransferStock', {'from_location_id': 'wh', 'to_location_id': 'wh-milan',
                                            'parts': part, 'reason': 'balance'}
        yield INVENTORY + 'AdjustStock', {'location_id': 'wh', 'parts': part, 'reason': 'count'}
        yield INVENTORY + 'IssueParts', {'work_order_id': self.order, 'to_location_id': 'van1'}
        yield INVENTORY + 'ReturnParts', {'work_order_id': self.order, 'to_location_id': 'wh', 'parts': part}
        yield INVENTORY + 'ReceiveDepotUnit', {
            'depot_repair_id': 'd1', 'request_id': self.request, 'customer_id': 'c1', 'asset_id': 'a1', 'item_id': 'seal',
            'serial': 's1', 'location_id': 'wh', 'received_at': self.now - 1000, 'fault': 'dead'}
        yield INVENTORY + 'CompleteDepotRepair', {'depot_repair_id': 'd1', 'outcome': 'DEPOT_OUTCOME_REPAIRED', 'note': 'seal'}
        yield INVENTORY + 'ShipDepotUnit', {'depot_repair_id': 'd1', 'carrier': 'BRT', 'tracking_number': '42'}
        yield INVENTORY + 'GetStock', {'item_id': 'seal', 'location_id': 'wh'}
        yield INVENTORY + 'TraceSerial', {'serial': 'none'}
        yield BILLING + 'OverrideEntitlement', {'request_id': self.request, 'contract_id': 'k1', 'reason': 'agreed'}
        yield BILLING + 'GrantGoodwill', {'cost_line_id': 'w:1', 'reason': 'sorry'}
        yield BILLING + 'GetCost', {'work_order_id': self.order}
        yield NOTIFIER + 'RegisterWebhook', {'webhook_id': 'w1', 'url': 'https://example.com/hook', 'secret': company.SECRET,
                                             'topic_prefix': 'fettle.none.', 'disabled': True}
        yield NOTIFIER + 'RetryMessage', {'message_id': 'none'}
        yield SLA + 'SetSlaDeadline', {'case_id': self.request, 'milestone': 'MILESTONE_COMPLETE',
                                       'due_at': self.now + 86400000, 'reason': 'promised'}
        yield SLA + 'ReachSlaMilestone', {'case_id': self.request, 'milestone': 'MILESTONE_PROPOSE_SOLUTION',
                                          'reached_at': self.now - 1000}
        for full_name in proto.requests_of('sla-watchdog'):
            if full_name in (SLA + 'GetSla', SLA + 'GetSlaLedger'):
                yield full_name, {'case_id': self.request}
        yield SLA + 'RecomputeSla', {'case_id': self.request, 'reason': 'disputed'}
        yield SLA + 'GetSlaCompliance', {'contract_id': 'k1', 'month': '2026-06'}


def answers(door, requests):
    """Sends (id, Request) keeping some in flight; id -> Reply."""
    found, waiting, pending = {}, {}, collections.deque(requests)
    until = time.monotonic() + 120
    while pending or waiting:
        while pending and len(waiting) < 100:
            command_id, request = pending.popleft()
            waiting[command_id] = request
            door.send(request)
        response = door.receive(5)
        if response is None:
            check(time.monotonic() < until, f'{len(waiting)} of {len(requests)} were not answered, {next(iter(waiting))} is one')
            continue
        reply = response.reply
        if reply.id in waiting and reply.status == RETRY:
            door.send(waiting[reply.id])
        elif reply.id in waiting:
            found[reply.id] = reply
            del waiting[reply.id]
    return found


class BadInput:
    def __init__(self, stack):
        self.stack, self.rng = stack, random.Random(SEED)
        self.scene = Scene(stack)
        self.examples = self.scene.examples()
        self.pids = stack.pids()
        self.rejected = set()           # ids of commands that must have had no effect
        self.sent = 0
        self.numbers = itertools.count(1)

    def judge(self, cases, must_reject):
        """cases: (full name, path, kind, packed). Sends all; fails with the list of answers that should be others."""
        wrong, by_service = [], collections.defaultdict(list)
        for case in cases:
            by_service[case[0].split('.')[1].replace('_', '-')].append(case)
        for service, some in by_service.items():
            named = {f'bad-{self.sent + n}': case for n, case in enumerate(some)}
            self.sent += len(some)
            replies = answers(self.scene.bus.door(service), [
                (command_id, command(case[0], self._fresh(case[0], case[1], case[3]), command_id)) for command_id, case in named.items()])
            for command_id, (full_name, path, kind, _) in named.items():
                wrong += self._look(command_id, replies[command_id], full_name, path, kind, must_reject)
        check(not wrong, f'{len(wrong)} answers should be others:\n' + '\n'.join(wrong))
        return f'{sum(map(len, by_service.values()))} commands'

    def _fresh(self, full_name, path, packed):
        """Documents and messages of channels are known by a number of their own, and are taken once: each case gets a new one, in
        front, so that what the case says itself comes after it and counts."""
        for name in ONCE:
            field = self.examples[full_name].DESCRIPTOR.fields_by_name.get(name)
            if field and path != name and field.number in (1, 2) and not full_name.endswith(('CorrectTimeEntry', 'CancelAbsence')):
                holder = type(self.examples[full_name])()
                setattr(holder, name, f'once-{next(self.numbers)}')
                return holder.SerializeToString() + packed
        return packed

    def _look(self, command_id, reply, full_name, path, kind, must_reject):
        what = f'{full_name.split(".")[-1]}.{path} {kind}'
        if reply.status == REJECTED:
            self.rejected.add(command_id)
            if not CODE.match(reply.code) or len(reply.message) < 10 or ' ' not in reply.message or len(reply.message) > 1000:
                return [f'{what}: rejected without a good reason: "{reply.code}" "{reply.message[:100]}"']
            return []
        if reply.status not in (ACCEPTED, DUPLICATE):
            return [f'{what}: status {reply.status} {reply.code} {reply.message}']
        if must_reject and kind not in LENIENT and not is_right(full_name, path, kind):
            return [f'{what}: accepted']
        return []


def test_f12_every_field_that_is_wrong_is_refused_with_a_reason(self):
    return self.judge([(name, *case) for name, example in self.examples.items() for case in mutate.one_field(example)], True)


def test_f12_intervals_that_end_before_they_begin_are_refused(self):
    return self.judge([(name, *case) for name, example in self.examples.items() for case in mutate.reversed_pairs(example)], True)


def test_f12_bytes_that_are_no_such_message_are_refused(self):
    return self.judge([(name, *case) for name, example in self.examples.items()
                       for case in mutate.bad_bytes(example, self.rng)], True)


def test_f12_empty_messages_are_refused(self):
    return self.judge([(name, '', 'is empty', b'') for name in self.examples], True)


def test_a_type_that_a_service_does_not_take_is_refused(self):
    wrong = []
    for service in SERVICES:
        for full_name in (f'fettle.{proto.schema_of(service)}.v1.NoSuchThing', '', 'x' * 300, 'fettle.bus.v1.Heartbeat',
                          next(name for name in self.examples if service not in name.replace('_', '-'))):
            request = command('fettle.bus.v1.GetStatus')
            request.command.type = full_name
            reply = self.scene.bus.ask(service, request).reply
            if (reply.status, reply.code) != (REJECTED, 'command.unknown_type') or not reply.message:
                wrong.append(f'{service} {full_name[:40]}: {reply}')
    check(not wrong, '\n'.join(wrong))


def test_ids_deadlines_times_and_actors_that_are_wrong_are_refused(self):
    full_name, example = INVENTORY + 'GetStock', self.examples[INVENTORY + 'GetStock']
    now = int(time.time() * 1000)
    cases = [('command.bad_id', {'command_id': ' '}), ('command.bad_id', {'command_id': 'x' * 65}),
             ('command.bad_id', {'command_id': 'a b'}), ('command.bad_id', {'command_id': '\u00e9'}),
             ('command.expired', {'deadline': 1}), ('command.expired', {'deadline': -5}),
             ('command.time_in_future', {'time': now + 3600000}), ('command.too_long', {'actor': 'x' * 129}),
             ('command.too_long', {'traceparent': 'x' * 65})]
    wrong = []
    for code, fields in cases:
        reply = self.scene.bus.ask('inventory', command(full_name, example, **fields)).reply
        if (reply.status, reply.code) != (REJECTED, code):
            wrong.append(f'{fields}: {reply}')
    empty = command(full_name, example)
    empty.command.id = ''
    check(self.scene.bus.ask('inventory', empty).reply.code == 'command.bad_id', 'an empty id is refused')
    check(not wrong, '\n'.join(wrong))


def test_an_id_used_again_for_something_else_is_refused(self):
    full_name = INVENTORY + 'RegisterItem'
    data = {'item_id': 'twice', 'details': {'name': 'Twice', 'unit': 'piece', 'cost_minor': 1, 'currency': 'EUR'}}
    first = self.scene.bus.command(full_name, data, 'used-twice')
    again = self.scene.bus.command(full_name, data, 'used-twice')
    data['item_id'] = 'other'
    other = self.scene.bus.command(full_name, data, 'used-twice')
    check((first.status, again.status, again.first_status) == (ACCEPTED, DUPLICATE, ACCEPTED), f'{first} {again}')
    check((other.status, other.code) == (REJECTED, 'command.id_reused'), f'{other}')
    check(self.stack.value("select count (*) from inventory.item where id = 'other'") == 0, 'it had no effect')


def test_f12_frames_that_are_no_request_are_refused_or_end_the_connection(self):
    service_count, wrong = 0, []
    for service in SERVICES:
        door = Door(self.scene.bus.address(service, 'cmd'))
        frames = [b'', b'\xff' * 50, b'\x0a\xff\xff\xff\xff\x0f', b'\x0b' * 100000, bytes(self.rng.randrange(256) for _ in range(3000)),
                  b'\x0a' + b'\x80\x80\x04' + b'x' * 65536, b'x' * 200000]
        for n, frame in enumerate(frames):
            door.send(frame)
            response = door.receive(5)
            if response is None or response.reply.status != REJECTED or not response.reply.message:
                wrong.append(f'{service}: frame {n}: {response}')
        door.send(b'x' * (2 * 1024 * 1024))            # larger than the door: no answer, the connection ends
        if door.receive(0.2) is not None:
            wrong.append(f'{service}: 2 MB were answered')
        door.connect()
        door.send(b'')
        if door.receive(5) is None:
            wrong.append(f'{service}: nobody is in after 2 MB')
        door.close()
        service_count += 1
    check(not wrong, '\n'.join(wrong))


def test_replay_fetch_and_acknowledge_of_nonsense_are_answered(self):
    wrong = []
    for service in SERVICES:
        bus = self.scene.bus
        head = bus.status(service).last_sequence             # timers may move it while we look
        for after, maximum in ((-5, 10), (2 ** 63 - 1, 10), (0, -1), (0, 2 ** 31 - 1), (head + 10 ** 6, 0)):
            page = bus.replay_page(service, after, maximum)
            if not head <= page.last_sequence <= bus.status(service).last_sequence or (after > page.last_sequence and page.events):
                wrong.append(f'{service}: replay after {after} max {maximum}: {page.last_sequence} of {head}, {len(page.events)}')
        for name in ('', 'a b', 'x' * 65):
            if bus.fetch(service, name).reply.code != 'consumer.bad_name':
                wrong.append(f'{service}: a consumer named "{name[:10]}" is welcome')
        for after in (-2 ** 63, 2 ** 63 - 1):
            if bus.fetch(service, 'probe', after).WhichOneof('body') != 'events':
                wrong.append(f'{service}: fetch after {after}')
        for sequence in (-1, head + 10 ** 6, 2 ** 63 - 1):
            if bus.acknowledge(service, 'probe', sequence).reply.code != 'ack.out_of_range':
                wrong.append(f'{service}: sequence {sequence} can be acknowledged')
        for name in ('', 'a b', 'x' * 65):
            if bus.acknowledge(service, name, 0).WhichOneof('body') != 'reply':
                wrong.append(f'{service}: a cursor named "{name[:10]}" can be acknowledged')
    check(not wrong, '\n'.join(wrong))


def test_i14_after_all_of_it_every_service_is_ready_with_the_same_pid_and_nothing_is_dead(self):
    self.stack.wait_quiet()
    check(self.stack.pids() == self.pids, f'pids were {self.pids}, are {self.stack.pids()}')
    for service in SERVICES:
        dead = self.stack.sql(f"select origin, type, reason from {proto.schema_of(service)}.dead_letter")
        check(not dead, f'{service} has dead letters: {dead[:5]}')


def test_a_rejected_command_has_said_nothing_but_that(self):
    wrong, seen = [], 0
    for service in SERVICES:
        for event in self.scene.bus.replay(service):
            seen += 1
            if event.causation_id in self.rejected and not event.type.endswith('Rejected'):
                wrong.append(f'{event.causation_id}: {event.type}')
    check(not wrong, '\n'.join(wrong))
    check(self.rejected, 'some were rejected')
    return f'{len(self.rejected)} commands, {seen} events'


if __name__ == '__main__':
    print(f'# seed {SEED}')
    with Stack() as running:
        running.start()
        main([test for name, test in list(globals().items()) if name.startswith('test_')], BadInput(running))
