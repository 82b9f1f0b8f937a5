-- The rest of a day is planned again: what was asked, from what, and what came of it; and a visit that takes the place of
-- another one of its order, which stands until the new one is certain.

create table replan (
    id text primary key,
    territory_id text not null default '',
    day_on text not null default '',
    policy_id text not null default '',
    policy_version bigint not null default 0,
    state integer not null default 0,       -- 1 waits, 2 is searched for, 3 is there
    trigger integer not null default 0,
    subject_id text not null default '',
    dry_run boolean not null default false,
    effort_ms bigint not null default 0,
    planned_at timestamptz,
    problem bytea not null default '',
    document bytea not null default ''
);
comment on table replan is 'Plans of the rest of a day: packed DayProblem and ReplanProposed. The same problem gives the same document.';

alter table visit add column replaces_visit_id text not null default '';
comment on column visit.replaces_visit_id is 'The visit of the same order of which people know, and that this one takes the place of.';
