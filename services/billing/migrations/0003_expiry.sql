-- Customers are told that a contract comes to its end, each number of days once. Another end begins anew.

alter table contract
    add column notice_end_on text   not null default '',
    add column noticed_days  bigint not null default 0;
comment on column contract.noticed_days is 'The notice said last for notice_end_on; 0 none.';
