-- The arrival that the SLA clock of a request promises, so that lateness against it is priced when somebody is chosen.

create table promise (
    id text primary key,
    arrive_at timestamptz
);
comment on table promise is 'Projection of sla-watchdog: promised arrival by request; gone once that clock has stopped.';
