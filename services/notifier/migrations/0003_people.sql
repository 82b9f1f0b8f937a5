-- Our own people who are no engineers are told by name when they are on call.
create table person (
    id text primary key,
    name text not null default '',
    phone text not null default '',
    email text not null default '',
    language integer not null default 0,
    territory_id text not null default '',
    time_zone text not null default '',
    lists bytea not null default ''
);
comment on table person is 'Our own people who are no engineers; master in intake.';
