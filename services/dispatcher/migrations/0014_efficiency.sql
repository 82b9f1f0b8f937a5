-- How fast an engineer works, as his visits tell: it is used where no person gave his efficiency.

create table efficiency (
    id text primary key,
    per_mille bigint not null check (per_mille between 500 and 2000),
    visits bigint not null check (visits > 0)
);
comment on table efficiency is 'Learned by engineer: standard time over actual time, smoothed; changed when a report is signed.';

alter table work_order add column has_standard boolean not null default false;
comment on column work_order.has_standard is 'Somebody said how long the work takes; else work_minutes was assumed and nothing is learned.';
