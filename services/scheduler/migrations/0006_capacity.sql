-- Orders that wait for another one (G7); what of each week is kept for one type of work (X27).
alter table work_order add column open_after_id text not null default '';
create index on work_order (open_after_id) where open_after_id <> '';

alter table booking add column type integer not null default 0;         -- RequestType of its order
create index on engineer (territory_id) where territory_id <> '';

create table capacity_quota (
    id                text primary key,         -- "<territory>:<type>"
    open_territory_id text not null default '', -- '' when nothing is reserved any more
    type              integer not null,
    percent           bigint not null check (percent between 0 and 100)
);
create index on capacity_quota (open_territory_id) where open_territory_id <> '';
comment on table capacity_quota is 'shares of each week that are for one type of work alone';
