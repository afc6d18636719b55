-- What texts of the knowledge base mean to a model, as 32-bit numbers, the lowest byte first. They can be had
-- again for money, so whoever uses them says so now and then, and the rest goes.
create table support.embeddings (
    server text not null,
    model text not null,
    text_hash bytea not null,
    vector bytea not null,
    used_at timestamptz not null default now(),
    primary key (server, model, text_hash)
);

create index embeddings_by_use on support.embeddings (used_at);
