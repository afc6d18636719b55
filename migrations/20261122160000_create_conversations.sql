-- A thread of messages. The handle a client holds is stored hashed only; a conversation that
-- came without a chat (an escalation by itself) has none.
create table support.conversations (
    id uuid primary key,
    handle_hash bytea unique,
    mode text not null check (mode in ('public', 'private')),
    status text not null default 'ai' check (status in ('ai', 'waiting', 'human', 'closed')),
    email text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

-- `position` orders a thread: two messages may share a microsecond, and ids are random.
create table support.messages (
    id uuid primary key,
    position bigint generated always as identity,
    conversation_id uuid not null references support.conversations (id) on delete cascade,
    author text not null check (author in ('customer', 'ai', 'human', 'system')),
    kind text not null default 'reply' check (kind in ('reply', 'note')),
    body text not null,
    outcome text check (outcome in ('answer', 'closest', 'unknown', 'handed_over')),
    answered_by text check (answered_by in ('model', 'knowledge_base', 'records', 'person_waiting')),
    confidence real,
    sources jsonb,
    handoff_reason text,
    took_ms integer,
    created_at timestamptz not null default now()
);

create index messages_by_conversation on support.messages (conversation_id, position);

-- Finds the conversation an escalation came from by the text the site sends along.
create index messages_by_customer_text on support.messages (hashtextextended(btrim(body), 0), created_at)
where author = 'customer';
