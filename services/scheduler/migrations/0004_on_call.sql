-- Who is called when: rosters of a territory for a role. Where a territory has nobody on duty the one above counts, so the
-- tree of territories is kept, and their zones, because duties are wall time.
alter table territory
    add column parent_id text not null default '',
    add column time_zone text not null default '';

create table person (
    id      text primary key,
    retired boolean not null
);
comment on table person is 'projection of intake: our own people who are no engineers';

create table on_call_roster (
    id      text primary key,
    version bigint not null,
    place   text   not null default '',         -- "<territory> <role>", '' once retired
    details bytea  not null                     -- OnCallRosterDetails
);
create unique index on on_call_roster (place) where place <> '';
comment on table on_call_roster is 'who is called for a role of a territory; one roster for each';
