-- A command to derive cases again runs over many turns, a case each: how far it is, and what has moved so far.

create table recompute (
    id           text primary key,
    case_id      text   not null default '',
    plan_id      text   not null default '',
    reason       text   not null default '',
    actor        text   not null default '',
    chooses_plan boolean not null,
    began_at     timestamptz not null,
    after_id     text   not null default '',
    is_noted     boolean not null,
    noted        bigint not null,
    done         bigint not null check (done <= noted),
    moved        bigint not null
);
comment on table recompute is 'A recomputation under way; gone when it is done.';
