//! GET `/api/support/stats`: how the desk is doing, for the team.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    extract::{Json, Query},
    problem::Problem,
    whole::Days,
};
use crate::{domain::figures::Figures, services::stats::Stats, state::AppState};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(show))
}

/// How the desk is doing
///
/// Shares are null where there is nothing to share.
#[utoipa::path(get, path = "/api/support/stats", tag = "Figures", operation_id = "stats", params(StatsQuery),
    responses((status = 200, description = "Over the last days.", body = Figures)))]
async fn show(State(stats): State<Stats>, Query(query): Query<StatsQuery>) -> Result<Json<Figures>, Problem> {
    Ok(Json(stats.of(query.days.0).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct StatsQuery {
    /// How many days, today included; a larger number than 365 is 365.
    #[serde(default)]
    #[param(value_type = i64, example = 30, minimum = 1, maximum = 9_223_372_036_854_775_807_i64, default = 30, required = false)]
    days: Days,
}
