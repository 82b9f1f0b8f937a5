-- How long it takes from an order to the first offer and to the first yes.

alter table work_order
    add column offered_at timestamptz,
    add column accepted_at timestamptz;
comment on column work_order.offered_at is 'When somebody was asked for the first time.';
comment on column work_order.accepted_at is 'When somebody said yes for the first time.';
