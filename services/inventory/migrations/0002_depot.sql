-- Units of customers that are repaired in the depot. The unique constraints are the last wall: a request has one unit, and a
-- unit is in the depot once.

create table depot_repair (
    id                 text primary key,
    request_id         text    not null default '',
    customer_id        text    not null default '',
    asset_id           text    not null default '',
    item_id            text    not null default '',
    serial             text    not null default '',
    location_id        text    not null default '',
    open_unit          text    not null default '',
    state              integer not null default 0,
    outcome            integer not null default 0,
    replacement_serial text    not null default '',
    received_at        timestamptz,
    completed_at       timestamptz,
    shipped_at         timestamptz,
    constraint depot_repair_one_a_request unique (request_id),
    constraint depot_repair_in_order check (
        (state > 1 or completed_at is null) and (state > 2 or shipped_at is null)
        and coalesce (completed_at, received_at) >= received_at and coalesce (shipped_at, completed_at) >= completed_at)
);
create unique index depot_repair_one_a_unit on depot_repair (open_unit) where open_unit <> '';
comment on table depot_repair is 'A customer''s unit in the depot. state: 1 received, 2 completed, 3 shipped; open_unit is empty once it is gone.';
