-- The vehicle of the day, so that parts go where it is (G8).
create table driver (
    id text primary key,
    days bytea not null default ''
);
comment on table driver is 'Projection of scheduler: the vehicles an engineer drives, packed VehicleDays.';
