-- Everything we owe to the outside, written in the transaction that caused it.
create table support.deliveries (
    id uuid primary key,
    subject_kind text not null,
    subject_id uuid,
    channel text not null check (channel in ('telegram', 'email', 'whatsapp', 'webhook')),
    kind text not null,
    payload jsonb not null,
    dedupe_key text not null unique,
    state text not null default 'pending' check (state in ('pending', 'sent', 'dead', 'paused')),
    attempts integer not null default 0,
    next_at timestamptz not null default now(),
    lease_token uuid,
    last_error text,
    provider_id text,
    created_at timestamptz not null default now(),
    done_at timestamptz
);

create index deliveries_due on support.deliveries (channel, next_at) where state in ('pending', 'paused');
create index deliveries_unsent on support.deliveries (channel, state, created_at) where state <> 'sent';
create index deliveries_by_subject on support.deliveries (subject_id);

-- One row a channel that was ever used: whether it is paused by a fault of its own, until when it
-- asked us to wait, and when it last worked. Shared, because every instance sends through the same bot.
create table support.channels (
    name text primary key,
    fault text,
    paused_at timestamptz,
    probe_at timestamptz,
    held_until timestamptz,
    succeeded_at timestamptz
);
