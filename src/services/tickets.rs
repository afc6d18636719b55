//! Tickets: opening them with the alerts they owe, listing and closing them.

use chrono::Utc;
use serde_json::Value;
use sqlx::{PgConnection, PgPool};
use tracing::info;
use uuid::Uuid;

use super::{
    cursor::Cursors,
    handoff::{self, Reason},
    notifications::{Alert, Notifications},
};
use crate::{
    domain::{
        contact::Email,
        conversation::{ConversationId, Mode},
        details::Details,
        hash,
        message::{JOINT, Said, Text},
        operator::Agent,
        ticket::{Priority, Stats, Status, Ticket, TicketId},
    },
    error::{Error, Result},
    storage::{
        conversations,
        escalations::{self, Ending},
        threads,
        tickets::{self, After, Filter, New, OpenTicket},
    },
};

/// Shorter words ("hello"), and every way to ask for a person, are said in many chats, so they
/// alone don't tell whose chat an escalation comes from.
const TELLING: usize = 20;

/// A chat that asks for a person again and again is news to the team once in this many seconds.
const NEWS_SECONDS: i64 = 300;

#[derive(Clone)]
pub struct Tickets {
    pub db: PgPool,
    pub notifications: Notifications,
    pub cursors: Cursors,
    /// How many tickets an address gets within an hour by the escalate path, and how many by chats; without
    /// limits, all.
    pub per_email_and_hour: Option<i64>,
}

/// A request for a person by the escalate path.
pub struct Escalation {
    pub email: Email,
    pub message: Text,
    pub context: Option<Details>,
    pub mode: Mode,
    /// What stands for the whole request, where its sender named it.
    pub request: Option<Vec<u8>>,
}

/// A person is needed in a conversation: who asks, what for, and why.
pub struct Request<'a> {
    pub conversation: ConversationId,
    /// Where to answer; a visitor may not have said yet.
    pub email: Option<&'a Email>,
    pub message: &'a str,
    pub context: Option<&'a Value>,
    pub reason: Reason,
    pub origin: Origin,
}

/// Where a request comes from, which decides what its address is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The conversation itself: its newest address is where to answer.
    Chat,
    /// A form anybody can send: its address never replaces one the conversation gave.
    Escalation,
    /// The same form, for an address that has many tickets already: hardly news.
    Crowd,
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
    /// Opens or extends a ticket and owes its alerts, all in one commit, and with them what tells a
    /// repetition: a request done again after a crash finds what it did.
    pub async fn escalate(&self, escalation: &Escalation) -> Result<TicketId> {
        let (email, message) = (&escalation.email, escalation.message.as_str().trim());
        let key = repeat_key(email, message);
        let mut tx = self.db.begin().await?;
        escalations::hold_address(&mut tx, &repeat_key(email, "")).await?;
        if let Some(ticket) = escalations::repeated(&mut tx, &key, escalation.request.as_deref()).await? {
            tx.commit().await?;
            return Ok(ticket);
        }
        let request = |conversation, origin| Request {
            conversation,
            email: Some(email),
            message,
            context: escalation.context.as_ref().map(Details::as_value),
            reason: Reason::CustomerRequest,
            origin,
        };
        let ticket = if let Some(chat) = conversation_of(&mut tx, message, email).await? {
            self.open_or_extend(&mut tx, &request(chat, Origin::Escalation)).await?
        } else if let Some(last) = self.last_of_crowd(&mut tx, email).await? {
            let ticket = self.open_or_extend(&mut tx, &request(last, Origin::Crowd)).await?;
            conversations::append(&mut tx, last, message).await?;
            ticket
        } else {
            // Nobody else can know a conversation that this has just made.
            let made = conversations::open_without_chat(&mut tx, escalation.mode, email, message).await?;
            self.open(&mut tx, &request(made, Origin::Escalation)).await?
        };
        escalations::note(&mut tx, &key, escalation.request.as_deref(), &ticket).await?;
        tx.commit().await?;
        self.notifications.wake();
        Ok(ticket)
    }

    /// Where to put what else an address has to say that has its hour's tickets: never in a chat, whose
    /// words are only its own.
    async fn last_of_crowd(&self, db: &mut PgConnection, email: &Email) -> Result<Option<ConversationId>> {
        let Some(most) = self.per_email_and_hour else { return Ok(None) };
        escalations::last_of_crowd(db, email, most).await
    }

    /// A person is needed in a chat. An address that has its hour's tickets by chats gets one more for all
    /// else it says in others, as by the escalate path: anybody may type anybody's address.
    pub async fn hand_over(&self, db: &mut PgConnection, request: &Request<'_>) -> Result<TicketId> {
        let (Some(email), Some(most)) = (request.email, self.per_email_and_hour) else {
            return self.open_or_extend(db, request).await;
        };
        escalations::hold_address(db, &repeat_key(email, "")).await?;
        let Some(mode) = escalations::crowded_chat(db, request.conversation, email, most).await? else {
            return self.open_or_extend(db, request).await;
        };
        let last = escalations::last_of_crowd(db, email, 1).await?;
        let held: Vec<Uuid> = [request.conversation].into_iter().chain(last).map(|held| held.0).collect();
        conversations::hold(db, &held).await?;
        if !conversations::wait_for_person(&mut *db, request.conversation, Some(email)).await? {
            return Err(Error::NotFound("conversation"));
        }
        if let Some(last) = last {
            let ticket =
                self.open_or_extend(db, &Request { conversation: last, origin: Origin::Crowd, ..*request }).await?;
            conversations::append(db, last, request.message).await?;
            return Ok(ticket);
        }
        let beside = conversations::open_without_chat(db, mode, email, request.message).await?;
        self.open(db, &Request { conversation: beside, ..*request }).await
    }

    /// Makes sure a person will see a conversation: one open ticket, and the team told of it.
    /// The caller commits, and wakes the worker then.
    pub async fn open_or_extend(&self, db: &mut PgConnection, request: &Request<'_>) -> Result<TicketId> {
        let said_in_chat = request.email.filter(|_| request.origin == Origin::Chat);
        if !conversations::wait_for_person(&mut *db, request.conversation, said_in_chat).await? {
            return Err(Error::NotFound("conversation"));
        }
        match tickets::open_of(db, request.conversation).await? {
            Some(open) => self.extend(db, open, request).await,
            None => self.open(db, request).await,
        }
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

    /// A ticket and the thread it stands in.
    pub async fn read(&self, id: &TicketId) -> Result<(Ticket, Vec<Said>)> {
        Ok((self.find(id).await?, threads::thread(&self.db, id).await?))
    }

    pub async fn close(&self, id: &TicketId, agent: &Agent, resolution: Option<&str>) -> Result<Ticket> {
        let mut tx = self.db.begin().await?;
        conversations::hold_of_ticket(&mut tx, id).await?;
        let status = tickets::status_of(&mut tx, id).await?.ok_or(Error::NotFound("ticket"))?;
        tickets::close(&mut tx, id, status.close()?, agent, resolution).await?;
        tx.commit().await?;
        info!(ticket.id = %id, by = %agent, "ticket closed");
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
        };
        let uuid = tickets::insert(db, &new).await?;
        let alert = Alert { uuid, id: &id, email: request.email.map(Email::as_str), message: request.message };
        self.notifications.ticket_opened(db, alert).await?;
        if let Some(email) = request.email {
            self.notifications.confirm(db, uuid, &id, email).await?;
        }
        info!(ticket.id = %id, reason = request.reason.as_str(), "ticket opened");
        Ok(id)
    }

    async fn extend(&self, db: &mut PgConnection, open: OpenTicket, request: &Request<'_>) -> Result<TicketId> {
        let email = request.email.filter(|_| request.origin == Origin::Chat || open.email.is_none());
        tickets::extend(db, open.uuid, email, request.context).await?;
        let new_address = email.filter(|email| open.email.as_deref() != Some(email.as_str()));
        let email = email.map(Email::as_str).or(open.email.as_deref());
        let alert = Alert { uuid: open.uuid, id: &open.id, email, message: request.message };
        let occasion = occasion(request.origin, new_address.is_some());
        self.notifications.ticket_extended(db, alert, &occasion).await?;
        if let Some(email) = new_address {
            self.notifications.confirm(db, open.uuid, &open.id, email).await?;
        }
        info!(ticket.id = %open.id, "ticket extended");
        Ok(open.id)
    }
}

/// What tells one piece of news about a ticket from another: somebody pressing the button, or
/// giving an address, is always one; a chat that goes on is one every few minutes.
fn occasion(origin: Origin, is_new_address: bool) -> String {
    if origin == Origin::Escalation || is_new_address {
        Uuid::new_v4().to_string()
    } else {
        (Utc::now().timestamp() / NEWS_SECONDS).to_string()
    }
}

/// The one conversation whose last customer messages this text repeats. Where several could be
/// meant, none is: a ticket of its own is better than a place in a stranger's thread.
async fn conversation_of(db: &mut PgConnection, text: &str, email: &Email) -> Result<Option<ConversationId>> {
    let endings = endings(text);
    if endings.is_empty() {
        return Ok(None);
    }
    match escalations::ending_with(db, text, &endings, email).await?[..] {
        [Ending { id, is_theirs }] if is_theirs || is_telling(text) => Ok(Some(id)),
        _ => Ok(None),
    }
}

/// Whether these words alone tell which chat they come from.
fn is_telling(text: &str) -> bool {
    text.contains(JOINT) || (text.chars().count() >= TELLING && handoff::judge(text, &[]).is_none())
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
    hash::of(b"escalation", &[email.folded().as_bytes(), message.as_bytes()]).to_vec()
}

/// What the last of the joined messages may have been: everything after a joint. A message may
/// hold a joint itself, so there are several; the last few are enough.
fn endings(text: &str) -> Vec<String> {
    let after_joints = text.rmatch_indices(JOINT).take(8).map(|(at, joint)| &text[at + joint.len()..]);
    after_joints.chain([text]).filter(|ending| !ending.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
