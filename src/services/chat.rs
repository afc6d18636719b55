//! One turn of a conversation: keep what was asked, decide, keep what was answered, answer.

mod address;
mod draft;
mod keep;
mod meaning;
mod records;
mod rehearse;
mod unanswered;

use std::panic::{AssertUnwindSafe, catch_unwind};

use sqlx::PgPool;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub use self::{
    draft::{AnsweredBy, Draft},
    rehearse::{Helpers, rehearse},
};
use self::{
    draft::{Asker, Found, Weighed, conclude, look_up, weigh},
    keep::{Stored, milliseconds},
};
use super::{
    account::Topic,
    ai::{Ai, Asked, Said},
    answer::{Nearness, Voice},
    budget::{Budget, Grant, Rung, Spender},
    embeddings::Embeddings,
    faq_loader::{KnowledgeBase, Loaded},
    handoff::Reason,
    tickets::Tickets,
};
use crate::{
    domain::{
        client::Place,
        contact::Email,
        conversation::Status,
        message::{JOINT, Message, MessageId},
        ticket::TicketId,
        token::{Handle, VisitorToken},
        turn::{Author, Turn},
    },
    error::Result,
    storage::{
        conversations::{self, Open, Received},
        usage::Bill,
    },
};

/// How much of a message is read for an answer; all of it is kept.
const READ: usize = 4_000;

/// How many of the customer's messages a ticket quotes: as many as the site sends along.
const QUOTED: usize = 3;

#[derive(Clone)]
pub struct Chat {
    pub db: PgPool,
    pub knowledge: KnowledgeBase,
    pub voice: Voice,
    /// The model, when there is one.
    pub ai: Option<Ai>,
    /// What tells how alike texts mean, when there is one.
    pub embeddings: Option<Embeddings>,
    pub budget: Budget,
    /// Cancelled when the process is asked to stop, which waits for no model.
    pub draining: CancellationToken,
    pub tickets: Tickets,
}

/// What somebody asks, and in which conversation.
pub struct Question {
    pub message: Message,
    pub conversation: Option<Handle>,
    /// Whose private conversation it is; nobody's is public.
    pub customer: Option<Email>,
    /// What shows that a visitor's conversation is theirs.
    pub visitor: Option<VisitorToken>,
    /// Where it comes from, where that tells one visitor from another.
    pub place: Option<Place>,
    /// Whether a conversation that it opens shall be theirs alone.
    pub wants_token: bool,
    /// What stands for the whole request, where its sender named it.
    pub request: Option<Vec<u8>>,
}

/// What they hear, and how it came about.
pub struct Reply {
    pub id: MessageId,
    pub conversation: Handle,
    /// For a visitor who asked for one, once.
    pub visitor: Option<VisitorToken>,
    pub status: Status,
    pub ticket: Option<TicketId>,
    pub draft: Draft,
}

/// How a question is answered.
pub struct Manner<'a> {
    /// Whoever asks too much is answered without the model.
    pub spares_model: bool,
    /// Cancelled when no model is waited for any longer.
    pub stop: CancellationToken,
    /// Who hears the answer while it is being made.
    pub listener: Option<&'a mut dyn Listener>,
}

/// Hears an answer while it is being made. What is returned in the end is what counts.
pub trait Listener: Send {
    /// The question is kept.
    fn begins(&mut self, beginning: &Beginning<'_>);
    /// All of the answer that may be shown so far. It need not be how the answer ends up.
    fn hears(&mut self, so_far: &str);
}

/// Where an answer will be found.
pub struct Beginning<'a> {
    pub conversation: &'a Handle,
    /// For a visitor who asked for one, once.
    pub visitor: Option<&'a VisitorToken>,
    pub reply: MessageId,
}

impl Chat {
    /// The usual manner: nobody listens, and a stop of the process waits for no model.
    pub fn manner(&self, spares_model: bool) -> Manner<'static> {
        Manner { spares_model, stop: self.draining.child_token(), listener: None }
    }

    /// Stores what is asked, answers it, and stores that.
    pub async fn turn(&self, question: &Question, mut manner: Manner<'_>) -> Result<Reply> {
        let started = Instant::now();
        let message = read(question.message.as_str());
        let (received, id, fresh) = (MessageId::random(), MessageId::random(), Handle::random());
        let (presented, customer) = (question.conversation.as_ref(), question.customer.as_ref());
        let fresh_visitor = (question.wants_token && customer.is_none()).then(VisitorToken::random);
        let (desk, opening, unknown) = (self.knowledge.current(), Open::opening(customer), Nearness::default());
        let topic = customer.and_then(|_| Topic::of(&message));
        let first =
            Asker { message: &message, customer, topic, context: None, earlier: &[], near: &unknown, open: &opening };
        let kept = Received {
            id: received,
            body: question.message.as_str(),
            presented,
            owner: customer,
            visitor: question.visitor.as_ref(),
            opening: &opening,
            fresh: &fresh,
            fresh_visitor: fresh_visitor.as_ref(),
            request: question.request.as_deref(),
        };
        // Nothing but itself bears on what opens a conversation: it is weighed while it is written. What breaks
        // there must not break the writing; it is weighed again when it is kept.
        let is_alone = presented.is_none() && topic.is_none();
        let prepare = AssertUnwindSafe(|| self.prepare(&desk, &first, manner.spares_model));
        let ahead = async {
            let prepared = is_alone.then(|| catch_unwind(prepare))?;
            prepared.inspect_err(|_| warn!("weighing a message panicked")).ok()
        };
        let (open, ahead) = tokio::join!(conversations::receive(&self.db, &kept), ahead);
        let Some(open) = open? else { return self.told_before(question, fresh, fresh_visitor, manner).await };
        let conversation = match presented {
            Some(handle) if !open.is_new => handle.clone(),
            _ => fresh,
        };
        let visitor = fresh_visitor.filter(|_| open.is_new);
        if let Some(listener) = &mut manner.listener {
            listener.begins(&Beginning { conversation: &conversation, visitor: visitor.as_ref(), reply: id });
        }
        let (earlier, context) =
            tokio::join!(self.earlier(&open, received), self.context(customer.filter(|_| topic.is_some())));
        let earlier = earlier?;
        let mut asker = Asker { context: context.as_ref(), earlier: &earlier, open: &open, ..first };
        let spender = spender(question, &open, visitor.as_ref());
        let (weighed, mut found) = ahead.unwrap_or_else(|| self.prepare(&desk, &asker, manner.spares_model));
        let (meant, reading) = self.meaning(&desk, &asker, &weighed, found.as_ref(), &spender, &mut manner).await;
        if meant.near.is_known() {
            asker.near = &meant.near;
            found = None;
        }
        let ai = self.ai.as_ref().filter(|_| weighed.is_for_model && !manner.spares_model);
        let (said, grant) = self.ask_model(ai, &desk, &asker, spender, started, &mut manner).await;
        let draft = conclude(&weighed, said, &asker, &self.voice, || {
            found.unwrap_or_else(|| look_up(&desk, &self.voice, &asker, &weighed))
        });
        let spent = [(reading, meant.spent), (grant, draft.spent.clone())];
        let bills: Vec<Bill> =
            spent.iter().filter_map(|(grant, spent)| Some(grant.as_ref()?.bill(spent.as_ref()?))).collect();
        let quote = quote(&earlier, &message);
        let Stored { status, ticket, draft } = self.keep(&open, (received, id), draft, &bills, &quote, started).await?;
        for (grant, spent) in spent {
            if let Some(grant) = grant {
                grant.settle(spent.as_ref());
            }
        }
        info!(outcome = ?draft.outcome, by = draft.answered_by.as_str(), confidence = draft.confidence,
            handoff = draft.reason.map(Reason::as_str), took_ms = milliseconds(started), "question answered");
        Ok(Reply { id, conversation, visitor, status, ticket, draft })
    }

    /// Weighs a message, and looks it up: but where a model is asked that reads all there is to find, only
    /// when it has no answer.
    fn prepare<'a>(&self, desk: &Loaded, asker: &Asker<'a>, spares_model: bool) -> (Weighed<'a>, Option<Found>) {
        let weighed = weigh(desk, &self.voice, asker);
        let asks_model = weighed.is_for_model && self.ai.is_some() && !spares_model;
        let is_later = asks_model && desk.knowledge.is_read_whole();
        let found = (!is_later).then(|| look_up(desk, &self.voice, asker, &weighed));
        (weighed, found)
    }

    /// Asks the model, where there is one to ask and money for it. Nothing of the database is held
    /// meanwhile.
    async fn ask_model(
        &self,
        ai: Option<&Ai>,
        desk: &Loaded,
        asker: &Asker<'_>,
        spender: Spender,
        started: Instant,
        manner: &mut Manner<'_>,
    ) -> (Option<Said>, Option<Grant>) {
        let Some(ai) = ai else { return (None, None) };
        let grant = self.budget.grant(spender, || Ai::most_tokens(desk, asker.earlier)).await;
        let smaller = if grant.rung == Rung::Smaller { ai.smaller() } else { None };
        let ai = smaller.as_ref().unwrap_or(ai);
        if grant.rung == Rung::None {
            return (Some(Said::unaffordable()), Some(grant));
        }
        let records = self.records(asker.customer).await;
        let question =
            Asked { message: asker.message, earlier: asker.earlier, near: asker.near, records: records.as_ref() };
        let Manner { listener, stop, .. } = manner;
        let said = match listener {
            None => ai.answer(desk, &question, started, None, stop).await,
            Some(listener) => {
                let mut audience = |so_far: &str| listener.hears(so_far);
                ai.answer(desk, &question, started, Some(&mut audience), stop).await
            }
        };
        (Some(said), Some(grant))
    }

    async fn earlier(&self, open: &Open, received: MessageId) -> Result<Vec<Turn>> {
        if open.is_new { Ok(Vec::new()) } else { conversations::earlier(&self.db, open.id, received).await }
    }
}

/// Who pays for a turn: a customer; else a visitor by the token that opened the conversation, and the
/// place they come from.
fn spender(question: &Question, open: &Open, fresh: Option<&VisitorToken>) -> Spender {
    let token = if open.is_new { fresh } else { question.visitor.as_ref() };
    let visitor = question.customer.as_ref().map(Email::hash).or_else(|| token.map(VisitorToken::hash));
    let place = question.place.filter(|_| question.customer.is_none());
    Spender { conversation: Some(open.id), visitor, place }
}

fn read(message: &str) -> String {
    message.chars().take(READ).collect()
}

/// The customer's last messages, as a ticket quotes them.
fn quote(earlier: &[Turn], message: &str) -> String {
    let said = earlier.iter().filter(|turn| turn.author == Author::Customer).map(|turn| turn.text.as_str());
    let mut last: Vec<&str> = said.chain([message]).collect();
    last.drain(..last.len().saturating_sub(QUOTED));
    last.join(JOINT)
}
