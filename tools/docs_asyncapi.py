"""docs/asyncapi.yaml: the same for machines, as an AsyncAPI 3.0 document."""
import json
import re

import docs_model

JSON_TYPES = {'text': {'type': 'string'}, 'bool': {'type': 'boolean'}, 'double': {'type': 'number', 'format': 'double'},
              'int32': {'type': 'integer', 'format': 'int32'}, 'uint32': {'type': 'integer', 'format': 'int32'},
              'int64': {'type': ['string', 'integer'], 'format': 'int64'}, 'uint64': {'type': ['string', 'integer'], 'format': 'int64'},
              'bytes': {'type': 'string', 'format': 'byte'}}
ABOUT = """After-sales service as events. Topics are full names of protobuf messages; a frame of the PUB door is topic and
fettle.bus.v1.Event, whose data is the packed message. Schemas here are the JSON mapping of the same messages (proto3: camelCase names,
int64 as text, enums by name; left out means 0, "" or none). What is promised is in docs/integrating.md."""


def _ref(kind, name):
    return {'$ref': f'#/components/{kind}/{name}'}


def _field(field):
    schema = _ref('schemas', field.kind) if field.is_message or field.is_enum else dict(JSON_TYPES[field.kind])
    text = '; '.join(t for t in (field.unit, field.comment) if t)
    if field.repeated:
        schema = {'type': 'array', 'items': schema}
    if text and '$ref' not in schema:
        schema['description'] = text
    return schema


def _message_schema(message):
    return {'type': 'object', 'description': message.comment,
            'properties': {f.json_name: _field(f) for f in message.fields}}


def _enum_schema(enum):
    schema = {'type': 'string', 'enum': [name for name, _, _ in enum.values]}
    notes = '; '.join(f'{name}: {comment}' for name, _, comment in enum.values if comment)
    return {**schema, 'description': notes} if notes else schema


def _schemas(model):
    schemas = {}
    for service in (model.bus, model.shared, *model.services.values()):
        for message in service.messages.values():
            schemas[message.full_name] = _message_schema(message)
        for enum in service.enums.values():
            schemas[enum.full_name] = _enum_schema(enum)
    return _reached(schemas, [m.full_name for s in model.services.values() for m in s.messages.values() if m.role != 'shape'])


def _reached(schemas, names):
    """Only what messages on the bus are made of."""
    found, todo = set(), list(names) + [f'fettle.bus.v1.{n}' for n in ('Event', 'Heartbeat', 'Request', 'Response')]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += re.findall(r'#/components/schemas/([\w.]+)', json.dumps(schemas[name]))
    return {name: schema for name, schema in schemas.items() if name in found}


def _envelope():
    text, number = {'type': 'string'}, {'type': ['string', 'integer'], 'format': 'int64'}
    properties = {'specversion': {'type': 'string', 'const': '1.0'}, 'id': text, 'source': text, 'type': text, 'subject': text,
                  'time': {'type': 'string', 'format': 'date-time'}, 'datacontenttype': text, 'sequence': number,
                  'recorded': number, 'correlationid': text, 'causationid': text, 'traceparent': text, 'actor': text, 'epoch': number}
    return {'type': 'object', 'description': 'CloudEvents 1.0 attributes, as fettle.bus.v1.Event carries them',
            'required': ['id', 'source', 'type', 'sequence'], 'properties': properties}


def _message(message):
    return {'name': message.full_name, 'title': message.name, 'summary': message.comment, 'contentType': 'application/protobuf',
            **({'headers': _ref('schemas', 'CloudEvent')} if message.role == 'event' else {}),
            'payload': _ref('schemas', message.full_name)}


def _servers(model):
    servers = {}
    for service in model.services.values():
        for door, port, about in (('pub', service.port, 'PUB: events as they happen; connect a SUB'),
                                  ('cmd', service.port + 1, 'ROUTER: Request in, Response out; connect a DEALER')):
            servers[f'{service.name}-{door}'] = {
                'host': f'{{host}}:{port}', 'protocol': 'zmtp', 'protocolVersion': '3.1', 'description': about,
                'variables': {'host': {'default': '127.0.0.1', 'description': 'where the service runs'}},
                'security': [_ref('securitySchemes', 'curve')]}
    return servers


def _channel(service, door, message):
    return {'address': message.full_name, 'servers': [{'$ref': f'#/servers/{service.name}-{door}'}],
            'messages': {message.name: _ref('messages', message.full_name)}}


def _operation(model, message, action):
    operation = {'action': action, 'channel': {'$ref': f'#/channels/{message.full_name}'},
                 'summary': message.comment,
                 'messages': [{'$ref': f'#/channels/{message.full_name}/messages/{message.name}'}]}
    if action == 'receive':
        operation['description'] = 'Keys that may send it: ' + ', '.join(docs_model.may_send(model, message.full_name))
    return operation


def _document(model):
    channels, operations, messages = {}, {}, {}
    for service in model.services.values():
        for message in service.messages.values():
            if message.role != 'shape':
                messages[message.full_name] = _message(message)
            if message.role == 'event':
                channels[message.full_name] = _channel(service, 'pub', message)
                operations[f'say.{message.full_name}'] = _operation(model, message, 'send')
            elif message.role in ('command', 'query'):
                channels[message.full_name] = _channel(service, 'cmd', message)
                operations[f'take.{message.full_name}'] = _operation(model, message, 'receive')
    curve = {'type': 'asymmetricEncryption', 'description': 'CurveZMQ (RFC 26). The key must be in FETTLE_KEYS/clients; its role says '
             'what it may send and whether it may read events.'}
    return {'asyncapi': '3.0.0', 'id': 'urn:fettle', 'info': {'title': 'Fettle', 'version': model.version or '0', 'description': ABOUT},
            'defaultContentType': 'application/protobuf', 'servers': _servers(model), 'channels': channels, 'operations': operations,
            'components': {'securitySchemes': {'curve': curve}, 'messages': messages,
                           'schemas': {'CloudEvent': _envelope(), **_schemas(model)}}}


# ---- YAML: block style outside, JSON (which is YAML) for what fits on a line

def _key(name):
    return name if re.fullmatch(r'[A-Za-z_$][\w.$-]*', name) else json.dumps(name)


def _lines(value, indent):
    for name, inner in value.items():
        flat = json.dumps(inner, ensure_ascii=False)
        if isinstance(inner, dict) and inner and len(flat) + indent > 110:
            yield f'{" " * indent}{_key(name)}:'
            yield from _lines(inner, indent + 2)
        else:
            yield f'{" " * indent}{_key(name)}: {flat}'


def page(model):
    return '# Made by tools/docs from proto/. Do not edit: `make docs` writes it again.\n' + '\n'.join(_lines(_document(model), 0)) + '\n'


# ---- a check of its structure

def _parse(text):
    """Reads back what page() writes."""
    root = {}
    stack = [(-1, root)]
    for line in text.splitlines():
        if line.startswith('#'):
            continue
        indent = len(line) - len(line.lstrip())
        name, value = re.match(r'\s*("(?:[^"\\]|\\.)*"|[^:]+):(?: (.*))?$', line).groups()
        while stack[-1][0] >= indent:
            stack.pop()
        name = json.loads(name) if name.startswith('"') else name
        stack[-1][1][name] = json.loads(value) if value else {}
        if not value:
            stack.append((indent, stack[-1][1][name]))
    return root


def _has(document, pointer):
    node = document
    for part in pointer.lstrip('#/').split('/'):
        if not isinstance(node, dict) or part not in node:
            return False
        node = node[part]
    return True


def problems(text, model):
    """The document reads back as it was meant, every reference leads somewhere, every channel is used once."""
    document = _parse(text)
    found = [] if document == json.loads(json.dumps(_document(model))) else ['asyncapi.yaml does not read back as it was written']
    found += [f'asyncapi.yaml: {pointer} leads nowhere' for pointer in set(re.findall(r'"\$ref": "(.*?)"', json.dumps(document)))
              if not _has(document, pointer)]
    used = [operation['channel']['$ref'] for operation in document['operations'].values()]
    found += [f'asyncapi.yaml: channel {name} has no operation' for name in document['channels'] if f'#/channels/{name}' not in used]
    return found
