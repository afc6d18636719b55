//! GET `/api/support/conversations/{id}`: what was said, for the customer or visitor it was said to;
//! and `/events`: what is said from now on.

use std::{sync::Arc, time::Duration};

use axum::{extract::State, http::HeaderMap, response::Response};
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    auth::Reader,
    events,
    extract::{Json, Path},
    problem::Problem,
};
use crate::{
    domain::{client::Client, conversation::Status, message::Told, token::Handle, turn::Author},
    services::{
        conversations::Conversations,
        following::{Follower, Following, Thread},
        live::News,
    },
    state::AppState,
};

/// What lies between us and a client closes a line on which nothing comes.
const PULSE: Duration = Duration::from_secs(10);

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(read)).routes(routes!(follow))
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
    let customer = reader.customer.as_ref().map(|customer| &customer.email);
    let read = conversations.read(&handle, customer, reader.visitor.as_ref()).await?;
    Ok(Json(Transcript { conversation_id: handle.as_str().to_owned(), status: read.status, messages: read.messages }))
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Transcript {
    conversation_id: String,
    status: Status,
    messages: Vec<Told>,
}

/// Follow a conversation
///
/// Server-sent events: `message` by the desk, `human_message` by a person of the team, and `done` when the service
/// stops, or when what showed that they may read it shows it no longer. `Last-Event-ID` has what was missed told first.
#[utoipa::path(get, path = "/api/support/conversations/{id}/events", tag = "Chat", operation_id = "events",
    params(("id" = String, Path, description = "A `conversationId`.")),
    security(("visitorToken" = []), ("bearer" = []), ("siteSession" = [])),
    responses((status = 200, description = "What is said from now on, for as long as the client stays.",
        body = String, content_type = "text/event-stream"), (status = 429)))]
async fn follow(
    State(following): State<Following>,
    client: Client,
    reader: Reader,
    Path(handle): Path<Handle>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let seen = events::last_seen(&headers).and_then(|seen| i64::try_from(seen).ok());
    let follower = Follower { owner: reader.customer, visitor: reader.visitor, place: client.place() };
    let thread = following.follow(handle, follower, seen).await?;
    Ok(events::response(news(thread), PULSE))
}

/// Every message with its place for a number, and at the end that it is one.
fn news(thread: Thread) -> impl Stream<Item = (u64, News)> + Send + 'static {
    let said = stream::unfold(Some(thread), async |thread| {
        let mut thread = thread?;
        let Some(said) = thread.next().await else {
            let done = News { kind: "done", data: Arc::new(json!({})) };
            return Some((vec![(number(thread.position()), done)], None));
        };
        let said = said.into_iter().map(|(position, told)| (number(position), of(&told)));
        Some((said.collect(), Some(thread)))
    });
    said.flat_map(stream::iter)
}

fn of(told: &Told) -> News {
    let kind = if told.author == Author::Human { "human_message" } else { "message" };
    News { kind, data: Arc::new(json!(told)) }
}

fn number(position: i64) -> u64 {
    u64::try_from(position).unwrap_or_default()
}
