//! GET `/api/support/conversations/{id}`: what was said, for the customer or visitor it was said to.

use axum::{Router, extract::State, routing::get};
use serde::Serialize;

use super::{
    auth::Reader,
    extract::{Json, Path},
    problem::Problem,
};
use crate::{
    domain::{message::Told, token::Handle},
    services::conversations::Conversations,
    state::AppState,
};

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/support/conversations/{id}", get(read))
}

async fn read(
    State(conversations): State<Conversations>,
    reader: Reader,
    Path(handle): Path<Handle>,
) -> Result<Json<Transcript>, Problem> {
    let read = conversations.read(&handle, reader.customer.as_ref(), reader.visitor.as_ref()).await?;
    Ok(Json(Transcript {
        conversation_id: handle.as_str().to_owned(),
        status: read.status.as_str(),
        messages: read.messages,
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Transcript {
    conversation_id: String,
    status: &'static str,
    messages: Vec<Told>,
}
