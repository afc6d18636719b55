-- What somebody says of an answer they got: the last word counts, and it goes with the answer.
create table support.feedback (
    message_id uuid primary key references support.messages (id) on delete cascade,
    rating text not null check (rating in ('up', 'down')),
    reason text,
    rated_at timestamptz not null default now()
);

create index feedback_by_age on support.feedback (rated_at desc);
