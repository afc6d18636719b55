//! Tickets: opening them with the alerts they owe, listing and closing them.

use ring::digest;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use tracing::info;
use uuid::Uuid;

use super::{
    cursor::Cursors,
    handoff::Reason,
    notifications::{Alert, Notifications},
};
use crate::{
    domain::{
        contact::Email,
        conversation::{ConversationId, Mode},
        message::Text,
        ticket::{Priority, Stats, Status, Ticket, TicketId},
    },
    error::{Error, Result},
    storage::{
        conversations::{self, Candidate},
        tickets::{self, After, Filter, New},
    },
};

/// What the site puts between the messages it sends along with an escalation.
const JOINT: &str = " | ";

#[derive(Clone)]
pub struct Tickets {
    pub db: PgPool,
    pub notifications: Notifications,
    pub cursors: Cursors,
}

/// A request for a person.
pub struct Escalation {
    pub email: Email,
    pub message: Text,
    pub context: Option<Value>,
    pub mode: Mode,
}

/// A page of the list: newest first, and where the next one begins.
pub struct Page {
    pub tickets: Vec<Ticket>,
    pub stats: Stats,
    pub next_cursor: Option<String>,
}

/// What a list was asked to show.
pub struct Listing {
    pub status: Option<Status>,
    pub email: Option<Email>,
    pub cursor: Option<String>,
    pub limit: i64,
}

impl Tickets {
    /// Opens or extends a ticket and owes its alerts, all in one commit.
    pub async fn escalate(&self, escalation: &Escalation) -> Result<TicketId> {
        let message = escalation.message.as_str().trim();
        let key = repeat_key(&escalation.email, message);
        let mut tx = self.db.begin().await?;
        tickets::hold_repeats(&mut tx, &key).await?;
        if let Some(ticket) = tickets::repeated(&mut tx, &key).await? {
            tx.commit().await?;
            return Ok(ticket);
        }
        let conversation = match self.conversation_of(&mut tx, message, &escalation.email).await? {
            Some(conversation) => conversation,
            None => conversations::open_without_chat(&mut tx, escalation.mode, &escalation.email, message).await?,
        };
        let request = Request {
            conversation,
            email: &escalation.email,
            message,
            context: escalation.context.as_ref(),
            reason: Reason::CustomerRequest,
            repeat_key: Some(&key),
        };
        let ticket = self.open_or_extend(&mut tx, &request).await?;
        tx.commit().await?;
        self.notifications.wake();
        Ok(ticket)
    }

    /// Makes sure a person will see a conversation: one open ticket, and an alert when it is
    /// new or an escalation adds to it. The caller commits, and wakes the worker then.
    pub async fn open_or_extend(&self, db: &mut PgConnection, request: &Request<'_>) -> Result<TicketId> {
        conversations::wait_for_person(&mut *db, request.conversation, Some(request.email)).await?;
        match tickets::open_of(db, request.conversation).await? {
            Some((uuid, id)) => self.extend(db, uuid, id, request).await,
            None => self.open(db, request).await,
        }
    }

    /// The open ticket of a conversation, if there is one.
    pub async fn open_of(&self, db: &mut PgConnection, conversation: ConversationId) -> Result<Option<TicketId>> {
        Ok(tickets::open_of(db, conversation).await?.map(|(_, id)| id))
    }

    pub async fn page(&self, listing: &Listing) -> Result<Page> {
        let after = listing.cursor.as_deref().map(|cursor| self.cursors.open(cursor)).transpose()?;
        let filter = Filter { status: listing.status, email: listing.email.as_ref(), after, limit: listing.limit + 1 };
        let mut tickets = tickets::page(&self.db, filter).await?;
        let stats = tickets::stats(&self.db).await?;
        // One more than asked for was read, to know whether there is a next page.
        let is_last = i64::try_from(tickets.len()).is_ok_and(|count| count <= listing.limit);
        tickets.truncate(usize::try_from(listing.limit).unwrap_or(usize::MAX));
        let next_cursor = tickets
            .last()
            .filter(|_| !is_last)
            .map(|last| self.cursors.seal(After { created_at: last.created_at, uuid: last.uuid }));
        Ok(Page { tickets, stats, next_cursor })
    }

    pub async fn find(&self, id: &TicketId) -> Result<Ticket> {
        tickets::find(&self.db, id).await?.ok_or(Error::NotFound("ticket"))
    }

    pub async fn close(&self, id: &TicketId, resolution: Option<&str>) -> Result<Ticket> {
        let mut tx = self.db.begin().await?;
        let status = tickets::status_of(&mut tx, id).await?.ok_or(Error::NotFound("ticket"))?;
        tickets::close(&mut tx, id, status.close()?, resolution).await?;
        tx.commit().await?;
        info!(ticket.id = %id, "ticket closed");
        self.find(id).await
    }

    async fn open(&self, db: &mut PgConnection, request: &Request<'_>) -> Result<TicketId> {
        let id = TicketId::random();
        let new = New {
            id: id.clone(),
            conversation: request.conversation,
            email: request.email,
            message: request.message,
            context: request.context,
            priority: priority(request.reason),
            reason: request.reason.as_str(),
            repeat_key: request.repeat_key,
        };
        let uuid = tickets::insert(db, &new).await?;
        self.notifications.ticket_opened(db, request.alert(uuid, &id)).await?;
        info!(ticket.id = %id, reason = request.reason.as_str(), "ticket opened");
        Ok(id)
    }

    async fn extend(&self, db: &mut PgConnection, uuid: Uuid, id: TicketId, request: &Request<'_>) -> Result<TicketId> {
        tickets::extend(db, uuid, Some(request.email), request.repeat_key).await?;
        // An escalation is somebody pressing the button; a chat that goes on is no news by itself.
        if request.repeat_key.is_some() {
            self.notifications.ticket_extended(db, request.alert(uuid, &id), Uuid::new_v4()).await?;
        }
        info!(ticket.id = %id, "ticket extended");
        Ok(id)
    }

    /// The one conversation whose last customer messages this text repeats. Where several could
    /// be meant, none is: a ticket of its own is better than a place in a stranger's thread.
    async fn conversation_of(
        &self,
        db: &mut PgConnection,
        text: &str,
        email: &Email,
    ) -> Result<Option<ConversationId>> {
        let endings = endings(text);
        if endings.is_empty() {
            return Ok(None);
        }
        let candidates = conversations::ending_with(db, &endings, email).await?;
        let mut meant = candidates.iter().filter(|candidate| repeats(candidate, text));
        Ok(match (meant.next(), meant.next()) {
            (Some(one), None) => Some(one.id),
            _ => None,
        })
    }
}

/// A person is needed in a conversation, and this is who asks and why.
pub struct Request<'a> {
    pub conversation: ConversationId,
    pub email: &'a Email,
    pub message: &'a str,
    pub context: Option<&'a Value>,
    pub reason: Reason,
    pub repeat_key: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    fn alert(&self, uuid: Uuid, id: &'a TicketId) -> Alert<'a>
    where
        Self: 'a,
    {
        Alert { uuid, id, email: self.email, message: self.message }
    }
}

/// Somebody who is locked out, angry or in the hands of the law waits worse than others.
fn priority(reason: Reason) -> Priority {
    match reason {
        Reason::Frustrated | Reason::Blocked | Reason::Policy => Priority::High,
        _ => Priority::Normal,
    }
}

/// What the same words from the same address share.
fn repeat_key(email: &Email, message: &str) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(email.folded().as_bytes());
    context.update(&[0]);
    context.update(message.as_bytes());
    context.finish().as_ref().to_vec()
}

/// What the last of the joined messages may have been: everything after a joint. A message may
/// hold a joint itself, so there are several; the last few are enough.
fn endings(text: &str) -> Vec<String> {
    let after_joints = text.rmatch_indices(JOINT).take(8).map(|(at, joint)| &text[at + joint.len()..]);
    after_joints.chain([text]).filter(|ending| !ending.is_empty()).map(str::to_owned).collect()
}

fn repeats(candidate: &Candidate, text: &str) -> bool {
    let said: Vec<&str> = candidate.last_messages.iter().map(|message| message.trim()).collect();
    (0..said.len()).any(|from| said[from..].join(JOINT) == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(messages: &[&str]) -> Candidate {
        Candidate {
            id: ConversationId::new(),
            last_messages: messages.iter().map(|message| (*message).to_owned()).collect(),
        }
    }

    #[test]
    fn the_last_messages_of_a_conversation_are_recognised_when_joined() {
        let thread = candidate(&["hello", "a | b", "help"]);

        for text in ["help", "a | b | help", "hello | a | b | help"] {
            assert!(repeats(&thread, text), "{text}");
        }
        for text in ["b | help", "hello | help", "hello", ""] {
            assert!(!repeats(&thread, text), "{text}");
        }
    }

    #[test]
    fn every_possible_last_message_is_looked_for() {
        assert_eq!(endings("x | a | b"), ["b", "a | b", "x | a | b"]);
        assert!(endings("").is_empty());
    }

    #[test]
    fn the_same_words_in_another_case_of_the_address_are_a_repeat() {
        let email = |typed: &str| Email::try_from(typed.to_owned()).unwrap();

        assert_eq!(repeat_key(&email("Ada@Example.com"), "help"), repeat_key(&email("ada@example.com"), "help"));
        assert_ne!(repeat_key(&email("ada@example.com"), "help"), repeat_key(&email("ada@example.com"), "help!"));
    }
}
