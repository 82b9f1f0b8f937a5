-- People are called by name, one after the other, for a promise, a request in the night or an emergency: who is on duty,
-- who is away, where the next territory is. Emergencies and nights have no clock, so a step is one of its clock only
-- where there is one.
alter table territory add column parent_id text not null default '';

create table on_call_roster (
    id      text primary key,
    place   text  not null default '',          -- "<territory> <role>", '' once retired
    details bytea not null                      -- OnCallRosterDetails
);
comment on table on_call_roster is 'projection of the scheduler: who is called for a role of a territory';

create table absence (
    id        text primary key,
    person_id text not null default '',
    from_at   timestamptz,
    to_at     timestamptz
);
create index on absence (person_id) where person_id <> '';
comment on table absence is 'projection of the scheduler: who is away; gone when it is over';

alter table sla_case
    add column is_called_at_night boolean not null default false,
    add column merged_from_at     timestamptz;

alter table escalation
    add column within_ms bigint not null default 0,
    add column needed    bigint not null default 1,
    add column standing  bytea  not null default '';    -- EscalationStanding: who was called, who has answered
alter table escalation drop constraint escalation_clock_id_generation_step_id_key;
create unique index on escalation (clock_id, generation, step_id) where clock_id <> '';
comment on table escalation is
    'Steps of the ladder that were climbed, "<clock_id>:<generation>:<step_id>"; requests in the night, "<case_id>:NIGHT:1:<step_id>"; emergencies by their id.';
