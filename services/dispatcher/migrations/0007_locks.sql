-- What a person has fixed of a visit, and visits that are planned without anybody being told yet.

alter table visit
    add column lock integer not null default 0,
    add column lock_from_at timestamptz,
    add column lock_to_at timestamptz,
    add column planned_territory_id text not null default '';
create index on visit (planned_territory_id) where planned_territory_id <> '';
comment on column visit.planned_territory_id is 'Its time is held and it waits to be offered; empty otherwise.';
