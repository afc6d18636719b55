-- What a model was charged by on the way to a reply, also to one that it did not word in the end;
-- null where none answered or the server did not say.
alter table support.messages
    add column prompt_tokens integer,
    add column completion_tokens integer;
