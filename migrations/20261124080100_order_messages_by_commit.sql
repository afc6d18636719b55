-- Who follows a conversation reads on from the last position that they were told, so what they are told
-- takes its positions in the order of the commits: whoever writes waits for who is writing in the same
-- conversation, and counts only then. Of a conversation that nobody can read nobody need wait.
create function support.place_message() returns trigger
language plpgsql as $$
begin
    perform
    from support.conversations
    where id = new.conversation_id
      and (mode = 'private' or visitor_hash is not null)
    for no key update;
    if found then
        new.position := pg_catalog.nextval('support.messages_position_seq');
    end if;
    return new;
end
$$;

create trigger place_message
before insert on support.messages
for each row when (new.author <> 'customer' and new.kind = 'reply')
execute function support.place_message();
