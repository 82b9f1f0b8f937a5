-- Alert rules look at more: what a gauge is about, and who is to be told. An order is kept when it ends, because what others
-- say of it may come later.

alter table alert_rule add column details bytea not null default '';
alter table gauge
    add column request_type integer not null default 0,
    add column fault_level  bigint  not null default 0;
alter table work_order
    add column request_type integer not null default 0,
    add column fault_level  bigint  not null default 0,
    add column is_over      boolean not null default false;
comment on table work_order is 'Where each work order is and what it is about.';
alter table sla_case add column waits_since_at timestamptz;
