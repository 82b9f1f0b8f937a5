-- A publisher that was restored from an older backup gives numbers again that it gave before. A consumer knows it by the id
-- of the last event that it has applied: the publisher has another one there, or none.
alter table cursor
    add column event_id text not null default '',
    add column event_sequence bigint not null default 0;
comment on column cursor.event_sequence is 'What event_id is the id of; an older program moves sequence alone.';

-- What an administrator has done to this schema as a whole: who asks later why numbers are missing finds it here.
create table restoration (
    id             bigint generated always as identity primary key,
    at             timestamptz not null default now (),
    kind           text not null check (kind in ('restore', 'resync', 'rewind')),
    actor          text not null,
    backup_id      text not null default '',
    first_sequence bigint not null default 0,       -- of what is lost here, or is read again by a rewind
    last_sequence  bigint not null default 0,
    note           text not null default ''
);
