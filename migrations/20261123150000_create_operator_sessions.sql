-- People of the team who are signed in; what they hold is stored as a hash. `closed_by` is a
-- person's name, or `api` for the machine secret.
create table support.operator_sessions (
    token_hash bytea primary key,
    operator text not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);

alter table support.tickets add column closed_by text;
