//! Questions that were kept and never answered, because their turn was broken off: a person is asked, once.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use sqlx::PgConnection;
use tracing::warn;
use uuid::Uuid;

use super::{
    Beginning, Chat, Manner, Question, Reply,
    draft::{self, AnsweredBy, Asker, Draft},
    quote,
};
use crate::{
    domain::{
        contact::Email,
        conversation::{ConversationId, Mode, Status},
        message::MessageId,
        token::{Handle, VisitorToken},
    },
    error::{Error, Result},
    services::{
        answer::Nearness,
        handoff::Reason,
        tickets::{Origin, Request},
    },
    storage::{
        conversations::{self, Open},
        turns::{self, HandedOver, Standing, Unanswered},
    },
};

/// So many conversations at a time; the rest have their turn in the next sweep.
const MOST_AT_ONCE: i64 = 50;

impl Chat {
    /// Asks a person about every question that has had no answer for `patience`, which is longer than any
    /// turn takes. One conversation that gives trouble keeps no other back.
    pub async fn hand_over_unanswered(&self, patience: Duration) -> Result<()> {
        for conversation in turns::overdue(&self.db, patience, MOST_AT_ONCE).await? {
            // What broke a turn may break this too, and must not keep the others back.
            match AssertUnwindSafe(self.hand_over(conversation, patience)).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => warn!(error = ?error, "a question without an answer could not be handed over"),
                Err(_) => warn!("handing over a question without an answer panicked"),
            }
        }
        Ok(())
    }

    /// The ticket, its alerts, the reply and the end of the turns are one commit, and the turns are locked
    /// first: of several instances one does it.
    async fn hand_over(&self, conversation: ConversationId, patience: Duration) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let questions = turns::take(&mut tx, conversation, patience).await?;
        let is_theirs = match turns::standing(&mut tx, conversation).await? {
            Some(standing) => self.ask_person(&mut tx, conversation, &standing, &questions).await?,
            None => false,
        };
        let ids: Vec<Uuid> = questions.iter().map(|question| question.id).collect();
        turns::end(&mut tx, &ids).await?;
        tx.commit().await?;
        if is_theirs {
            self.tickets.notifications.wake();
        }
        Ok(())
    }

    /// Whether a person was asked: not where one is talking already, nor where all was said again and answered then.
    /// Where one was asked before, the ticket hears of this question too.
    async fn ask_person(
        &self,
        db: &mut PgConnection,
        conversation: ConversationId,
        standing: &Standing,
        questions: &[Unanswered],
    ) -> Result<bool> {
        let left: Vec<&Unanswered> = questions.iter().filter(|question| !question.was_repeated).collect();
        let Some(last) = left.last().filter(|_| standing.status != Status::Human) else { return Ok(false) };
        let earlier = conversations::earlier(&mut *db, conversation, MessageId(last.id)).await?;
        let owner = standing.email.clone().filter(|_| standing.mode == Mode::Private);
        let owner = owner.and_then(|email| Email::try_from(email).ok());
        let open = Open { id: conversation, status: standing.status, email: standing.email.clone(), is_new: false };
        let message = super::read(&last.body);
        let unknown = Nearness::default();
        let asker = Asker {
            message: &message,
            customer: owner.as_ref(),
            topic: None,
            context: None,
            earlier: &earlier,
            near: &unknown,
            open: &open,
        };
        let draft = draft::unanswered(&self.knowledge.current(), &self.voice, &asker);
        let request = Request {
            conversation,
            email: draft.address.as_ref(),
            message: &quote(&earlier, &message),
            context: None,
            reason: Reason::Error,
            origin: Origin::Chat,
        };
        let ticket = self.tickets.hand_over(db, &request).await?;
        let said = HandedOver {
            id: MessageId::random(),
            body: &format!("{}\nTicket #{ticket}", draft.text),
            by: AnsweredBy::KnowledgeBase.as_str(),
            reason: Reason::Error.as_str(),
        };
        let left: Vec<Uuid> = left.iter().map(|question| question.id).collect();
        turns::hand_over(db, conversation, &left, &said).await?;
        warn!(ticket.id = %ticket, questions = left.len(), "a question was left without an answer: a person is asked");
        Ok(true)
    }

    /// What was said to this very question when a person was asked about it.
    pub(super) async fn told_before(
        &self,
        question: &Question,
        fresh: Handle,
        fresh_visitor: Option<VisitorToken>,
        manner: Manner<'_>,
    ) -> Result<Reply> {
        let (request, presented) = (question.request.as_deref().unwrap_or_default(), question.conversation.as_ref());
        let said = turns::said_to(&self.db, request, presented, &fresh, fresh_visitor.as_ref()).await?;
        let said = said.ok_or(Error::NotFound("conversation"))?;
        let id = MessageId(said.id);
        let conversation = presented.filter(|_| !said.is_renamed).cloned().unwrap_or(fresh);
        let visitor = fresh_visitor.filter(|_| said.is_renamed);
        if let Some(listener) = manner.listener {
            listener.begins(&Beginning { conversation: &conversation, visitor: visitor.as_ref(), reply: id });
        }
        let draft: Draft = draft::handed_over(said.body);
        Ok(Reply { id, conversation, visitor, status: said.status, ticket: said.ticket, draft })
    }
}
