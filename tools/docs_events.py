"""docs/events.md: what is said on the bus, for people."""
import re

import docs_model

HEAD = """# Events and commands

<!-- Made by tools/docs from proto/ and the tables of the services. Do not edit: `make docs` writes it again. -->

What the services of Fettle say (events) and what they can be asked (commands, queries). How to connect, the envelope and what is
promised about delivery is in [integrating.md](integrating.md); the same as a machine reads it in [asyncapi.yaml](asyncapi.yaml).

The topic of an event is its full name, `fettle.<package>.v1.<Name>`; services whose name has a `-` have a `_` in the package. Fields
ending in `_at` are instants (int64, milliseconds since 1970 UTC, 0 is "none"), in `_on` dates (YYYY-MM-DD), in `_minor` money in the
smallest unit of the currency beside it; other units are in the name. Text that is not known is "". In the column *to* stands who the
event is meant for; *heard by* lists every service that has it in its table. Anybody with a key that may follow can hear all of them.
"""


def _cell(text):
    return text.replace('|', '\\|')


def _link(model, field):
    if not (field.is_message or field.is_enum):
        return field.kind
    name = model.find(field.kind).name
    return f'[{name}](#{_anchor(field.kind)})'


def _anchor(full_name):
    return full_name.replace('.', '-').lower()


def _split(comment):
    """('intake', 'billing, notifier', 'what happened') of a comment with an arrow."""
    match = re.match(r'(.*?) -> (.*?): (.*)', comment)
    return match.groups() if match else ('', '', comment)


def _fields(model, message):
    if not message.fields:
        return ['It has no fields.', '']
    lines = ['| # | field | type | unit | meaning |', '|---|---|---|---|---|']
    for f in message.fields:
        kind = ('list of ' if f.repeated else '') + _link(model, f)
        lines.append(f'| {f.number} | `{f.name}` | {kind} | {f.unit} | {_cell(f.comment)} |')
    return lines + ['']


def _message(model, message, note=''):
    lines = [f'#### <a id="{_anchor(message.full_name)}"></a>{message.name}', '', f'`{message.full_name}` {message.comment}{note}', '']
    return lines + _fields(model, message)


def _events(model, service):
    lines = ['### Events', '', '| event | to | when | heard by |', '|---|---|---|---|']
    for m in service.of('event'):
        _, to, when = _split(m.comment)
        lines.append(f'| [{m.name}](#{_anchor(m.full_name)}) | {_cell(to)} | {_cell(when)} | {", ".join(m.heard_by)} |')
    return lines + ['']


def _asked(model, service, role, title):
    messages = service.of(role)
    if not messages:
        return []
    lines = [f'### {title}', '', '| command | from | what | keys that may send it |', '|---|---|---|---|']
    for m in messages:
        who, _, what = _split(m.comment)
        lines.append(f'| [{m.name}](#{_anchor(m.full_name)}) | {_cell(who)} | {_cell(what)} | '
                     f'{", ".join(docs_model.may_send(model, m.full_name))} |')
    return lines + ['']


def _codes(codes, title):
    if not codes:
        return []
    lines = [f'### {title}', '', '| code | what the answer says |', '|---|---|']
    return lines + [f'| `{code}` | {_cell(text)} |' for code, text in codes.items()] + ['']


def _enum(enum):
    lines = [f'#### <a id="{_anchor(enum.full_name)}"></a>{enum.name}', '']
    if enum.comment:
        lines += [enum.comment, '']
    lines += ['| value | name | meaning |', '|---|---|---|']
    return lines + [f'| {number} | `{name}` | {_cell(comment)} |' for name, number, comment in enum.values] + ['']


def _used(model, service):
    """Shapes and enums that events, commands or answers of any service reach."""
    reached, todo = set(), [m for s in model.services.values() for m in s.messages.values() if m.role != 'shape']
    while todo:
        for f in todo.pop().fields:
            if (f.is_message or f.is_enum) and f.kind not in reached:
                reached.add(f.kind)
                if f.is_message:
                    todo.append(model.find(f.kind))
    return ([m for m in service.of('shape') if m.full_name in reached], [e for e in service.enums.values() if e.full_name in reached])


def _shapes(model, service, title):
    shapes, enums = _used(model, service)
    lines = [f'### {title}', ''] if shapes or enums else []
    for shape in shapes:
        lines += _message(model, shape)
    for enum in enums:
        lines += _enum(enum)
    return lines


def _service(model, service):
    lines = [f'## {service.name}', '', f'{service.about[0].upper()}{service.about[1:]} Ports {service.port} (events) and '
             f'{service.port + 1} (commands).', '']
    lines += _events(model, service) + _asked(model, service, 'command', 'Commands') + _asked(model, service, 'query', 'Queries')
    lines += _codes(service.codes, 'Why it rejects')
    lines += ['### Fields', '']
    for role in ('event', 'command', 'query', 'answer'):
        for message in service.of(role):
            lines += _message(model, message)
    return lines + _shapes(model, service, 'Shapes')


def _roles(model):
    lines = ['## Keys and what they may', '', '| role | for | may send | may read events |', '|---|---|---|---|']
    for name, prefixes, about, follows in model.roles:
        what = 'everything' if prefixes == ['fettle.'] else ', '.join(f'`{p}`' for p in prefixes) or 'nothing'
        lines.append(f'| {name} | {_cell(about)} | {what} | {"yes" if follows else "no"} |')
    return lines + ['']


def page(model):
    lines = HEAD.splitlines() + ['']
    lines += ['Services: ' + ', '.join(f'[{name}](#{name})' for name in model.services) + '. Further down: '
              '[shapes that several use](#shapes-of-all), [codes that every service may answer](#codes-of-every-service).', '']
    lines += _roles(model)
    for service in model.services.values():
        lines += _service(model, service)
    lines += ['## Shapes of all', ''] + _shapes(model, model.shared, 'fettle.type.v1')
    lines += ['## Codes of every service', '',
              'Besides those: `<field>.invalid` and `<field>.missing` for a field whose value can not be, with what would be.', '']
    lines += _codes(model.common_codes, 'At the door')
    return '\n'.join(lines).rstrip() + '\n'
