-- Several engineers for one visit (X8): who goes with the one who answers for it.
alter table visit add column crew bytea not null default '';     -- Crew
