-- Several policies live side by side: which one decides for an order is a list of rules, kept as one row.

create table policy_rule_list (
    id text primary key,
    version bigint not null default 0,
    list bytea not null default ''
);
comment on table policy_rule_list is 'Which policy decides for which orders: packed PolicyRules, one row.';
