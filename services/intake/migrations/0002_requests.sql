-- What customers and devices ask, by which rules it is judged, and how far each request has come.

create table alarm_rule (
    id           text primary key,
    device_type  text not null default '',
    code         text not null default '',
    min_severity bigint not null default 0,
    rule         bytea not null default ''
);
comment on table alarm_rule is 'What to do when a kind of device says a code; few, kept in memory';

create table triage_rule (
    id       text primary key,
    position bigint not null default 0,
    rule     bytea not null default ''
);
comment on table triage_rule is 'How fault level and needs follow from a request; few, kept in memory';

create table service_request (
    id               text primary key,
    type             integer not null default 0,
    state            integer not null default 0,
    channel          integer not null default 0,
    external_id      text not null default '',
    customer_id      text not null default '',
    open_customer_id text not null default '',
    site_id          text not null default '',
    asset_id         text not null default '',
    open_asset_id    text not null default '',
    territory_id     text not null default '',
    region_class     integer not null default 0,
    customer_grade   text not null default '',
    contact_phone    text not null default '',
    attachments      bytea not null default '',
    note             text not null default '',
    fault_code       text not null default '',
    level_hint       bigint not null default 0,
    fault_level      bigint not null default 0,
    level_rule       text not null default '',
    level_reason     text not null default '',
    priority         bigint not null default 0,
    triage           bytea not null default '',
    tier             integer not null default 0,
    needs            bytea not null default '',
    order_open       boolean not null default false,
    order_id         text not null default '',
    attempts         bigint not null default 0,
    waits            bigint not null default 0,
    coverage         integer not null default 0,
    contract_id      text not null default '',
    contract_tier    text not null default '',
    reported_at      timestamptz,
    accepted_at      timestamptz,
    acknowledged_at  timestamptz,
    resolved_at      timestamptz,
    resolved_tier    integer not null default 0,
    ended_at         timestamptz,
    check (fault_level between 1 and 4),
    check (priority between 1 and 100)
);
comment on table service_request is 'What was asked; the open_ columns are empty once it has ended';
create index on service_request (open_customer_id) where open_customer_id <> '';
create index on service_request (open_asset_id) where open_asset_id <> '';

create table external_message (
    id         text primary key,
    request_id text not null default ''
);
comment on table external_message is 'One request for each message of a channel; the key is "<channel> <external id>"';

create table support_attempt (
    id         text primary key,
    request_id text not null default '',
    tier       integer not null default 0,
    agent      text not null default '',
    started_at timestamptz,
    ended_at   timestamptz,
    solved     boolean not null default false,
    note       text not null default '',
    check (started_at < ended_at)
);
comment on table support_attempt is 'Each attempt to help by phone or remotely; the key is "<request>:<n>"';

create table alarm (
    id              text primary key,
    asset_id        text not null default '',
    code            text not null default '',
    request_id      text not null default '',
    open_request_id text not null default '',
    rule_id         text not null default '',
    repeats         bigint not null default 0,
    said            bigint not null default 0,
    first_at        timestamptz,
    last_at         timestamptz,
    settled_at      timestamptz,
    check (said <= repeats)
);
comment on table alarm is 'One device saying one code, counted; the key is "<asset> <code>"';
create index on alarm (open_request_id) where open_request_id <> '';
