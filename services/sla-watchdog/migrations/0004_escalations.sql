-- Who was told that a promise is in danger, whether somebody has answered, and who is next. The key is the last wall before a
-- step that is climbed twice.

create table escalation (
    id                text primary key,
    clock_id          text   not null,
    case_id           text   not null,
    generation        bigint not null,
    step_id           text   not null,
    role              text   not null,
    next_step_id      text   not null default '',
    began_at          timestamptz not null,
    acknowledge_until timestamptz,
    acknowledged_at   timestamptz,
    acknowledged_by   text   not null default '',
    unique (clock_id, generation, step_id)
);
comment on table escalation is 'Steps of the escalation ladder that were climbed; id "<clock_id>:<generation>:<step_id>".';
