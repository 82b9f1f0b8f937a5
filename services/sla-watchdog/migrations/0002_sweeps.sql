-- A calendar, a territory, a plan or a rule may concern a hundred thousand cases. They are found page by page in order of
-- key, which wants indexes that hold the key beside the value, in the order that the program compares in.

create table sweep (
    id       text primary key,
    after_id text not null default ''
);
comment on table sweep is 'A publication whose consequences are still being noted, and how far: "<kind>:<id of what was published>".';

drop index sla_clock_open_calendar_id_idx;
create index sla_clock_open_calendar_id_idx on sla_clock (open_calendar_id, id collate "C") where open_calendar_id <> '';
drop index sla_case_open_plan_id_idx;
create index sla_case_open_plan_id_idx on sla_case (open_plan_id, id collate "C") where open_plan_id <> '';
drop index sla_case_open_territory_id_idx;
create index sla_case_open_territory_id_idx on sla_case (open_territory_id, id collate "C") where open_territory_id <> '';
drop index gauge_metric_idx;
create index gauge_metric_idx on gauge (metric, id collate "C") where metric <> '';
