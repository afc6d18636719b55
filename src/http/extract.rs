//! Bodies, paths and queries as types, with failures that are ours.

use axum::{
    body::{Bytes, to_bytes},
    extract::{FromRequest, FromRequestParts, RawPathParams, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{json, problem::Problem};
use crate::{
    domain::{gap::GapId, message::MessageId, ticket::TicketId, token::Handle},
    error::Error,
};

/// A JSON object as a `T` on the way in, and any `T` on the way out.
pub struct Json<T>(pub T);

impl<S, T> FromRequest<S> for Json<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        check_media_type(request.headers())?;
        let bytes = read(request).await?;
        json::object(&bytes).map(Self)
    }
}

/// Like [`Json`], but no body at all is `None`.
pub struct MaybeJson<T>(pub Option<T>);

impl<S, T> FromRequest<S> for MaybeJson<T>
where
    S: Send + Sync,
    T: DeserializeOwned,
{
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let declared = check_media_type(request.headers());
        let bytes = read(request).await?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        declared?;
        json::object(&bytes).map(|body| Self(Some(body)))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response(),
            Err(error) => Problem::from(Error::Internal(error.into())).into_response(),
        }
    }
}

/// `application/json`, in UTF-8 and as it is; we decode no other charset and no compression.
fn check_media_type(headers: &HeaderMap) -> Result<(), Problem> {
    let refuse = |message| Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message));
    let mut types = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(media_type), None) = (types.next(), types.next()) else {
        return refuse("send the body as application/json");
    };
    if !media_type.to_str().is_ok_and(is_utf8_json) {
        return refuse("send the body as application/json in UTF-8");
    }
    if headers.get_all(header::CONTENT_ENCODING).iter().any(|encoding| encoding != "identity") {
        return refuse("send the body without compression");
    }
    Ok(())
}

fn is_utf8_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let mut charsets = parts.filter_map(|parameter| parameter.split_once('=')).filter(|(name, _)| is_charset(name));
    is_json && charsets.all(|(_, charset)| charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8"))
}

fn is_charset(parameter: &str) -> bool {
    parameter.trim().eq_ignore_ascii_case("charset")
}

/// The body, which [`super::guard::whole_body`] has read within its bounds.
async fn read(request: Request) -> Result<Bytes, Problem> {
    to_bytes(request.into_body(), usize::MAX).await.map_err(|_| Problem::malformed("the body broke off"))
}

/// The query as a `T`: every parameter once, in UTF-8, without NUL.
pub struct Query<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let mut members = Map::new();
        for (name, value) in form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            if value.contains('\0') || name.contains('\0') {
                return Err(Problem::invalid(&name.replace('\0', ""), "must not contain a NUL character"));
            }
            // Decoding puts this where bytes are not UTF-8.
            if value.contains(char::REPLACEMENT_CHARACTER) {
                return Err(Problem::malformed("the query is not UTF-8"));
            }
            if members.insert(name.clone().into_owned(), Value::String(value.into_owned())).is_some() {
                return Err(Problem::invalid(&name, "is given twice"));
            }
        }
        json::typed(members).map(Self)
    }
}

/// What a path names. What cannot be such a name is simply not there.
pub struct Path<T>(pub T);

/// What a path can name, and how it is read.
pub trait Named: Sized {
    /// In the words of whoever does not find it.
    const WHAT: &str;

    fn read(text: &str) -> Option<Self>;
}

impl Named for Handle {
    const WHAT: &str = "conversation";

    fn read(text: &str) -> Option<Self> {
        Self::presented(text)
    }
}

impl Named for TicketId {
    const WHAT: &str = "ticket";

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Named for MessageId {
    const WHAT: &str = "message";

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Named for GapId {
    const WHAT: &str = "gap";

    fn read(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

/// A block's; nothing else has a name without a type of its own.
impl Named for Uuid {
    const WHAT: &str = "block";

    fn read(text: &str) -> Option<Self> {
        Self::parse_str(text).ok()
    }
}

impl<S: Send + Sync, T: Named> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let not_found = || Problem::from(Error::NotFound(T::WHAT));
        let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| not_found())?;
        params.iter().find_map(|(_, value)| T::read(value)).map(Self).ok_or_else(not_found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_utf_8_is_json() {
        for good in ["application/json", "Application/JSON; charset=UTF-8", "application/json; charset=\"utf-8\""] {
            assert!(is_utf8_json(good), "{good}");
        }
        for bad in
            ["text/plain", "application/json; charset=utf-16", "application/vnd.x+json", "multipart/form-data", ""]
        {
            assert!(!is_utf8_json(bad), "{bad}");
        }
    }
}
