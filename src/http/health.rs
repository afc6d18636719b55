//! Whether the process lives, whether it can work, and how each part of it does.

use std::collections::BTreeMap;

use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{extract::Json, problem::Problem, team::Admin};
use crate::{
    services::health::{self, Condition, Health},
    state::AppState,
};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(alive)).routes(routes!(ready)).routes(routes!(support))
}

/// Whether the process lives
///
/// Never touches the database: a process that answers is alive.
#[utoipa::path(get, path = "/health", tag = "Service", security(()),
    responses((status = 200, description = "It lives.", body = Standing)))]
async fn alive() -> Json<Standing> {
    Json(Standing { status: "ok" })
}

/// Whether requests should be sent here
#[utoipa::path(get, path = "/ready", tag = "Service", security(()),
    responses((status = 200, description = "The database answers, and nobody asked us to stop.", body = Standing),
        (status = 503)))]
async fn ready(State(health): State<Health>) -> Result<Json<Standing>, Problem> {
    if health.is_ready().await { Ok(Json(Standing { status: "ready" })) } else { Err(Problem::busy("not ready")) }
}

/// How each part of the desk does
///
/// What is wrong with a part, and what a channel owes, is told only to the team.
#[utoipa::path(get, path = "/api/support/health", tag = "Service",
    security((), ("internalSecret" = []), ("operatorSession" = [])),
    responses((status = 200, description = "Also when a part is degraded.", body = Report)))]
async fn support(State(health): State<Health>, admin: Result<Admin, Problem>) -> Json<Report> {
    let parts = health.parts().await;
    let configured = |name| parts.iter().any(|part| part.name == name && part.condition != Condition::Off);
    let degraded = parts.iter().any(|part| part.condition == Condition::Degraded);
    Json(Report {
        status: if degraded { Condition::Degraded } else { Condition::Ok },
        openai_configured: configured("model"),
        telegram_configured: configured("telegram"),
        whatsapp_configured: configured("whatsapp"),
        parts: parts.iter().map(|part| (part.name, Part::told(part, admin.is_ok()))).collect(),
    })
}

#[derive(Serialize, ToSchema)]
struct Standing {
    status: &'static str,
}

/// The site reads the first four.
#[derive(Serialize, ToSchema)]
#[schema(as = Health, description = "The desk, and each of its parts by name.")]
struct Report {
    status: Condition,
    openai_configured: bool,
    telegram_configured: bool,
    whatsapp_configured: bool,
    #[schema(value_type = BTreeMap<String, Part>)]
    parts: BTreeMap<&'static str, Part>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Part {
    status: Condition,
    #[schema(required)]
    seconds_since_success: Option<u64>,
    /// What is wrong with it, for the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<String>,
    /// What a channel still has to send, for the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting: Option<i64>,
    /// What it gave up, for the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    dead: Option<i64>,
}

impl Part {
    fn told(part: &health::Part, to_team: bool) -> Self {
        let owed = part.owed.filter(|_| to_team);
        Self {
            status: if part.condition == Condition::Idle { Condition::Off } else { part.condition },
            seconds_since_success: part.seconds_since_success,
            fault: part.fault.clone().filter(|_| to_team),
            waiting: owed.map(|owed| owed.waiting),
            dead: owed.map(|owed| owed.dead),
        }
    }
}
