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
    ai::{Ai, Asked, Brief, Records, Said},
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
    /// Time limits count from here.
    pub started: Instant,
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

/// What is decided of a message before anybody else is asked.
struct Prepared<'a> {
    weighed: Weighed<'a>,
    /// Nothing where a model is asked that reads all there is to find: it is looked up only if that has no answer.
    found: Option<Found>,
    /// What a model is told that reads all there is to find, and knows nobody's records.
    brief: Option<Brief>,
}

impl Chat {
    /// The usual manner: nobody listens, and a stop of the process waits for no model.
    pub fn manner(&self, spares_model: bool) -> Manner<'static> {
        Manner { started: Instant::now(), spares_model, stop: self.draining.child_token(), listener: None }
    }

    /// Stores what is asked, answers it, and stores that.
    pub async fn turn(&self, question: &Question, mut manner: Manner<'_>) -> Result<Reply> {
        let started = manner.started;
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
        let (spares_model, is_heard) = (manner.spares_model, manner.listener.is_some());
        let prepare = AssertUnwindSafe(|| self.prepare(&desk, &first, spares_model, is_heard));
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
        let prepared = ahead.unwrap_or_else(|| self.prepare(&desk, &asker, spares_model, is_heard));
        let Prepared { weighed, mut found, brief } = prepared;
        let (meant, reading) = self.meaning(&desk, &asker, &weighed, found.as_ref(), &spender, &mut manner).await;
        if meant.near.is_known() {
            asker.near = &meant.near;
            found = None;
        }
        let (said, grant) = match self.model(&weighed, spares_model) {
            Some(ai) => self.ask_model(ai, &desk, &asker, brief, spender, &mut manner).await,
            None => (None, None),
        };
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

    /// Decides all that can be decided of a message before anybody else is asked.
    fn prepare<'a>(&self, desk: &Loaded, asker: &Asker<'a>, spares_model: bool, is_heard: bool) -> Prepared<'a> {
        let weighed = weigh(desk, &self.voice, asker);
        let Some(ai) = self.model(&weighed, spares_model).filter(|_| desk.knowledge.is_read_whole()) else {
            let found = look_up(desk, &self.voice, asker, &weighed);
            return Prepared { weighed, found: Some(found), brief: None };
        };
        // A customer's has their records in it, which stand in the database.
        let brief = asker.customer.is_none().then(|| ai.brief(desk, &asked(asker, None), is_heard)).flatten();
        Prepared { weighed, found: None, brief }
    }

    /// The model, where it is asked.
    fn model(&self, weighed: &Weighed<'_>, spares_model: bool) -> Option<&Ai> {
        self.ai.as_ref().filter(|_| weighed.is_for_model && !spares_model)
    }

    /// Asks the model, where there is one to ask and money for it. Nothing of the database is held
    /// meanwhile.
    async fn ask_model(
        &self,
        ai: &Ai,
        desk: &Loaded,
        asker: &Asker<'_>,
        brief: Option<Brief>,
        spender: Spender,
        manner: &mut Manner<'_>,
    ) -> (Option<Said>, Option<Grant>) {
        let grant = self.budget.grant(spender, || Ai::most_tokens(desk, asker.earlier)).await;
        let smaller = if grant.rung == Rung::Smaller { ai.smaller() } else { None };
        let ai = smaller.as_ref().unwrap_or(ai);
        if grant.rung == Rung::None {
            return (Some(Said::unaffordable()), Some(grant));
        }
        let brief = if brief.is_some() {
            brief
        } else {
            let (records, is_heard) = (self.records(asker.customer).await, manner.listener.is_some());
            ai.brief(desk, &asked(asker, records.as_ref()), is_heard)
        };
        // There is nothing it could answer from.
        let Some(brief) = brief else { return (Some(Said::default()), Some(grant)) };
        let Manner { started, listener, stop, .. } = manner;
        let said = match listener {
            None => ai.answer(desk, &brief, *started, None, stop).await,
            Some(listener) => {
                let mut audience = |so_far: &str| listener.hears(so_far);
                ai.answer(desk, &brief, *started, Some(&mut audience), stop).await
            }
        };
        (Some(said), Some(grant))
    }

    async fn earlier(&self, open: &Open, received: MessageId) -> Result<Vec<Turn>> {
        if open.is_new { Ok(Vec::new()) } else { conversations::earlier(&self.db, open.id, received).await }
    }
}

/// What a model is asked for somebody of whom these `records` are known.
fn asked<'a>(asker: &Asker<'a>, records: Option<&'a Records>) -> Asked<'a> {
    Asked { message: asker.message, earlier: asker.earlier, near: asker.near, records }
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
