-- The table of the bench's two services, in the schema of each; beside those that every service has.
create table parcel (
    id      text primary key,
    sent_us bigint not null,
    body    bytea not null
);
