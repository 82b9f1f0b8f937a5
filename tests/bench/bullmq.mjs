/* BullMQ's delayed jobs beside SLA clocks: COUNT jobs, each due at an instant of its own within SPREAD_MS, one worker.
 *
 *   node bullmq.mjs REDIS_SOCKET COUNT SPREAD_MS CONCURRENCY [POSTGRES_DIRECTORY]
 *
 * The handler notes the time and nothing else: no row, no event, nothing durable. With POSTGRES_DIRECTORY it commits one
 * row before, through sixteen connections. Prints one JSON object; lateness in ms. */
import { Queue, Worker } from 'bullmq'
import Redis from 'ioredis'
import pg from 'pg'

const [socket, count, spread, concurrency] = process.argv.slice(2, 6).map((word, i) => i ? Number(word) : word)
const connect = () => new Redis({ path: socket, maxRetriesPerRequest: null })
const redis = connect()
const usedMemory = async () => Number(/used_memory:(\d+)/.exec(await redis.info('memory'))[1])
const postgres = process.argv[6] && new pg.Pool({ host: process.argv[6], user: 'postgres', database: 'fettle', max: 16 })
if (postgres) await postgres.query('create schema if not exists bullmq; drop table if exists bullmq.breach; create table bullmq.breach (id text primary key, due bigint)')

const queue = new Queue('bench', { connection: connect() })
await queue.obliterate({ force: true })
const before = await usedMemory()
const began = performance.now()
const base = Date.now() + 5000 + count / 2          // scheduling itself takes a while
for (let from = 0; from < count; from += 500) {
    const jobs = []
    for (let n = from; n < Math.min(from + 500, count); n++) {
        const due = base + Math.floor(n * spread / count)
        jobs.push({ name: 'breach', data: { due }, opts: { delay: due - Date.now(), removeOnComplete: true } })
    }
    await queue.addBulk(jobs)
}
const scheduleSeconds = (performance.now() - began) / 1000
const bytes = (await usedMemory() - before) / count

const late = []
const done = new Promise(resolve => {
    const worker = new Worker('bench', async job => {
        if (postgres) await postgres.query({ name: 'breach', text: 'insert into bullmq.breach values ($1, $2)', values: [job.id, job.data.due] })
        late.push(Date.now() - job.data.due)
        if (late.length === count) setTimeout(() => worker.close().then(resolve), 100)
    }, { connection: connect(), concurrency })
})
await done
late.sort((a, b) => a - b)
const at = share => late[Math.min(count - 1, Math.floor(count * share))]
console.log(JSON.stringify({ p50: at(0.5), p99: at(0.99), p999: at(0.999), bytes, schedule: count / scheduleSeconds }))
await queue.close()
process.exit(0)
