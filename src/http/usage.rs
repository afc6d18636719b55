//! GET `/api/support/usage`: what the model took and cost, for the team.

use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    extract::{Json, Query},
    problem::Problem,
    whole::Days,
};
use crate::{
    services::budget::{Budget, Report},
    state::AppState,
};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(usage))
}

/// What the model took and cost
#[utoipa::path(get, path = "/api/support/usage", tag = "Figures", operation_id = "usage", params(Asked),
    responses((status = 200, description = "By day and model, the newest day first.", body = Report)))]
async fn usage(State(budget): State<Budget>, Query(asked): Query<Asked>) -> Result<Json<Report>, Problem> {
    Ok(Json(budget.report(asked.days.0).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// How many days, today included; a larger number than 365 is 365.
    #[serde(default)]
    #[param(value_type = i64, example = 7, minimum = 1, maximum = 9_223_372_036_854_775_807_i64, default = 30, required = false)]
    days: Days,
}
