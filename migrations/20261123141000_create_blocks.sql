-- Whom the team does not want to hear from for now. `value` is the place, the address of mail in lower
-- case, or the hash of a conversation's handle.
create table support.blocks (
    id uuid primary key,
    kind text not null check (kind in ('address', 'email', 'conversation')),
    value text not null,
    created_at timestamptz not null default now(),
    unique (kind, value)
);
