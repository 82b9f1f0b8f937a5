// A client of Fettle in Node, written from proto/ and docs/integrating.md alone. Needs the packages zeromq and protobufjs, which loads
// proto/ as it is. Settings are those of the fettle command line: FETTLE_BUS (tcp://host:{port}), FETTLE_PORT, FETTLE_KEY,
// FETTLE_SERVER_KEY; FETTLE_PROTO names the directory of proto/.
import fs from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../package.json', import.meta.url));
const zmq = require('zeromq');
const protobuf = require('protobufjs');

export const SERVICES = ['intake', 'dispatcher', 'scheduler', 'inventory', 'billing', 'notifier', 'sla-watchdog'];
const PROTO = process.env.FETTLE_PROTO ?? fileURLToPath(new URL('../../../proto', import.meta.url));
const root = new protobuf.Root();
root.resolvePath = (origin, target) => path.join(PROTO, target);
root.loadSync(fs.readdirSync(PROTO, { recursive: true }).filter(file => file.endsWith('.proto')));
const type = name => root.lookupType(name);
const Request = type('fettle.bus.v1.Request'), Response = type('fettle.bus.v1.Response'), Event = type('fettle.bus.v1.Event');
// int64 as numbers: instants, sequences and minor units stay below 2^53
const object = (kind, message) => kind.toObject(message, { longs: Number, enums: String, defaults: true });
const wait = ms => new Promise(resolve => setTimeout(resolve, ms));

export class NoAnswer extends Error { }
export class Refused extends Error {
    constructor(reply) {
        super(`${reply.code}: ${reply.message}`);
        this.reply = reply;
        this.code = reply.code;
    }
}

export function readCertificate(file) {
    const text = fs.readFileSync(file, 'utf8');
    const key = name => text.match(new RegExp(`^\\s*${name}\\s*=\\s*"(.{40})"`, 'm'))?.[1];
    return { publicKey: key('public-key'), secretKey: key('secret-key') };
}

// The message of an event or a reply; null for a type that is newer than this proto/.
export function messageOf(name, data) {
    const kind = root.lookup(name);
    return kind instanceof protobuf.Type ? object(kind, kind.decode(data)) : null;
}

export const serviceOf = name => name.split('.')[1].replaceAll('_', '-');

export class Client {
    #doors = new Map();

    constructor({ bus = process.env.FETTLE_BUS ?? 'tcp://127.0.0.1:{port}', port = process.env.FETTLE_PORT ?? 7100,
        key = process.env.FETTLE_KEY, serverKey = process.env.FETTLE_SERVER_KEY } = {}) {
        this.bus = bus;
        this.port = Number(port);
        this.keys = key && bus.startsWith('tcp:')
            ? { ...(({ publicKey, secretKey }) => ({ curvePublicKey: publicKey, curveSecretKey: secretKey }))(readCertificate(key)),
                curveServerKey: readCertificate(serverKey).publicKey } : {};
    }

    address(service, door) {
        const port = this.port + 10 * (SERVICES.indexOf(service) + 1) + (door === 'cmd' ? 1 : 0);
        return this.bus.replace('{service}', service).replace('{door}', door).replace('{port}', port);
    }

    close() {
        for (const door of this.#doors.values()) door.close();
        this.#doors.clear();
    }

    // One request, its response.
    async ask(service, request, timeoutMs = 5000) {
        let door = this.#doors.get(service);
        if (!door) {
            door = new zmq.Dealer({ linger: 0, receiveTimeout: timeoutMs, ...this.keys });
            door.connect(this.address(service, 'cmd'));
            this.#doors.set(service, door);
        }
        await door.send(Request.encode(Request.fromObject(request)).finish());
        try {
            const [bytes] = await door.receive();
            return object(Response, Response.decode(bytes));
        } catch (error) {
            door.close();                   // a late answer must not be taken for that of the next question
            this.#doors.delete(service);
            throw new NoAnswer(`${service} does not answer within ${timeoutMs} ms`, { cause: error });
        }
    }

    // Sends until it is decided, with one id, so that it is done once.
    async send(name, fields, { id = randomUUID(), actor = '', timeoutMs = 15000 } = {}) {
        const kind = type(name), deadline = Date.now() + timeoutMs;
        const command = { id, type: name, data: kind.encode(kind.fromObject(fields)).finish(), actor, deadline };
        for (;;) {
            const reply = (await this.ask(serviceOf(name), { command }).catch(error => {
                if (error instanceof NoAnswer) return {};
                throw error;
            })).reply;
            if (reply && reply.status !== 'STATUS_RETRY') {
                if ([reply.status, reply.firstStatus].includes('STATUS_REJECTED')) throw new Refused(reply);
                return reply;
            }
            if (Date.now() >= deadline) throw new NoAnswer(`${name} ${id} was not decided in time`);
            await wait(200);
        }
    }

    async query(name, fields) {
        const reply = await this.send(name, fields);
        return messageOf(reply.type, reply.data);
    }

    // Live events. Lossy: what must not be missed is fetched.
    async *follow(prefix = 'fettle.', { services = SERVICES, untilMs = Infinity } = {}) {
        const socket = new zmq.Subscriber({ linger: 0, ...this.keys });
        socket.subscribe(prefix);
        for (const service of services) socket.connect(this.address(service, 'pub'));
        const timer = untilMs === Infinity ? null : setTimeout(() => socket.close(), untilMs - Date.now());
        try {
            for await (const [topic, envelope] of socket) {
                if (topic.toString() === 'fettle.bus.v1.Heartbeat') continue;
                const event = object(Event, Event.decode(envelope));
                yield { ...event, message: messageOf(event.type, event.data) };
            }
        } finally {
            clearTimeout(timer);
            socket.close();
        }
    }

    // What this consumer has not acknowledged, in sequence; acknowledge upTo when all of it is applied.
    async fetch(service, consumer, { prefix = '', after = -1, max = 100 } = {}) {
        const response = await this.ask(service, { fetch: { consumer, after, max, typePrefix: prefix } });
        if (response.reply) throw new Refused(response.reply);
        return response.events;
    }

    async acknowledge(service, consumer, sequence) {
        const response = await this.ask(service, { ack: { consumer, sequence } });
        if (response.reply) throw new Refused(response.reply);
    }
}
