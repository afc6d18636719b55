-- What a person must answer. `code` is its name outside; the uuid stays inside.
create table support.tickets (
    id uuid primary key,
    code text not null unique,
    conversation_id uuid not null references support.conversations (id),
    email text,
    message text not null,
    context jsonb,
    status text not null default 'open' check (status in ('open', 'pending', 'closed')),
    priority text not null default 'normal' check (priority in ('low', 'normal', 'high', 'urgent')),
    handoff_reason text,
    assigned_to text,
    resolution text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    first_answer_at timestamptz,
    closed_at timestamptz
);

create unique index tickets_one_open_a_conversation on support.tickets (conversation_id) where status <> 'closed';
create index tickets_newest_first on support.tickets (created_at desc, id desc);
create index tickets_by_email on support.tickets (lower(email collate "C"), created_at desc, id desc);

-- What was asked for by the escalate path, so that the same words from the same address within a
-- short time are one request.
create table support.escalations (
    id bigint generated always as identity primary key,
    repeat_key bytea not null,
    ticket_id uuid not null references support.tickets (id) on delete cascade,
    created_at timestamptz not null default now()
);

create index escalations_by_repeat_key on support.escalations (repeat_key, created_at);
create index escalations_by_ticket on support.escalations (ticket_id);
