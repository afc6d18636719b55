-- What asking a model took: a row a turn, in billionths of the currency of the prices. It outlives
-- the conversation it was for, because the bill does.
create table support.model_usage (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    conversation_id uuid references support.conversations (id) on delete set null,
    visitor_hash bytea,
    model text not null,
    calls integer not null,
    prompt_tokens bigint not null,
    completion_tokens bigint not null,
    is_estimated boolean not null,
    cost_nanos bigint
);

create index model_usage_by_time on support.model_usage (at) include (cost_nanos);
create index model_usage_by_conversation on support.model_usage (conversation_id);
create index model_usage_by_visitor on support.model_usage (visitor_hash, at);
