-- Time and readiness: calendars, who works when, what is booked, what falls due, which orders can go.
create table published_calendar (
    id        text primary key,
    version   bigint not null,
    parent_id text not null default '',
    own       bytea not null,                   -- CalendarDetails as the operator said it
    details   bytea not null                    -- the same with its parents merged in
);
create index on published_calendar (parent_id) where parent_id <> '';
comment on table published_calendar is 'business time; a new version for every change of it or of a parent';

create table territory (
    id          text primary key,
    calendar_id text not null default ''
);
comment on table territory is 'projection of intake: the calendar of engineers without a shift';

create table engineer (
    id           text primary key,
    territory_id text not null default '',
    retired      boolean not null
);
comment on table engineer is 'projection of the dispatcher';

create table shift (
    id          text primary key,               -- the engineer
    calendar_id text not null default ''
);
comment on table shift is 'the calendar each engineer works by';

create table absence (
    id               text primary key,
    engineer_id      text not null default '',
    open_engineer_id text not null default '',  -- '' once cancelled or over
    from_at          timestamptz not null,
    to_at            timestamptz not null,
    reason           text not null default '',
    cancelled        boolean not null,
    check (from_at < to_at)
);
create index on absence (open_engineer_id) where open_engineer_id <> '';
comment on table absence is 'when engineers are away';

-- 1 held, 2 confirmed, 3 released, 4 finished, 5 refused. The constraint is the last wall against two visits at once.
-- It is checked at the end of each statement, so that one statement may move several bookings in any order of rows.
create table booking (
    id               text primary key,          -- the visit
    work_order_id    text not null default '',
    engineer_id      text not null default '',
    open_engineer_id text not null default '',  -- '' once released, finished or refused
    state            integer not null check (state between 1 and 5),
    starts_at        timestamptz not null,
    ends_at          timestamptz not null,
    reason           text not null default '',
    check (starts_at < ends_at),
    constraint booking_never_overlaps exclude using gist (engineer_id with =, tstzrange (starts_at, ends_at) with &&)
        where (state in (1, 2)) deferrable initially immediate
);
create index on booking (open_engineer_id) where open_engineer_id <> '';
comment on table booking is 'claims on the time of engineers; two that live never overlap';

create table site (
    id           text primary key,
    customer_id  text not null default '',
    territory_id text not null default '',
    time_zone    text not null default '',
    has_location boolean not null               -- an address or coordinates
);
comment on table site is 'projection of intake';

create table contact (
    id                text primary key,
    customer_id       text not null default '',
    site_id           text not null default '',
    phone_site_id     text not null default '', -- the site, if the contact has a phone
    phone_customer_id text not null default ''  -- the customer, if it has one and speaks for all sites
);
create index on contact (phone_site_id) where phone_site_id <> '';
create index on contact (phone_customer_id) where phone_customer_id <> '';
comment on table contact is 'projection of intake: who can be called';

create table customer (
    id          text primary key,
    has_phone   boolean not null,
    survivor_id text not null default ''        -- merged into this one
);
comment on table customer is 'projection of intake';

create table asset (
    id      text primary key,
    site_id text not null default '',
    retired boolean not null
);
comment on table asset is 'projection of intake';

create table waiting (
    id      text primary key,                   -- the request
    reasons bigint not null                     -- bit n: WaitReason n runs
);
comment on table waiting is 'requests that wait, and for what';

create table work_order (
    id               text primary key,
    root             text not null default '',
    open_request_id  text not null default '',
    open_site_id     text not null default '',
    open_customer_id text not null default '',
    closed           boolean not null,
    parts_state      integer not null check (parts_state between 0 and 2),  -- unreserved, short, reserved
    shortage         bytea not null,            -- ReservationShort
    created          bytea not null,            -- WorkOrderCreated
    said             bytea not null             -- the last ReadinessChanged
);
create index on work_order (open_request_id) where open_request_id <> '';
create index on work_order (open_site_id) where open_site_id <> '';
create index on work_order (open_customer_id) where open_customer_id <> '';
comment on table work_order is 'orders as far as their readiness goes; open ones are found by what they depend on';

create table maintenance_plan (
    id                 text primary key,
    version            bigint not null,
    state              integer not null check (state between 1 and 2),      -- active, suspended
    asset_id           text not null default '',
    site_id            text not null default '',
    next_on            text not null default '',
    open_occurrence_id text not null default '',
    reason             text not null default '',
    details            bytea not null           -- MaintenancePlanDetails
);
create index on maintenance_plan (asset_id) where asset_id <> '';
create index on maintenance_plan (site_id) where site_id <> '';
comment on table maintenance_plan is 'maintenance that falls due by itself';

-- 1 generated, 2 skipped, 3 done.
create table plan_occurrence (
    id           text primary key,              -- "<plan>:<date>"
    plan_id      text not null,
    due_on       text not null,
    due_at       timestamptz not null,
    tolerance_ms bigint not null,
    state        integer not null check (state between 1 and 3),
    reason       text not null default '',
    done_at      timestamptz,
    in_time      boolean not null,
    unique (plan_id, due_on)
);
comment on table plan_occurrence is 'the ledger: one line at most for each date of each plan, with what became of it';
