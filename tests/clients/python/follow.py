#!/usr/bin/python3
"""Follows events as they happen: follow.py [TOPIC_PREFIX [SECONDS]]. Without a prefix: the notifications."""
import sys
import time

from google.protobuf import json_format

import fettle_client

prefix = sys.argv[1] if len(sys.argv) > 1 else 'fettle.notifier.'
until = time.time() + float(sys.argv[2]) if len(sys.argv) > 2 else None
for event, message in fettle_client.Client().follow(prefix, until=until):
    body = json_format.MessageToJson(message, indent=None, ensure_ascii=False) if message else f'{len(event.data)} bytes'
    print(event.source, event.sequence, event.type, event.correlation_id, body, flush=True)
