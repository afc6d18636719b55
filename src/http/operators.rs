//! `/api/support/operators/session`: people of the team sign in, see who they are, and sign out.

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde::{Deserialize, Serialize};

use super::{
    extract::Json,
    problem::Problem,
    team::{self, Admin, COOKIE},
};
use crate::{
    error::Error,
    services::operators::{Operators, SESSION},
    state::{AppState, Origin},
};

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/support/operators/session", get(who).post(sign_in).delete(sign_out))
}

async fn who(Admin(agent): Admin) -> Json<Who> {
    Json(Who { name: agent.to_string() })
}

async fn sign_in(
    State(operators): State<Operators>,
    State(origin): State<Origin>,
    headers: HeaderMap,
    Json(body): Json<SignIn>,
) -> Result<Response, Problem> {
    if headers.contains_key(header::ORIGIN) && !team::is_from_our_page(&headers, &origin) {
        return Err(Error::Forbidden("sign in from a page of this service").into());
    }
    let token = operators.sign_in(&body.name, &body.secret).await?;
    let cookie = [(header::SET_COOKIE, cookie(token.as_str(), SESSION.as_secs(), &origin))];
    Ok((cookie, Json(Who { name: body.name })).into_response())
}

async fn sign_out(
    State(operators): State<Operators>,
    State(origin): State<Origin>,
    _: Admin,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(token) = team::session(&headers) {
        operators.sign_out(&token).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie("", 0, &origin))]).into_response())
}

fn cookie(value: &str, seconds: u64, origin: &Origin) -> String {
    let is_https = origin.0.as_ref().is_some_and(|ours| ours.starts_with("https:"));
    let secure = if is_https { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

#[derive(Deserialize)]
struct SignIn {
    name: String,
    secret: String,
}

#[derive(Serialize)]
struct Who {
    name: String,
}
