-- An emergency calls a group of people; a request may have one, and may have been absorbed by another request.
create table emergency_plan (
    id      text primary key,
    version bigint not null,
    details bytea  not null                     -- EmergencyPlanDetails
);
comment on table emergency_plan is 'How emergencies are met; few, kept in memory';

create table emergency (
    id              text primary key,
    request_id      text not null default '',
    open_request_id text not null default '',   -- '' once it is over
    site_id         text not null default '',
    territory_id    text not null default '',
    ended_at        timestamptz
);
create index on emergency (open_request_id) where open_request_id <> '';
comment on table emergency is 'Emergencies as declared; the watchdog knows who was called';

alter table service_request
    add column survivor_id   text    not null default '',   -- merged into this one
    add column has_emergency boolean not null default false;
