-- Somebody must be called when a promise is in danger, and not all who are called are engineers.
create table person (
    id      text primary key,
    version bigint not null,
    details bytea  not null                     -- PersonDetails last published
);
comment on table person is 'our own people who are no engineers';
