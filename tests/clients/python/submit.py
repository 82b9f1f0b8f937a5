#!/usr/bin/python3
"""Publishes a service request and shows the answer: submit.py ASSET_ID TEXT [MESSAGE_ID]."""
import sys
import uuid

import fettle_client

client = fettle_client.Client()
asset_id, text = sys.argv[1], sys.argv[2]
external_id = sys.argv[3] if len(sys.argv) > 3 else str(uuid.uuid4())
request = fettle_client.message_from('fettle.intake.v1.SubmitServiceRequest', channel='CHANNEL_SYSTEM', externalId=external_id,
                                     assetId=asset_id, type='REQUEST_TYPE_REPAIR', text=text)
try:
    reply = client.send(request, id=external_id, actor='crm')
except fettle_client.Refused as refusal:
    sys.exit(f'rejected: {refusal}')
print(fettle_client.STATUS.Name(reply.status).removeprefix('STATUS_'), reply.subject)
