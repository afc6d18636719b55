//! One turn of a conversation: keep what was asked, decide, keep what was answered, answer.

use std::time::Instant;

use chrono::Utc;
use serde_json::json;
use sqlx::PgPool;
use tracing::{info, warn};

use super::{
    account::{self, Topic},
    answer::{self, Answer, Language, Voice},
    context::Context,
    faq_loader::{KnowledgeBase, Loaded},
    handoff::{self, Reason},
    tickets::{Origin, Request, Tickets},
};
use crate::{
    domain::{
        contact::Email,
        conversation::Status,
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
    /// Whose private conversation it is; nobody's is public.
    pub customer: Option<Email>,
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
    Records,
    PersonWaiting,
}

impl AnsweredBy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KnowledgeBase => "knowledge_base",
            Self::Records => "records",
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
    /// Whether it holds more than manners.
    says_something: bool,
    /// Set when a person should take over.
    pub reason: Option<Reason>,
    /// Where that person can reach whoever asks.
    pub address: Option<Email>,
}

impl Chat {
    pub async fn turn(&self, question: &Question) -> Result<Reply> {
        let started = Instant::now();
        let message: String = question.message.as_str().chars().take(READ).collect();
        let (received, fresh) = (MessageId::random(), Handle::random());
        let (presented, customer) = (question.conversation.as_ref(), question.customer.as_ref());
        let open =
            conversations::receive(&self.db, presented, &fresh, customer, received, question.message.as_str()).await?;
        let topic = customer.and_then(|_| Topic::of(&message));
        let (earlier, context) =
            tokio::join!(self.earlier(&open, received), self.context(customer.filter(|_| topic.is_some())));
        let earlier = earlier?;
        let asker = Asker { customer, topic, context: context.as_ref(), earlier: &earlier, open: &open };
        let draft = decide(&self.knowledge.current(), &self.voice, &message, &asker);
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

    async fn earlier(&self, open: &Open, received: MessageId) -> Result<Vec<Turn>> {
        if open.is_new { Ok(Vec::new()) } else { conversations::earlier(&self.db, open.id, received).await }
    }

    /// The shop's tables are another program's: when they cannot be read, that is no reason to fall
    /// silent.
    async fn context(&self, customer: Option<&Email>) -> Option<Context> {
        let looked_up = Context::of(&self.db, customer?).await;
        looked_up.inspect_err(|error| warn!(error = ?error, "a customer's records cannot be read")).ok()
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

/// Whoever asks, with all that bears on the answer.
struct Asker<'a> {
    customer: Option<&'a Email>,
    /// What of their own records they ask for.
    topic: Option<Topic>,
    context: Option<&'a Context>,
    earlier: &'a [Turn],
    open: &'a Open,
}

/// What to say, from what is known; no I/O.
fn decide(desk: &Loaded, voice: &Voice, message: &str, asker: &Asker<'_>) -> Draft {
    if asker.open.status == Status::Human {
        return person_waiting();
    }
    let answer = desk.knowledge.answer(message, asker.earlier);
    let language = answer.language;
    let given = given_address(desk, message, asker);
    let draft = from_records(asker, voice).unwrap_or_else(|| from_knowledge(answer));
    // People ask for their status again and again; that is no sign of trouble.
    let is_checking = |reason: &Reason| draft.answered_by == AnsweredBy::Records && *reason == Reason::NoAnswer;
    let reason = handoff::judge(message, asker.earlier)
        .filter(|reason| !is_checking(reason))
        .or(given.as_ref().map(|_| Reason::CustomerRequest))
        .or_else(|| unsure_again(draft.outcome, asker.earlier));
    let Some(reason) = reason else { return draft };
    let only_address = given.is_some() && message.split_whitespace().count() < WORDS_OF_A_QUESTION;
    let known = draft.outcome == Outcome::Answer && draft.says_something && !only_address;
    hand_over(draft, known, language, reason, address(desk, message, asker), voice)
}

/// Two answers in a row that were no answer: a third would only annoy.
fn unsure_again(outcome: Outcome, earlier: &[Turn]) -> Option<Reason> {
    let unsure = |outcome| matches!(outcome, Outcome::Closest | Outcome::Unknown);
    let before = earlier.iter().rev().find(|turn| turn.author == Author::Ai).and_then(|turn| turn.outcome);
    (unsure(outcome) && before.is_some_and(unsure)).then_some(Reason::LowConfidence)
}

fn from_knowledge(answer: Answer) -> Draft {
    Draft {
        says_something: answer.is_from_knowledge(),
        text: answer.text,
        outcome: answer.outcome,
        answered_by: AnsweredBy::KnowledgeBase,
        confidence: answer.confidence,
        sources: answer.sources,
        reason: None,
        address: None,
    }
}

/// A customer's question about their own affairs, from their records.
fn from_records(asker: &Asker<'_>, voice: &Voice) -> Option<Draft> {
    let recorded = account::answer(asker.topic?, asker.context, voice, Utc::now());
    Some(Draft {
        says_something: recorded.known,
        text: recorded.text,
        outcome: if recorded.known { Outcome::Answer } else { Outcome::Unknown },
        answered_by: AnsweredBy::Records,
        confidence: if recorded.known { 1.0 } else { 0.0 },
        sources: Vec::new(),
        reason: None,
        address: None,
    })
}

/// A person will answer; what is known for sure goes along.
fn hand_over(
    draft: Draft,
    known: bool,
    language: Language,
    reason: Reason,
    address: Option<Email>,
    voice: &Voice,
) -> Draft {
    let said = Some(draft.text.as_str()).filter(|_| known);
    let text = answer::handed_over(said, language, voice, address.is_some());
    let handed_over = Draft { text, reason: Some(reason), address, ..draft };
    if known {
        return handed_over;
    }
    Draft { outcome: Outcome::HandedOver, confidence: 0.0, sources: Vec::new(), ..handed_over }
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
        says_something: false,
        reason: None,
        address: None,
    }
}

/// Where whoever asks can be reached: as the site knows them, as they just said, as the
/// conversation knows, or as they said before.
fn address(desk: &Loaded, message: &str, asker: &Asker<'_>) -> Option<Email> {
    let known = || asker.open.email.clone().and_then(|email| Email::try_from(email).ok());
    let customers = asker.earlier.iter().rev().filter(|turn| turn.author == Author::Customer);
    let said_before = || customers.clone().find_map(|turn| theirs(&turn.text, desk));
    asker.customer.cloned().or_else(|| theirs(message, desk)).or_else(known).or_else(said_before)
}

/// The address a waiting visitor gives us with this message. A customer has one already.
fn given_address(desk: &Loaded, message: &str, asker: &Asker<'_>) -> Option<Email> {
    let waits = asker.customer.is_none() && asker.open.status == Status::Waiting;
    theirs(message, desk).filter(|email| waits && is_news(email, asker.open))
}

/// The last address a customer gives as theirs that is not one of the company's own.
fn theirs(text: &str, desk: &Loaded) -> Option<Email> {
    Email::given_in(text).filter(|email| !desk.is_own(email)).last()
}

/// An address the conversation does not know yet: the first, or a corrected one.
fn is_news(email: &Email, open: &Open) -> bool {
    open.email.as_ref().is_none_or(|known| known.to_ascii_lowercase() != email.folded())
}

/// The customer's last messages, as a ticket quotes them.
fn quote(earlier: &[Turn], message: &str) -> String {
    let said = earlier.iter().filter(|turn| turn.author == Author::Customer).map(|turn| turn.text.as_str());
    let mut last: Vec<&str> = said.chain([message]).collect();
    last.drain(..last.len().saturating_sub(QUOTED));
    last.join(" | ")
}
