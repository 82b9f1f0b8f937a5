-- How the promises of each contract did, month by month, counted as clocks end: nothing is summed over history. A clock
-- remembers where it is counted, so that a late fact, another contract or a withdrawn promise takes it out again.

create table contract (
    id        text primary key,
    version   bigint not null,
    time_zone text not null default ''
);
comment on table contract is 'The zone in which the months of a contract begin, from billing.';

create table compliance_month (
    id          text primary key,
    contract_id text   not null,
    month       text   not null,
    time_zone   text   not null default '',
    version     bigint not null,
    closed_at   timestamptz,
    said        bytea  not null default '',
    unique (contract_id, month)
);
create index on compliance_month (contract_id, id collate "C") where contract_id <> '';
create index on compliance_month (month, id collate "C") where month <> '';
comment on table compliance_month is 'A contract in a calendar month of its zone; said is SlaComplianceClosed as last published, empty before the month is closed.';

create table compliance_count (
    id        text primary key,
    month_id  text    not null,
    milestone integer not null,
    met       bigint  not null check (met >= 0),
    missed    bigint  not null check (missed >= 0),
    unique (month_id, milestone)
);
create index on compliance_count (month_id) where month_id <> '';
comment on table compliance_count is 'Promises of one milestone whose verdict fell in that month.';

alter table sla_case add column contract_id text not null default '';
alter table sla_clock
    add column counted_id  text    not null default '',
    add column counted_met boolean not null default false;
comment on column sla_clock.counted_id is 'The compliance_count in which this clock is counted; empty: in none.';
