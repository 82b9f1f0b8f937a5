#!/usr/bin/python3
"""Pushes an alarm as a gateway does: alarm.py DEVICE_ID CODE [SEVERITY]."""
import sys
import time

import fettle_client

client = fettle_client.Client()
alarm = fettle_client.message_from('fettle.intake.v1.RaiseAlarm', deviceId=sys.argv[1], code=sys.argv[2],
                                   severity=int(sys.argv[3]) if len(sys.argv) > 3 else 3,
                                   deviceTimeAt=int(time.time() * 1000), gatewayId='gateway-1')
try:
    reply = client.send(alarm)
except fettle_client.Refused as refusal:
    sys.exit(f'rejected: {refusal}')
print(fettle_client.STATUS.Name(reply.status).removeprefix('STATUS_'), reply.subject)
