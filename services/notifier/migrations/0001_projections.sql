-- What the notifier keeps of other services' things: only what an address or a text needs. Replaying their events from
-- zero makes the same rows again.

create table customer (
    id text primary key,
    name text not null default '',
    email text not null default '',
    phone text not null default '',
    language integer not null default 0
);
comment on table customer is 'Customers; master in intake. Their own address is used when nobody of them is known by name.';

create table contact (
    id text primary key,
    customer_id text not null default '',
    site_id text not null default '',
    whole_customer_id text not null default '',
    name text not null default '',
    phone text not null default '',
    email text not null default '',
    language integer not null default 0,
    lists bytea not null default '',
    is_manager boolean not null default false
);
comment on table contact is 'People of customers; master in intake. whole_customer_id is set for those of no site in particular.';
create index on contact (site_id) where site_id <> '';
create index on contact (whole_customer_id) where whole_customer_id <> '';

create table territory (
    id text primary key,
    name text not null default '',
    language integer not null default 0,
    time_zone text not null default '',
    manager_email text not null default ''
);
comment on table territory is 'Service regions with the address of their manager; master in intake.';

create table site (
    id text primary key,
    customer_id text not null default '',
    name text not null default '',
    address text not null default '',
    time_zone text not null default '',
    territory_id text not null default ''
);
comment on table site is 'Places of customers, with their resolved time zone; master in intake.';

create table asset (
    id text primary key,
    model text not null default '',
    serial text not null default ''
);
comment on table asset is 'Names of installed units; master in intake.';

create table engineer (
    id text primary key,
    name text not null default '',
    phone text not null default '',
    email text not null default '',
    language integer not null default 0,
    territory_id text not null default '',
    time_zone text not null default ''
);
comment on table engineer is 'Engineers and how to reach them; master in dispatcher.';

create table item (
    id text primary key,
    name text not null default '',
    unit text not null default ''
);
comment on table item is 'Names of parts; master in inventory.';

create table location (
    id text primary key,
    name text not null default '',
    territory_id text not null default ''
);
comment on table location is 'Names of warehouses and vans; master in inventory.';

create table request (
    id text primary key,
    customer_id text not null default '',
    site_id text not null default '',
    asset_id text not null default '',
    territory_id text not null default '',
    type integer not null default 0,
    description text not null default '',
    fault_level bigint not null default 0
);
comment on table request is 'Whom and what a service request is about; master in intake.';

create table work_order (
    id text primary key,
    request_id text not null default '',
    customer_id text not null default '',
    site_id text not null default '',
    asset_id text not null default '',
    territory_id text not null default '',
    type integer not null default 0,
    description text not null default '',
    fault_level bigint not null default 0
);
comment on table work_order is 'Whom and what a work order is about; master in dispatcher.';

create table visit (
    id text primary key,
    work_order_id text not null default '',
    engineer_id text not null default '',
    starts_at timestamptz,
    work_starts_at timestamptz,
    ends_at timestamptz,
    is_accepted boolean not null default false
);
comment on table visit is 'Visits that somebody was told of: a visit only proposed has no row, so nobody hears that it ended.';

create table report (
    id text primary key,
    content text not null default '',
    engineer_id text not null default ''
);
comment on table report is 'The exact text of service reports, to be mailed when they are signed; master in dispatcher.';
