-- Tells whoever listens, on any instance, that something was said to a customer who can read it. Of a
-- conversation that nobody can read nothing is told: telling makes commits wait for one another.
create function support.tell_of_message() returns trigger
language plpgsql as $$
begin
    if exists (
        select
        from support.conversations
        where id = new.conversation_id
          and (mode = 'private' or visitor_hash is not null)
    ) then
        perform pg_catalog.pg_notify('support_messages', new.conversation_id::text);
    end if;
    return null;
end
$$;

create trigger tell_of_message
after insert on support.messages
for each row when (new.author <> 'customer' and new.kind = 'reply')
execute function support.tell_of_message();
