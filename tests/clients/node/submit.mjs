// Publishes a service request and shows the answer: node submit.mjs ASSET_ID TEXT [MESSAGE_ID]
import { randomUUID } from 'node:crypto';
import { Client } from './fettle_client.mjs';

const [assetId, text, externalId = randomUUID()] = process.argv.slice(2);
const client = new Client();
try {
    const reply = await client.send('fettle.intake.v1.SubmitServiceRequest', {
        channel: 'CHANNEL_SYSTEM', externalId, assetId, type: 'REQUEST_TYPE_REPAIR', text,
    }, { id: externalId, actor: 'crm' });
    console.log(reply.status.replace('STATUS_', ''), reply.subject);
} catch (error) {
    console.error(`rejected: ${error.message}`);
    process.exitCode = 1;
}
client.close();
