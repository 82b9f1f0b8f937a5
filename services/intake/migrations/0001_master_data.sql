-- Who is served, where, and what stands there. Identifiers come from the sender; details hold the message last published,
-- so that registering the same content again is silent.

create table customer (
    id          text primary key,
    name        text not null default '',
    grade       text not null default '',
    tax_key     text not null default '',
    phone_key   text not null default '',
    survivor_id text not null default '',
    version     bigint not null default 0,
    details     bytea not null default '',
    check (survivor_id <> id)
);
comment on table customer is 'A customer, or with survivor_id the alias of the one it was merged into';
create index on customer (tax_key) where tax_key <> '';
create index on customer (phone_key) where phone_key <> '';
create index on customer (survivor_id) where survivor_id <> '';

create table contact (
    id          text primary key,
    customer_id text not null default '',
    site_id     text not null default '',
    phone_key   text not null default '',
    version     bigint not null default 0,
    details     bytea not null default ''
);
comment on table contact is 'A person of a customer, of one site or of all';
create index on contact (customer_id) where customer_id <> '';
create index on contact (site_id) where site_id <> '';
create index on contact (phone_key) where phone_key <> '';

create table territory (
    id        text primary key,
    parent_id text not null default '',
    time_zone text not null default '',
    version   bigint not null default 0,
    details   bytea not null default '',
    check (parent_id <> id)
);
comment on table territory is 'A service region; few, kept in memory';
create index on territory (parent_id) where parent_id <> '';

create table site (
    id           text primary key,
    customer_id  text not null default '',
    territory_id text not null default '',
    time_zone    text not null default '',
    region_class integer not null default 0,
    version      bigint not null default 0,
    details      bytea not null default ''
);
comment on table site is 'A place of a customer; time_zone is empty where the territory''s holds';
create index on site (customer_id) where customer_id <> '';
create index on site (territory_id) where territory_id <> '';

create table asset (
    id                text primary key,
    customer_id       text not null default '',
    site_id           text not null default '',
    model             text not null default '',
    device_type       text not null default '',
    serial            text not null default '',
    serial_key        text not null default '',
    warranty_from_at  timestamptz,
    warranty_until_at timestamptz,
    criticality       bigint not null default 0,
    retired           boolean not null default false,
    places            bigint not null default 0,
    alarm_request_id  text not null default '',
    version           bigint not null default 0,
    details           bytea not null default '',
    check (warranty_from_at < warranty_until_at),
    check (criticality between 0 and 3)
);
comment on table asset is 'An installed unit; warranty covers from <= t < until';
create index on asset (customer_id) where customer_id <> '';
create index on asset (site_id) where site_id <> '';
create index on asset (serial_key) where serial_key <> '';
create unique index asset_serial_once_a_model on asset (model, serial_key) where serial_key <> '';

create table asset_place (
    id          text primary key,
    asset_id    text not null default '',
    customer_id text not null default '',
    site_id     text not null default '',
    retired     boolean not null default false,
    from_at     timestamptz,
    until_at    timestamptz,
    check (from_at <= until_at)
);
comment on table asset_place is 'Whose and where an asset was, from <= t < until; only ever added to';
create index on asset_place (asset_id) where asset_id <> '';

create table contract (
    id               text primary key,
    customer_id      text not null default '',
    open_customer_id text not null default '',
    version          bigint not null default 0,
    details          bytea not null default ''
);
comment on table contract is 'Projection of billing''s contracts, to tell callers their rights';
create index on contract (open_customer_id) where open_customer_id <> '';
