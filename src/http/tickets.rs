//! `/api/support/tickets`: what waits for a person, for the team.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::{Deserialize, Serialize};

use super::{
    extract::{Json, MaybeJson, Path, Query},
    problem::Problem,
    team::Admin,
    whole::PageSize,
};
use crate::{
    domain::{
        contact::Email,
        message::{Said, Text},
        ticket::{Stats, Status, Ticket, TicketId},
    },
    services::tickets::{Listing, Tickets},
    state::AppState,
};

pub fn routes() -> Router<AppState> {
    Router::new()
        .route("/api/support/tickets", get(list))
        .route("/api/support/tickets/{id}", get(show))
        .route("/api/support/tickets/{id}/close", post(close))
}

async fn list(State(tickets): State<Tickets>, Query(query): Query<ListQuery>) -> Result<Json<List>, Problem> {
    let page = tickets.page(&query.into_listing()).await?;
    Ok(Json(List {
        count: page.tickets.len(),
        tickets: page.tickets,
        stats: page.stats,
        next_cursor: page.next_cursor,
    }))
}

async fn show(State(tickets): State<Tickets>, Path(id): Path<TicketId>) -> Result<Json<Shown>, Problem> {
    let (ticket, messages) = tickets.read(&id).await?;
    Ok(Json(Shown { ticket, messages }))
}

async fn close(
    State(tickets): State<Tickets>,
    Admin(agent): Admin,
    Path(id): Path<TicketId>,
    MaybeJson(body): MaybeJson<CloseBody>,
) -> Result<Json<Ticket>, Problem> {
    let resolution = body.and_then(|body| body.resolution);
    Ok(Json(tickets.close(&id, &agent, resolution.as_ref().map(Text::as_str)).await?))
}

#[derive(Serialize)]
struct List {
    tickets: Vec<Ticket>,
    stats: Stats,
    /// Tickets on this page.
    count: usize,
    #[serde(rename = "nextCursor")]
    next_cursor: Option<String>,
}

/// A ticket with the thread it stands in.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    ticket: Ticket,
    messages: Vec<Said>,
}

#[derive(Deserialize)]
struct CloseBody {
    #[serde(default)]
    resolution: Option<Text>,
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    limit: PageSize,
    status: Option<Status>,
    email: Option<Email>,
    cursor: Option<String>,
}

impl ListQuery {
    fn into_listing(self) -> Listing {
        Listing { status: self.status, email: self.email, cursor: self.cursor, limit: self.limit.0 }
    }
}
