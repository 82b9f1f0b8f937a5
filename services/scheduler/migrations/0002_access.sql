-- When one may come in (X4): a calendar that the asset, the site or its customer names, or the site's weekly hours.
alter table site add column version bigint not null default 0;
alter table site add column access_calendar_id text not null default '';
alter table site add column access_hours bytea not null default '';     -- CalendarDetails
create index on site (access_calendar_id) where access_calendar_id <> '';
alter table asset add column access_calendar_id text not null default '';
create index on asset (access_calendar_id) where access_calendar_id <> '';
