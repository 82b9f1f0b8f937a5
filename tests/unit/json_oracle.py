#!/usr/bin/python3
"""Compares common/json with Google's json_format on random messages of every type there is.

usage: json_oracle.py [--tool build/tests/unit/json_tool] [--seed N] [--count MESSAGES_PER_TYPE]
Prints a line per type, "ok - sentence" or "not ok - sentence", and fails when one is not.
"""
import argparse
import glob
import json
import math
import os
import random
import re
import struct
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory
from google.protobuf.descriptor import FieldDescriptor as Field

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPTH_MAX = 4

SIGNED = {Field.TYPE_INT32: 32, Field.TYPE_SINT32: 32, Field.TYPE_SFIXED32: 32,
          Field.TYPE_INT64: 64, Field.TYPE_SINT64: 64, Field.TYPE_SFIXED64: 64}
UNSIGNED = {Field.TYPE_UINT32: 32, Field.TYPE_FIXED32: 32, Field.TYPE_UINT64: 64, Field.TYPE_FIXED64: 64}
TEXTS = ["", "a", "tiếng Việt", "中文", "😀", '"quoted" \\ /', "line\nline\ttab\r\b\f", "\x01\x1f\x7f", "\u2028</script>", "è" * 40]
# Not -0.0: protobuf-c takes it for the default and leaves it out of the bytes.
REALS = [0.0, 1.0, -1.5, 0.1, 1 / 3, 1e20, 1e22, 123456789012345680.0, 5e-324, 1.7976931348623157e308,
         math.inf, -math.inf, math.nan, 2.0 ** 53, 45.4642035, 9.1899821]


def load_types():
    """Returns every message type of proto/ and of the test's own file, by full name."""
    files = sorted(glob.glob(f"{ROOT}/proto/**/*.proto", recursive=True))
    with tempfile.NamedTemporaryFile(suffix=".pb") as compiled:
        subprocess.run(["protoc", f"--proto_path={ROOT}/proto", f"--proto_path={ROOT}/tests/unit/proto", "--include_imports",
                        f"--descriptor_set_out={compiled.name}", *files, f"{ROOT}/tests/unit/proto/json_test.proto"], check=True)
        found = descriptor_pb2.FileDescriptorSet.FromString(compiled.read())
    pool = descriptor_pool.DescriptorPool()
    for file in found.file:
        pool.Add(file)
    factory = message_factory.MessageFactory(pool)
    types = {}

    def add(prefix, messages):
        for message in messages:
            name = f"{prefix}.{message.name}"
            if not message.options.map_entry:
                types[name] = factory.GetPrototype(pool.FindMessageTypeByName(name))
            add(name, message.nested_type)

    for file in found.file:
        add(file.package, file.message_type)
    return types


def has_map(descriptor):
    return any(field.message_type and field.message_type.GetOptions().map_entry for field in descriptor.fields)


class Maker:
    def __init__(self, chance):
        self.chance = chance

    def integer(self, low, high):
        near = [low, low + 1, -1, 0, 1, 127, 128, 2 ** 31 - 1, 2 ** 53 + 1, high - 1, high]
        choice = self.chance.choice(near) if self.chance.random() < 0.5 else self.chance.randint(low, high)
        return min(max(choice, low), high)

    @staticmethod
    def one_nan(value):
        """JSON has one NaN, bits have many."""
        return math.nan if math.isnan(value) else value

    def real(self):
        if self.chance.random() < 0.5:
            return self.chance.choice(REALS)
        return self.one_nan(struct.unpack("<d", self.chance.randbytes(8))[0])

    def single(self):
        if self.chance.random() < 0.3:
            return self.chance.choice([0.0, 0.1, 1.5, 16777216.0, math.inf, -math.inf, math.nan, 3.3e38])
        return self.one_nan(struct.unpack("<f", self.chance.randbytes(4))[0])

    def enum(self, field):
        numbers = [value.number for value in field.enum_type.values]
        return self.chance.choice(numbers + [max(numbers) + 5])

    def value(self, field):
        kind = field.type
        if kind in SIGNED:
            return self.integer(-2 ** (SIGNED[kind] - 1), 2 ** (SIGNED[kind] - 1) - 1)
        if kind in UNSIGNED:
            return self.integer(0, 2 ** UNSIGNED[kind] - 1)
        makers = {
            Field.TYPE_DOUBLE: self.real, Field.TYPE_FLOAT: self.single, Field.TYPE_BOOL: lambda: self.chance.random() < 0.5,
            Field.TYPE_STRING: lambda: self.chance.choice(TEXTS) + str(self.chance.randint(0, 99)) * self.chance.randint(0, 1),
            Field.TYPE_BYTES: lambda: self.chance.randbytes(self.chance.randint(0, 9)), Field.TYPE_ENUM: lambda: self.enum(field),
        }
        return makers[kind]()

    def fill(self, message, depth=1):
        for field in message.DESCRIPTOR.fields:
            if self.chance.random() < 0.4 or (field.message_type and depth >= DEPTH_MAX):
                continue
            if field.label == Field.LABEL_REPEATED:
                values = getattr(message, field.name)
                for _ in range(self.chance.randint(0, 3)):
                    if field.message_type:
                        self.fill(values.add(), depth + 1)
                    else:
                        values.append(self.value(field))
            elif field.message_type:
                inside = getattr(message, field.name)
                inside.SetInParent()
                self.fill(inside, depth + 1)
            else:
                setattr(message, field.name, self.value(field))
        return message


def tidy(value):
    """JSON in a form in which 1 and 1.0 are the same, and NaN is itself."""
    if isinstance(value, dict):
        return {key: tidy(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [tidy(inside) for inside in value]
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return ("number", float(value)) if abs(value) >= 2 ** 53 or value != int(value) else ("number", int(value))
    return value


def normal(message_type, data):
    return message_type.FromString(data).SerializeToString(deterministic=True)


class Tool:
    def __init__(self, path):
        self.process = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def ask(self, line):
        assert "\n" not in line
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().rstrip("\n")

    def ask_well(self, line):
        answer = self.ask(line)
        if not answer.startswith("ok "):
            raise AssertionError(f"{line[:300]}\n#   gave {answer}")
        return answer[3:]


def expect(is_same, what, ours, theirs):
    if not is_same:
        raise AssertionError(f"{what}\n#   ours:   {ours}\n#   theirs: {theirs}")


def check_message(tool, name, message):
    data = message.SerializeToString()
    if len(data) > 60000:
        return
    hexed = data.hex()

    ours = tool.ask_well(f"to-json {name} {hexed}")
    theirs = json_format.MessageToJson(message, indent=None)
    expect(tidy(json.loads(ours)) == tidy(json.loads(theirs)), "the JSON written differs", ours, theirs)
    expect(list(json.loads(ours)) == list(json.loads(theirs)), "the order differs", ours, theirs)

    full = tool.ask_well(f"to-json-defaults {name} {hexed}")
    theirs = json_format.MessageToJson(message, indent=None, including_default_value_fields=True)
    expect(tidy(json.loads(full)) == tidy(json.loads(theirs)), "the JSON with defaults differs", full, theirs)

    wanted = normal(type(message), data)
    back = json_format.Parse(ours, type(message)()).SerializeToString(deterministic=True)
    expect(back == wanted, "Google reads our JSON as something else", back.hex(), wanted.hex())
    for style in ({}, {"preserving_proto_field_name": True}, {"use_integers_for_enums": True}):
        text = json_format.MessageToJson(message, indent=None, ensure_ascii=False, **style)
        back = normal(type(message), bytes.fromhex(tool.ask_well(f"from-json {name} {text}")))
        expect(back == wanted, f"we read Google's JSON as something else: {text}", back.hex(), wanted.hex())


def break_json(chance, text):
    """Puts another value somewhere into the JSON."""
    root = json.loads(text)
    places = []

    def walk(value):
        for key, inside in (value.items() if isinstance(value, dict) else enumerate(value)):
            places.append((value, key))
            if isinstance(inside, (dict, list)):
                walk(inside)

    walk(root)
    if places:
        holder, key = chance.choice(places)
        holder[key] = chance.choice(["", "x", "-1", "5", " 5", "NaN", "AAE", "A", 0, -1, 1.5, 2 ** 31, -2 ** 31 - 1, 2 ** 63 - 1,
                                     True, None, [], {}, [None], [1, "a"], {"no": 1}])
    return json.dumps(root)


# Where Google's Python is laxer than the rules of ProtoJSON, ours keeps to the rules: no numbers in quotes, truths or
# fractions for enums, no truths or spaces for numbers, no left-over bits or foreign letters in base64, no "" or [] for a message.
LAX = re.compile(r''': ("[^"]*"|true|1\.5) is not one of|'''
                 r''': (true|" 5") is not a number|" is not text in base64|(""|a list) is not an object''')


def check_broken(tool, name, message, chance):
    text = break_json(chance, json_format.MessageToJson(message, indent=None))
    answer = tool.ask(f"from-json {name} {text}")
    try:
        theirs = json_format.Parse(text, type(message)())
    except json_format.ParseError as error:
        is_refused = answer.startswith("error ")
        expect(is_refused or "null" in text, f"we accept what Google does not: {text}", answer, str(error))
        return
    if answer.startswith("error "):
        expect(LAX.search(answer), f"we refuse what Google accepts: {text}", answer, "accepted")
        return
    ours = normal(type(message), bytes.fromhex(answer[3:]))
    expect(ours == theirs.SerializeToString(deterministic=True), f"read differently: {text}", ours.hex(),
           theirs.SerializeToString(deterministic=True).hex())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", default=os.path.join(os.environ.get("FETTLE_BUILD", f"{ROOT}/build"), "tests/unit/json_tool"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    options = parser.parse_args()
    types = load_types()
    listed = set(subprocess.run([options.tool, "--list"], check=True, capture_output=True, text=True).stdout.split())
    tool = Tool(options.tool)
    failures = 0
    print(f"# seed {options.seed}")
    for name, message_type in sorted(types.items()):
        if has_map(message_type.DESCRIPTOR):
            continue
        chance = random.Random(f"{options.seed} {name}")
        maker = Maker(chance)
        try:
            expect(name in listed, "the type is not in the registry", sorted(listed)[:3], name)
            for _ in range(options.count):
                message = maker.fill(message_type())
                check_message(tool, name, message)
                check_broken(tool, name, message, chance)
            print(f"ok - {name} is the same JSON as Google's, both ways")
        except AssertionError as error:
            failures += 1
            print(f"not ok - {name} is the same JSON as Google's, both ways\n#   {error}")
    print(f"# {len(types)} types, {failures} failed")
    return 1 if failures or not types else 0


if __name__ == "__main__":
    sys.exit(main())
