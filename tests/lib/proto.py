"""Messages of Fettle by their full names, from proto/ itself: nothing is generated into the tree."""
import functools
import os
import subprocess
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))
SERVICES = ['intake', 'dispatcher', 'scheduler', 'inventory', 'billing', 'notifier', 'sla-watchdog']


def schema_of(service):
    """The schema of a service, which is also its name in proto packages."""
    return service.replace('-', '_')


@functools.lru_cache(None)
def pool():
    proto = os.path.join(ROOT, 'proto')
    files = [os.path.relpath(os.path.join(folder, name), proto)
             for folder, _, names in os.walk(proto) for name in names if name.endswith('.proto')]
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(['protoc', '-I', proto, '--include_imports', '--descriptor_set_out', out.name,
                        *sorted(files)], check=True)
        descriptors = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    result = descriptor_pool.DescriptorPool()
    for file in descriptors.file:
        result.Add(file)
    return result


@functools.lru_cache(None)
def message_class(full_name):
    descriptor = pool().FindMessageTypeByName(full_name)
    if hasattr(message_factory, 'GetMessageClass'):
        return message_factory.GetMessageClass(descriptor)
    return message_factory.MessageFactory(pool()).GetPrototype(descriptor)


def make(full_name, data=None):
    """A message with the given fields: names of the proto or camelCase, enums by name."""
    return json_format.ParseDict(data or {}, message_class(full_name)())


def parse(full_name, packed):
    return message_class(full_name).FromString(packed)


def as_dict(message):
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


@functools.lru_cache(None)
def requests_of(service):
    """Full names of what a service can be asked: every message of its commands.proto that no comment calls an answer
    and that no other message holds. Commands and queries are imperatives; answers and parts are told by who uses them."""
    package = f'fettle.{schema_of(service)}.v1'
    file = pool().FindFileByName(f'fettle/{schema_of(service)}/v1/commands.proto')
    main = open(os.path.join(ROOT, 'services', service, 'main.c'), encoding='utf-8').read()
    return [f'{package}.{name}' for name in file.message_types_by_name
            if any(f'{kind} ({_snake(name)},' in main for kind in ('COMMAND', 'QUERY'))]


def _snake(name):
    return ''.join('_' + c.lower() if c.isupper() else c for c in name).lstrip('_')
