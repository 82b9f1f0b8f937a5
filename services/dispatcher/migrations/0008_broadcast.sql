-- Several engineers are asked at once: a visit each, decided by one document.

alter table visit add column decision_id text not null default '';
comment on column visit.decision_id is 'The decision that made it, when it is not its own: the visit of the one who was chosen first.';
