#!/usr/bin/python3
"""Clients in three languages over tcp with keys, and those who should not get in, or should not stay."""
import os
import pathlib
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import uuid

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE / 'python'))
from stack import BUILD, Stack                                   # noqa: E402

MESSAGES = ROOT / 'build/clients'
PROTOS = sorted(str(p.relative_to(ROOT / 'proto')) for p in (ROOT / 'proto').rglob('*.proto'))


def compile_messages():
    for folder in ('python', 'c'):
        (MESSAGES / folder).mkdir(parents=True, exist_ok=True)
    subprocess.run(['protoc', '--proto_path=proto', f'--python_out={MESSAGES}/python', *PROTOS], cwd=ROOT, check=True)
    subprocess.run(['protoc-c', '--proto_path=proto', f'--c_out={MESSAGES}/c', *PROTOS], cwd=ROOT, check=True)
    sources = [str(p) for s in ('bus', 'intake', 'type') for p in (MESSAGES / f'c/fettle/{s}/v1').glob('*.c')]
    subprocess.run(['gcc', '-std=gnu11', '-Wall', '-Wextra', '-Werror', f'-I{MESSAGES}/c', 'tests/clients/c/submit.c', *sources,
                    '-lczmq', '-lzmq', '-lprotobuf-c', '-o', f'{MESSAGES}/submit'], cwd=ROOT, check=True)


compile_messages()
import zmq                                                       # noqa: E402
from fettle_client import STATUS, Client, NoAnswer, Refused, bus, message_from    # noqa: E402

stack = Stack('clients')
keys = {}
LANGUAGES = {'python': ['/usr/bin/python3', str(HERE / 'python'), '.py'], 'node': ['node', str(HERE / 'node'), '.mjs']}


def client(name, **options):
    options = {'key': keys[name], 'server_key': stack.server_key} | options
    return Client('tcp://127.0.0.1:{port}', port=stack.port, **options)


def program(language, name, key, *arguments):
    interpreter, folder, suffix = LANGUAGES[language]
    return [interpreter, f'{folder}/{name}{suffix}', *arguments], stack.client_environment(keys[key])


def run(language, name, key, *arguments):
    command, environment = program(language, name, key, *arguments)
    return subprocess.run(command, env=environment, cwd=ROOT, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60)


def submit(text='the pump leaks', **options):
    return client('crm').send(message_from('fettle.intake.v1.SubmitServiceRequest', channel='CHANNEL_SYSTEM', assetId='pump-1',
                                           externalId=str(uuid.uuid4()), type='REQUEST_TYPE_REPAIR', text=text), **options)


def refusal(function, *arguments, **options):
    """The code of the rejection that this must give."""
    try:
        function(*arguments, **options)
    except Refused as refused:
        assert len(refused.reply.message) > 10, f'{refused.code} is not explained'
        return refused.code
    raise AssertionError('it was not refused')


def answers(somebody, service='intake', timeout_ms=1500):
    try:
        return somebody.status(service, timeout_ms).ready
    except NoAnswer:
        return False


def register_company():
    operator = client('operator')
    operator.send(message_from('fettle.intake.v1.RegisterTerritory', territoryId='north', details={
        'name': 'North', 'timeZone': 'Europe/Rome', 'country': 'IT', 'language': 'LANGUAGE_EN', 'currency': 'EUR',
        'managerEmail': 'manager@example.org'}))
    operator.send(message_from('fettle.intake.v1.RegisterCustomer', customerId='acme', details={
        'name': 'ACME', 'email': 'plant@example.org', 'language': 'LANGUAGE_EN'}))
    operator.send(message_from('fettle.intake.v1.RegisterSite', siteId='plant', details={
        'customerId': 'acme', 'name': 'Plant', 'address': 'Via Roma 1', 'territoryId': 'north'}))
    operator.send(message_from('fettle.intake.v1.RegisterAsset', assetId='pump-1', details={
        'customerId': 'acme', 'siteId': 'plant', 'model': 'P100', 'deviceType': 'pump', 'serial': 'S1'}))


# ---- clients of each language

def accepted_in(language):
    message_id = str(uuid.uuid4())
    first = run(language, 'submit', 'crm', 'pump-1', 'it leaks', message_id)
    again = run(language, 'submit', 'crm', 'pump-1', 'it leaks', message_id)
    assert re.fullmatch(r'ACCEPTED \S{10,}\n', first.stdout), first.stdout
    assert again.stdout == first.stdout.replace('ACCEPTED', 'DUPLICATE'), again.stdout
    refused = run(language, 'submit', 'crm', 'pump-404', 'it leaks')
    assert refused.returncode == 1 and 'rejected: asset.unknown: ' in refused.stdout, refused.stdout


def test_python_publishes_a_service_request_and_gets_the_answer():
    accepted_in('python')


def test_node_publishes_a_service_request_and_gets_the_answer():
    accepted_in('node')


def test_c_publishes_a_service_request_and_gets_the_answer():
    def run_c(asset):
        return subprocess.run([str(MESSAGES / 'submit'), asset, 'it leaks'], env=stack.client_environment(keys['crm']), text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    assert re.fullmatch(r'ACCEPTED \S{10,}\n', run_c('pump-1').stdout)
    assert 'rejected: asset.unknown: ' in run_c('pump-404').stdout


def test_python_and_node_push_alarms_that_fold_into_one_request():
    said = [run(language, 'alarm', 'gateway', 'pump-1', 'E7', '4').stdout for language in ('python', 'node', 'python')]
    assert re.fullmatch(r'ACCEPTED \S{10,}\n', said[0]) and len(set(said)) == 1, said


def test_the_command_line_speaks_to_the_same_doors_with_a_key():
    status = stack.fettle('status', environment=stack.client_environment(keys['operator']) | {'FETTLE_TCP': ''})
    assert status.returncode == 0 and status.stdout.count('ready') == 7, status.stdout


def follows_in(language):
    command, environment = program(language, 'follow', 'watcher', 'fettle.notifier.')
    output = stack.home / f'followed-in-{language}'
    follower = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output.open('w'), stderr=subprocess.STDOUT)
    try:
        seen, until = '', time.time() + 60
        while 'MessageQueued' not in seen and time.time() < until:
            submit()                                # until the subscription has arrived; each gives a notification
            time.sleep(0.5)
            seen = output.read_text()
        assert re.search(r'^notifier \d+ fettle\.notifier\.v1\.MessageQueued \S+ \{.*Dear ACME', seen, re.M), seen
        assert all(line.startswith('notifier ') for line in seen.splitlines()), seen
    finally:
        follower.terminate()
        follower.wait()


def test_python_follows_notifications_as_they_happen():
    follows_in('python')


def test_node_follows_notifications_as_they_happen():
    follows_in('node')


def fetched(language, consumer, key='watcher', *arguments):
    result = run(language, 'fetch', key, consumer, *arguments)
    assert result.returncode == 0, result.stdout
    return [int(line.split()[0]) for line in result.stdout.splitlines()]


def caught_up(language, consumer):
    """Fetches until the notification of a request that is made now has come."""
    before, seen, until = submit().subject, [], time.time() + 30
    while not seen and time.time() < until:
        seen = fetched(language, consumer)
    assert before and seen
    return seen


def test_what_is_fetched_goes_on_from_the_cursor_after_a_restart_in_another_language():
    for language, other in (('python', 'node'), ('node', 'python')):
        consumer = f'crm-mirror-{language}'
        first = caught_up(language, consumer)
        assert first == sorted(set(first)) and first[0] <= 2
        then = caught_up(other, consumer)
        assert then == sorted(set(then)) and then[0] > first[-1], (first, then)


def test_what_was_not_acknowledged_is_given_again():
    watcher = client('watcher')
    once, twice = watcher.fetch('intake', 'crash'), watcher.fetch('intake', 'crash')
    assert len(once.events) > 3 and [e.id for e in once.events] == [e.id for e in twice.events]
    watcher.acknowledge('intake', 'crash', once.events[2].sequence)
    assert watcher.fetch('intake', 'crash').events[0].sequence == once.events[3].sequence
    assert [e.sequence for e in once.events] == list(range(1, len(once.events) + 1))


def test_a_consumer_of_a_rare_type_moves_on_over_what_it_does_not_want():
    watcher = client('watcher')
    page = watcher.fetch('intake', 'rare', prefix='fettle.intake.v1.TerritoryPublished')
    assert len(page.events) == 1 and page.up_to == page.last_sequence > 3
    watcher.acknowledge('intake', 'rare', page.up_to)
    page = watcher.fetch('intake', 'rare', prefix='fettle.intake.v1.TerritoryPublished')
    assert not page.events and page.acknowledged == page.up_to


def test_a_cursor_belongs_to_the_key_that_made_it():
    client('watcher').fetch('intake', 'mine')
    assert refusal(client('crm').fetch, 'intake', 'mine') == 'consumer.not_yours'
    assert refusal(client('crm').acknowledge, 'intake', 'mine', 1) == 'consumer.not_yours'
    assert refusal(client('watcher').acknowledge, 'intake', 'mine', 10 ** 12) == 'ack.out_of_range'


# ---- who may do what

def test_without_a_key_the_door_stays_closed():
    assert not answers(client('operator', key=None))


def test_with_a_key_that_nobody_knows_the_door_stays_closed():
    public, secret = zmq.curve_keypair()
    stranger = pathlib.Path(tempfile.mkdtemp(dir=stack.home)) / 'stranger.key_secret'
    stranger.write_text(f'curve\n    public-key = "{public.decode()}"\n    secret-key = "{secret.decode()}"\n')
    assert not answers(client('operator', key=str(stranger)))


def test_a_client_that_expects_another_server_says_nothing_to_this_one():
    assert not answers(client('operator', server_key=keys['crm']))


def test_each_role_may_send_what_it_is_for_and_no_more():
    customer = message_from('fettle.intake.v1.RegisterCustomer', customerId='evil', details={'name': 'Evil'})
    policy = message_from('fettle.dispatcher.v1.PublishDispatchPolicy', policyId='evil')
    for name in ('watcher', 'gateway', 'crm', 'engineer', 'provider'):
        assert refusal(client(name).send, customer) == 'command.forbidden', name
        assert refusal(client(name).send, policy) == 'command.forbidden', name
    accept = message_from('fettle.dispatcher.v1.AcceptVisit', visitId='v404', engineerId='e1')
    assert refusal(client('engineer').send, accept) == 'visit.unknown'
    assert client('operator').send(customer).subject == 'evil'


def put(file, text):
    """As keys are: a new file in its place, which the folder tells of."""
    new = file.with_suffix('.new')
    new.write_text(text)
    new.rename(file)


def test_m1_a_key_of_an_engineer_or_a_subcontractor_speaks_for_nobody_else():
    def said(key, name, **fields):
        return refusal(client(key).send, message_from(f'fettle.{name}', **fields))
    assert said('engineer', 'dispatcher.v1.AcceptVisit', visitId='v404', engineerId='e2') == 'key.not_yours'
    assert said('engineer', 'dispatcher.v1.AcceptVisit', visitId='v404') == 'visit.unknown'
    assert said('engineer', 'scheduler.v1.RecordAbsence', absenceId='a', engineerId='e2', fromAt=1, toAt=2) == 'key.not_yours'
    assert said('engineer', 'dispatcher.v1.SetDuty', engineerId='e2', onDuty=False) == 'key.not_yours'
    assert said('engineer', 'sla_watchdog.v1.AcknowledgeEscalation', escalationId='x', personId='e2') == 'key.not_yours'
    assert said('provider', 'dispatcher.v1.AcceptVisit', visitId='v404', engineerId='e1') == 'key.not_yours'
    assert said('provider', 'dispatcher.v1.GetDecision', visitId='v404') == 'visit.unknown'
    assert said('provider', 'dispatcher.v1.SetDuty', engineerId='acme', onDuty=False) == 'command.forbidden'
    # a key that says nobody, as those of earlier days do
    public = stack.home / 'keys/clients/engineer.key'
    text = public.read_text()
    put(public, ''.join(line for line in text.splitlines(True) if 'for =' not in line))
    assert said('engineer', 'dispatcher.v1.AcceptVisit', visitId='v404') == 'key.for_nobody'
    put(public, text)


def test_a_command_is_told_with_the_name_of_the_key_that_sent_it():
    reply = submit(actor='mario')
    events = []
    while not events:
        page = client('watcher').fetch('intake', 'actors', prefix='fettle.intake.v1.ServiceRequestAccepted')
        client('watcher').acknowledge('intake', 'actors', page.up_to)
        events = [e for e in page.events if e.subject == reply.subject]
    assert events[0].actor == 'key:crm/mario', events[0].actor


class Ear:
    """Hears all topics of intake, heartbeats too."""
    def __init__(self, name):
        self.client = client(name)
        self.socket = self.client.socket(zmq.SUB)
        self.socket.subscribe('')
        self.socket.connect(self.client.address('intake', 'pub'))

    def wait_for(self, count):
        for _ in range(count):
            assert self.socket.poll(20000), 'nothing is heard any more'
            self.socket.recv_multipart()

    def drain(self):
        heard = 0
        while self.socket.poll(0):
            self.socket.recv_multipart()
            heard += 1
        return heard


def test_gateways_and_engineers_hear_no_events():
    deaf, ear = [Ear('gateway'), Ear('engineer'), Ear('provider')], Ear('watcher')
    ear.wait_for(3)
    assert [e.drain() for e in deaf] == [0, 0, 0]
    for name in ('gateway', 'engineer', 'provider'):
        assert refusal(client(name).fetch, 'intake', 'spy') == 'request.forbidden'


def test_a_revoked_key_is_refused_at_once_and_hears_no_more():
    keys['leaver'] = stack.new_key('leaver', 'system')
    leaver, ear, other = client('leaver'), Ear('leaver'), Ear('watcher')
    assert leaver.status('intake').ready
    ear.wait_for(2)
    assert stack.fettle('keys', 'revoke', 'leaver').returncode == 0
    cancel = message_from('fettle.intake.v1.CancelServiceRequest', requestId='r404', reason='none')
    assert refusal(leaver.send, cancel) == 'key.revoked'
    assert refusal(leaver.fetch, 'intake', 'leaver') == 'key.revoked'
    other.wait_for(3)
    ear.drain()
    other.wait_for(3)
    assert ear.drain() == 0
    assert not answers(client('leaver'))


def test_a_new_key_of_the_same_name_gives_nothing_to_the_old_one():
    keys['phoenix'] = stack.new_key('phoenix', 'system')
    old = client('phoenix')
    assert old.status('intake').ready
    assert stack.fettle('keys', 'revoke', 'phoenix').returncode == 0
    keys['phoenix'] = stack.new_key('phoenix', 'operator')
    asset = message_from('fettle.intake.v1.GetAsset', assetId='pump-1')
    assert refusal(old.send, asset) == 'key.revoked'
    assert client('phoenix').query(asset).known


# ---- what is said

def ask_raw(frames, name='crm', service='intake', timeout_ms=5000):
    """Sends frames as they are. The Response, or None when the door was closed."""
    somebody = client(name)
    socket_ = somebody.socket(zmq.DEALER)
    socket_.connect(somebody.address(service, 'cmd'))
    try:
        socket_.send_multipart(frames)
        return bus.Response.FromString(socket_.recv()) if socket_.poll(timeout_ms) else None
    finally:
        socket_.close()


def code_of(frame, **options):
    response = ask_raw([frame], **options)
    assert response, 'no answer'
    assert response.reply.status == STATUS.STATUS_REJECTED and len(response.reply.message) > 10, response
    return response.reply.code


def varint(number):
    bytes_ = b''
    while number > 127:
        bytes_ += bytes([number & 127 | 128])
        number >>= 7
    return bytes_ + bytes([number])


def part(number, content):
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def command_with(body, type_='fettle.intake.v1.SubmitServiceRequest', id_=None, **fields):
    return bus.Request(command=bus.Command(id=id_ or str(uuid.uuid4()), type=type_, data=body, **fields)).SerializeToString()


def test_bytes_that_are_no_request_are_answered_with_what_is_wrong():
    good = command_with(b'\x1a\x04acme')
    deep = b''
    for _ in range(3000):
        deep = part(1, deep)
    assert code_of(b'') == 'request.empty'
    assert code_of(good[:-3]) == 'wire.truncated'
    assert code_of(b'\xff' * 40) == 'wire.bad_varint'
    assert code_of(part(1, varint(1 << 3) + varint(7))) == 'wire.wrong_type'
    assert code_of(part(1, part(1, b'\xff\xfe'))) == 'wire.bad_utf8'
    assert code_of(part(1, part(1, b'a\x00b'))) == 'wire.has_nul'
    assert code_of(b'\x0b' * 3000) in ('wire.group', 'wire.wrong_type')
    assert code_of(deep).startswith('wire.')
    assert code_of(command_with(b'x' * 200000)) in ('wire.too_big', 'wire.too_long')
    assert code_of(part(1, b''.join(part(90 + i, b'x') for i in range(200)))) == 'wire.too_many_unknown'


def test_bodies_that_are_not_what_their_type_says_are_answered_with_what_is_wrong():
    assert code_of(command_with(part(9, b'\xc3\x28'))) == 'wire.bad_utf8'
    assert code_of(command_with(part(9, b'leaks\x00'))) == 'wire.has_nul'
    assert code_of(command_with(part(1, b'not a number'))) == 'wire.wrong_type'
    assert code_of(command_with(part(9, b'x' * 60)[:-1])) == 'wire.truncated'
    assert code_of(command_with(part(9, b'x' * 50000))) == 'wire.too_long'
    assert code_of(command_with(part(13, b'a') * 6000)) == 'wire.too_many_values'
    assert code_of(command_with(part(9, b'x' * 80000))) in ('wire.too_big', 'wire.too_long')


def test_noise_gets_an_answer_or_a_refusal_and_nothing_else():
    seed = int(os.environ.get('FETTLE_SEED', random.randrange(10 ** 9)))
    print(f'# FETTLE_SEED={seed}')
    noise = random.Random(seed)
    whole = bytearray(command_with(part(9, b'it leaks') + part(5, b'pump-1')))
    somebody = client('watcher')            # may send nothing: what happens to be well-formed is not done
    for _ in range(400):
        bytes_ = bytearray(whole) if noise.random() < 0.7 else bytearray(noise.randbytes(noise.randrange(1, 300)))
        for _ in range(noise.randrange(4)):
            bytes_[noise.randrange(len(bytes_))] = noise.randrange(256)
        door = somebody.doors.get('intake')
        if not door:
            somebody.status('intake')
            door = somebody.doors['intake']
        door.send(bytes(bytes_))
        assert door.poll(5000), bytes(bytes_).hex()
        assert bus.Response.FromString(door.recv()).WhichOneof('body'), bytes(bytes_).hex()


def test_a_frame_above_a_megabyte_ends_the_connection_and_nothing_else():
    assert ask_raw([b'x' * (3 * 1024 * 1024)], timeout_ms=1000) is None
    assert answers(client('crm'), timeout_ms=5000)


def test_frames_too_many_are_no_reason_to_be_silent():
    request = bus.Request(get_status=bus.GetStatus()).SerializeToString()
    assert ask_raw([request, b'b', b'c', b'd']).status.ready
    assert ask_raw([b'a', request]).reply.status == STATUS.STATUS_REJECTED


def test_a_socket_that_asks_and_waits_in_turn_is_answered_too():
    crm = client('crm')
    req = crm.socket(zmq.REQ)
    req.connect(crm.address('intake', 'cmd'))
    for _ in range(3):
        req.send(bus.Request(get_status=bus.GetStatus()).SerializeToString())
        assert req.poll(5000)
        assert bus.Response.FromString(req.recv()).status.ready


def test_the_same_id_again_gives_the_first_answer():
    message_id, external_id = str(uuid.uuid4()), str(uuid.uuid4())
    crm = client('crm')
    fields = dict(channel='CHANNEL_SYSTEM', externalId=external_id, assetId='pump-1', type='REQUEST_TYPE_REPAIR')
    one = message_from('fettle.intake.v1.SubmitServiceRequest', text='one', **fields)
    first, second = crm.send(one, id=message_id), crm.send(one, id=message_id)
    assert (first.status, second.status) == (STATUS.STATUS_ACCEPTED, STATUS.STATUS_DUPLICATE)
    assert second.subject == first.subject and second.first_status == STATUS.STATUS_ACCEPTED
    other = message_from('fettle.intake.v1.SubmitServiceRequest', text='two', **fields)
    assert refusal(crm.send, other, id=message_id) == 'command.id_reused'


def test_a_rejection_is_kept_too():
    message_id = str(uuid.uuid4())
    lost = message_from('fettle.intake.v1.SubmitServiceRequest', channel='CHANNEL_SYSTEM', externalId='lost', assetId='pump-404',
                        type='REQUEST_TYPE_REPAIR', text='it leaks')
    assert [refusal(client('crm').send, lost, id=message_id) for _ in range(2)] == ['asset.unknown', 'asset.unknown']


def test_commands_that_can_not_be_taken_say_why():
    now = int(time.time() * 1000)
    body = part(9, b'it leaks')
    assert code_of(command_with(body, deadline=now - 1000)) == 'command.expired'
    assert code_of(command_with(body, time=now + 3600000)) == 'command.time_in_future'
    assert code_of(command_with(body, id_='a b')) == 'command.bad_id'
    assert code_of(command_with(body, id_='x' * 65)) == 'command.bad_id'
    assert code_of(command_with(body, actor='x' * 200)) == 'command.too_long'
    assert code_of(command_with(b'', type_='fettle.intake.v1.NoSuchThing'), name='operator') == 'command.unknown_type'
    assert code_of(command_with(b'', type_='fettle.billing.v1.GetCost'), name='operator') == 'command.unknown_type'
    assert code_of(command_with(b'', type_='fettle.intake.v1.CustomerRegistered'), name='operator') == 'command.unknown_type'


def test_half_a_thousand_connections_of_junk_do_not_keep_a_client_from_its_answer():
    greeting = b'\xff' + bytes(8) + b'\x7f\x03\x00' + b'NULL'.ljust(20, b'\0') + bytes(32)
    junk = [b'', b'GET / HTTP/1.1\r\nHost: x\r\n\r\n', greeting, greeting + b'\x04\x19\x05READY' + bytes(40), os.urandom(2000)]
    before = client('crm')
    assert before.status('intake').ready
    connections = []
    for number in range(500):
        connection = socket.create_connection(('127.0.0.1', stack.port + 10 + number % 2))
        connection.sendall(junk[number % len(junk)])
        connections.append(connection)
    assert before.status('intake', 5000).ready
    assert submit(timeout_ms=15000).status == STATUS.STATUS_ACCEPTED
    for connection in connections:
        connection.close()


def test_after_all_this_every_service_is_ready_and_the_same_process():
    assert stack.pids() == pids_at_start
    for service in pids_at_start:
        if service not in ('postgres', 'redis'):
            status = client('operator').status(service)
            assert status.ready and status.dead_letters == 0, status


# ---- all of them, in this order

def main():
    failed = 0
    for name, test in list(globals().items()):
        if not name.startswith('test_'):
            continue
        sentence = name.removeprefix('test_').replace('_', ' ')
        try:
            test()
            print(f'ok - {sentence}', flush=True)
        except Exception:
            failed += 1
            print(f'not ok - {sentence}\n{traceback.format_exc()}', flush=True)
    return 1 if failed else 0


try:
    print(f'# {BUILD}, ports from {stack.port}')
    stack.up()
    pids_at_start = stack.pids()
    for key_name, key_role, speaks_for in (('operator', 'operator', None), ('crm', 'system', None), ('watcher', 'consumer', None),
                                           ('gateway', 'gateway', None), ('engineer', 'engineer', 'e1'),
                                           ('provider', 'provider', 'acme')):
        keys[key_name] = stack.new_key(key_name, key_role, speaks_for)
    register_company()
    code = main()
finally:
    stack.down()
sys.exit(code)
