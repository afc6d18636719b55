//! Errors as callers see them: one JSON shape, one rule for status codes.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    response::IntoResponse,
};
use serde_json::{Value, json};
use tracing::{error, warn};

use super::limits;
use crate::{domain::text, error::Error, services::limits::Standing};

/// When to come back where nothing better is known.
const SOON: Duration = Duration::from_secs(2);

/// When to come back for what is nearly there.
const AT_ONCE: Duration = Duration::from_secs(1);

/// What stands of a field's name in a complaint, in characters.
pub const LONGEST_FIELD: usize = 80;

/// A refusal or a failure, ready to be told.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    fields: BTreeMap<String, String>,
    retry_after: Option<Duration>,
    /// Which limit it is about.
    limit: Option<Box<Standing>>,
    /// Why it is our fault; for the log, never for the caller.
    cause: Option<Arc<anyhow::Error>>,
}

impl Problem {
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        let (message, fields) = (message.into(), BTreeMap::new());
        Self { status, code, message, fields, retry_after: None, limit: None, cause: None }
    }

    /// 400: bytes that cannot be read as what they claim to be.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", message)
    }

    /// 422: readable, but `field` is not acceptable; `complaint` goes on from its name.
    /// The name came from the caller, so what stands of it in the answer is bounded.
    pub fn invalid(field: &str, complaint: &str) -> Self {
        let field = text::one_line(field, LONGEST_FIELD);
        let message = if field.is_empty() { format!("the body {complaint}") } else { format!("{field} {complaint}") };
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", message.clone());
        if !field.is_empty() {
            problem.fields.insert(field, message);
        }
        problem
    }

    /// 503: fine, but not now.
    pub fn busy(message: &str) -> Self {
        Self { retry_after: Some(SOON), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message) }
    }

    /// 409: the same request is being done, so its answer is soon there to be asked for.
    pub fn under_way() -> Self {
        let message = "the same request is still under way: send it again in a moment";
        Self { retry_after: Some(AT_ONCE), ..Self::new(StatusCode::CONFLICT, "under_way", message) }
    }

    /// 429: more than one of them may ask.
    pub fn too_many(standing: Standing) -> Self {
        let message = "too many requests: please wait a moment";
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", message);
        Self { retry_after: Some(standing.wait), limit: Some(Box::new(standing)), ..problem }
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "nothing is here")
    }

    /// What the caller is told. Logged once, and only when it is our fault.
    pub fn words(&self, request_id: &str) -> Value {
        if let Some(cause) = &self.cause {
            let cause = format!("{cause:#}");
            if self.status == StatusCode::SERVICE_UNAVAILABLE {
                warn!(request.id = request_id, cause, "not now");
            } else {
                error!(request.id = request_id, cause, "a request failed");
            }
        }
        let mut body = json!({ "error": self.message, "code": self.code, "requestId": request_id });
        if !self.fields.is_empty() {
            body["fields"] = json!(self.fields);
        }
        body
    }

    /// The whole answer.
    pub fn render(&self, request_id: &str, headers: HeaderMap) -> Response<Body> {
        let body = self.words(request_id);
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        *response.headers_mut() = headers;
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response.headers_mut().remove(header::CONTENT_LENGTH);
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, limits::whole_seconds(wait).max(1).into());
        }
        if let Some(standing) = &self.limit {
            limits::tell(standing, response.headers_mut());
        }
        response
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::Invalid { field, message } => Self::invalid(field, &message),
            Error::Malformed(message) => Self::malformed(message),
            Error::Unauthenticated => Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", message),
            Error::Forbidden(_) => Self::new(StatusCode::FORBIDDEN, "forbidden", message),
            Error::NotFound(_) => Self::new(StatusCode::NOT_FOUND, "not_found", message),
            Error::Conflict(_) => Self::new(StatusCode::CONFLICT, "conflict", message),
            Error::TooMany { retry_after } => {
                Self { retry_after: Some(retry_after), ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many", message) }
            }
            Error::Upstream { source, .. } => Self { cause: Some(Arc::new(source)), ..Self::busy(&message) },
            Error::Internal(source) => Self {
                cause: Some(Arc::new(source)),
                ..Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
            },
        }
    }
}

/// Carries the problem to the layer that knows the request's id and renders it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response<Body> {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
