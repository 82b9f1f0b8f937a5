-- A request that waits is resumed on a date, or reminds its customer and is then taken as solved. That wants a row for each
-- wait that lasts, and the business time of its site.

create table waiting_policy (
    id      text primary key,
    details bytea not null
);
comment on table waiting_policy is 'What happens while a request waits; the key is the reason.';

create table business_calendar (
    id      text primary key,
    version bigint not null,
    details bytea  not null
);
comment on table business_calendar is 'Projection of the scheduler.';

create table waiting (
    id          text primary key,
    request_id  text    not null,
    reason      integer not null,
    started_at  timestamptz not null,
    resume_at   timestamptz,
    reminded    bigint  not null check (reminded >= 0),
    reminded_at timestamptz,
    unique (request_id, reason)
);
comment on table waiting is 'Waits that last; gone when they end.';
