//! Tickets, as rows.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, PgExecutor};
use uuid::Uuid;

use crate::{
    domain::{
        contact::Email,
        conversation::ConversationId,
        operator::Agent,
        ticket::{Priority, Stats, Status, Ticket, TicketId},
    },
    error::Result,
};

/// A ticket about to be opened.
pub struct New<'a> {
    pub id: TicketId,
    pub conversation: ConversationId,
    pub email: Option<&'a Email>,
    pub message: &'a str,
    pub context: Option<&'a Value>,
    pub priority: Priority,
    pub reason: &'static str,
}

/// The ticket as it stands after opening; its uuid is what deliveries refer to.
pub async fn insert(db: &mut PgConnection, new: &New<'_>) -> Result<Uuid> {
    let uuid = Uuid::now_v7();
    sqlx::query!(
        r#"
        insert into support.tickets
            (id, code, conversation_id, email, message, context, priority, handoff_reason)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        uuid,
        new.id.as_str(),
        new.conversation.0,
        new.email.map(Email::as_str),
        new.message,
        new.context,
        new.priority as Priority,
        new.reason,
    )
    .execute(db)
    .await?;
    Ok(uuid)
}

/// The open ticket of a conversation.
pub struct OpenTicket {
    pub uuid: Uuid,
    pub id: TicketId,
    pub email: Option<String>,
}

/// The open ticket of a conversation, locked until the transaction ends.
pub async fn open_of(db: &mut PgConnection, conversation: ConversationId) -> Result<Option<OpenTicket>> {
    let ticket = sqlx::query_as!(
        OpenTicket,
        r#"
        select id as uuid, code as "id: TicketId", email
        from support.tickets
        where conversation_id = $1
          and status <> 'closed'
        for update
        "#,
        conversation.0,
    )
    .fetch_optional(db)
    .await?;
    Ok(ticket)
}

/// Something was added to a ticket: it waits for us again. `email` is where to answer from now
/// on; `context` fills what was empty.
pub async fn extend(db: &mut PgConnection, ticket: Uuid, email: Option<&Email>, context: Option<&Value>) -> Result<()> {
    sqlx::query!(
        r#"
        update support.tickets
        set status = 'open',
            email = coalesce($2, email),
            context = coalesce(context, $3),
            updated_at = now()
        where id = $1
        "#,
        ticket,
        email.map(Email::as_str),
        context,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Where a page of the list begins: after this ticket, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    pub created_at: DateTime<Utc>,
    pub uuid: Uuid,
}

/// Which tickets a list shows.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    pub status: Option<Status>,
    pub email: Option<&'a Email>,
    pub after: Option<After>,
    pub limit: i64,
}

/// One list of columns for every query that reads whole tickets; the clauses follow it.
macro_rules! select_tickets {
    ($clauses:literal, $($argument:expr),+ $(,)?) => {
        sqlx::query_as!(
            Ticket,
            r#"
        select ticket.code as "id: TicketId",
               ticket.id as uuid,
               ticket.email,
               ticket.message,
               ticket.context,
               ticket.status as "status: Status",
               ticket.priority as "priority: Priority",
               ticket.handoff_reason as reason,
               ticket.created_at,
               ticket.updated_at,
               ticket.closed_at,
               ticket.closed_by,
               ticket.assigned_to,
               ticket.resolution,
               (
                   select coalesce(jsonb_agg(note.body order by note.position), '[]')
                   from support.messages note
                   where note.conversation_id = ticket.conversation_id
                     and note.kind = 'note'
               ) as "notes!"
        from support.tickets ticket
        "# + $clauses,
            $($argument),+
        )
    };
}

/// A page of tickets, newest first, with the notes of the team in each.
pub async fn page(db: impl PgExecutor<'_>, filter: Filter<'_>) -> Result<Vec<Ticket>> {
    let tickets = select_tickets!(
        r#"
        where ($1::text is null or ticket.status = $1)
          and ($2::text is null or lower(ticket.email collate "C") = lower($2 collate "C"))
          and ($3::timestamptz is null or (ticket.created_at, ticket.id) < ($3, $4::uuid))
        order by ticket.created_at desc, ticket.id desc
        limit $5
        "#,
        filter.status as Option<Status>,
        filter.email.map(Email::as_str),
        filter.after.map(|after| after.created_at),
        filter.after.map(|after| after.uuid),
        filter.limit,
    )
    .fetch_all(db)
    .await?;
    Ok(tickets)
}

pub async fn find(db: impl PgExecutor<'_>, id: &TicketId) -> Result<Option<Ticket>> {
    let ticket = select_tickets!("where ticket.code = $1", id.as_str()).fetch_optional(db).await?;
    Ok(ticket)
}

/// All tickets of these conversations, or under this address.
pub async fn of_person(db: &mut PgConnection, conversations: &[Uuid], email: &Email) -> Result<Vec<Ticket>> {
    let tickets = select_tickets!(
        r#"
        where ticket.conversation_id = any($1)
           or lower(ticket.email collate "C") = lower($2 collate "C")
        order by ticket.created_at, ticket.id
        "#,
        conversations,
        email.as_str(),
    )
    .fetch_all(db)
    .await?;
    Ok(tickets)
}

/// Where the newest tickets of an address stand.
pub async fn statuses_of(db: impl PgExecutor<'_>, email: &Email) -> Result<Vec<(TicketId, Status)>> {
    let rows = sqlx::query!(
        r#"
        select code as "code: TicketId", status as "status: Status"
        from support.tickets
        where lower(email collate "C") = lower($1 collate "C")
        order by created_at desc, id desc
        limit 10
        "#,
        email.as_str(),
    )
    .fetch_all(db)
    .await?;
    Ok(rows.into_iter().map(|row| (row.code, row.status)).collect())
}

/// Locks a ticket and tells where it stands.
pub async fn status_of(db: &mut PgConnection, id: &TicketId) -> Result<Option<Status>> {
    let status = sqlx::query_scalar!(
        r#"
        select status as "status: Status"
        from support.tickets
        where code = $1
        for update
        "#,
        id.as_str(),
    )
    .fetch_optional(db)
    .await?;
    Ok(status)
}

/// Closes a ticket and the conversation it came from; a customer who writes again reopens that.
pub async fn close(
    db: &mut PgConnection,
    id: &TicketId,
    status: Status,
    agent: &Agent,
    resolution: Option<&str>,
) -> Result<()> {
    sqlx::query!(
        r#"
        with closed as (
            update support.tickets
            set status = $2,
                resolution = $3,
                closed_by = $4,
                updated_at = now(),
                closed_at = now(),
                first_answer_at = coalesce(first_answer_at, now())
            where code = $1
            returning conversation_id
        )
        update support.conversations
        set status = 'closed',
            updated_at = now()
        where id = (select conversation_id from closed)
        "#,
        id.as_str(),
        status as Status,
        resolution,
        agent.to_string(),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Figures over every ticket there is, whatever a list shows.
pub async fn stats(db: impl PgExecutor<'_>) -> Result<Stats> {
    let stats = sqlx::query_as!(
        Stats,
        r#"
        select count(*) as "total!",
               count(*) filter (where status <> 'closed') as "open!",
               count(*) filter (where status = 'closed') as "closed!",
               coalesce(avg(extract(epoch from first_answer_at - created_at)::float8) / 3600, 0) as "avg_response_time_hours!"
        from support.tickets
        "#,
    )
    .fetch_one(db)
    .await?;
    Ok(stats)
}
