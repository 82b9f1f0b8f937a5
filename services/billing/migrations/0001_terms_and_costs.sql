-- What billing remembers: small projections of what others own, the terms (contracts, prices), who pays for each request,
-- what each order has cost, and the invoices. The unique constraints are the last wall: a cost is posted once for each visit
-- and kind, a thing is billed once, and a number belongs to one invoice.

create table customer (
    id           text primary key,
    known        boolean not null default false,
    currency     text not null default '',
    payment_days bigint not null default 0,
    merged_into  text not null default ''
);
comment on table customer is 'Projection of intake.';

create table site (
    id           text primary key,
    customer_id  text not null default '',
    territory_id text not null default '',
    time_zone    text not null default ''
);
comment on table site is 'Projection of intake.';

create table asset (
    id                text primary key,
    customer_id       text not null default '',
    site_id           text not null default '',
    device_type       text not null default '',
    warranty_from_at  timestamptz,
    warranty_until_at timestamptz
);
comment on table asset is 'Projection of intake; in warranty when from <= t < until.';

create table territory (
    id          text primary key,
    time_zone   text not null default '',
    calendar_id text not null default '',
    currency    text not null default ''
);
comment on table territory is 'Projection of intake.';

create table business_calendar (
    id      text primary key,
    version bigint not null default 0,
    details bytea not null default ''
);
comment on table business_calendar is 'Projection of the scheduler: splits labour into bands.';

create table contract (
    id          text primary key,
    version     bigint not null default 0,
    customer_id text not null default '',
    details     bytea not null default ''
);
create index on contract (customer_id) where customer_id <> '';
comment on table contract is 'The terms as they are now; details is ContractDetails.';

create table contract_version (
    id            text primary key,
    contract_id   text not null default '',
    version       bigint not null default 0,
    registered_at timestamptz,
    details       bytea not null default '',
    constraint contract_version_once unique (contract_id, version)
);
comment on table contract_version is 'The terms as they ever were: a posted order stays explainable.';

create table instalment (
    id             text primary key,
    contract_id    text not null default '',
    number         bigint not null default 0,
    due_on         text not null default '',
    amount_minor   bigint not null default 0,
    invoice_number text not null default '',
    constraint instalment_once unique (contract_id, number),
    constraint instalment_amount check (amount_minor >= 0)
);
comment on table instalment is 'Payments of a contract; they add up to its value.';

create table price_list (
    id           text primary key,
    version      bigint not null default 0,
    territory_id text not null default '',
    currency     text not null default '',
    details      bytea not null default ''
);
comment on table price_list is 'Prices from now on; what is posted names the version it used.';

create table entitlement (
    id                 text primary key,
    root               text not null default '',
    customer_id        text not null default '',
    site_id            text not null default '',
    asset_id           text not null default '',
    type               integer not null default 0,
    at                 timestamptz,
    coverage           integer not null default 0,
    contract_id        text not null default '',
    contract_version   bigint not null default 0,
    contract_line_id   text not null default '',
    reason             text not null default '',
    overridden         boolean not null default false,
    posted             boolean not null default false,
    call_out_order_id  text not null default ''
);
comment on table entitlement is 'Who pays for a request (or for an order without one), and why.';

create table work_order (
    id             text primary key,
    root           text not null default '',
    request_id     text not null default '',
    customer_id    text not null default '',
    site_id        text not null default '',
    asset_id       text not null default '',
    territory_id   text not null default '',
    type           integer not null default 0,
    created_at     timestamptz,
    completed_at   timestamptz,
    settled        boolean not null default false,
    posted         boolean not null default false,
    waits_for      text not null default '',
    blocked_reason text not null default '',
    currency       text not null default '',
    list_minor     bigint not null default 0,
    charge_minor   bigint not null default 0,
    invoice_number text not null default '',
    constraint work_order_charge check (charge_minor between 0 and list_minor)
);
create index on work_order (waits_for) where waits_for <> '';
comment on table work_order is 'Billing''s view of an order, until it is posted and after.';
comment on column work_order.waits_for is 'What is missing before a finished order can be posted, "prices:EUR"; empty: nothing.';

create table time_entry (
    id            text primary key,
    work_order_id text not null default '',
    visit_id      text not null default '',
    kind          integer not null default 0,
    from_at       timestamptz,
    to_at         timestamptz,
    version       bigint not null default 0
);
create index on time_entry (work_order_id) where work_order_id <> '';
comment on table time_entry is 'Time of engineers, from the dispatcher.';

create table trip (
    id            text primary key,
    work_order_id text not null default '',
    distance_m    bigint not null default 0,
    version       bigint not null default 0
);
create index on trip (work_order_id) where work_order_id <> '';
comment on table trip is 'Distance of a visit, from its latest service report.';

create table part_use (
    id            text primary key,
    work_order_id text not null default '',
    visit_id      text not null default '',
    item_id       text not null default '',
    quantity      bigint not null default 0,
    cost_minor    bigint not null default 0,
    currency      text not null default ''
);
create index on part_use (work_order_id) where work_order_id <> '';
comment on table part_use is 'Parts used for an order, from inventory; cost_minor is of one piece.';

create table cost_line (
    id            text primary key,
    work_order_id text not null default '',
    visit_id      text not null default '',
    kind          integer not null default 0,
    band          integer not null default 0,
    item_id       text not null default '',
    quantity      bigint not null default 0,
    unit          text not null default '',
    price_minor   bigint not null default 0,
    amount_minor  bigint not null default 0,
    charge_minor  bigint not null default 0,
    currency      text not null default '',
    coverage      integer not null default 0,
    contract_id   text not null default '',
    reason        text not null default '',
    rule          text not null default '',
    constraint cost_line_once unique (work_order_id, visit_id, kind, band, item_id),
    constraint cost_line_decided check (coverage > 0 and reason <> ''),
    constraint cost_line_charge check (charge_minor = 0 or (charge_minor = amount_minor and coverage = 5))
);
comment on table cost_line is 'One cost with the rule and inputs that made it, and who pays it.';

create table invoice (
    id          text primary key,
    number      text not null default '',
    series      text not null default '',
    year        bigint not null default 0,
    sequence    bigint not null default 0,
    customer_id text not null default '',
    currency    text not null default '',
    total_minor bigint not null default 0,
    issued_on   text not null default '',
    due_on      text not null default '',
    details     bytea not null default '',
    constraint invoice_number_once unique (number),
    constraint invoice_sequence_once unique (series, year, sequence)
);
comment on table invoice is 'Numbered invoices and credit notes; the key is what is billed, so nothing is billed twice.';

create table invoice_series (
    id   text primary key,
    last bigint not null default 0
);
comment on table invoice_series is 'The last number of each series and year.';
