//! One turn of a conversation: keep what was asked, decide, keep what was answered, answer.

use std::time::Instant;

use serde_json::json;
use sqlx::PgPool;
use tracing::info;

use super::{
    answer::{self, Answer, Voice},
    faq_loader::{KnowledgeBase, Loaded},
    handoff::{self, Reason},
    tickets::{Origin, Request, Tickets},
};
use crate::{
    domain::{
        contact::Email,
        conversation::{Mode, Status},
        handle::Handle,
        message::{Message, MessageId},
        source::Source,
        ticket::TicketId,
        turn::{Author, Outcome, Turn},
    },
    error::Result,
    storage::conversations::{self, Answered, Open},
};

/// How much of a message is read for an answer; all of it is kept.
const READ: usize = 4_000;

/// How many of the customer's messages a ticket quotes: as many as the site sends along.
const QUOTED: usize = 3;

/// With fewer words beside it, a message that holds an address is only the address.
const WORDS_OF_A_QUESTION: usize = 5;

#[derive(Clone)]
pub struct Chat {
    pub db: PgPool,
    pub knowledge: KnowledgeBase,
    pub voice: Voice,
    pub tickets: Tickets,
}

/// What somebody asks, and in which conversation.
pub struct Question {
    pub message: Message,
    pub conversation: Option<Handle>,
    pub mode: Mode,
}

/// What they hear, and how it came about.
pub struct Reply {
    pub id: MessageId,
    pub conversation: Handle,
    pub status: Status,
    pub ticket: Option<TicketId>,
    pub draft: Draft,
}

/// Who answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnsweredBy {
    KnowledgeBase,
    PersonWaiting,
}

impl AnsweredBy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KnowledgeBase => "knowledge_base",
            Self::PersonWaiting => "person_waiting",
        }
    }
}

/// A reply before it is stored.
pub struct Draft {
    pub text: String,
    pub outcome: Outcome,
    pub answered_by: AnsweredBy,
    pub confidence: f32,
    pub sources: Vec<Source>,
    /// Set when a person should take over.
    pub reason: Option<Reason>,
    /// Where that person can reach whoever asks.
    pub address: Option<Email>,
}

impl Chat {
    pub async fn turn(&self, question: &Question) -> Result<Reply> {
        let started = Instant::now();
        let message: String = question.message.as_str().chars().take(READ).collect();
        let (asked, fresh) = (MessageId::random(), Handle::random());
        let presented = question.conversation.as_ref();
        let open = conversations::receive(&self.db, presented, &fresh, question.mode, asked, question.message.as_str())
            .await?;
        let earlier = if open.is_new { Vec::new() } else { conversations::earlier(&self.db, open.id, asked).await? };
        let draft = decide(&self.knowledge.current(), &self.voice, &message, &earlier, &open);
        let (id, ticket, draft) = self.store(&open, draft, &quote(&earlier, &message), started).await?;
        let status = if draft.reason.is_some() { Status::Waiting } else { open.status };
        let conversation = match presented {
            Some(handle) if !open.is_new => handle.clone(),
            _ => fresh,
        };
        info!(outcome = ?draft.outcome, confidence = draft.confidence, handoff = draft.reason.map(Reason::as_str),
            took_ms = milliseconds(started), "question answered");
        Ok(Reply { id, conversation, status, ticket, draft })
    }

    /// Keeps the answer, and where a person is needed, the ticket and its alerts, in one commit.
    async fn store(
        &self,
        open: &Open,
        mut draft: Draft,
        quote: &str,
        started: Instant,
    ) -> Result<(MessageId, Option<TicketId>, Draft)> {
        let id = MessageId::random();
        let Some(reason) = draft.reason else {
            conversations::answer(&self.db, open.id, &answered(id, &draft, started)).await?;
            return Ok((id, None, draft));
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
        let ticket = self.tickets.open_or_extend(&mut tx, &request).await?;
        draft.text = format!("{}\nTicket #{ticket}", draft.text);
        conversations::answer(&mut *tx, open.id, &answered(id, &draft, started)).await?;
        tx.commit().await?;
        self.tickets.notifications.wake();
        Ok((id, Some(ticket), draft))
    }
}

fn answered(id: MessageId, draft: &Draft, started: Instant) -> Answered<'_> {
    Answered {
        id,
        body: &draft.text,
        outcome: draft.outcome,
        by: draft.answered_by.as_str(),
        confidence: draft.confidence,
        sources: json!(draft.sources),
        handoff_reason: draft.reason.map(Reason::as_str),
        took_ms: milliseconds(started),
    }
}

fn milliseconds(since: Instant) -> i32 {
    i32::try_from(since.elapsed().as_millis()).unwrap_or(i32::MAX)
}

/// What to say, from what is known; no I/O.
fn decide(desk: &Loaded, voice: &Voice, message: &str, earlier: &[Turn], open: &Open) -> Draft {
    if open.status == Status::Human {
        return person_waiting();
    }
    let given = theirs(message, desk).filter(|email| open.status == Status::Waiting && is_news(email, open));
    let answer = desk.knowledge.answer(message, earlier);
    let reason = handoff::judge(message, earlier)
        .or(given.as_ref().map(|_| Reason::CustomerRequest))
        .or_else(|| unsure_again(answer.outcome, earlier));
    let Some(reason) = reason else { return answered_by_knowledge(answer) };
    let only_address = given.is_some() && message.split_whitespace().count() < WORDS_OF_A_QUESTION;
    let address = address(message, earlier, open, desk);
    hand_over(answer, only_address, reason, address, voice)
}

/// Two answers in a row that were no answer: a third would only annoy.
fn unsure_again(outcome: Outcome, earlier: &[Turn]) -> Option<Reason> {
    let unsure = |outcome| matches!(outcome, Outcome::Closest | Outcome::Unknown);
    let before = earlier.iter().rev().find(|turn| turn.author == Author::Ai).and_then(|turn| turn.outcome);
    (unsure(outcome) && before.is_some_and(unsure)).then_some(Reason::LowConfidence)
}

fn answered_by_knowledge(answer: Answer) -> Draft {
    Draft {
        text: answer.text,
        outcome: answer.outcome,
        answered_by: AnsweredBy::KnowledgeBase,
        confidence: answer.confidence,
        sources: answer.sources,
        reason: None,
        address: None,
    }
}

/// A person will answer; what is known for sure goes along, unless nothing was asked.
fn hand_over(answer: Answer, only_address: bool, reason: Reason, address: Option<Email>, voice: &Voice) -> Draft {
    let language = answer.language;
    let known = Some(answer).filter(|answer| answer.is_from_knowledge() && !only_address);
    let text = answer::handed_over(known.as_ref(), language, voice, address.is_some());
    Draft {
        text,
        outcome: known.as_ref().map_or(Outcome::HandedOver, |answer| answer.outcome),
        answered_by: AnsweredBy::KnowledgeBase,
        confidence: known.as_ref().map_or(0.0, |answer| answer.confidence),
        sources: known.map(|answer| answer.sources).unwrap_or_default(),
        reason: Some(reason),
        address,
    }
}

fn person_waiting() -> Draft {
    Draft {
        text:
            "Thank you, your message has reached our team. A person is looking after this conversation and will reply."
                .into(),
        outcome: Outcome::HandedOver,
        answered_by: AnsweredBy::PersonWaiting,
        confidence: 0.0,
        sources: Vec::new(),
        reason: None,
        address: None,
    }
}

/// Where whoever asks can be reached: as they just said, as the conversation knows, or as they
/// said before.
fn address(message: &str, earlier: &[Turn], open: &Open, desk: &Loaded) -> Option<Email> {
    let known = || open.email.clone().and_then(|email| Email::try_from(email).ok());
    let customers = earlier.iter().rev().filter(|turn| turn.author == Author::Customer);
    let said_before = || customers.clone().find_map(|turn| theirs(&turn.text, desk));
    theirs(message, desk).or_else(known).or_else(said_before)
}

/// An address in a customer's words that is not one of the company's own.
fn theirs(text: &str, desk: &Loaded) -> Option<Email> {
    Email::all_in(text).find(|email| !desk.is_own(email))
}

/// An address the conversation does not know yet: the first, or a corrected one.
fn is_news(email: &Email, open: &Open) -> bool {
    open.email.as_ref().is_none_or(|known| known.to_lowercase() != email.folded())
}

/// The customer's last messages, as a ticket quotes them.
fn quote(earlier: &[Turn], message: &str) -> String {
    let said = earlier.iter().filter(|turn| turn.author == Author::Customer).map(|turn| turn.text.as_str());
    let mut last: Vec<&str> = said.chain([message]).collect();
    last.drain(..last.len().saturating_sub(QUOTED));
    last.join(" | ")
}
