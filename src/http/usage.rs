//! GET `/api/support/usage`: what the model took and cost, for the team.

use axum::{Router, extract::State, routing::get};
use serde::Deserialize;

use super::{
    extract::{Json, Query},
    number::Number,
    problem::Problem,
};
use crate::{
    services::budget::{Budget, Report},
    state::AppState,
};

/// What is told unless more is asked for, and the most: a year.
const DAYS: u16 = 30;
const MOST_DAYS: u16 = 366;

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/support/usage", get(usage))
}

async fn usage(State(budget): State<Budget>, Query(asked): Query<Asked>) -> Result<Json<Report>, Problem> {
    Ok(Json(budget.report(asked.days.0).await?))
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    days: Number<DAYS, MOST_DAYS>,
}
