//! `/api/support/blocks`: whom the team does not want to hear from, for the team.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    routing::{delete, get},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    extract::{Json, Path},
    problem::Problem,
};
use crate::{
    domain::{block::Mark, client::Place, contact::Email, ticket::TicketId, token::Handle},
    services::blocks::Blocks,
    state::AppState,
    storage::blocks::Block,
};

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/support/blocks", get(list).post(add)).route("/api/support/blocks/{id}", delete(remove))
}

async fn list(State(blocks): State<Blocks>) -> Result<Json<List>, Problem> {
    Ok(Json(List { blocks: blocks.all().await? }))
}

async fn add(State(blocks): State<Blocks>, Json(body): Json<Body>) -> Result<Json<Block>, Problem> {
    let block = match body.into_wanted()? {
        Wanted::Mark(mark) => blocks.add(&mark).await?,
        Wanted::WriterOf(ticket) => blocks.add_writer_of(&ticket).await?,
    };
    Ok(Json(block))
}

async fn remove(State(blocks): State<Blocks>, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    blocks.remove(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
struct List {
    blocks: Vec<Block>,
}

/// One of these.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    address: Option<String>,
    email: Option<Email>,
    conversation_id: Option<String>,
    ticket_id: Option<String>,
}

enum Wanted {
    Mark(Mark),
    WriterOf(TicketId),
}

impl Body {
    fn into_wanted(self) -> Result<Wanted, Problem> {
        let Self { address, email, conversation_id, ticket_id } = self;
        match (address, email, conversation_id, ticket_id) {
            (Some(address), None, None, None) => {
                let place = Place::parse(&address);
                place.map(|place| Wanted::Mark(place.into())).ok_or_else(|| {
                    Problem::invalid("address", "must be an IP address such as 203.0.113.7 or 2001:db8::1")
                })
            }
            (None, Some(email), None, None) => Ok(Wanted::Mark((&email).into())),
            (None, None, Some(id), None) => {
                let handle = Handle::presented(&id);
                let mark = handle.map(|handle| Wanted::Mark((&handle).into()));
                mark.ok_or_else(|| Problem::invalid("conversationId", "must be the id of a conversation"))
            }
            (None, None, None, Some(id)) => {
                let ticket = TicketId::parse(&id).map(Wanted::WriterOf);
                ticket.ok_or_else(|| Problem::invalid("ticketId", "must be the id of a ticket"))
            }
            _ => Err(Problem::invalid("", "must name one of address, email, conversationId and ticketId")),
        }
    }
}
