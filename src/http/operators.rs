//! `/api/support/operators/session`: people of the team sign in, see who they are, and sign out.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

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

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(who, sign_in, sign_out))
}

/// See who is signed in
#[utoipa::path(get, path = "/api/support/operators/session", tag = "Operators",
    responses((status = 200, description = "By name; a machine is `api`.", body = Who)))]
async fn who(Admin(agent): Admin) -> Json<Who> {
    Json(Who { name: agent.to_string() })
}

/// Sign in
#[utoipa::path(post, path = "/api/support/operators/session", tag = "Operators", request_body = SignIn, security(()),
    responses((status = 200, description = "A cookie for twelve hours.", body = Who, headers(("Set-Cookie" = String)))))]
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

/// Sign out
#[utoipa::path(delete, path = "/api/support/operators/session", tag = "Operators",
    responses((status = 204, description = "The session is over.", headers(("Set-Cookie" = String)))))]
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

#[derive(Deserialize, ToSchema)]
struct SignIn {
    name: String,
    secret: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Operator)]
struct Who {
    name: String,
}
