-- Everything the dispatcher remembers: what it needs of others, engineers, work orders, visits, decisions, time, reports.
-- Columns are those of the entities in dispatcher.h; the service refuses to start when they differ.

create table customer (
    id text primary key,
    name text not null default '',
    language integer not null default 0,
    survivor_id text not null default ''
);
comment on table customer is 'Projection of intake: name and language on reports, who is who after a merge.';

create table territory (
    id text primary key,
    parent_id text not null default '',
    time_zone text not null default '',
    language integer not null default 0
);
comment on table territory is 'Projection of intake: engineers of a territory also serve those below it.';

create table site (
    id text primary key,
    customer_id text not null default '',
    territory_id text not null default '',
    name text not null default '',
    address text not null default '',
    time_zone text not null default '',
    has_point boolean not null default false,
    latitude double precision not null default 0,
    longitude double precision not null default 0
);
comment on table site is 'Projection of intake: where visits go.';

create table asset (
    id text primary key,
    model text not null default '',
    serial text not null default '',
    device_type text not null default ''
);
comment on table asset is 'Projection of intake: what reports speak of.';

create table shift_calendar (
    id text primary key,
    version bigint not null default 0,
    details bytea not null default ''
);
comment on table shift_calendar is 'Projection of scheduler: working hours, packed CalendarDetails.';

create table engineer (
    id text primary key,
    territory_id text not null default '',
    details bytea not null default '',
    version bigint not null default 0,
    on_duty boolean not null default false
);
create index on engineer (territory_id) where territory_id <> '';
comment on table engineer is 'Who may be sent; packed EngineerDetails with skills. territory_id is empty once retired.';

create table diary (
    id text primary key,
    territory_id text not null default '',
    calendar_id text not null default '',
    latitude double precision not null default 0,
    longitude double precision not null default 0,
    accuracy_m double precision not null default 0,
    fixed_at timestamptz,
    entries bytea not null default ''
);
create index on diary (territory_id) where territory_id <> '';
comment on table diary is 'What changes often about an engineer: shift, last position while on duty, open visits and absences.';

create table policy (
    id text primary key,
    details bytea not null default '',
    version bigint not null default 0,
    published_at timestamptz,
    is_current boolean not null default false,
    constraint policy_one_current exclude using btree (is_current with =) where (is_current) deferrable initially deferred
);
comment on table policy is 'Prices for choosing, packed DispatchPolicyDetails; at most one is current.';

create table report_template (
    id text primary key,
    details bytea not null default '',
    version bigint not null default 0
);
comment on table report_template is 'What reports of a kind must hold, packed ReportTemplateDetails.';

create table work_order (
    id text primary key,
    request_id text not null default '',
    open_request_id text not null default '',
    occurrence_id text not null default '',
    root_id text not null default '',
    customer_id text not null default '',
    site_id text not null default '',
    asset_id text not null default '',
    territory_id text not null default '',
    type integer not null default 0,
    state integer not null default 0,
    priority bigint not null default 0,
    work_minutes bigint not null default 0,
    not_before_at timestamptz,
    not_after_at timestamptz,
    created_at timestamptz,
    completed_at timestamptz,
    is_ready boolean not null default false,
    needs_person boolean not null default false,
    work_remains boolean not null default false,
    is_cancelled boolean not null default false,
    is_posted boolean not null default false,
    attempts bigint not null default 0,
    offers bigint not null default 0,
    refusals bigint not null default 0,
    failure text not null default '',
    open_visit_id text not null default '',
    waiting_territory_id text not null default '',
    facts bytea not null default '',
    setbacks bytea not null default ''
);
create unique index on work_order (open_request_id) where open_request_id <> '';    -- one open order a request
create unique index on work_order (occurrence_id) where occurrence_id <> '';        -- one order an occurrence
create index on work_order (waiting_territory_id) where waiting_territory_id <> '';
comment on table work_order is 'The container of everything; state follows from its visits. Packed WorkOrderCreated and Setbacks.';

create table visit (
    id text primary key,
    work_order_id text not null default '',
    engineer_id text not null default '',
    open_engineer_id text not null default '',
    state integer not null default 0,
    starts_at timestamptz,
    work_starts_at timestamptz,
    ends_at timestamptz,
    answer_by_at timestamptz,
    phase_at timestamptz,
    travel_started_at timestamptz,
    arrived_at timestamptz,
    finished_at timestamptz,
    work_remains boolean not null default false,
    is_manual boolean not null default false,
    entries bigint not null default 0,
    report_id text not null default '',
    reason text not null default '',
    -- One man is in one place: at most one of his visits is travelling (4) or working (6).
    constraint visit_one_place exclude using btree (engineer_id with =) where (state in (4, 6)) deferrable initially deferred
);
create index on visit (work_order_id) where work_order_id <> '';
create index on visit (open_engineer_id) where open_engineer_id <> '';
comment on table visit is 'One trip of one engineer to one site.';

create table decision (
    id text primary key,
    work_order_id text not null default '',
    document bytea not null default ''
);
create index on decision (work_order_id) where work_order_id <> '';
comment on table decision is 'Why this engineer: packed DispatchDecided of each visit.';

create table time_entry (
    id text primary key,
    visit_id text not null default '',
    work_order_id text not null default '',
    engineer_id text not null default '',
    engineer_day text not null default '',
    kind integer not null default 0,
    from_at timestamptz not null,
    to_at timestamptz not null,
    version bigint not null default 0,
    reason text not null default '',
    check (from_at < to_at),
    -- No two entries of one engineer overlap. The hash is a range of one number because GiST has no operator for text
    -- without an extension; deferred because a turn may move several entries.
    constraint time_entry_no_overlap exclude using gist (
        int8range (hashtextextended (engineer_id, 0) / 2, hashtextextended (engineer_id, 0) / 2, '[]') with &&,
        tstzrange (from_at, to_at) with &&) deferrable initially deferred
);
create index on time_entry (engineer_day) where engineer_day <> '';
create index on time_entry (visit_id) where visit_id <> '';
comment on table time_entry is 'Travel, work, break, overtime of engineers; never two at once.';

create table service_report (
    id text primary key,
    visit_id text not null default '',
    work_order_id text not null default '',
    version bigint not null default 0,
    content text not null default '',
    content_hash text not null default '',
    language integer not null default 0,
    issued_at timestamptz,
    signed_at timestamptz,
    signer_name text not null default '',
    signer_role text not null default '',
    is_refused boolean not null default false,
    refusal text not null default '',
    has_point boolean not null default false,
    latitude double precision not null default 0,
    longitude double precision not null default 0,
    said bytea not null default ''
);
create index on service_report (visit_id) where visit_id <> '';
comment on table service_report is 'The text of a visit with the hash that is signed; packed IssueServiceReport.';

-- The last wall: what is signed does not change, whoever tries.
create function service_report_is_immutable () returns trigger language plpgsql as $$
begin
    raise exception 'service report % is signed and can not change', old.id using errcode = 'check_violation';
end $$;
create trigger service_report_is_immutable before update or delete on service_report
    for each row when (old.signed_at is not null) execute function service_report_is_immutable ();
