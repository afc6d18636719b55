-- People of the team who are signed in; what they hold is stored as a hash, and so is the secret they
-- showed: a session ends with it. `closed_by` is a
-- person's name, or `api` for the machine secret.
create table support.operator_sessions (
    token_hash bytea primary key,
    operator text not null,
    secret_hash bytea not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);

alter table support.tickets add column closed_by text;
