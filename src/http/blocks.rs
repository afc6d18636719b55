//! `/api/support/blocks`: whom the team does not want to hear from, for the team.

use axum::{extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{Object, OneOf, Schema, SchemaFormat, Type},
};
use utoipa_axum::{router::OpenApiRouter, routes};
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

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(list, add)).routes(routes!(remove))
}

/// List blocks
#[utoipa::path(get, path = "/api/support/blocks", tag = "Blocks", operation_id = "blocks",
    responses((status = 200, description = "The newest first.", body = List)))]
async fn list(State(blocks): State<Blocks>) -> Result<Json<List>, Problem> {
    Ok(Json(List { blocks: blocks.all().await? }))
}

/// Block somebody
#[utoipa::path(post, path = "/api/support/blocks", tag = "Blocks", operation_id = "block", request_body = Described,
    responses((status = 200, description = "The block, also when it stood already.", body = Block), (status = 404)))]
async fn add(State(blocks): State<Blocks>, Json(body): Json<Body>) -> Result<Json<Block>, Problem> {
    let block = match body.into_wanted()? {
        Wanted::Mark(mark) => blocks.add(&mark).await?,
        Wanted::WriterOf(ticket) => blocks.add_writer_of(&ticket).await?,
    };
    Ok(Json(block))
}

/// Take a block away
#[utoipa::path(delete, path = "/api/support/blocks/{id}", tag = "Blocks", operation_id = "unblock",
    params(("id" = Uuid, Path, description = "A block's id.")),
    responses((status = 204, description = "It is gone.")))]
async fn remove(State(blocks): State<Blocks>, Path(id): Path<Uuid>) -> Result<StatusCode, Problem> {
    blocks.remove(id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
#[schema(as = BlockList)]
struct List {
    blocks: Vec<Block>,
}

/// How the document tells that it must be one of them.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = Blocking, description = "Whom to block, by one of these.")]
#[expect(dead_code, reason = "only its schema is used")]
enum Described {
    Address {
        /// An IP address; an IPv6 one means its /64.
        #[schema(schema_with = ip_address)]
        address: String,
    },
    Email {
        email: Email,
    },
    Conversation {
        #[schema(rename = "conversationId", pattern = "^[A-Za-z0-9_-]{32}$")]
        conversation_id: String,
    },
    Ticket {
        /// Blocks the chat it came from.
        #[schema(rename = "ticketId")]
        ticket_id: TicketId,
    },
}

fn ip_address() -> Schema {
    let of =
        |format: &str| Object::builder().schema_type(Type::String).format(Some(SchemaFormat::Custom(format.into())));
    OneOf::builder().item(of("ipv4")).item(of("ipv6")).build().into()
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
