//! Speaks HTTP: the routes, and the layers every request goes through.

mod accept;
mod auth;
mod blocks;
mod chat;
mod client;
pub mod connections;
mod conversations;
mod cookies;
mod docs;
mod escalate;
mod events;
mod extract;
mod feedback;
mod gaps;
mod groups;
mod guard;
mod health;
mod idempotency;
mod json;
mod kept;
mod limits;
mod openapi;
mod operators;
mod people;
mod problem;
pub mod server;
mod stats;
mod streamed;
mod team;
mod tickets;
mod told;
mod usage;
mod whole;

use std::{sync::Arc, time::Instant};

use axum::{
    Router,
    extract::{MatchedPath, Request},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{Next, from_extractor_with_state, from_fn, from_fn_with_state},
    response::Response,
};
use tower_http::{
    catch_panic::CatchPanicLayer,
    cors::{AllowOrigin, CorsLayer},
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
    set_header::SetResponseHeaderLayer,
};
use tracing::{Instrument, info, info_span};

pub use self::openapi::document;
use self::{groups::Groups, team::Admin};
use crate::state::{AppState, Lane};

/// The whole service. The layers of a list run from its top to its bottom. They stand in lists because the router
/// boxes whatever it is given, and copies each box with all inside of it for every request.
pub fn router(state: &AppState, allowed_origins: &[String]) -> Router {
    let on = |lane: &Lane| {
        let whole_body = from_fn_with_state(Arc::clone(&state.budgets), guard::whole_body);
        let bounded = from_fn_with_state((lane.clone(), Arc::clone(&state.budgets)), guard::bounded);
        (whole_body, bounded)
    };
    let once = from_fn_with_state(state.clone(), idempotency::once);
    let Groups { chats, tickets, people, operators, open } = Groups::new();
    let chats = Router::from(chats).route_layer((on(&state.lanes.chats), once.clone()));
    // What people's paths answer is nothing to keep: whoever asks again is told anew.
    let team = Router::from(tickets).route_layer(once).merge(people);
    let team = team.route_layer(from_extractor_with_state::<Admin, _>(state.clone()));
    let team = team.merge(operators).route_layer(on(&state.lanes.admin));
    let always = |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    let usually = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    // Whoever watches the service is answered also when it is full.
    chats.merge(team).merge(open).with_state(state.clone()).layer((
        from_fn(guard::plain_request_id),
        SetRequestIdLayer::new(guard::X_REQUEST_ID.clone(), guard::NewRequestId),
        PropagateRequestIdLayer::new(guard::X_REQUEST_ID.clone()),
        from_fn(log),
        usually(header::CACHE_CONTROL, "no-store"),
        // Answers are data: nothing in one is a page, whatever a browser takes it for.
        usually(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        always(header::REFERRER_POLICY, "no-referrer"),
        always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        from_fn(no_content_for_options),
        cors(allowed_origins),
        from_fn(guard::render_problems),
        from_fn(guard::sound_head),
        CatchPanicLayer::custom(guard::on_panic),
    ))
}

/// CORS stands here and nowhere else: a merged router with its own would speak for all of them. PATCH
/// and Last-Event-ID are promised to the site's pages, before any path of ours takes them.
fn cors(allowed_origins: &[String]) -> CorsLayer {
    let origins = allowed_origins.iter().filter_map(|origin| origin.parse().ok());
    let headers = [
        "content-type", "authorization", "x-internal-secret", "idempotency-key", "x-request-id", "last-event-id",
        "x-visitor-token",
    ];
    let exposed = [
        "x-request-id", "retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset",
        "idempotency-replayed",
    ];
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins.collect::<Vec<_>>()))
        .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::OPTIONS])
        .allow_headers(headers.map(HeaderName::from_static))
        .expose_headers(exposed.map(HeaderName::from_static))
        .allow_credentials(true)
        .max_age(guard::PREFLIGHT_AGE)
}

/// An answer to OPTIONS has no body, so it says so.
async fn no_content_for_options(request: Request, next: Next) -> Response {
    let is_options = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    if is_options && response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NO_CONTENT;
    }
    response
}

/// One line a request: the matched path, never the raw one, which may hold anything; so may a
/// method that is none.
async fn log(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("(no such path)", MatchedPath::as_str).to_owned();
    let id = request.headers().get(&guard::X_REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let span = info_span!("request", method = method_name(request.method()), path, request.id = id);
    let started = Instant::now();
    async move {
        let response = next.run(request).await;
        info!(
            status = response.status().as_u16(),
            took_ms = u64::try_from(started.elapsed().as_millis()).ok(),
            "answered"
        );
        response
    }
    .instrument(span)
    .await
}

/// The methods of HTTP by their names, and all else by one.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "(another)",
    }
}
