-- Subcontractors: companies that do visits for us.

create table provider (
    id text primary key,
    details bytea not null default '',
    version bigint not null default 0
);
comment on table provider is 'Companies that do visits for us: packed ProviderDetails.';

alter table visit add column provider_id text not null default '';
comment on column visit.provider_id is 'Whose visit it is when it is not one of our own; engineer_id is then "<provider>:<place of the day>".';
