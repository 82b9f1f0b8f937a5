"""What can be wrong with a message, by reflection over its descriptor: one field at a time, in every message it holds."""
import itertools
import struct

from google.protobuf.descriptor import FieldDescriptor as F

INTEGERS = {F.TYPE_INT32: 31, F.TYPE_INT64: 63, F.TYPE_SINT32: 31, F.TYPE_SINT64: 63}
PAIRS = [('from_at', 'to_at'), ('started_at', 'ended_at'), ('not_before_at', 'not_after_at'), ('start_on', 'end_on'),
         ('warranty_from_at', 'warranty_until_at'), ('first_on', 'until_on')]
REPEATED_MAX = 4096             # values of one repeated field on the wire
STRING_MAX = 16384              # bytes of a string on the wire


_numbers = itertools.count(1)


def _places(message, path=''):
    """(path, message, field) of each field: also of messages inside; of repeated ones the first element."""
    for field in message.DESCRIPTOR.fields:
        where = f'{path}.{field.name}' if path else field.name
        yield where, message, field
        if field.type != F.TYPE_MESSAGE:
            continue
        if field.label == F.LABEL_REPEATED:
            values = getattr(message, field.name)
            if values:
                yield from _places(values[0], where)
        elif message.HasField(field.name):
            yield from _places(getattr(message, field.name), where)


def _set(message, field, value):
    if field.label == F.LABEL_REPEATED:
        del getattr(message, field.name)[:]
        getattr(message, field.name).append(value)
    else:
        setattr(message, field.name, value)


def _values(field):
    """(kind, value) of what this field may not be."""
    if field.type == F.TYPE_STRING:
        yield 'is very long', 'x' * 12000
        yield 'is too long for the wire', 'x' * (STRING_MAX + 1)
        yield 'has a control character', 'a\x01b'
        if field.name.endswith('_id') or field.name.endswith('_ids'):
            yield 'is unknown', f'no-such-{next(_numbers)}'      # never one that was made by an earlier case
            yield 'is no id', 'a b/c\u00e9'
        if field.name.endswith('_on'):
            yield 'is no date', '2030-02-30'
    elif field.type == F.TYPE_ENUM:
        yield 'is out of range', 9999
        yield 'is negative', -1
    elif field.type in INTEGERS:
        bits = INTEGERS[field.type]
        yield 'is negative', -1
        yield 'is the least', -2 ** bits
        yield 'is the greatest', 2 ** bits - 1
    elif field.type in (F.TYPE_DOUBLE, F.TYPE_FLOAT):
        yield 'is no number', float('nan')
        yield 'is infinite', float('inf')
        yield 'is negative', -1e300


def one_field(example):
    """(path, kind, packed) for every field and everything that can be wrong with it."""
    for path, holder, field in list(_places(example)):
        for kind, value in _values(field):
            yield path, kind, _with(example, path, lambda holder, f: _set(holder, f, value))
        if field.label != F.LABEL_REPEATED:
            yield path, 'is left out', _with(example, path, lambda holder, f: holder.ClearField(f.name))
        elif field.type == F.TYPE_STRING or (field.type == F.TYPE_MESSAGE and getattr(holder, field.name)):
            yield path, 'are very many', _with(example, path, _many)


def _many(holder, field):
    values = getattr(holder, field.name)
    first = values[0] if values else 'x'
    count = REPEATED_MAX + 1 if field.type == F.TYPE_STRING else min(1500, 60000 // (first.ByteSize() + 3))
    values.extend([first] * count)


def _with(example, path, change):
    copy = type(example)()
    copy.CopyFrom(example)
    for where, holder, field in _places(copy):
        if where == path:
            change(holder, field)
            return copy.SerializeToString()
    raise KeyError(path)


def reversed_pairs(example):
    """Intervals that end before they begin."""
    copy = type(example)()
    copy.CopyFrom(example)
    for path, holder, field in list(_places(copy)):
        for first, second in PAIRS:
            if field.name == first and second in holder.DESCRIPTOR.fields_by_name:
                early, late = ('2030-02-01', '2030-01-01') if first.endswith('_on') else (1900000000000, 1800000000000)
                if first == 'started_at':
                    early, late = 1700000100000, 1700000000000
                before = type(example)()
                before.CopyFrom(copy)
                setattr(holder, first, early)
                setattr(holder, second, late)
                yield path, 'is after the end', copy.SerializeToString()
                copy.CopyFrom(before)
                break


def _varint(value):
    out = b''
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def _length_delimited(number, data):
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def bad_bytes(example, rng):
    """(path, kind, packed): bytes that are no such message."""
    packed = example.SerializeToString()
    for field in example.DESCRIPTOR.fields:
        if field.type == F.TYPE_STRING:
            yield field.name, 'is not UTF-8', packed + _length_delimited(field.number, b'\xff\xfe\xc0')
            yield field.name, 'has a NUL', packed + _length_delimited(field.number, b'a\0b')
            yield field.name, 'is of another wire type', packed + _varint(field.number << 3) + b'\x01'
        if field.type == F.TYPE_MESSAGE:
            for inner in field.message_type.fields:
                if inner.type == F.TYPE_STRING:
                    for kind, text in (('is not UTF-8', b'\xc3('), ('has a NUL', b'\0')):
                        yield f'{field.name}.{inner.name}', kind, packed + _length_delimited(
                            field.number, _length_delimited(inner.number, text))
    if packed:
        yield '', 'is truncated', packed[:-1]
    yield '', 'ends inside a length', packed + b'\x0a\xff'
    yield '', 'is a length of 2 GB', packed + b'\x0a\xff\xff\xff\xff\x07'
    yield '', 'is of groups in groups', packed + b'\x0b' * 2000
    yield '', 'has field number 0', packed + b'\x00\x00'
    yield '', 'has a varint without end', packed + b'\x08' + b'\xff' * 11
    yield '', 'has a thousand unknown fields', packed + (_varint(9999 << 3) + b'\x01') * 1000
    for _ in range(4):
        yield '', 'is random', b'\xff' + bytes(rng.randrange(256) for _ in range(rng.randrange(1, 400)))
    yield '', 'is deep', _deep(500)
    yield '', 'is 64 KiB and one', packed + _length_delimited(9999, b'x' * 65536)


def _deep(levels):
    data = b''
    for _ in range(levels):
        data = _length_delimited(2, data)
    return data + struct.pack('<B', 0xff)
