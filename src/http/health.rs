//! Whether the process lives, whether it can work, and how each part of it does.

use axum::{Router, extract::State, http::StatusCode, routing::get};
use serde_json::{Map, Value, json};

use super::{extract::Json, problem::Problem, team::Admin};
use crate::{
    services::health::{Condition, Health, Owed, Part},
    state::AppState,
};

pub fn routes() -> Router<AppState> {
    Router::new().route("/health", get(alive)).route("/ready", get(ready)).route("/api/support/health", get(support))
}

/// Never touches the database: a process that answers is alive.
async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn ready(State(health): State<Health>) -> Result<Json<Value>, Problem> {
    if health.is_ready().await { Ok(Json(json!({ "status": "ready" }))) } else { Err(Problem::busy("not ready")) }
}

/// The contract's four fields, and every part by name; texts of errors only for the team.
async fn support(State(health): State<Health>, admin: Result<Admin, Problem>) -> (StatusCode, Json<Value>) {
    let parts = health.parts().await;
    let configured = |name| parts.iter().any(|part| part.name == name && part.condition != Condition::Off);
    let degraded = parts.iter().any(|part| part.condition == Condition::Degraded);
    let described: Map<String, Value> =
        parts.iter().map(|part| (part.name.to_owned(), describe(part, admin.is_ok()))).collect();
    let body = json!({
        "status": if degraded { "degraded" } else { "ok" },
        "openai_configured": configured("model"),
        "telegram_configured": configured("telegram"),
        "whatsapp_configured": configured("whatsapp"),
        "parts": described,
    });
    (StatusCode::OK, Json(body))
}

fn describe(part: &Part, is_admin: bool) -> Value {
    let mut described = json!({
        "status": part.condition.as_str(),
        "secondsSinceSuccess": part.seconds_since_success,
    });
    if is_admin {
        described["fault"] = json!(part.fault);
        if let Some(Owed { waiting, dead }) = part.owed {
            described["waiting"] = json!(waiting);
            described["dead"] = json!(dead);
        }
    }
    described
}
