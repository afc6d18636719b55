//! What is said in a conversation from some moment on, and the news that something was.

use std::time::Duration;

use anyhow::anyhow;
use sqlx::{
    PgExecutor, PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    domain::{
        contact::Email,
        conversation::ConversationId,
        message::{MessageId, Told},
        token::{Handle, VisitorToken},
        turn::{Author, Outcome},
    },
    error::{Error, Result},
};

/// The migrations that tell name it too.
const CHANNEL: &str = "support_messages";

/// How long a listener waits for its connection, and for the first thing it hears.
const CONNECT: Duration = Duration::from_secs(5);

/// What is read at a time; who is behind by more reads on.
const MOST_AT_ONCE: i64 = 100;

/// Who reads a conversation: its owner, or the holder of its token.
pub struct Reader<'a> {
    pub handle: &'a Handle,
    pub owner: Option<&'a Email>,
    pub visitor: Option<&'a VisitorToken>,
}

/// Which conversation it is and the position of what was told last in it; for anybody else it is not there.
pub async fn end(db: impl PgExecutor<'_>, reader: &Reader<'_>) -> Result<Option<(ConversationId, i64)>> {
    let row = sqlx::query!(
        r#"
        select conversation.id, coalesce(max(message.position), 0) as "end!"
        from support.conversations conversation
        left join support.messages message
               on message.conversation_id = conversation.id
              and message.author <> 'customer'
              and message.kind = 'reply'
        where conversation.handle_hash = $1
          and case conversation.mode
              when 'private' then lower(conversation.email collate "C") = lower($2 collate "C")
              else conversation.visitor_hash = $3
          end
        group by conversation.id
        "#,
        reader.handle.hash(),
        reader.owner.map(Email::as_str),
        reader.visitor.map(VisitorToken::hash),
    )
    .fetch_optional(db)
    .await?;
    Ok(row.map(|row| (ConversationId(row.id), row.end)))
}

/// What was said to the customer behind `position`, oldest first: in the order in which it was committed, so
/// nothing comes later and stands before it. Nothing at all when they may not read it any more.
pub async fn since(db: impl PgExecutor<'_>, reader: &Reader<'_>, position: i64) -> Result<Option<Vec<(i64, Told)>>> {
    let rows = sqlx::query!(
        r#"
        select message.position as "position?", message.id as "id?", message.author as "author?: Author",
               message.body as "body?", message.outcome as "outcome: Outcome", message.sources,
               message.created_at as "created_at?"
        from support.conversations conversation
        left join support.messages message
               on message.conversation_id = conversation.id
              and message.position > $4
              and message.author <> 'customer'
              and message.kind = 'reply'
        where conversation.handle_hash = $1
          and case conversation.mode
              when 'private' then lower(conversation.email collate "C") = lower($2 collate "C")
              else conversation.visitor_hash = $3
          end
        order by message.position
        limit $5
        "#,
        reader.handle.hash(),
        reader.owner.map(Email::as_str),
        reader.visitor.map(VisitorToken::hash),
        position,
        MOST_AT_ONCE,
    )
    .fetch_all(db)
    .await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let said = rows.into_iter().filter_map(|row| {
        let told = Told {
            id: MessageId(row.id?),
            author: row.author?,
            text: row.body?,
            outcome: row.outcome,
            sources: row.sources,
            created_at: row.created_at?,
        };
        Some((row.position?, told))
    });
    Ok(Some(said.collect()))
}

/// Hears on a connection of its own in which conversations something was said.
pub struct Listener(PgListener);

impl Listener {
    pub async fn connect(db: &PgPool) -> Result<Self> {
        let options = PgPoolOptions::new().max_connections(1).acquire_timeout(CONNECT);
        let own = options.connect_lazy_with((*db.connect_options()).clone());
        let mut listener = PgListener::connect_with(&own).await?;
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        let mut listener = Self(listener);
        match timeout(CONNECT, listener.hears(db)).await {
            Ok(Ok(true)) => Ok(listener),
            Ok(Err(error)) => Err(error),
            Ok(Ok(false)) | Err(_) => Err(Error::Internal(anyhow!(
                "no notification comes through: DATABASE_URL may name a pooler that shares connections"
            ))),
        }
    }

    /// Whether it hears what is told. A pooler takes the wish to listen and forgets it.
    async fn hears(&mut self, db: &PgPool) -> Result<bool> {
        let trial = ConversationId::new();
        sqlx::query!("select pg_notify($1, $2)", CHANNEL, trial.0.to_string()).execute(db).await?;
        while let Some(told) = self.next().await? {
            if told == trial {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The next conversation; nothing when the connection was lost.
    pub async fn next(&mut self) -> Result<Option<ConversationId>> {
        while let Some(told) = self.0.try_recv().await? {
            if let Ok(id) = told.payload().parse::<Uuid>() {
                return Ok(Some(ConversationId(id)));
            }
        }
        Ok(None)
    }
}
