#!/usr/bin/python3
"""Reads a service's events durably: fetch.py CONSUMER [SERVICE [TOPIC_PREFIX]]. Goes on where it stopped; ends at the last event.

What is read is shown first and acknowledged then: a program that dies between sees it again, and never misses one.
"""
import sys

import fettle_client

consumer = sys.argv[1]
service = sys.argv[2] if len(sys.argv) > 2 else 'notifier'
prefix = sys.argv[3] if len(sys.argv) > 3 else f'fettle.{service.replace("-", "_")}.'
client = fettle_client.Client()
while True:
    page = client.fetch(service, consumer, prefix)
    for event in page.events:
        print(event.sequence, event.type, event.subject, flush=True)
    if page.up_to > page.acknowledged:
        client.acknowledge(service, consumer, page.up_to)
    if page.up_to >= page.last_sequence:
        break
