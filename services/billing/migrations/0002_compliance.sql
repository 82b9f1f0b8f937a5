-- How the promises of a contract did in a month, as the sla-watchdog closed it, and what that came to by the contract's
-- terms. A correction replaces the month; only the difference is invoiced.

create table contract_month (
    id               text primary key,
    contract_id      text not null default '',
    month            text not null default '',
    version          bigint not null default 0,
    met              bigint not null default 0,
    missed           bigint not null default 0,
    basis_points     bigint not null default 0,
    details          bytea not null default '',
    contract_version bigint not null default 0,
    amount_minor     bigint not null default 0,
    invoice_number   text not null default '',
    constraint contract_month_once unique (contract_id, month)
);
comment on table contract_month is 'Compliance of a contract in a month; amount_minor is what its invoices and credit notes add up to.';
