"""What must be true when everything is quiet again, whatever was killed meanwhile: asked of the event logs, the schemas, Redis,
the provider, and of what the senders of commands were told."""
import collections

from lib import clocks, proto
from lib.bus import ACCEPTED, DUPLICATE, REJECTED, RETRY, body
from lib.company import DISPATCHER, INTAKE, INVENTORY
from lib.stack import SERVICES

# An accepted command of this type has said exactly one such event.
ONE_EFFECT = {
    INTAKE + 'RecordSupportAttempt': 'SupportAttemptRecorded', INTAKE + 'ChangeSupportTier': 'WorkOrderRequested',
    INTAKE + 'CancelServiceRequest': 'ServiceRequestCancelled',
    INTAKE + 'ConfirmServiceRequest': 'ServiceRequestClosed', DISPATCHER + 'AcceptVisit': 'VisitAccepted',
    DISPATCHER + 'RejectVisit': 'VisitEnded', DISPATCHER + 'StartTravel': 'VisitTravelStarted',
    DISPATCHER + 'ArriveAtSite': 'VisitArrived', DISPATCHER + 'StartWork': 'VisitWorkStarted',
    DISPATCHER + 'FinishWork': 'VisitFinished', DISPATCHER + 'IssueServiceReport': 'ServiceReportIssued',
    DISPATCHER + 'RefuseSignature': 'ServiceReportSigned', INVENTORY + 'TransferStock': 'StockMoved',
}
# Each event of the first kind leads to exactly one of the second, which names it as its cause.
ONE_ANSWER = [
    (('dispatcher', 'VisitProposed'), ('scheduler', ('BookingHeld', 'BookingRefused'))),
    (('dispatcher', 'VisitAccepted'), ('scheduler', ('BookingConfirmed', 'BookingRefused'))),
    (('intake', 'WorkOrderRequested'), ('dispatcher', ('WorkOrderCreated',))),
]
# The same, when more than one event must have come first: told by what they are about.
ONE_OUTCOME = [
    (('dispatcher', 'WorkOrderCompleted'), ('inventory', 'PartsSettled')),
    (('dispatcher', 'WorkOrderCompleted'), ('billing', 'WorkOrderPosted')),
]


class Proof:
    """problems: sentences. Each check adds what it finds. lost, doubled: how many of these say that something did not happen, or
    happened again."""

    def __init__(self, stack, traffic=None, provider=None):
        self.stack, self.traffic, self.provider = stack, traffic, provider
        self.problems = []
        self.lost = self.doubled = 0
        self.bus = stack.bus()
        self.events = {}

    def add(self, text, times=None):
        """times: how often something happened that should have happened once."""
        self.problems.append(text)
        self.lost += times == 0
        self.doubled += times is not None and times > 1

    def rows(self, query):
        return self.stack.sql(query)

    def heads(self):
        return {service: self.rows(f'select last_sequence from {proto.schema_of(service)}.lease')[0]['last_sequence'] for service in SERVICES}

    def run(self):
        """Everything, when all is quiet. No problems is what one wishes. A timer may speak while we read: then what was read is of
        two moments, and is read again; it is of one if every cursor stood at these heads before and nothing was said since."""
        for _ in range(5):
            before = self.stack.wait_quiet()
            self.problems, self.lost, self.doubled = [], 0, 0
            self.once()
            if self.heads() == before:
                break
        self.bus.close()
        return self

    def once(self):
        for service in SERVICES:
            self.events[service] = self.bus.replay(service)
            self.sequence(service)
        self.cursors()
        self.dead_letters()
        if self.traffic:
            self.answers()
            self.effects()
        self.chains()
        self.notices()
        self.promises()
        self.stock()
        self.invoices()
        self.timers()

    # ---- the log

    def sequence(self, service):
        """I11: a replay gives each sequence once and in order; segments cover it without gap; ids are unique; epochs rise."""
        events, schema = self.events[service], proto.schema_of(service)
        lease = self.rows(f'select epoch, last_sequence from {schema}.lease')[0]
        if [event.sequence for event in events] != list(range(1, lease['last_sequence'] + 1)):
            self.add(f'{service}: a replay is not 1 .. {lease["last_sequence"]}')
        if len({event.id for event in events}) != len(events):
            self.add(f'{service}: two events have one id')
        epochs = [event.epoch for event in events]
        if epochs != sorted(epochs) or (epochs and epochs[-1] > lease['epoch']):
            self.add(f'{service}: epochs do not rise')
        for row in self.rows(f'select * from (select first_sequence, lag (last_sequence, 1, 0::bigint) over (order by last_sequence) as before '
                             f'from {schema}.segment) as s where first_sequence <> before + 1'):
            self.add(f'{service}: segment {row}')

    def cursors(self):
        """I11: every consumer has applied everything, no more and no less."""
        heads = {service: len(events) for service, events in self.events.items()}
        for service in SERVICES:
            for row in self.rows(f'select source, sequence from {proto.schema_of(service)}.cursor'):
                if row['sequence'] != heads[row['source']]:
                    self.add(f'{service} is at {row["sequence"]} of {heads[row["source"]]} of {row["source"]}')

    def dead_letters(self):
        """I14: the traffic sends nothing that would have to be buried: what is wrong with it can be answered."""
        for service in SERVICES:
            for row in self.rows(f'select origin, type, reason from {proto.schema_of(service)}.dead_letter limit 5'):
                self.add(f'{service}: a dead letter {row}')

    # ---- what senders were told

    def answers(self):
        """Each command was decided once: later answers repeat the first, and it is what the service has kept."""
        kept = {}
        for service in SERVICES:
            for row in self.rows(f'select id, status from {proto.schema_of(service)}.reply'):
                kept[row['id']] = row['status']
        for sent in self.traffic.sent.values():
            finals = [status for status in sent.answers if status != RETRY]
            if not finals:
                self.add(f'{sent.full_name} {sent.id} was never answered', 0)
            elif sent.is_bad:
                if ACCEPTED in finals or sent.verdict == ACCEPTED:
                    self.add(f'{sent.full_name} {sent.id} is nonsense and was accepted')
            elif sum(status in (ACCEPTED, REJECTED) for status in finals) > 1:
                self.add(f'{sent.full_name} {sent.id} was decided more than once: {finals}', 2)
            elif kept.get(sent.id) != sent.verdict:
                self.add(f'{sent.full_name} {sent.id}: the answer was {sent.verdict}, kept is {kept.get(sent.id)}')

    def effects(self):
        """I1: what was accepted has happened once, what was rejected has not."""
        said = collections.defaultdict(collections.Counter)
        for events in self.events.values():
            for event in events:
                said[event.causation_id][event.type.split('.')[-1]] += 1
        for sent in self.traffic.sent.values():
            effect = ONE_EFFECT.get(sent.full_name)
            if sent.verdict == ACCEPTED and effect and said[sent.id][effect] != 1:
                self.add(f'{sent.full_name} {sent.id} was accepted and said {effect} {said[sent.id][effect]} times',
                         said[sent.id][effect])
            if sent.verdict == REJECTED and any(not name.endswith('Rejected') for name in said[sent.id]):
                self.add(f'{sent.full_name} {sent.id} was rejected and said {dict(said[sent.id])}')
        self.requests(said)

    def requests(self, said):
        """One request for each message of a channel, however often it was delivered."""
        accepted = collections.Counter()
        for event in self.events['intake']:
            if event.type.endswith('.ServiceRequestAccepted'):
                request = body(event)
                accepted[request.request_id] += 1
                if request.external_id:
                    accepted[request.channel, request.external_id] += 1
        for key, count in accepted.items():
            if count != 1:
                self.add(f'request {key} was accepted {count} times', count)
        for sent in self.traffic.sent.values():
            if sent.full_name.endswith('SubmitServiceRequest') and sent.verdict == ACCEPTED and accepted[sent.reply.subject] != 1:
                self.add(f'{sent.id} was accepted as request {sent.reply.subject}, which is not there', 0)

    # ---- what services have made of each other's events

    def named(self, service, names):
        return [event for event in self.events[service] if event.type.split('.')[-1] in names]

    def chains(self):
        """An event has its consequence once: never lost, never twice."""
        for (source, asked), (target, answers) in ONE_ANSWER:
            causes = collections.Counter(event.causation_id for event in self.named(target, answers))
            for event in self.named(source, (asked,)):
                if causes[event.id] != 1:
                    self.add(f'{asked} {event.subject} ({event.id}) led to {causes[event.id]} {"/".join(answers)}', causes[event.id])
        for (source, first), (target, second) in ONE_OUTCOME:
            outcomes = collections.Counter(event.subject for event in self.named(target, (second,)))
            for event in self.named(source, (first,)):
                if outcomes[event.subject] != 1:
                    self.add(f'{first} of {event.subject} led to {outcomes[event.subject]} {second}', outcomes[event.subject])
        for table, service in (('sla_watchdog.sla_case', 'sla-watchdog'), ('billing.entitlement', 'billing')):
            for row in self.rows(f'select id from intake.service_request where id not in (select id from {table}) limit 3'):
                self.add(f'{service} knows nothing of request {row["id"]}', 0)

    def notices(self):
        """I10: one message for each event and recipient; the provider has each once, or it is known that nobody knows."""
        queued = collections.Counter(body(event).effect_key for event in self.named('notifier', ('MessageQueued',)))
        for key, count in queued.items():
            if count != 1:
                self.add(f'{count} messages for {key}', count)
        if not self.provider:
            return
        doubtful = {row['id'] for row in self.rows('select id from notifier.message where doubtful')}
        for mark, count in self.provider.received.items():
            if count > 1 and mark not in doubtful:
                self.add(f'the provider was given {mark} {count} times, and nobody has noticed', count)
        for row in self.rows("select distinct message_id as id from notifier.attempt where outcome = 1 limit 100000"):
            if not self.provider.received[row['id']]:
                self.add(f'message {row["id"]} was sent, and the provider has not got it', 0)

    def promises(self):
        """I8: each threshold of a clock is said once, never early."""
        said, retracted = collections.Counter(), collections.Counter()
        for event in self.events['sla-watchdog']:
            name = event.type.split('.')[-1]
            if name not in ('SlaBreached', 'SlaWarned', 'SlaBreachRetracted'):
                continue
            fact = body(event)
            if name == 'SlaBreachRetracted':
                retracted[fact.clock_id] += 1
                continue
            at = fact.breach_at if name == 'SlaBreached' else fact.threshold_at
            said[fact.clock_id, name, 100 if name == 'SlaBreached' else fact.percent, at] += 1
            if event.recorded < at:
                self.add(f'{name} of {fact.clock_id} was said {at - event.recorded} ms early')
        for (clock, name, percent, at), count in said.items():
            if count > 1 + retracted[clock]:
                self.add(f'{name} of {clock} at {percent} % ({at}) was said {count} times', count)

    def stock(self):
        """I4: the journal adds up to what is there."""
        for row in self.rows("""
                select s.location_id, s.item_id, s.on_hand, coalesce (m.sum, 0) as moved from inventory.stock s left join (
                    select location_id, item_id, sum (quantity) from (
                        select to_location_id as location_id, item_id, quantity from inventory.stock_move union all
                        select from_location_id, item_id, -quantity from inventory.stock_move) as both_sides
                    group by 1, 2) as m using (location_id, item_id)
                where s.on_hand <> coalesce (m.sum, 0) or s.reserved < 0 or s.reserved > greatest (s.on_hand, 0)"""):
            self.add(f'stock {row}')
        for row in self.rows('select document_id, count (*) from (select document_id, item_id, from_location_id, to_location_id, serial '
                             "from inventory.stock_move where document_id like 'in-%' or document_id like 'move-%' group by 1, 2, 3, 4, 5 "
                             'having count (*) > 1) as twice group by 1'):
            self.add(f'document {row} has moved stock twice', 2)

    def invoices(self):
        """I7: numbers of a series and year have no gap, and nothing is billed twice."""
        for row in self.rows('select series, year, count (*) as count, max (sequence) as last from billing.invoice group by 1, 2 '
                             'having count (*) <> max (sequence) or min (sequence) <> 1'):
            self.add(f'invoices {row}')

    def timers(self):
        """F8: what Redis says is due is what Postgres says."""
        missing = clocks.missing_in_index(self.stack)
        if missing:
            self.add(f'{len(missing)} timers are not in Redis, the first is due at {missing[0]}')


def prove(stack, traffic=None, provider=None, with_audit=True):
    """A Proof whose problems are those found here and by `fettle audit`."""
    proof = Proof(stack, traffic, provider).run()
    if with_audit:
        done = stack.fettle('audit', check=False)
        if done.returncode:
            proof.problems += [f'fettle audit: {line}' for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return proof
