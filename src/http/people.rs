//! `/api/support/people`: what is held on a person, and its end, for the team.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{extract::Json, problem::Problem};
use crate::{
    domain::{
        contact::Email,
        person::{Erasure, Held, Who},
    },
    services::people::People,
    state::AppState,
};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(export)).routes(routes!(erase))
}

/// Export a person
#[utoipa::path(post, path = "/api/support/people/export", tag = "People", request_body = Body,
    responses((status = 200, description = "Everything held on an address.", body = Held)))]
async fn export(State(people): State<People>, Json(body): Json<Body>) -> Result<Json<Held>, Problem> {
    Ok(Json(people.export(&body.email).await?))
}

/// Erase a person
#[utoipa::path(post, path = "/api/support/people/erase", tag = "People", request_body = Body,
    responses((status = 200, description = "What is gone, and what the law keeps.", body = Erasure)))]
async fn erase(State(people): State<People>, Json(body): Json<Body>) -> Result<Json<Erasure>, Problem> {
    Ok(Json(people.erase(&body.email, Who::Api).await?))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = Person)]
struct Body {
    email: Email,
}
