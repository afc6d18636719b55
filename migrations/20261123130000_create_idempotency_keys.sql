-- Requests that their senders named, so that sending one again does nothing twice. All of it is a
-- hash but the answer, and that is sealed under what the sender alone knows: it may hold the handle
-- of a conversation, which we keep nowhere else. Without an answer, whoever holds the lease is at it.
create table support.idempotency_keys (
    scope_hash bytea not null,
    key_hash bytea not null,
    request_hash bytea not null,
    lease_token uuid not null,
    lease_until timestamptz not null,
    status integer,
    answer bytea,
    created_at timestamptz not null default now(),
    primary key (scope_hash, key_hash),
    check ((status is null) = (answer is null))
);

create index idempotency_keys_by_age on support.idempotency_keys (created_at);

-- Which named request led to which ticket, written in the commit that made it: a crash before the
-- answer is kept leaves this, and the request done again finds its ticket.
alter table support.escalations add column request_hash bytea;

create index escalations_by_request on support.escalations (request_hash) where request_hash is not null;
