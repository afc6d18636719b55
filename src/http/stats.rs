//! GET `/api/support/stats`: how the desk is doing, for the team.

use axum::{Router, extract::State, routing::get};
use serde::Deserialize;

use super::{
    extract::{Json, Query},
    problem::Problem,
    whole::Days,
};
use crate::{domain::figures::Figures, services::stats::Stats, state::AppState};

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/support/stats", get(show))
}

async fn show(State(stats): State<Stats>, Query(query): Query<StatsQuery>) -> Result<Json<Figures>, Problem> {
    Ok(Json(stats.of(query.days.0).await?))
}

#[derive(Deserialize)]
struct StatsQuery {
    #[serde(default)]
    days: Days,
}
