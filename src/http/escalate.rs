//! POST `/api/support/escalate`: somebody asks for a person.

use axum::{Extension, Router, extract::State, routing::post};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{extract::Json, problem::Problem};
use crate::{
    domain::{client::Client, contact::Email, conversation::Mode, details::Details, message::Text},
    services::{
        idempotency::Name,
        limits::{Limits, Pace},
        tickets::{Escalation, Tickets},
    },
    state::AppState,
};

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/support/escalate", post(escalate))
}

async fn escalate(
    State(tickets): State<Tickets>,
    State(limits): State<Limits>,
    client: Client,
    name: Option<Extension<Name>>,
    Json(body): Json<Body>,
) -> Result<(Pace, Json<Value>), Problem> {
    let escalation = body.into_escalation(name.map(|Extension(name)| name.hash()))?;
    let pace = limits.escalation(client, &escalation.email).await.map_err(Problem::too_many)?;
    let ticket = tickets.escalate(&escalation).await?;
    let answer = json!({
        "status": "ok",
        "ticketId": ticket,
        "message": "Your request has reached our team. A person will reply by e-mail.",
    });
    Ok((pace, Json(answer)))
}

#[derive(Deserialize)]
struct Body {
    email: Email,
    message: Text,
    #[serde(default)]
    context: Option<Details>,
}

impl Body {
    /// A blank message is a real request for a person when it comes from the chat, which says
    /// so in the context; without one it is a mistake.
    fn into_escalation(self, request: Option<Vec<u8>>) -> Result<Escalation, Problem> {
        if self.message.is_blank() && self.context.is_none() {
            return Err(Problem::invalid("message", "must not be blank"));
        }
        let is_private = self.context.as_ref().is_some_and(|context| context.as_value()["mode"] == "private");
        let mode = if is_private { Mode::Private } else { Mode::Public };
        Ok(Escalation { email: self.email, message: self.message, context: self.context, mode, request })
    }
}
