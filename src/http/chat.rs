//! POST `/api/support/public`: a visitor asks.

use axum::{Router, extract::State, routing::post};
use serde::{Deserialize, Serialize};

use super::{extract::Json, problem::Problem};
use crate::{
    domain::{conversation::Mode, handle::Handle, message::Message, source::Source, turn::Outcome},
    services::{
        chat::{Chat, Question, Reply},
        handoff::Reason,
    },
    state::AppState,
};

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/support/public", post(public))
}

async fn public(State(chat): State<Chat>, Json(body): Json<Body>) -> Result<Json<Answer>, Problem> {
    let reply = chat.turn(&body.into_question(Mode::Public)).await?;
    Ok(Json(Answer::from(reply)))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    message: Message,
    #[serde(default)]
    conversation_id: Option<String>,
}

impl Body {
    fn into_question(self, mode: Mode) -> Question {
        let conversation = self.conversation_id.as_deref().and_then(Handle::presented);
        Question { message: self.message, conversation, mode }
    }
}

/// The deployed callers read the first three; camel case, as they expect.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    reply: String,
    escalation_suggested: bool,
    conversation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_id: Option<String>,
    message_id: String,
    status: &'static str,
    outcome: Outcome,
    answered_by: &'static str,
    confidence: f64,
    sources: Vec<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handoff: Option<Handoff>,
}

#[derive(Serialize)]
struct Handoff {
    reason: Reason,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        let draft = reply.draft;
        Self {
            reply: draft.text,
            escalation_suggested: draft.reason.is_some(),
            conversation_id: reply.conversation.as_str().to_owned(),
            ticket_id: reply.ticket.map(|ticket| ticket.to_string()),
            message_id: reply.id.0.to_string(),
            status: reply.status.as_str(),
            outcome: draft.outcome,
            answered_by: draft.answered_by.as_str(),
            confidence: (f64::from(draft.confidence) * 1_000.0).round() / 1_000.0,
            sources: draft.sources,
            handoff: draft.reason.map(|reason| Handoff { reason }),
        }
    }
}
