//! What people say of the answers they got, as rows.

use sqlx::PgExecutor;

use crate::{
    domain::{
        contact::Email,
        feedback::{Rating, Remark},
        message::MessageId,
        token::VisitorToken,
    },
    error::Result,
};

/// Keeps a rating in the place of any before, if the answer was given to whoever rates it: in private
/// to the owner, to a visitor with a token to its holder, else to whoever was told its id. For a
/// conversation that is blocked there is none. Tells whether there is such an answer.
pub async fn keep(
    db: impl PgExecutor<'_>,
    message: MessageId,
    owner: Option<&Email>,
    visitor: Option<&VisitorToken>,
    rating: Rating,
    reason: Option<&Remark>,
) -> Result<bool> {
    let kept = sqlx::query!(
        r#"
        with answer as (
            select message.id
            from support.messages message
            join support.conversations conversation on conversation.id = message.conversation_id
            where message.id = $1
              and message.author = 'ai'
              and message.kind = 'reply'
              and case conversation.mode
                  when 'private' then lower(conversation.email collate "C") = lower($2 collate "C")
                  else conversation.visitor_hash is null or conversation.visitor_hash = $3
              end
              and not exists (
                  select
                  from support.blocks
                  where kind = 'conversation'
                    and value = encode(conversation.handle_hash, 'hex')
              )
            for key share of message
        )
        insert into support.feedback (message_id, rating, reason)
        select id, $4, $5
        from answer
        on conflict (message_id) do update
        set rating = excluded.rating,
            reason = excluded.reason,
            rated_at = now()
        "#,
        message.0,
        owner.map(Email::as_str),
        visitor.map(VisitorToken::hash),
        rating as Rating,
        reason.and_then(Remark::as_str),
    )
    .execute(db)
    .await?;
    Ok(kept.rows_affected() == 1)
}
