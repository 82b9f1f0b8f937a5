// Follows events as they happen: node follow.mjs [TOPIC_PREFIX [SECONDS]]. Without a prefix: the notifications.
import { Client } from './fettle_client.mjs';

const [prefix = 'fettle.notifier.', seconds] = process.argv.slice(2);
const untilMs = seconds ? Date.now() + 1000 * seconds : Infinity;
for await (const event of new Client().follow(prefix, { untilMs }))
    console.log(event.source, event.sequence, event.type, event.correlationId, JSON.stringify(event.message));
