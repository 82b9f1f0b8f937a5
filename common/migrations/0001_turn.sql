-- What every service remembers of the bus: who may write, what it said, what it has heard, what it answered.
-- One row, one writer: the epoch fences a paused or doubled process, the sequence numbers what is said without a gap.
create table lease (
    id            integer primary key default 1 check (id = 1),
    epoch         bigint not null default 0,
    last_sequence bigint not null default 0,
    holder        text not null default '',
    backend_pid   integer not null default 0,       -- of the holder's connection, to see at once that it died
    backend_start timestamptz,
    renewed_at    timestamptz not null default 'epoch'
);
insert into lease default values;

-- The outbox: what one turn said is one row of packed events (fettle.bus.v1.Events), kept for replay.
create table segment (
    last_sequence  bigint primary key,              -- replay: the first row with last_sequence > cursor, and on
    first_sequence bigint not null unique,
    recorded_at    timestamptz not null,
    events         bytea not null,
    check (first_sequence <= last_sequence)
);
-- pglz would cost more than all the rest of a turn
alter table segment alter column events set compression lz4;

-- Which segments tell of which story: `fettle explain` reads it.
create table trail (
    correlation_id text not null,
    last_sequence  bigint not null,
    primary key (correlation_id, last_sequence)
);

-- How far this service has applied each publisher; moves in the transaction of the effects.
create table cursor (
    source   text primary key,
    sequence bigint not null
);

-- How far outside consumers have acknowledged this service's events. owner: the key that made it.
create table consumer (
    name     text primary key,
    owner    text not null default '',
    sequence bigint not null default 0,
    seen_at  timestamptz not null default now ()
);

-- The answer to each command: the same id again gets the same answer.
create table reply (
    id        text primary key,
    body_hash text not null,
    status    bigint not null,
    code      text not null,
    message   text not null,
    subject   text not null,
    at        timestamptz
);

-- Durable wake-ups. id is "kind:what".
create table timer (
    id     text primary key,
    due_at timestamptz
);
create index on timer (due_at);

-- What no handler could take, with its bytes and the reason; for a person to look at, retry or drop.
create table dead_letter (
    id          bigint generated always as identity primary key,
    received_at timestamptz not null default now (),
    origin      text not null,                      -- 'event', 'command', 'timer', 'result'
    source      text not null,                      -- publisher or actor
    sequence    bigint not null default 0,
    message_id  text not null,
    type        text not null,
    correlation_id text not null default '',
    body        bytea not null,
    reason      text not null,
    state       text not null default 'dead' check (state in ('dead', 'retry', 'retried', 'dropped'))
);
create index on dead_letter (state) where state in ('dead', 'retry');

-- What the lease guards: an update that finds another epoch divides by zero, and the whole turn is undone.
create function fence (expected_epoch bigint, first bigint, last bigint) returns void language sql as $$
    with moved as (
        update lease set last_sequence = greatest (last, last_sequence), renewed_at = clock_timestamp ()
         where epoch = expected_epoch and last_sequence = first - 1
        returning 1)
    select (1 / count (*)) from moved
$$;
