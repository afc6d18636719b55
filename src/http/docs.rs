//! GET `/openapi.json` and `/docs`: what this service answers, for programs and for people.

mod page;

use std::sync::LazyLock;

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::digest;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::openapi;
use crate::state::AppState;

/// It changes with the program only, and nobody is harmed by an hour's delay.
const CACHED: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));

/// Made when somebody first asks for it.
static DOCS: LazyLock<Docs> = LazyLock::new(Docs::new);

struct Docs {
    document: String,
    page: String,
    policy: HeaderValue,
}

impl Docs {
    fn new() -> Self {
        let document = openapi::document();
        let style = STANDARD.encode(digest::digest(&digest::SHA256, page::STYLE.as_bytes()));
        let policy = format!("default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; frame-ancestors 'none'");
        Self {
            document: document.to_string(),
            page: page::render(&document),
            policy: policy.parse().expect("base64 may stand in a header"),
        }
    }
}

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(document)).routes(routes!(docs))
}

/// This document
#[utoipa::path(get, path = "/openapi.json", tag = "Service", security(()), responses(
    (status = 200, description = "OpenAPI 3.1.", content_type = "application/json", body = Object),
))]
async fn document() -> Response {
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    ([CACHED, json], DOCS.document.as_str()).into_response()
}

/// This document as a page
#[utoipa::path(get, path = "/docs", tag = "Service", security(()), responses(
    (status = 200, description = "HTML without scripts.", content_type = "text/html; charset=utf-8", body = String),
))]
async fn docs() -> Response {
    let policy = (header::CONTENT_SECURITY_POLICY, DOCS.policy.clone());
    ([CACHED, policy], Html(DOCS.page.as_str())).into_response()
}
