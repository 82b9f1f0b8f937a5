"""What proto/, the services and the keys say, as plain Python."""
import re
import subprocess
import tempfile
from dataclasses import dataclass, field

from google.protobuf import descriptor_pb2

TYPES = descriptor_pb2.FieldDescriptorProto
SCALARS = {TYPES.TYPE_STRING: 'text', TYPES.TYPE_INT64: 'int64', TYPES.TYPE_INT32: 'int32', TYPES.TYPE_BOOL: 'bool',
           TYPES.TYPE_DOUBLE: 'double', TYPES.TYPE_BYTES: 'bytes', TYPES.TYPE_UINT32: 'uint32', TYPES.TYPE_UINT64: 'uint64'}
UNITS = [('_at', 'instant, ms UTC'), ('_on', 'date, YYYY-MM-DD'), ('_ms', 'ms'), ('_minutes', 'min'), ('_days', 'days'),
         ('_km', 'km'), ('_kmh', 'km/h'), ('_m', 'm'), ('_minor', 'minor units'), ('_percent', '%'), ('latitude', 'degrees WGS 84'),
         ('longitude', 'degrees WGS 84'), ('_percents', '%')]


@dataclass
class Field:
    name: str
    json_name: str
    number: int
    kind: str                   # "text", "int64" ..., or the full name of a message or enum
    is_message: bool
    is_enum: bool
    repeated: bool
    comment: str

    @property
    def unit(self):
        return next((unit for end, unit in UNITS if self.name.endswith(end)), '')


@dataclass
class Message:
    name: str
    full_name: str
    comment: str
    fields: list
    role: str = 'shape'         # event, command, query, answer, shape
    heard_by: list = field(default_factory=list)


@dataclass
class Enum:
    name: str
    full_name: str
    comment: str
    values: list                # (name, number, comment)


@dataclass
class Service:
    name: str                   # "sla-watchdog"
    port: int                   # of its PUB door; the command door is the next
    about: str
    messages: dict = field(default_factory=dict)
    enums: dict = field(default_factory=dict)
    codes: dict = field(default_factory=dict)

    def of(self, role):
        return [m for m in self.messages.values() if m.role == role]


@dataclass
class Model:
    services: dict
    shared: Service             # fettle.type
    bus: Service
    roles: list                 # (name, prefixes, about, may follow)
    common_codes: dict
    version: str

    def find(self, full_name):
        for service in (*self.services.values(), self.shared, self.bus):
            if full_name in service.messages:
                return service.messages[full_name]
            if full_name in service.enums:
                return service.enums[full_name]
        raise KeyError(full_name)


def _comments(file):
    found = {}
    for location in file.source_code_info.location:
        text = ' '.join((location.leading_comments or location.trailing_comments).split())
        if text:
            found[tuple(location.path)] = text
    return found


def _field(proto, comment):
    is_message, is_enum = proto.type == TYPES.TYPE_MESSAGE, proto.type == TYPES.TYPE_ENUM
    kind = proto.type_name.lstrip('.') if is_message or is_enum else SCALARS[proto.type]
    return Field(proto.name, proto.json_name, proto.number, kind, is_message, is_enum, proto.label == TYPES.LABEL_REPEATED, comment)


def _read_enum(into, enum, prefix, comments, path):
    values = [(v.name, v.number, comments.get(path + (2, i), '')) for i, v in enumerate(enum.value)]
    into.enums[prefix + enum.name] = Enum(enum.name, prefix + enum.name, comments.get(path, ''), values)


def _read_file(file, into):
    comments = _comments(file)
    prefix = file.package + '.'
    for i, enum in enumerate(file.enum_type):
        _read_enum(into, enum, prefix, comments, (5, i))
    for i, message in enumerate(file.message_type):
        fields = [_field(f, comments.get((4, i, 2, j), '')) for j, f in enumerate(message.field)]
        into.messages[prefix + message.name] = Message(message.name, prefix + message.name, comments.get((4, i), ''), fields)
        for j, enum in enumerate(message.enum_type):
            _read_enum(into, enum, f'{prefix}{message.name}.', comments, (4, i, 4, j))


def _descriptors(root):
    protos = sorted(str(p.relative_to(root / 'proto')) for p in (root / 'proto').rglob('*.proto'))
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(['protoc', '--proto_path=proto', '--include_source_info', '--include_imports', '-o', out.name, *protos],
                       cwd=root, check=True)
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    return files.file


def _snake(name):
    return re.sub(r'(?<!^)([A-Z])', r'_\1', name).lower()


def _set_roles(service, main_c):
    """Commands and queries are what the service's table takes; events are what it is said to say."""
    takes = {m: kind for kind, m in re.findall(r'\b(COMMAND|QUERY)\s*\((\w+),', main_c)}
    for message in service.messages.values():
        speaker = message.comment.split(' -> ')[0] if ' -> ' in message.comment else ''
        if _snake(message.name) in takes:
            message.role = takes[_snake(message.name)].lower()
        elif speaker == service.name and ' -> who asked' in message.comment:
            message.role = 'answer'
        elif speaker == service.name and ' -> itself' not in message.comment and ' -> its ' not in message.comment:
            message.role = 'event'


def _set_listeners(services, tables):
    for listener, table in tables.items():
        for source, name in re.findall(r'\bEVENT(?:_PACKED)?\s*\(([\w-]+),\s*(\w+),', table):
            speaker = services[source.replace('_', '-')]
            for message in speaker.messages.values():
                if _snake(message.name) == name:
                    message.heard_by.append(listener)


def _sentence(source):
    """The text of adjacent C string literals at the start of SOURCE, with the values left out."""
    match = re.match(r'\s*,\s*(?:\w+_printf \([^"]*)?((?:"(?:[^"\\]|\\.)*"\s*)+)', source)
    if not match:
        return ''
    text = ''.join(re.findall(r'"((?:[^"\\]|\\.)*)"', match[1])).replace('\\"', '"')
    return re.sub(r'%[-.\d*]*(?:ll|l|z)?[a-zA-Z]', '…', text)


def _codes(files, word):
    """Stable codes that are said in statements with WORD, each with its first sentence."""
    codes = {}
    for file in sorted(files):
        source = file.read_text()
        for match in re.finditer(r'"([a-z][a-z_]*\.[a-z_]+)"', source):
            statement = source[max(source.rfind(c, 0, match.start()) for c in ';}'):match.start()]
            if re.search(word, statement) and '#include' not in statement:
                codes.setdefault(match[1], _sentence(source[match.end():]))
    return dict(sorted(codes.items()))


def _roles(source):
    table = re.search(r'bus_roles \[\] = \{(.*?)\n\};', source, re.S)[1]
    roles = []
    for entry in re.findall(r'\{([^{}]*)\}', table):
        texts = re.findall(r'"((?:[^"\\]|\\.)*)"|(,)', entry)
        parts, current = [], ''
        for text, comma in texts:
            if comma:
                parts.append(current)
                current = ''
            else:
                current += text
        if 'NULL' not in entry:
            may_follow, _speaks = re.findall(r'\b(true|false)\b', re.sub(r'"(?:[^"\\]|\\.)*"', '', entry))
            roles.append((parts[0], parts[1].split(), parts[2], may_follow == 'true'))
    return roles


def _wire_codes(source):
    header = re.findall(r'WIRE_(\w+),\s*/\* (.*?) \*/', source, re.S)
    return {f'wire.{name.lower()}': ' '.join(text.split()) for name, text in header}


def _about(main_c):
    opening = ' '.join(line.strip(' */') for line in main_c[:main_c.index('*/')].splitlines())
    return re.split(r'\s+in:', opening)[0].split(' - ', 1)[1]


def read(root):
    order = re.search(r'bus_services \[\] = \{(.*?)NULL', (root / 'common/bus_address.c').read_text(), re.S)[1]
    tables = {name: (root / f'services/{name}/main.c').read_text() for name in re.findall(r'"([\w-]+)"', order)}
    services = {name: Service(name, 7100 + 10 * (i + 1), _about(tables[name])) for i, name in enumerate(tables)}
    shared, bus = Service('type', 0, ''), Service('bus', 0, '')
    for file in _descriptors(root):
        package = file.package.split('.')[1].replace('_', '-')
        _read_file(file, shared if package == 'type' else bus if package == 'bus' else services[package])
    for name, service in services.items():
        _set_roles(service, tables[name])
        service.codes = _codes((root / f'services/{name}').glob('*.c'), 'reject|refuse')
    _set_listeners(services, tables)
    common = _codes([root / f'common/{name}.c' for name in ('loop_request', 'service', 'engine')],
                    r's_no|s_refuse|objection_t|code =|reject')
    common.update(_wire_codes((root / 'common/wire.h').read_text()))
    return Model(services, shared, bus, _roles((root / 'common/bus_keys.c').read_text()), common,
                 (root / 'VERSION').read_text().strip())


def may_send(model, full_name):
    return [name for name, prefixes, _, _ in model.roles if any(full_name.startswith(p) for p in prefixes)]


def problems(model):
    """Messages that do not say what they are, or that nobody takes."""
    found = []
    for service in model.services.values():
        for message in service.messages.values():
            if not message.comment:
                found.append(f'{message.full_name} has no comment')
            elif message.role in ('command', 'query') and f' -> {service.name}: ' not in message.comment:
                found.append(f'{message.full_name}: the comment must say "who -> {service.name}: what"')
            elif message.heard_by and message.role not in ('event', 'query', 'answer'):
                found.append(f'{message.full_name} is listened to, but its comment does not say "{service.name} -> whom: when"')
            found += _wrong_listeners(service, message, model)
    return found


def _wrong_listeners(service, message, model):
    """Who is named after the arrow must listen."""
    if message.role != 'event':
        return []
    to = message.comment.split(' -> ', 1)[1].split(':')[0]
    return [f'{message.full_name} says it is for {name}, which does not listen to it' for name in re.split(r', ', to)
            if name in model.services and name not in message.heard_by]
