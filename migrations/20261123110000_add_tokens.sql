-- What a model was charged by for a reply; null where none answered or the server did not say.
alter table support.messages
    add column prompt_tokens integer,
    add column completion_tokens integer;
