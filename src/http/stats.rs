//! GET `/api/support/stats`: how the desk is doing, for the team.

use axum::extract::State;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    extract::{Json, Query},
    problem::Problem,
    whole::Back,
};
use crate::{domain::figures::Figures, services::stats::Stats, state::AppState};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(show))
}

/// How the desk is doing
///
/// Shares are null where there is nothing to share.
#[utoipa::path(get, path = "/api/support/stats", tag = "Figures", operation_id = "stats", params(Back),
    responses((status = 200, description = "Over the last days.", body = Figures)))]
async fn show(State(stats): State<Stats>, Query(back): Query<Back>) -> Result<Json<Figures>, Problem> {
    Ok(Json(stats.of(back.days()).await?))
}
