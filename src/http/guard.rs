//! What every request must pass, and what every answer gets, whoever it is for.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures_util::StreamExt;
use percent_encoding::percent_decode_str;
use tokio::{sync::oneshot, time::timeout};
use tower_http::request_id::{MakeRequestId, RequestId};
use tracing::Instrument;
use uuid::Uuid;

use super::problem::Problem;
use crate::{config::Budgets, error::Error, state::Lane};

/// Headers beyond this are no browser's.
const MOST_HEADER_BYTES: usize = 64 * 1024;

/// A caller's own request id is kept when it is short and plain.
const LONGEST_REQUEST_ID: usize = 64;

pub static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives every request a new id; one the caller brought is looked at by [`plain_request_id`].
#[derive(Clone)]
pub struct NewRequestId;

impl MakeRequestId for NewRequestId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        HeaderValue::from_str(&Uuid::new_v4().to_string()).ok().map(RequestId::new)
    }
}

/// Drops a caller's request id that could not stand in a log line.
pub async fn plain_request_id(mut request: Request, next: Next) -> Response {
    let is_plain = |id: &HeaderValue| {
        let bytes = id.as_bytes();
        (1..=LONGEST_REQUEST_ID).contains(&bytes.len())
            && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(b))
    };
    let mut ids = request.headers().get_all(&X_REQUEST_ID).iter();
    let keep = ids.next().is_some_and(is_plain) && ids.next().is_none();
    if !keep {
        request.headers_mut().remove(&X_REQUEST_ID);
    }
    next.run(request).await
}

/// Refuses heads that other servers could read differently than we do.
pub async fn sound_head(request: Request, next: Next) -> Response {
    match check_head(request.version(), request.headers(), request.uri()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

fn check_head(version: Version, headers: &HeaderMap, uri: &Uri) -> Result<(), Problem> {
    let hosts = headers.get_all(header::HOST).iter().count();
    if hosts > 1 || (hosts == 0 && version == Version::HTTP_11) {
        return Err(Problem::malformed("a request names exactly one Host"));
    }
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if bytes > MOST_HEADER_BYTES {
        return Err(Problem::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "headers_too_large",
            "the headers are too large",
        ));
    }
    match percent_decode_str(uri.path()).decode_utf8() {
        Err(_) => Err(Problem::malformed("the path is not UTF-8")),
        Ok(path) if path.contains('\0') => Err(Problem::not_found()),
        Ok(_) => Ok(()),
    }
}

/// Reads the whole body before anything is taken on: a client that sends slowly keeps its own
/// connection busy and nobody else's place. A length that is announced too large is refused
/// before anything is read.
pub async fn whole_body(State(budgets): State<Arc<Budgets>>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let announced =
        head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > budgets.body_bytes as u64) {
        return too_large(&budgets).into_response();
    }
    let problem = match timeout(budgets.body, collect(body, budgets.body_bytes)).await {
        Ok(Ok(Some(bytes))) => return next.run(Request::from_parts(head, Body::from(bytes))).await,
        Ok(Ok(None)) => too_large(&budgets),
        Ok(Err(_)) => Problem::malformed("the body broke off"),
        Err(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "the body took too long to arrive"),
    };
    problem.into_response()
}

fn too_large(budgets: &Budgets) -> Problem {
    let message = format!("the body may be at most {} bytes", budgets.body_bytes);
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
}

/// Nothing when the body is longer than `limit`.
async fn collect(body: Body, limit: usize) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut collected = Vec::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk?;
        if collected.len() + chunk.len() > limit {
            return Ok(None);
        }
        collected.extend_from_slice(&chunk);
    }
    Ok(Some(collected))
}

/// Answers a request before its handler returns, which stays at work.
#[derive(Clone)]
pub struct Responder(Arc<Mutex<Option<oneshot::Sender<Response>>>>);

impl Responder {
    /// Answers, once; what the handler returns then is nobody's. Where the client has left, the response ends
    /// here.
    pub fn respond(&self, response: Response) {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(sender) = sender {
            let _ = sender.send(response);
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Responder {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let responder = parts.extensions.get().cloned();
        responder.ok_or_else(|| Error::Internal(anyhow::anyhow!("a handler that is not bounded")).into())
    }
}

/// Takes on no more than the desk can hold, and finishes what it took on: a client that leaves
/// loses only the answer, never what it sent. A place is held until the handler returns.
pub async fn bounded(
    State((lane, budgets)): State<(Lane, Arc<Budgets>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let Ok(permit) = Arc::clone(&lane.places).try_acquire_owned() else {
        return Problem::busy("too many requests are under way").into_response();
    };
    let (sender, mut early) = oneshot::channel();
    request.extensions_mut().insert(Responder(Arc::new(Mutex::new(Some(sender)))));
    let work = lane.tasks.spawn(
        async move {
            let _place = permit;
            next.run(request).await
        }
        .in_current_span(),
    );
    let stuck = work.abort_handle();
    let response = async {
        tokio::select! {
            biased;
            Ok(response) = &mut early => Ok(response),
            ended = work => ended,
        }
    };
    match timeout(budgets.handler, response).await {
        Ok(Ok(response)) => response,
        // What the panic said may quote a customer; the log has its place.
        Ok(Err(_)) => Problem::from(Error::Internal(anyhow::anyhow!("a handler panicked"))).into_response(),
        Err(_) => {
            // Whoever answers in this very moment has answered.
            early.close();
            early.try_recv().unwrap_or_else(|_| {
                // Every budget below is shorter: what still runs is stuck, and holds a connection.
                stuck.abort();
                Problem::busy("this takes too long").into_response()
            })
        }
    }
}

/// Renders problems, ours and the router's own, in the one shape of errors.
pub async fn render_problems(request: Request, next: Next) -> Response {
    let is_head = request.method() == Method::HEAD;
    let id = request_id(request.headers()).to_owned();
    let response = rendered(next.run(request).await, &id);
    if is_head { response.map(|_| Body::empty()) } else { response }
}

/// The id that [`NewRequestId`] or the caller gave a request.
pub fn request_id(headers: &HeaderMap) -> &str {
    headers.get(&X_REQUEST_ID).and_then(|id| id.to_str().ok()).unwrap_or_default()
}

/// The response as it goes out, with what it is a problem of in its body.
pub fn rendered(response: Response, id: &str) -> Response {
    let problem = response.extensions().get::<Problem>().cloned().or_else(|| of_router(&response));
    match problem {
        Some(problem) => problem.render(id, response.headers().clone()),
        None => response,
    }
}

/// The router answers these two by itself, without a body.
fn of_router(response: &Response) -> Option<Problem> {
    match response.status() {
        _ if response.headers().contains_key(header::CONTENT_TYPE) => None,
        StatusCode::NOT_FOUND => Some(Problem::not_found()),
        status @ StatusCode::METHOD_NOT_ALLOWED => {
            Some(Problem::new(status, "method_not_allowed", "this path does not take that method"))
        }
        _ => None,
    }
}

/// A panic is ours to log and nobody's to read.
pub fn on_panic(_: Box<dyn std::any::Any + Send + 'static>) -> Response {
    Problem::from(Error::Internal(anyhow::anyhow!("a handler panicked"))).into_response()
}

/// How long browsers may remember what CORS allows.
pub const PREFLIGHT_AGE: Duration = Duration::from_mins(10);
