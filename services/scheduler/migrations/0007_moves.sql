-- A visit goes to another time of the same engineer: his time for it gives way, and comes back when the new one does not
-- happen.

alter table booking add column replaces_visit_id text not null default '';
comment on column booking.replaces_visit_id is 'The visit whose time with the same resource gave way to this one.';
alter table booking add column was integer not null default 0;
comment on column booking.was is 'The state that comes back when the visit in its place does not happen.';
