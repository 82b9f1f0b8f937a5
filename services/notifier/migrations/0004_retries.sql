-- A doubtful message goes again only when a person says so; the audit has to know that one did.
alter table message add column retries bigint not null default 0;
comment on column message.retries is 'Times a person wanted it tried again (RetryMessage).';
