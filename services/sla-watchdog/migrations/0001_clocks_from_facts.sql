-- What was promised to whom, and how it stands. Truth is in sla_fact: sla_clock can be derived again at any time. The
-- unique constraint on threshold is the last wall before a warning that is said twice.

create table sla_plan (
    id        text primary key,
    version   bigint  not null,
    rank      bigint  not null unique deferrable initially deferred,
    is_default boolean not null,
    details   bytea   not null
);
create unique index one_default_plan on sla_plan (is_default) where is_default;
comment on table sla_plan is 'Plans as published; rank is their order, low is looked at first.';

create table known_calendar (
    id          text primary key,
    version     bigint not null,
    fingerprint bigint not null,
    details     bytea  not null
);
comment on table known_calendar is 'Calendars of the scheduler, parents merged in.';

create table territory (
    id          text primary key,
    calendar_id text not null default '',
    time_zone   text not null default ''
);
comment on table territory is 'Which calendar a territory keeps.';

create table sla_case (
    id                text primary key,
    accepted_at       timestamptz,
    request_type      integer not null,
    customer_id       text    not null default '',
    site_id           text    not null default '',
    territory_id      text    not null default '',
    region_class      integer not null,
    customer_grade    text    not null default '',
    fault_level       bigint  not null,
    triaged_at        timestamptz,
    contract_tier     text    not null default '',
    contract_plan_id  text    not null default '',
    entitled_at       timestamptz,
    plan_id           text    not null default '',
    fact_count        bigint  not null,
    is_watched        boolean not null,
    open_plan_id      text    not null default '',
    open_territory_id text    not null default ''
);
create index on sla_case (open_plan_id) where open_plan_id <> '';
create index on sla_case (open_territory_id) where open_territory_id <> '';
comment on table sla_case is 'Service requests as those to whom something is promised.';

create table sla_fact (
    id          text primary key,
    case_id     text    not null,
    kind        integer not null,
    detail      integer not null,
    holder      text    not null default '',
    happened_at timestamptz not null,
    value_at    timestamptz,
    number      bigint  not null
);
create index on sla_fact (case_id) where case_id <> '';
comment on table sla_fact is
    'What happened to a case. kind: 1 wait started, 2 wait ended, 3 milestone reached, 4 resolved, 5 reopened, 6 cancelled, 7 support tier, 8 instant promised.';

create table sla_clock (
    id               text primary key,
    case_id          text    not null,
    milestone        integer not null,
    state            integer not null,
    generation       bigint  not null,
    plan_id          text    not null default '',
    promise          text    not null default '',
    calendar_id      text    not null default '',
    calendar_version bigint  not null,
    open_calendar_id text    not null default '',
    started_at       timestamptz,
    due_at           timestamptz,
    breach_at        timestamptz,
    stopped_at       timestamptz,
    consumed_ms      bigint  not null check (consumed_ms >= 0),
    budget_ms        bigint  not null check (budget_ms >= 0),
    breached         boolean not null,
    handled_percent  bigint  not null,
    warned_percent   bigint  not null,
    unique (case_id, milestone),
    check (breach_at is null or due_at is null or breach_at >= due_at)
);
create index on sla_clock (open_calendar_id) where open_calendar_id <> '';
comment on table sla_clock is 'One promise of a case as last derived from its facts.';

create table threshold (
    id           text primary key,
    clock_id     text    not null,
    generation   bigint  not null,
    percent      bigint  not null,
    threshold_at timestamptz not null,
    decided_at   timestamptz not null,
    late_by_ms   bigint  not null check (late_by_ms >= 0),
    said         boolean not null,
    unique (clock_id, generation, percent)
);
comment on table threshold is 'Each share of a budget that was passed, once; 100 is the breach. Not said: logged when another promise was made.';

create table alert_rule (
    id           text primary key,
    version      bigint  not null,
    name         text    not null default '',
    metric       text    not null default '',
    threshold    bigint  not null check (threshold > 0),
    territory_id text    not null default '',
    retired      boolean not null
);
comment on table alert_rule is 'Tell somebody when a value passes a limit.';

create table gauge (
    id           text primary key,
    metric       text not null default '',
    subject_id   text not null default '',
    territory_id text not null default '',
    root_id      text not null default '',
    since_at     timestamptz not null
);
create index on gauge (metric) where metric <> '';
comment on table gauge is 'Values that grow while something is left undone; gone when it is done.';

create table alert (
    id        text primary key,
    alert_id  text not null unique,
    rule_id   text not null default '',
    gauge_id  text not null default '',
    subject_id text not null default '',
    raised_at timestamptz not null
);
create index on alert (gauge_id) where gauge_id <> '';
comment on table alert is 'Alerts that stand; one a rule and gauge.';

create table work_order (
    id           text primary key,
    territory_id text not null default ''
);
comment on table work_order is 'Territory of each open work order.';
