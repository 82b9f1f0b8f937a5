-- What inventory remembers. Stock is a double-entry journal (stock_move) and its sums (stock); the sums are kept beside
-- it because reservations must decide on them within one turn. The checks are the last wall: whatever the code does,
-- no place but the other side of receipts and counts falls below zero, and nothing is promised twice.

create table item (
    id           text primary key,
    version      bigint not null default 0,
    serialised   boolean not null default false,
    cost_minor   bigint not null default 0,
    currency     text not null default '',
    min_quantity bigint not null default 0,
    details      bytea not null default ''
);
comment on table item is 'What can be in stock; details is ItemDetails.';

create table location (
    id           text primary key,
    version      bigint not null default 0,
    kind         integer not null default 0,
    territory_id text not null default '',
    engineer_id  text not null default '',
    details      bytea not null default ''
);
comment on table location is 'Where stock can be; supplier, consumed and adjustment make themselves.';

create table stock (
    id             text primary key,
    location_id    text not null default '',
    item_id        text not null default '',
    kind           integer not null default 0,
    territory_item text not null default '',
    on_hand        bigint not null default 0,
    reserved       bigint not null default 0,
    low            boolean not null default false,
    constraint stock_never_negative check (on_hand >= 0 or kind in (4, 6)),
    constraint stock_reserved_is_there check (reserved >= 0 and (reserved = 0 or reserved <= on_hand)),
    constraint stock_one_row unique (location_id, item_id)
);
create index on stock (item_id) where item_id <> '';
create index on stock (territory_item) where territory_item <> '';
comment on table stock is 'Sums of the journal by place and item; available = on_hand - reserved.';
comment on column stock.kind is 'Of the location: 4 supplier and 6 adjustment may be negative.';
comment on column stock.territory_item is 'territory/item in warehouses: what an order may draw on.';

create table stock_move (
    id               text primary key,
    item_id          text not null default '',
    from_location_id text not null default '',
    to_location_id   text not null default '',
    quantity         bigint not null default 0,
    serial           text not null default '',
    document_id      text not null default '',
    work_order_id    text not null default '',
    asset_id         text not null default '',
    reason           text not null default '',
    moved_at         timestamptz,
    constraint stock_move_goes_somewhere check (quantity > 0 and from_location_id <> to_location_id)
);
create index on stock_move (serial) where serial <> '';
comment on table stock_move is 'The journal: one row a movement, never changed.';

create table serial_unit (
    id          text primary key,
    item_id     text not null default '',
    serial      text not null default '',
    location_id text not null default '',
    asset_id    text not null default '',
    moved_at    timestamptz
);
create index on serial_unit (serial) where serial <> '';
comment on table serial_unit is 'Where each serialised unit is now, and in which asset it was installed.';

create table document (
    id      text primary key,
    kind    text not null default '',
    content bytea not null default ''
);
comment on table document is 'Documents that have moved stock, so that none does twice.';

create table work_order (
    id           text primary key,
    root         text not null default '',
    territory_id text not null default '',
    priority     bigint not null default 0,
    created_at   timestamptz,
    needed       bytea not null default '',
    shortage     bytea not null default '',
    settlement   bytea not null default '',
    completed    boolean not null default false,
    cancelled    boolean not null default false,
    settled      boolean not null default false
);
comment on table work_order is 'What an order needs of stock and how far it is.';

create table wanted_part (
    id             text primary key,
    work_order_id  text not null default '',
    item_id        text not null default '',
    territory_item text not null default ''
);
create index on wanted_part (work_order_id) where work_order_id <> '';
create index on wanted_part (item_id) where item_id <> '';
create index on wanted_part (territory_item) where territory_item <> '';
comment on table wanted_part is 'Items whose arrival may help an order that is short; gone when it is not short any more.';

create table reservation (
    id              text primary key,
    work_order_id   text not null default '',
    item_id         text not null default '',
    asked_item_id   text not null default '',
    location_id     text not null default '',
    van_location_id text not null default '',
    quantity        bigint not null default 0,
    kept            bigint not null default 0,
    released        bigint not null default 0,
    issued          bigint not null default 0,
    used            bigint not null default 0,
    returned        bigint not null default 0,
    constraint reservation_accounts_for_all check (
        quantity > 0 and kept >= 0 and released >= 0 and issued >= 0 and used >= 0 and returned >= 0
        and kept + released + issued = quantity and used + returned <= issued)
);
create index on reservation (work_order_id) where work_order_id <> '';
comment on table reservation is 'One part kept for one order: kept, issued to a van, used, returned or released.';
