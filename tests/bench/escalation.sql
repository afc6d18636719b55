-- The statements of one escalation without a chat, as the desk makes them with no channel switched
-- on; all that differs from one to the next is :n. pgbench runs this file, and so does the bare proxy.
-- Before the first round the bench looks at what the desk really does and says when this is no longer it.
\set n random(1, 9223372036854775806)
begin;

select pg_advisory_xact_lock(hashtextextended(encode(sha256(convert_to(:n::text, 'UTF8')), 'hex'), 0));

select ticket.code
from support.escalations escalation
join support.tickets ticket on ticket.id = escalation.ticket_id
where escalation.repeat_key = sha256(convert_to(:n::text, 'UTF8'))
  and escalation.created_at > now() - interval '10 minutes'
  and ticket.status <> 'closed'
order by escalation.created_at desc
limit 1;

with candidate as materialized (
    select distinct conversation_id
    from support.messages
    where author = 'customer'
      and hashtextextended(btrim(body), 0) = any(
          array(select hashtextextended(ending, 0) from unnest(array['the reference waits for a person, number ' || :n::text]) ending)
      )
      and created_at > now() - interval '30 minutes'
)
select conversation.id, conversation.email is not null
from candidate
join support.conversations conversation on conversation.id = candidate.conversation_id
cross join lateral (
    select array_agg(btrim(message.body) order by message.position) as bodies
    from (
        select body, position
        from support.messages
        where conversation_id = conversation.id
          and author = 'customer'
        order by position desc
        limit 3
    ) message
) last
where conversation.handle_hash is not null
  and ((conversation.email is null and conversation.mode = 'public') or lower(conversation.email collate "C") = lower((:n::text || '@example.com') collate "C"))
  and 'the reference waits for a person, number ' || :n::text in (
      array_to_string(last.bodies, ' | '),
      array_to_string(last.bodies[array_length(last.bodies, 1) - 1:], ' | '),
      last.bodies[array_length(last.bodies, 1)]
  )
limit 2;

with opened as (
    insert into support.conversations (id, mode, status, email)
    values (md5(:n::text)::uuid, 'public', 'waiting', :n::text || '@example.com')
)
insert into support.messages (id, conversation_id, author, body)
values (md5('message' || :n::text)::uuid, md5(:n::text)::uuid, 'customer', 'the reference waits for a person, number ' || :n::text);

insert into support.tickets
    (id, code, conversation_id, email, message, context, priority, handoff_reason)
values (md5('ticket' || :n::text)::uuid, left(md5('code' || :n::text), 16), md5(:n::text)::uuid, :n::text || '@example.com', 'the reference waits for a person, number ' || :n::text, null, 'normal', 'customer_request');

insert into support.escalations (repeat_key, ticket_id)
select sha256(convert_to(:n::text, 'UTF8')), id
from support.tickets
where code = left(md5('code' || :n::text), 16);

commit;
