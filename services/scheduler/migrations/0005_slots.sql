-- Times that are kept for customers (X6). Their claims are bookings, so that they exclude visits as visits do.
create table slot (
    id                 text primary key,
    work_order_id      text not null default '',
    open_work_order_id text not null default '',    -- '' once expired or released
    engineer_id        text not null,
    state              integer not null check (state between 1 and 4),     -- held, confirmed, expired, released
    starts_at          timestamptz not null,
    ends_at            timestamptz not null,
    window_from_at     timestamptz not null,
    window_to_at       timestamptz not null,
    reason             text not null default ''
);
create index on slot (open_work_order_id) where open_work_order_id <> '';
comment on table slot is 'times kept for customers who have not decided yet, and appointments';
