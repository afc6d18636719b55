//! POST `/api/support/public` and `/private`: a visitor or a verified customer asks.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    auth::{Caller, Visitor},
    extract::Json,
    idempotency,
    problem::Problem,
    streamed::{self, Turns, Wish},
};
use crate::{
    domain::{
        client::{Client, Place},
        contact::Email,
        conversation::Status,
        message::{ClientMessageId, Message},
        source::Source,
        token::{Handle, VisitorToken},
        turn::Outcome,
    },
    error::Error,
    services::{
        chat::{AnsweredBy, Question, Reply},
        handoff::Reason,
        idempotency::{Name, Who},
        limits::{Limits, Pace},
    },
    state::AppState,
};

/// Says in the answer's head, never in its text, that an unverified address was believed.
const DEVELOPMENT_MODE: Mark = [("x-development-mode", "email-trusted")];

type Mark = [(&'static str, &'static str); 1];

/// Where answers can be streamed.
pub const PATHS: [&str; 2] = ["/api/support/public", "/api/support/private"];

pub const CLIENT_MESSAGE_ID: &str = "clientMessageId";

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(public)).routes(routes!(private))
}

/// Ask as a visitor
///
/// The id alone carries a conversation on; a conversation opened with a visitor's token wants that too.
#[utoipa::path(post, path = "/api/support/public", tag = "Chat", request_body = Body,
    security((), ("visitorToken" = [])),
    responses((status = 200, description = "The reply, also when no model answers; or it is streamed.",
        content((Answer = "application/json"), (String = "text/event-stream")),
        links(("conversation" = (operation_id = "conversation", parameters(("id" = "$response.body#/conversationId")))))),
        (status = 404), (status = 429)))]
async fn public(
    State(turns): State<Turns>,
    State(limits): State<Limits>,
    client: Client,
    Visitor(token): Visitor,
    wish: Wish,
    Json(body): Json<Body>,
) -> Result<Response, Problem> {
    let id = body.client_message_id.clone();
    let question = body.into_question(None, token, client.place());
    let pace = admit(&limits, client, &question).await?;
    turn(turns, id, question, pace, wish, None).await
}

/// Ask as a customer
///
/// Answers also from the customer's own records. The address is the session's, whatever the body says.
#[utoipa::path(post, path = "/api/support/private", tag = "Chat", request_body = Body,
    security(("bearer" = []), ("siteSession" = [])),
    responses((status = 200, description = "The reply, also when no model answers; or it is streamed.",
        content((Answer = "application/json"), (String = "text/event-stream")),
        links(("conversation" = (operation_id = "conversation", parameters(("id" = "$response.body#/conversationId")))))),
        (status = 403), (status = 404), (status = 429)))]
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
    let question = body.into_question(Some(email), token, None);
    let pace = admit(&limits, client, &question).await?;
    let mark = matches!(caller, Caller::Developer).then_some(DEVELOPMENT_MODE);
    turn(turns, id, question, pace, wish, mark).await
}

async fn admit(limits: &Limits, client: Client, question: &Question) -> Result<Pace, Problem> {
    let (handle, customer) = (question.conversation.as_ref(), question.customer.as_ref());
    limits.chat(client, handle, customer, question.visitor.as_ref()).await.map_err(Problem::too_many)
}

/// One turn, or, where its message has a name and was said before, the answer of the first time.
async fn turn(
    turns: Turns,
    id: Option<ClientMessageId>,
    mut question: Question,
    pace: Pace,
    wish: Wish,
    mark: Option<Mark>,
) -> Result<Response, Problem> {
    let name = id.and_then(|id| named(&question, &id));
    question.request = name.as_ref().or(wish.key.as_ref()).map(Name::hash);
    let (spares_model, head) = (pace.spares_model, (pace, mark));
    let response = if wish.is_for_events {
        streamed::turn(turns, question, name, spares_model, wish, head.clone()).await
    } else {
        whole(&turns, &question, name, spares_model).await
    };
    Ok((head, response?).into_response())
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

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Question)]
struct Body {
    message: Message,
    #[serde(default)]
    client_message_id: Option<ClientMessageId>,
    /// As the last reply had it; one that is not this asker's begins a new conversation.
    #[serde(default)]
    conversation_id: Option<String>,
    /// Believed only on a developer's own machine, with `SUPPORT_TRUST_EMAIL=development`.
    #[serde(default)]
    email: Option<Value>,
    /// Asks for a visitor's token, with which the conversation can be read.
    #[serde(default)]
    visitor: bool,
}

impl Body {
    fn into_question(self, customer: Option<Email>, visitor: Option<VisitorToken>, place: Option<Place>) -> Question {
        let conversation = self.conversation_id.as_deref().and_then(Handle::presented);
        let (message, wants_token) = (self.message, self.visitor);
        Question { message, conversation, customer, visitor, place, wants_token, request: None }
    }

    fn email(&self) -> Result<Email, Problem> {
        let typed = self.email.as_ref().and_then(Value::as_str).ok_or(Error::Unauthenticated)?;
        Email::try_from(typed.to_owned()).map_err(|complaint| Problem::invalid("email", complaint))
    }
}

/// The deployed callers read the first three; camel case, as they expect.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Reply, description = "What a chat answers.")]
pub(super) struct Answer {
    /// Plain text.
    reply: String,
    /// Whether a person should answer, or will.
    escalation_suggested: bool,
    /// Carries the conversation on.
    conversation_id: String,
    /// Told once, where it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    visitor_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ticket_id: Option<String>,
    message_id: String,
    status: Status,
    outcome: Outcome,
    answered_by: AnsweredBy,
    #[schema(minimum = 0, maximum = 1)]
    confidence: f64,
    /// The best first.
    sources: Vec<Source>,
    #[serde(skip_serializing_if = "Option::is_none")]
    handoff: Option<Handoff>,
}

#[derive(Serialize, ToSchema)]
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
            status: reply.status,
            outcome: draft.outcome,
            answered_by: draft.answered_by,
            confidence: (f64::from(draft.confidence) * 1_000.0).round() / 1_000.0,
            sources: draft.sources,
            handoff: draft.reason.map(|reason| Handoff { reason }),
        }
    }
}
