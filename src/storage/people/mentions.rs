//! Where an address stands in what belongs to others: a colleague's message, an alert of another ticket.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{domain::contact::Email, error::Result};

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Place {
    Message,
    TicketMessage,
    Resolution,
    Context,
    Payload,
    LastError,
}

impl Place {
    pub fn table(self) -> &'static str {
        match self {
            Self::Message => "support.messages",
            Self::TicketMessage | Self::Resolution | Self::Context => "support.tickets",
            Self::Payload | Self::LastError => "support.deliveries",
        }
    }

    /// Whether its texts are JSON.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Context | Self::Payload)
    }
}

/// A text that may name an address: the letters are there, perhaps within a longer one.
pub struct Candidate {
    pub place: Place,
    pub id: Uuid,
    pub text: String,
    pub created_at: DateTime<Utc>,
}

/// Those beside what belongs to these conversations, and beside these deliveries.
pub async fn candidates(
    db: &mut PgConnection,
    conversations: &[Uuid],
    deliveries: &[Uuid],
    email: &Email,
) -> Result<Vec<Candidate>> {
    let candidates = sqlx::query_as!(
        Candidate,
        r#"
        with ticket as (
            select id, message, resolution, context::text as context, created_at
            from support.tickets
            where conversation_id <> all($1)
        ), delivery as (
            select id, payload::text as payload, last_error, created_at
            from support.deliveries
            where id <> all($2)
        ), written as (
            select 'message' as place, id, body as text, created_at
            from support.messages
            where conversation_id <> all($1)
            union all
            select 'ticket_message', id, message, created_at from ticket
            union all
            select 'resolution', id, resolution, created_at from ticket
            union all
            select 'context', id, context, created_at from ticket
            union all
            select 'payload', id, payload, created_at from delivery
            union all
            select 'last_error', id, last_error, created_at from delivery
        )
        select place as "place!: Place", id as "id!", text as "text!", created_at as "created_at!"
        from written
        where strpos(lower(text collate "C"), $3) > 0
        "#,
        conversations,
        deliveries,
        email.folded(),
    )
    .fetch_all(db)
    .await?;
    Ok(candidates)
}

/// Puts other words in the place of these.
pub async fn reword(db: &mut PgConnection, candidate: &Candidate, text: &str) -> Result<()> {
    let id = candidate.id;
    let query = match candidate.place {
        Place::Message => sqlx::query!("update support.messages set body = $2 where id = $1", id, text),
        Place::TicketMessage => sqlx::query!("update support.tickets set message = $2 where id = $1", id, text),
        Place::Resolution => sqlx::query!("update support.tickets set resolution = $2 where id = $1", id, text),
        Place::Context => {
            sqlx::query!("update support.tickets set context = ($2::text)::jsonb where id = $1", id, text)
        }
        Place::Payload => {
            sqlx::query!("update support.deliveries set payload = ($2::text)::jsonb where id = $1", id, text)
        }
        Place::LastError => sqlx::query!("update support.deliveries set last_error = $2 where id = $1", id, text),
    };
    query.execute(db).await?;
    Ok(())
}
