//! GET `/api/support/conversations/{id}`: what was said, for the customer or visitor it was said to.

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    auth::Reader,
    extract::{Json, Path},
    problem::Problem,
};
use crate::{
    domain::{conversation::Status, message::Told, token::Handle},
    services::conversations::Conversations,
    state::AppState,
};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(read))
}

/// Read a conversation
#[utoipa::path(get, path = "/api/support/conversations/{id}", tag = "Chat", operation_id = "conversation",
    params(("id" = String, Path, description = "A `conversationId`.")),
    security(("visitorToken" = []), ("bearer" = []), ("siteSession" = [])),
    responses((status = 200, description = "What was said, oldest first.", body = Transcript)))]
async fn read(
    State(conversations): State<Conversations>,
    reader: Reader,
    Path(handle): Path<Handle>,
) -> Result<Json<Transcript>, Problem> {
    let read = conversations.read(&handle, reader.customer.as_ref(), reader.visitor.as_ref()).await?;
    Ok(Json(Transcript { conversation_id: handle.as_str().to_owned(), status: read.status, messages: read.messages }))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Transcript {
    conversation_id: String,
    status: Status,
    messages: Vec<Told>,
}
