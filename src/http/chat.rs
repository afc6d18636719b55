//! POST `/api/support/public` and `/private`: a visitor or a verified customer asks.

use axum::{
    Router,
    extract::State,
    http::HeaderValue,
    response::{IntoResponse, Response},
    routing::post,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    auth::{Caller, Visitor},
    extract::Json,
    idempotency,
    problem::Problem,
    streamed::{self, Turns, Wish},
};
use crate::{
    domain::{
        client::Client,
        contact::Email,
        message::{ClientMessageId, Message},
        source::Source,
        token::{Handle, VisitorToken},
        turn::Outcome,
    },
    error::Error,
    services::{
        chat::{Question, Reply},
        handoff::Reason,
        idempotency::{Name, Who},
        limits::{Limits, Pace},
    },
    state::AppState,
};

/// Says in the answer's head, never in its text, that an unverified address was believed.
const DEVELOPMENT_MODE: (&str, &str) = ("x-development-mode", "email-trusted");

/// Where answers can be streamed.
pub const PATHS: [&str; 2] = ["/api/support/public", "/api/support/private"];

pub const CLIENT_MESSAGE_ID: &str = "clientMessageId";

pub fn routes() -> Router<AppState> {
    let [of_public, of_private] = PATHS;
    Router::new().route(of_public, post(public)).route(of_private, post(private))
}

async fn public(
    State(turns): State<Turns>,
    State(limits): State<Limits>,
    client: Client,
    Visitor(token): Visitor,
    wish: Wish,
    Json(body): Json<Body>,
) -> Result<Response, Problem> {
    let id = body.client_message_id.clone();
    let question = body.into_question(None, token);
    let pace = admit(&limits, client, &question).await?;
    turn(turns, id, question, pace, wish).await
}

async fn private(
    State(turns): State<Turns>,
    State(limits): State<Limits>,
    client: Client,
    caller: Caller,
    Visitor(token): Visitor,
    wish: Wish,
    Json(body): Json<Body>,
) -> Result<Response, Problem> {
    let email = match &caller {
        Caller::Customer(session) => session.email.clone(),
        // Whatever the body says of a verified customer's address is not even looked at.
        Caller::Developer => body.email()?,
    };
    let id = body.client_message_id.clone();
    let question = body.into_question(Some(email), token);
    let pace = admit(&limits, client, &question).await?;
    let mut response = turn(turns, id, question, pace, wish).await?;
    if matches!(caller, Caller::Developer) {
        let (name, value) = DEVELOPMENT_MODE;
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

async fn admit(limits: &Limits, client: Client, question: &Question) -> Result<Pace, Problem> {
    let (handle, customer) = (question.conversation.as_ref(), question.customer.as_ref());
    limits.chat(client, handle, customer).await.map_err(Problem::too_many)
}

/// One turn, or, where its message has a name and was said before, the answer of the first time.
async fn turn(
    turns: Turns,
    id: Option<ClientMessageId>,
    question: Question,
    pace: Pace,
    wish: Wish,
) -> Result<Response, Problem> {
    let name = id.and_then(|id| named(&question, &id));
    let response = if wish.is_for_events {
        streamed::turn(turns, question, name, pace.spares_model, wish).await
    } else {
        whole(&turns, &question, name, pace.spares_model).await
    };
    Ok((pace, response?).into_response())
}

/// The answer in one piece.
async fn whole(
    turns: &Turns,
    question: &Question,
    name: Option<Name>,
    spares_model: bool,
) -> Result<Response, Problem> {
    let chat = &turns.chat;
    let answer = Box::pin(async {
        let reply = chat.turn(question, chat.manner(spares_model)).await?;
        Ok(Json(Answer::from(reply)).into_response())
    });
    match name {
        Some(name) => idempotency::run(&turns.idempotency, CLIENT_MESSAGE_ID, &name, answer).await,
        None => answer.await,
    }
}

/// A message by its client's name for it, told apart by whoever says it.
fn named(question: &Question, id: &ClientMessageId) -> Option<Name> {
    let who = match (&question.customer, &question.visitor) {
        (Some(email), _) => Who::Customer(email.clone()),
        (None, Some(token)) => Who::Visitor(token.clone()),
        (None, None) => Who::Nobody,
    };
    Name::of_message(&who, question.conversation.as_ref(), id, question.message.as_str())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    message: Message,
    #[serde(default)]
    client_message_id: Option<ClientMessageId>,
    #[serde(default)]
    conversation_id: Option<String>,
    #[serde(default)]
    email: Option<Value>,
    #[serde(default)]
    visitor: bool,
}

impl Body {
    fn into_question(self, customer: Option<Email>, visitor: Option<VisitorToken>) -> Question {
        let conversation = self.conversation_id.as_deref().and_then(Handle::presented);
        Question { message: self.message, conversation, customer, visitor, wants_token: self.visitor }
    }

    fn email(&self) -> Result<Email, Problem> {
        let typed = self.email.as_ref().and_then(Value::as_str).ok_or(Error::Unauthenticated)?;
        Email::try_from(typed.to_owned()).map_err(|complaint| Problem::invalid("email", complaint))
    }
}

/// The deployed callers read the first three; camel case, as they expect.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    reply: String,
    escalation_suggested: bool,
    conversation_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    visitor_token: Option<String>,
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
            visitor_token: reply.visitor.map(|token| token.as_str().to_owned()),
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
