"""Seeded traffic on the small company, as its people and devices make it: requests by several channels, storms of alarms, moves on
the ladder, engineers who answer offers and do the work, goods in, cancellations, old commands sent again, nonsense. What is not
answered is sent again with the same id, as every client must. Every answer is kept."""
import collections
import random
import threading
import time

import zmq

from lib import company, proto
from lib.bus import ACCEPTED, DUPLICATE, REJECTED, RETRY, Bus, Door, Follow, body, command, service_of
from lib.company import DISPATCHER, INTAKE, INVENTORY, SCHEDULER

AGAIN_S = 2.5                   # silence after which a command is sent again
RETRY_S = 0.3                   # after a RETRY
FLYING_MAX = 150                # commands without an answer: no more are begun


class Sent:
    """One command and every answer it has got."""

    def __init__(self, command_id, full_name, data, then, is_bad):
        self.id, self.full_name, self.data, self.then, self.is_bad = command_id, full_name, data, then, is_bad
        self.service = service_of(full_name)
        self.answers = []               # statuses in order of arrival, RETRY included
        self.reply = None               # the first that is final
        self.sends = 0
        self.due = 0.0                  # monotonic: send again then

    @property
    def verdict(self):
        """ACCEPTED or REJECTED as first decided; None: not known."""
        if not self.reply:
            return None
        return self.reply.first_status if self.reply.status == DUPLICATE else self.reply.status


class Traffic:
    """Runs in a thread of its own between start and finish. rate: actions a second."""

    def __init__(self, stack, seed, rate=25):
        self.stack, self.rng, self.rate = stack, random.Random(seed), rate
        self.sent = {}                          # id -> Sent
        self.flying = {}                        # id -> Sent, without a final answer
        self.later = []                         # (monotonic, function)
        self.requests = collections.deque(maxlen=200)
        self.busy = {}                          # engineer -> visit at hand
        self.parts = {}                         # work order -> parts it needs
        self.receipts = 0
        self.serial = 0
        self.stopping = False
        self.error = None
        self.thread = None

    # ---- life

    def start(self):
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()
        return self

    def finish(self, timeout_s=90):
        """No new actions; what is at hand is ended, every command answered. Returns when that is so."""
        self.stopping = True
        self.thread.join(timeout_s)
        if self.thread.is_alive() or self.error:
            raise AssertionError(f'traffic did not end: {self.error or list(self.flying)[:5]}; {self.summary()}')

    def _run(self):
        try:
            self.doors = {service: Door(Bus(self.stack.bus_template).address(service, 'cmd')) for service in self.stack.services}
            self.follow = Follow(self.stack.bus_template, ['dispatcher'], DISPATCHER)
            self.poller = zmq.Poller()
            self._watch()
            self._loop()
        except Exception as error:              # told by finish; a thread's own report would be lost
            self.error = repr(error)
            raise
        finally:
            for door in self.doors.values():
                door.close()
            self.follow.close()

    def _watch(self):
        self.poller = zmq.Poller()
        for door in self.doors.values():
            self.poller.register(door.socket, zmq.POLLIN)
        self.poller.register(self.follow.socket, zmq.POLLIN)

    def _loop(self):
        next_at, ended_at = time.monotonic(), None
        while True:
            self.poller.poll(20)
            self._listen()
            now = time.monotonic()
            self._resend(now)
            self._run_due(now)
            if self.stopping:
                ended_at = ended_at or now
                if not self.flying and (not self.busy or now - ended_at > 20):
                    return
            elif now >= next_at and len(self.flying) < FLYING_MAX:
                next_at = max(next_at + 1 / self.rate, now - 1)
                self._act()

    # ---- sending and hearing

    def send(self, full_name, data, then=None, command_id=None, is_bad=False):
        self.serial += 1
        command_id = command_id or f'{self.serial:05}-{self.rng.getrandbits(64):016x}'
        sent = Sent(command_id, full_name, data if isinstance(data, bytes) else proto.make(full_name, data).SerializeToString(),
                    then, is_bad)
        self.sent[sent.id] = self.flying[sent.id] = sent
        self._transmit(sent)

    def _transmit(self, sent):
        sent.sends += 1
        sent.due = time.monotonic() + AGAIN_S
        try:
            self.doors[sent.service].socket.send(command(sent.full_name, sent.data, sent.id).SerializeToString(), zmq.DONTWAIT)
        except zmq.Again:
            pass                                # the door is full: sent again when due

    def _listen(self):
        for door in self.doors.values():
            while True:
                response = door.receive(0)
                if response is None:
                    break
                self._hear(response.reply)
        for event in self.follow.receive(0):
            if event.type.endswith('.WorkOrderCreated'):
                created = body(event)
                self.parts[created.work_order_id] = [{'item_id': p.item_id, 'quantity': p.quantity} for p in created.parts]
            if event.type.endswith('.VisitOffered'):
                self._offered(body(event))

    def _hear(self, reply):
        sent = self.sent.get(reply.id)
        if not sent:
            return
        sent.answers.append(reply.status)
        if reply.status == RETRY:
            sent.due = time.monotonic() + RETRY_S
            return
        if sent.reply is None:
            sent.reply = reply
            self.flying.pop(sent.id, None)
            if sent.then:
                sent.then(sent)

    def _resend(self, now):
        silent = [sent for sent in self.flying.values() if now >= sent.due]
        for service in {sent.service for sent in silent if sent.sends >= 2 and RETRY not in sent.answers[-1:]}:
            self.doors[service].connect()       # whoever was there before may hold the connection and be stopped
            self._watch()
        for sent in silent:
            self._transmit(sent)

    def _after(self, seconds, function):
        self.later.append((time.monotonic() + seconds, function))

    def _run_due(self, now):
        due = [function for at, function in self.later if at <= now]
        self.later = [(at, function) for at, function in self.later if at > now]
        for function in due:
            function()

    # ---- what customers, agents, devices and the warehouse do

    def _act(self):
        kinds = {self._submit: 30, self._alarms: 6, self._move_up: 26, self._help: 8, self._wait: 6, self._cancel: 3, self._stock: 6,
                 self._again: 8, self._nonsense: 5, self._position: 4, self._absence: 1, self._customer: 2, self._transfer: 2,
                 self._confirm: 3}
        self.rng.choices(list(kinds), list(kinds.values()))[0]()

    def _submit(self):
        number = self.serial
        kind = self.rng.choice(['REPAIR', 'REPAIR', 'REPAIR', 'CONSULTATION', 'TRAINING', 'INSTALLATION'])
        data = {'channel': self.rng.choice(['CHANNEL_PHONE', 'CHANNEL_WEB', 'CHANNEL_EMAIL', 'CHANNEL_WECHAT']),
                'external_id': f'x{number}', 'asset_id': self.rng.choice(company.ASSETS), 'type': 'REQUEST_TYPE_' + kind,
                'text': self.rng.choice(['it leaks', 'noise', 'smoke from the pump', 'how does it work?'])}

        def known(sent):
            if sent.verdict == ACCEPTED:
                self.requests.append(sent.reply.subject)
        self.send(INTAKE + 'SubmitServiceRequest', data, known)
        if self.rng.random() < 0.1:             # the channel delivers its message twice: another command, one request
            self.send(INTAKE + 'SubmitServiceRequest', data)

    def _alarms(self):
        asset, code = self.rng.choice(company.ASSETS), self.rng.choice(['E1', 'E2', 'E3'])
        for _ in range(self.rng.choice([1, 1, 12])):
            self.send(INTAKE + 'RaiseAlarm', {'device_id': asset, 'code': code, 'severity': self.rng.randrange(1, 6),
                                              'device_time_at': int(time.time() * 1000), 'gateway_id': 'g1'})
        if self.rng.random() < 0.3:
            self.send(INTAKE + 'ClearAlarm', {'device_id': asset, 'code': code, 'device_time_at': int(time.time() * 1000)})

    def _request(self):
        return self.rng.choice(self.requests) if self.requests else 'none-yet'

    def _move_up(self):
        request = self._request()
        self.send(INTAKE + 'AcknowledgeServiceRequest', {'request_id': request, 'agent': 'anna'})
        self.send(INTAKE + 'ChangeSupportTier', {
            'request_id': request, 'tier': 'SUPPORT_TIER_ONSITE', 'reason': 'hands', 'waive_remote_reason': 'leak',
            'skills': [{'skill': 'pump', 'level': 1}], 'work_minutes': self.rng.choice([10, 30, 60]),
            'parts': [{'item_id': item, 'quantity': 1} for item in company.ITEMS if self.rng.random() < 0.4]})

    def _help(self):
        now = int(time.time() * 1000)
        self.send(INTAKE + 'RecordSupportAttempt', {
            'request_id': self._request(), 'tier': self.rng.choice(['SUPPORT_TIER_PHONE', 'SUPPORT_TIER_REMOTE']), 'agent': 'anna',
            'started_at': now - 60000, 'ended_at': now - 1000, 'solved': self.rng.random() < 0.4})

    def _wait(self):
        request = self._request()
        self.send(INTAKE + 'StartWaiting', {'request_id': request, 'reason': 'WAIT_REASON_CUSTOMER', 'holder': 'Mario'})
        self._after(0.5, lambda: self.send(INTAKE + 'EndWaiting', {'request_id': request, 'reason': 'WAIT_REASON_CUSTOMER'}))

    def _cancel(self):
        self.send(INTAKE + 'CancelServiceRequest', {'request_id': self._request(), 'reason': 'not needed'})

    def _confirm(self):
        self.send(INTAKE + 'ConfirmServiceRequest', {'request_id': self._request(), 'by': 'Mario'})

    def _stock(self):
        self.receipts += 1
        self.send(INVENTORY + 'ReceiveStock', {
            'document_id': f'in-{self.receipts}', 'location_id': self.rng.choice(['wh', 'wh-milan']), 'currency': 'EUR',
            'unit_cost_minor': 500, 'parts': [{'item_id': item, 'quantity': 3} for item in company.ITEMS]})

    def _transfer(self):
        self.send(INVENTORY + 'TransferStock', {
            'document_id': f'move-{self.serial}', 'from_location_id': 'wh', 'to_location_id': 'wh-milan', 'reason': 'balance',
            'parts': [{'item_id': self.rng.choice(company.ITEMS), 'quantity': 1}]})

    def _position(self):
        number = self.rng.randrange(len(company.ENGINEERS))
        self.send(DISPATCHER + 'ReportPosition', {'engineer_id': company.ENGINEERS[number], 'accuracy_m': 10, 'point':
                                                  company.place_of(number), 'fixed_at': int(time.time() * 1000)})

    def _absence(self):
        now = int(time.time() * 1000)
        self.send(SCHEDULER + 'RecordAbsence', {
            'absence_id': f'ab-{self.serial}', 'engineer_id': self.rng.choice(company.ENGINEERS), 'from_at': now + 300,
            'to_at': now + 900, 'reason': 'dentist'})

    def _customer(self):
        number = self.rng.randrange(1, 5)
        self.send(INTAKE + 'RegisterContact', {'contact_id': f'k{number}', 'details': {
            'customer_id': f'c{number}', 'name': f'Contact {number} {self.serial}', 'phone': f'+39333000{number:03}',
            'email': f'k{number}@example.com', 'language': 'LANGUAGE_IT', 'channels': ['CHANNEL_SMS']}})

    def _again(self):
        """An old command, byte for byte: as a client does that has lost the answer."""
        done = [sent for sent in list(self.sent.values())[-300:] if sent.reply and not sent.is_bad]
        if done:
            self._transmit(self.rng.choice(done))

    def _nonsense(self):
        number = self.rng.randrange(4)
        if number == 0:
            self.send(DISPATCHER + 'AcceptVisit', {'visit_id': 'none', 'engineer_id': 'e1'}, is_bad=True)
        elif number == 1:
            self.send(INVENTORY + 'TransferStock', {'document_id': f'bad-{self.serial}', 'from_location_id': 'wh', 'to_location_id':
                                                    'wh-milan', 'parts': [{'item_id': 'seal', 'quantity': 10 ** 6}]}, is_bad=True)
        elif number == 2:
            self.send(INTAKE + 'SubmitServiceRequest', b'\xff\xfe\x01', is_bad=True)
        else:
            self.send(INTAKE + 'SubmitServiceRequest', {'channel': 'CHANNEL_WEB', 'external_id': f'y{self.serial}', 'asset_id':
                                                        'no-such', 'type': 'REQUEST_TYPE_REPAIR', 'text': 'x'}, is_bad=True)

    # ---- what engineers do

    def _offered(self, offer):
        visit = {'visit_id': offer.visit_id, 'engineer_id': offer.engineer_id}
        chance = self.rng.random()
        if chance < 0.12:
            self.send(DISPATCHER + 'RejectVisit', {**visit, 'reason': 'ill'})
        elif chance < 0.9:                      # the others do not answer: the offer expires
            self.send(DISPATCHER + 'AcceptVisit', visit, lambda sent: self._accepted(sent, visit, offer.work_order_id))

    def _accepted(self, sent, visit, order):
        if sent.verdict == ACCEPTED:
            self._begin(visit, order)

    def _begin(self, visit, order):
        """One visit at a time; the next one when this is done."""
        engineer = visit['engineer_id']
        if self.stopping and engineer in self.busy:
            return
        if engineer in self.busy:
            self._after(0.3, lambda: self._begin(visit, order))
            return
        self.busy[engineer] = visit['visit_id']
        number = company.ENGINEERS.index(engineer) + 1
        parts = self.parts.get(order, [])
        issue = [(INVENTORY + 'IssueParts', {'document_id': 'issue-' + visit['visit_id'], 'work_order_id': order,
                                             'to_location_id': f'van{number}'})] if parts else []
        steps = [*issue,
                 (DISPATCHER + 'StartTravel', visit),
                 (DISPATCHER + 'ArriveAtSite', {**visit, 'point': company.place_of(number), 'accuracy_m': 10}),
                 (DISPATCHER + 'StartWork', visit),
                 (DISPATCHER + 'FinishWork', {**visit, 'note': 'done'}),
                 (DISPATCHER + 'IssueServiceReport', {
                     **visit, 'symptom_code': 'leak', 'cause_code': 'wear', 'remedy_code': 'seal', 'findings': 'worn',
                     'distance_km': 12, 'parts_used': parts})]
        self._step(steps, engineer)

    def _step(self, steps, engineer):
        """The next step when this one is answered; parts that can not be issued hold nobody up."""
        full_name, data = steps[0]

        def answered(sent):
            ok = sent.verdict == ACCEPTED or full_name.endswith('IssueParts')
            if ok and len(steps) > 1:
                self._after(0.03, lambda: self._step(steps[1:], engineer))
            elif ok:
                self._sign(sent.reply.subject, engineer)
            else:
                self.busy.pop(engineer, None)
        self.send(full_name, data, answered)

    def _sign(self, report, engineer):
        def answered(_):
            self.busy.pop(engineer, None)
        self.send(DISPATCHER + 'RefuseSignature', {'report_id': report, 'reason': 'in a hurry', 'signer_name': 'Mario'}, answered)

    # ---- what came of it

    def counts(self):
        names = {ACCEPTED: 'accepted', REJECTED: 'rejected', None: 'unanswered'}
        return collections.Counter(names[sent.verdict] for sent in self.sent.values())

    def summary(self):
        answers = collections.Counter(status for sent in self.sent.values() for status in sent.answers)
        return (f'{len(self.sent)} commands: {dict(self.counts())}; {sum(sent.sends - 1 for sent in self.sent.values())} sent again, '
                f'{answers[DUPLICATE]} duplicates, {answers[RETRY]} retries')
