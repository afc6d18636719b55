//! POST `/api/support/escalate`: somebody asks for a person.

use axum::{Extension, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{extract::Json, problem::Problem};
use crate::{
    domain::{client::Client, contact::Email, conversation::Mode, details::Details, message::Text, ticket::TicketId},
    services::{
        idempotency::Name,
        limits::{Limits, Pace},
        tickets::{Escalation, Tickets},
    },
    state::AppState,
};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(escalate))
}

/// Ask for a person
///
/// Opens a ticket, or adds to the one that is open. The same words from the same address within ten minutes
/// are one ticket.
#[utoipa::path(post, path = "/api/support/escalate", tag = "Chat", request_body = Body, security(()),
    responses((status = 200, description = "A person will answer.", body = Escalated), (status = 429)))]
async fn escalate(
    State(tickets): State<Tickets>,
    State(limits): State<Limits>,
    client: Client,
    name: Option<Extension<Name>>,
    Json(body): Json<Body>,
) -> Result<(Pace, Json<Escalated>), Problem> {
    let escalation = body.into_escalation(name.map(|Extension(name)| name.hash()))?;
    let pace = limits.escalation(client, &escalation.email).await.map_err(Problem::too_many)?;
    let ticket_id = tickets.escalate(&escalation).await?;
    let message = "Your request has reached our team. A person will reply by e-mail.";
    Ok((pace, Json(Escalated { status: "ok", ticket_id, message })))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Escalated {
    status: &'static str,
    ticket_id: TicketId,
    message: &'static str,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = Escalation)]
struct Body {
    email: Email,
    /// May be blank when a context is given.
    message: Text,
    /// Where it comes from; `{"source": "chat", "mode": "private"}` opens the ticket of a private chat.
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
