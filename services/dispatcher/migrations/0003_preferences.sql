-- Preferred, secondary, required and excluded engineers, and what is needed to know whose wishes count for an order.

create table preference (
    id text primary key,
    subject_id text not null default '',
    level integer not null default 0,
    version bigint not null default 0,
    list bytea not null default ''
);
comment on table preference is 'Who is wanted and who is not: packed EngineerPreferences of one order, asset, site, project, contract or customer.';

create table entitlement (
    id text primary key,
    contract_id text not null default ''
);
comment on table entitlement is 'Projection of billing: the contract that pays for a request.';
