-- Who follows a conversation that is erased hears of it at once, and not at their next look. Of one that
-- nobody can read nothing is told, as of what is said in it.
create function support.tell_of_erasure() returns trigger
language plpgsql as $$
begin
    perform pg_catalog.pg_notify('support_messages', old.id::text);
    return null;
end
$$;

create trigger tell_of_erasure
after delete on support.conversations
for each row when (old.mode = 'private' or old.visitor_hash is not null)
execute function support.tell_of_erasure();
