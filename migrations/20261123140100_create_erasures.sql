-- That somebody was erased, on whose word, and how much of them there was. Nothing here tells who
-- they were, not even a hash of their address: whoever has the address could try it.
create table support.erasures (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    who text not null check (who in ('api', 'command')),
    counts jsonb not null
);
