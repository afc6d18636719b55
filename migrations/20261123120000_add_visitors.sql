-- The hash of the token that a visitor's client asked for. Where there is one, only its holder
-- appends to the conversation or reads it; without one nobody reads it and the handle appends.
alter table support.conversations add column visitor_hash bytea;
