-- Finds a person, in any case of their address, and what goes with a conversation that goes.
create index conversations_by_email on support.conversations (lower(email collate "C")) where email is not null;
create index tickets_by_conversation on support.tickets (conversation_id);

-- Finds what has had its time. Rows lie as they came, by time, so the coarsest index will do, which
-- costs those who write next to nothing.
create index conversations_by_age on support.conversations using brin (created_at);
create index messages_by_age on support.messages using brin (created_at);
create index deliveries_by_age on support.deliveries using brin (created_at);
