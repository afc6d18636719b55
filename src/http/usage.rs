//! GET `/api/support/usage`: what the model took and cost, for the team.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    extract::{Json, Query},
    problem::Problem,
    whole::Back,
};
use crate::{
    services::budget::{Budget, Report},
    state::AppState,
};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(usage))
}

/// What the model took and cost
#[utoipa::path(get, path = "/api/support/usage", tag = "Figures", operation_id = "usage", params(Back),
    responses((status = 200, description = "By day and model, the newest day first.", body = Report)))]
async fn usage(State(budget): State<Budget>, Query(back): Query<Back>) -> Result<Json<Report>, Problem> {
    Ok(Json(budget.report(back.days()).await?))
}
