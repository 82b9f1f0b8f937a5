-- What `fettle prune` has removed, so that who checks or asks later knows from when on rows are whole. Written before the
-- first row goes.
create table pruning (
    id        text primary key,                     -- 'answers', 'letters' or 'attempts'
    before_at timestamptz not null,                 -- older ones may be gone
    at        timestamptz not null default now (),
    actor     text not null
);
