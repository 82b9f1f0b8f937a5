-- What becomes of a running promise when level, contract or plan change is said by the plan in force: start again from the
-- change, or keep the earlier deadline. That wants the promise in force beside the clock; RETROACTIVE wants nothing.

alter table sla_clock
    add column policy          integer not null default 0,
    add column target          bytea   not null default '',
    add column keeps           integer not null default 0,
    add column kept            bytea   not null default '',
    add column counted_from_at timestamptz;
