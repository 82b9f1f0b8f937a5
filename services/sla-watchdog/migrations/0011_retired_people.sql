-- A roster may still name somebody who is here no more: nobody waits for his answer.
create table retired_person (
    id   text primary key,
    name text not null default ''
);
comment on table retired_person is 'projection of intake and the dispatcher: people and engineers who are retired; few';
