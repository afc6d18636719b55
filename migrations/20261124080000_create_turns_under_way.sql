-- Questions that are kept and have no answer yet: a row is written with its question and goes with the
-- answer. One that is older than any turn was broken off, and a person is asked. Then `answer_id` is what
-- was said to a question that its sender named, for who sends it again on that day. The table is as small
-- as what is under way, so a sweep reads all of it. It has no foreign key, which every turn would pay for.
create table support.turns_under_way (
    message_id uuid primary key,
    request_hash bytea,
    answer_id uuid,
    began_at timestamptz not null default now()
);

create unique index turns_under_way_by_request on support.turns_under_way (request_hash) where request_hash is not null;
