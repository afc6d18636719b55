//! `/api/support/tickets`: what waits for a person, for the team.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

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

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(list)).routes(routes!(show)).routes(routes!(close))
}

/// List tickets
#[utoipa::path(get, path = "/api/support/tickets", tag = "Tickets", operation_id = "tickets", params(ListQuery),
    responses((status = 200, description = "The newest first.", body = List)))]
async fn list(State(tickets): State<Tickets>, Query(query): Query<ListQuery>) -> Result<Json<List>, Problem> {
    let page = tickets.page(&query.into_listing()).await?;
    Ok(Json(List {
        count: page.tickets.len(),
        tickets: page.tickets,
        stats: page.stats,
        next_cursor: page.next_cursor,
    }))
}

/// Read a ticket
#[utoipa::path(get, path = "/api/support/tickets/{id}", tag = "Tickets", operation_id = "ticket",
    params(("id" = TicketId, Path, description = "A ticket's code, in any case.")),
    responses((status = 200, description = "The ticket with the thread it stands in.", body = Shown)))]
async fn show(State(tickets): State<Tickets>, Path(id): Path<TicketId>) -> Result<Json<Shown>, Problem> {
    let (ticket, messages) = tickets.read(&id).await?;
    Ok(Json(Shown { ticket, messages }))
}

/// Close a ticket
#[utoipa::path(post, path = "/api/support/tickets/{id}/close", tag = "Tickets", operation_id = "close_ticket",
    params(("id" = TicketId, Path, description = "A ticket's code, in any case.")), request_body = Option<CloseBody>,
    responses((status = 200, description = "The ticket, closed.", body = Ticket), (status = 409)))]
async fn close(
    State(tickets): State<Tickets>,
    Admin(agent): Admin,
    Path(id): Path<TicketId>,
    MaybeJson(body): MaybeJson<CloseBody>,
) -> Result<Json<Ticket>, Problem> {
    let resolution = body.and_then(|body| body.resolution);
    Ok(Json(tickets.close(&id, &agent, resolution.as_ref().map(Text::as_str)).await?))
}

#[derive(Serialize, ToSchema)]
#[schema(as = TicketList)]
struct List {
    tickets: Vec<Ticket>,
    stats: Stats,
    /// Tickets on this page.
    count: usize,
    /// Where the next page begins; null on the last one.
    #[serde(rename = "nextCursor")]
    next_cursor: Option<String>,
}

/// A ticket with the thread it stands in.
#[derive(Serialize, ToSchema)]
#[schema(as = TicketWithThread)]
struct Shown {
    #[serde(flatten)]
    ticket: Ticket,
    messages: Vec<Said>,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = Closing)]
struct CloseBody {
    /// What came of it, for the team.
    #[serde(default)]
    resolution: Option<Text>,
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// How many at most; a larger number than 200 is 200.
    #[serde(default)]
    #[param(value_type = i64, example = 1, minimum = 1, maximum = 9_223_372_036_854_775_807_i64, default = 50, required = false)]
    limit: PageSize,
    status: Option<Status>,
    /// Only this customer's.
    email: Option<Email>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
}

impl ListQuery {
    fn into_listing(self) -> Listing {
        Listing { status: self.status, email: self.email, cursor: self.cursor, limit: self.limit.0 }
    }
}
