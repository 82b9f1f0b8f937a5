-- The rules of time zones that open promises were derived by. Another release of them is another reason to derive: looked for by a timer
-- that sets itself again.

create table zone_rules (
    id      text primary key,
    release text not null default ''
);
comment on table zone_rules is 'One row: the release of the tz database that open promises were derived by.';

insert into timer (id, due_at) values ('zones:rules', now ());
