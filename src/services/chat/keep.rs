//! Keeping an answer, with all that it owes.

use serde_json::json;
use tokio::time::Instant;

use super::{Chat, draft::Draft};
use crate::{
    domain::{conversation::Status, message::MessageId, ticket::TicketId},
    error::{Error, Result},
    services::{
        handoff::Reason,
        tickets::{Origin, Request},
    },
    storage::{
        conversations::{self, Answered, Open},
        usage::Bill,
    },
};

/// An answer that is kept, and what became of its conversation.
pub struct Stored {
    pub status: Status,
    pub ticket: Option<TicketId>,
    pub draft: Draft,
}

impl Chat {
    /// Keeps the answer to a question, and where a person is needed, the ticket and its alerts, in one commit.
    pub(super) async fn keep(
        &self,
        open: &Open,
        ids: (MessageId, MessageId),
        mut draft: Draft,
        bills: &[Bill],
        quote: &str,
        started: Instant,
    ) -> Result<Stored> {
        let Some(reason) = draft.reason else {
            let status = conversations::answer(&self.db, open.id, &answered(ids, &draft, bills, started)).await?;
            let status = status.ok_or(Error::NotFound("conversation"))?;
            return Ok(Stored { status, ticket: None, draft });
        };
        let request = Request {
            conversation: open.id,
            email: draft.address.as_ref(),
            message: quote,
            context: None,
            reason,
            origin: Origin::Chat,
        };
        let mut tx = self.db.begin().await?;
        let ticket = self.tickets.hand_over(&mut tx, &request).await?;
        draft.text = format!("{}\nTicket #{ticket}", draft.text);
        let status = conversations::answer(&mut *tx, open.id, &answered(ids, &draft, bills, started)).await?;
        let status = status.ok_or(Error::NotFound("conversation"))?;
        tx.commit().await?;
        self.tickets.notifications.wake();
        Ok(Stored { status, ticket: Some(ticket), draft })
    }
}

fn answered<'a>(
    (question, id): (MessageId, MessageId),
    draft: &'a Draft,
    bills: &'a [Bill],
    started: Instant,
) -> Answered<'a> {
    Answered {
        id,
        question,
        body: &draft.text,
        outcome: draft.outcome,
        by: draft.answered_by.as_str(),
        confidence: draft.confidence,
        sources: json!(draft.sources),
        handoff_reason: draft.reason.map(Reason::as_str),
        took_ms: milliseconds(started),
        bills,
    }
}

pub fn milliseconds(since: Instant) -> i32 {
    i32::try_from(since.elapsed().as_millis()).unwrap_or(i32::MAX)
}
