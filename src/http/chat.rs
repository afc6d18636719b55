//! POST `/api/support/public` and `/private`: a visitor or a verified customer asks.

use axum::{
    extract::State,
    http::HeaderValue,
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
};
use crate::{
    domain::{
        client::Client,
        contact::Email,
        conversation::Status,
        message::{ClientMessageId, Message},
        source::Source,
        token::{Handle, VisitorToken},
        turn::Outcome,
    },
    error::Error,
    services::{
        chat::{AnsweredBy, Chat, Question, Reply},
        handoff::Reason,
        idempotency::{Idempotency, Name, Who},
        limits::{Limits, Pace},
    },
    state::AppState,
};

/// Says in the answer's head, never in its text, that an unverified address was believed.
const DEVELOPMENT_MODE: (&str, &str) = ("x-development-mode", "email-trusted");

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(public)).routes(routes!(private))
}

/// Ask as a visitor
///
/// The id alone carries a conversation on; a conversation opened with a visitor's token wants that too.
#[utoipa::path(post, path = "/api/support/public", tag = "Chat", request_body = Body,
    security((), ("visitorToken" = [])),
    responses((status = 200, description = "The reply, also when no model answers.", body = Answer,
        links(("conversation" = (operation_id = "conversation", parameters(("id" = "$response.body#/conversationId")))))),
        (status = 404), (status = 429)))]
async fn public(
    State(chat): State<Chat>,
    State(idempotency): State<Idempotency>,
    State(limits): State<Limits>,
    client: Client,
    Visitor(token): Visitor,
    Json(body): Json<Body>,
) -> Result<Response, Problem> {
    let id = body.client_message_id.clone();
    let question = body.into_question(None, token);
    let pace = admit(&limits, client, &question).await?;
    turn(&chat, &idempotency, id, &question, pace).await
}

/// Ask as a customer
///
/// Answers also from the customer's own records. The address is the session's, whatever the body says.
#[utoipa::path(post, path = "/api/support/private", tag = "Chat", request_body = Body,
    security(("bearer" = []), ("siteSession" = [])),
    responses((status = 200, description = "The reply, also when no model answers.", body = Answer,
        links(("conversation" = (operation_id = "conversation", parameters(("id" = "$response.body#/conversationId")))))),
        (status = 403), (status = 404), (status = 429)))]
async fn private(
    State(chat): State<Chat>,
    State(idempotency): State<Idempotency>,
    State(limits): State<Limits>,
    client: Client,
    caller: Caller,
    Visitor(token): Visitor,
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
    let mut response = turn(&chat, &idempotency, id, &question, pace).await?;
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
    chat: &Chat,
    idempotency: &Idempotency,
    id: Option<ClientMessageId>,
    question: &Question,
    pace: Pace,
) -> Result<Response, Problem> {
    let spares_model = pace.spares_model;
    let answer = Box::pin(async { Ok(Json(Answer::from(chat.turn(question, spares_model).await?)).into_response()) });
    let response = match id.and_then(|id| named(question, &id)) {
        Some(name) => idempotency::run(idempotency, "clientMessageId", &name, answer).await,
        None => answer.await,
    };
    Ok((pace, response?).into_response())
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
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Reply, description = "What a chat answers.")]
struct Answer {
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
