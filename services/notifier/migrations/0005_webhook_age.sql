-- A notifier that is made again from the first event would tell a webhook of events that are older than itself. Those
-- that are there already are told as before.
alter table webhook add column registered_at timestamptz not null default 'epoch';
comment on column webhook.registered_at is 'What was recorded before is not for it.';
