-- Answers that were none, and that somebody of the team has seen to: they are no gap any more.
create table support.gap_closings (
    message_id uuid primary key references support.messages (id) on delete cascade,
    resolution text not null check (resolution in ('alias', 'section', 'dismissed')),
    reason text,
    closed_by text not null,
    closed_at timestamptz not null default now()
);

-- Finds the answers that were none; who asks and is answered pays nothing for it.
create index messages_unanswered on support.messages (created_at desc)
where author = 'ai'
  and answered_by <> 'records'
  and (outcome in ('closest', 'unknown') or handoff_reason in ('no_answer', 'low_confidence'));
