// Reads a service's events durably: node fetch.mjs CONSUMER [SERVICE [TOPIC_PREFIX]]. Goes on where it stopped; ends at the last event.
// What is read is shown first and acknowledged then: a program that dies between sees it again, and never misses one.
import { Client } from './fettle_client.mjs';

const [consumer, service = 'notifier', prefix = `fettle.${service.replaceAll('-', '_')}.`] = process.argv.slice(2);
const client = new Client();
for (;;) {
    const page = await client.fetch(service, consumer, { prefix });
    for (const event of page.events) console.log(event.sequence, event.type, event.subject);
    if (page.upTo > page.acknowledged) await client.acknowledge(service, consumer, page.upTo);
    if (page.upTo >= page.lastSequence) break;
}
client.close();
