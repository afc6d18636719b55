//! `/api/support/people`: what is held on a person, and its end, for the team.

use axum::{Router, extract::State, routing::post};
use serde::Deserialize;

use super::{extract::Json, problem::Problem};
use crate::{
    domain::{
        contact::Email,
        person::{Erasure, Held, Who},
    },
    services::people::People,
    state::AppState,
};

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/support/people/export", post(export)).route("/api/support/people/erase", post(erase))
}

async fn export(State(people): State<People>, Json(body): Json<Body>) -> Result<Json<Held>, Problem> {
    Ok(Json(people.export(&body.email).await?))
}

async fn erase(State(people): State<People>, Json(body): Json<Body>) -> Result<Json<Erasure>, Problem> {
    Ok(Json(people.erase(&body.email, Who::Api).await?))
}

#[derive(Deserialize)]
struct Body {
    email: Email,
}
