-- What the notifier owns: who wants what and how, the texts, and the life of each message.
-- An attempt's row is committed before the attempt is made, so that after a crash it is known that it may have arrived.

create table preference (
    id text primary key,
    lists bytea not null default '',
    language integer not null default 0,
    quiet_from text not null default '',
    quiet_to text not null default '',
    time_zone text not null default '',
    email text not null default ''
);
comment on table preference is 'How somebody wants to be told; id is the recipient.';

create table template (
    id text primary key,
    topic text not null default '',
    audience text not null default '',
    language integer not null default 0,
    subject text not null default '',
    body text not null default ''
);
comment on table template is 'Mustache texts, one for each topic, audience and language. An empty body: these people are not told.';

create table webhook (
    id text primary key,
    url text not null default '',
    secret text not null default '',
    topic_prefix text not null default '',
    recipient_id text not null default '',
    disabled boolean not null default false
);
comment on table webhook is 'Programs that are told by HTTP: of events as such, or for one recipient.';
create index on webhook (recipient_id) where recipient_id <> '';

create table message (
    id text primary key,
    event_id text not null default '',
    effect_key text not null default '',
    topic text not null default '',
    recipient_id text not null default '',
    audience text not null default '',
    language integer not null default 0,
    subject text not null default '',
    body text not null default '',
    time_zone text not null default '',
    correlation_id text not null default '',
    urgent boolean not null default false,
    state integer not null default 0,
    routes bytea not null default '',
    route bigint not null default 0,
    route_attempts bigint not null default 0,
    attempts bigint not null default 0,
    doubtful boolean not null default false,
    queued_at timestamptz,
    send_at timestamptz,
    error text not null default ''
);
comment on table message is 'One intent to tell one recipient of one event, as it was worded, whatever channels it takes.';
comment on column message.doubtful is 'An attempt may have arrived: no other channel may be tried.';
create index on message (event_id) where event_id <> '';
-- The last wall of "exactly one message for each effect key".
create unique index on message (effect_key) where effect_key <> '';

create table attempt (
    id text primary key,
    message_id text not null default '',
    channel integer not null default 0,
    address text not null default '',
    outcome integer not null default 0,
    began_at timestamptz,
    ended_at timestamptz,
    error text not null default '',
    provider_reference text not null default ''
);
comment on table attempt is 'One try to hand a message over. outcome 0: under way; 4: it will never be known whether it arrived.';
-- For the operator who asks what became of a message; the service itself goes by key.
create index on attempt (message_id);

create table awaited (
    id text primary key,
    waits_for text not null default '',
    type text not null default '',
    data bytea not null default '',
    correlation_id text not null default '',
    until_at timestamptz
);
comment on table awaited is 'Events that came before what they speak of was known; they are told when it is, or after two minutes anyway.';
create index on awaited (waits_for) where waits_for <> '';
