-- What of each week a territory keeps for one type of work, as the scheduler says: times that are recommended leave it free.

create table capacity_quota (
    id text primary key,
    territory_id text not null default '',
    type integer not null default 0,
    percent bigint not null default 0
);
comment on table capacity_quota is 'Quotas that are in force, by territory and type of work; the scheduler is their master.';
create index capacity_quota_territory_id on capacity_quota (territory_id);
