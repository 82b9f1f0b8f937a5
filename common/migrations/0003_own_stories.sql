-- The events that a command has led to, in the story that begins with it, are found by its answer: a row less for each command.
alter table reply add column last_sequence bigint not null default 0;
comment on column reply.last_sequence is 'Of the segment with the events of the command''s own story; 0: none, or the trail tells.';
