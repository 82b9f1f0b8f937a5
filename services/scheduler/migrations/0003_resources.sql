-- Tools and vehicles are booked as engineers are (G3, G8): a booking claims the time of a resource, and a visit may have
-- several that stand or fall together.
alter table booking rename column engineer_id to resource_id;
alter table booking rename column open_engineer_id to open_resource_id;
alter table booking add column kind integer not null default 1 check (kind between 1 and 4);    -- engineer, tool, vehicle, driver
alter table booking add column visit_id text not null default '';   -- or the assignment of a vehicle
update booking set visit_id = id;
create index on booking (visit_id) where visit_id <> '';
alter table booking drop constraint booking_never_overlaps;
alter table booking add constraint booking_never_overlaps
    exclude using gist (kind with =, resource_id with =, tstzrange (starts_at, ends_at) with &&)
    where (state in (1, 2)) deferrable initially immediate;
comment on table booking is 'claims on the time of engineers, tools and vehicles; two that live never overlap';

create table tool (
    id                  text primary key,
    open_kind           text not null default '',   -- '' once retired
    territory_id        text not null default '',
    engineer_id         text not null default '',   -- who has it; '' it is in store
    location_id         text not null default '',
    calibrated_until_at timestamptz,
    custodies           bigint not null,            -- lines of tool_custody
    version             bigint not null,
    details             bytea not null              -- ToolDetails
);
create index on tool (open_kind) where open_kind <> '';
comment on table tool is 'tools and test instruments that visits reserve';

create table tool_custody (
    id          text primary key,                   -- "<tool>:<n>"
    tool_id     text not null,
    engineer_id text not null,
    from_at     timestamptz not null,
    to_at       timestamptz,                        -- null: he still has it
    note        text not null default ''
);
comment on table tool_custody is 'who had which tool when; only ever added to';

create table tool_need (
    id            text primary key,                 -- "<work order>:<kind>"
    work_order_id text not null,
    kind          text not null
);
create index on tool_need (kind) where kind <> '';
comment on table tool_need is 'kinds of tools that open orders need; gone when the order is over';

create table vehicle (
    id          text primary key,
    odometer_km bigint not null,
    read_at     timestamptz,
    version     bigint not null,
    details     bytea not null                      -- VehicleDetails
);
comment on table vehicle is 'vehicles and their odometers as they were read last';
