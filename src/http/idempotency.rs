//! `Idempotency-Key`: a request that its sender named is done once, and answered as often as it is
//! sent again.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::{
    accept,
    auth::{Caller, Visitor},
    chat, guard, kept,
    problem::Problem,
    team::{self, Admin},
};
use crate::{
    services::idempotency::{self, Idempotency, Lease, Name, Who},
    state::AppState,
};

pub const KEY: &str = "Idempotency-Key";

/// Room for any kind of id.
const LONGEST_KEY: usize = 255;

/// Tells an answer that was given before from one of now.
static REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// How a named request begins, where it may.
pub enum Begun {
    /// It is to be done.
    Ours(Lease),
    /// It was done, and this was the answer.
    Answered(Response),
}

/// Does a named POST once. It stands inside of [`guard::bounded`], so that a client that leaves
/// finds the answer when it comes back. Handlers find the [`Name`] among the extensions.
pub async fn once(State(state): State<AppState>, request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.headers().contains_key(KEY) {
        return next.run(request).await;
    }
    once_named(&state, request, next).await.unwrap_or_else(Problem::into_response)
}

async fn once_named(state: &AppState, request: Request, next: Next) -> Result<Response, Problem> {
    let (mut head, body) = request.into_parts();
    let key = key(&head.headers)?.to_owned();
    let body = to_bytes(body, usize::MAX).await.map_err(|_| Problem::malformed("the body broke off"))?;
    let who = who(&mut head, state).await;
    let Some(name) = Name::of_request(&who, &key, head.uri.path(), &body) else {
        return Ok(next.run(Request::from_parts(head, Body::from(body))).await);
    };
    let id = guard::request_id(&head.headers).to_owned();
    head.extensions.insert(name.clone());
    // A stream is kept by what it ends in, which its handler knows.
    let is_streamed = chat::PATHS.contains(&head.uri.path()) && accept::wants_events(&head.headers);
    let request = Request::from_parts(head, Body::from(body));
    if is_streamed {
        return Ok(next.run(request).await);
    }
    run(&state.idempotency, KEY, &name, async { Ok(guard::rendered(next.run(request).await, &id)) }).await
}

/// Claims a request, or finds its answer. `field` is where the name stood.
pub async fn begin(idempotency: &Idempotency, field: &str, name: &Name) -> Result<Begun, Problem> {
    match idempotency.begin(name).await? {
        idempotency::Begun::Ours(lease) => Ok(Begun::Ours(lease)),
        idempotency::Begun::Answered(answer) => {
            let mut response = kept::unpack(&answer)?;
            response.headers_mut().insert(REPLAYED.clone(), HeaderValue::from_static("true"));
            Ok(Begun::Answered(response))
        }
        idempotency::Begun::Another => Err(Problem::invalid(field, "was used for something else before")),
        idempotency::Begun::UnderWay => Err(Problem::under_way()),
    }
}

/// Marks an answer made of one that was given before.
pub fn mark_replayed(headers: &mut HeaderMap, before: &HeaderMap) {
    if let Some(replayed) = before.get(&REPLAYED) {
        headers.insert(REPLAYED.clone(), replayed.clone());
    }
}

/// Does `work` for the first who asks by that name, and repeats its answer to all others. `field`
/// is where the name stood.
pub async fn run(
    idempotency: &Idempotency,
    field: &str,
    name: &Name,
    work: impl Future<Output = Result<Response, Problem>>,
) -> Result<Response, Problem> {
    let lease = match begin(idempotency, field, name).await? {
        Begun::Ours(lease) => lease,
        Begun::Answered(response) => return Ok(response),
    };
    let response = work.await?;
    // A refusal changed nothing, so doing it again is as good, and strangers fill no table with them.
    if !is_final(response.status()) || name.is_of_nobody && response.status().is_client_error() {
        return Ok(response);
    }
    let (answer, response) = kept::pack(response).await?;
    lease.keep(&answer).await;
    Ok(response)
}

/// Whether asking again would be of no use: a refusal that is about who asks, how the request is
/// wrapped or what time it is may turn out otherwise, and it changed nothing.
fn is_final(status: StatusCode) -> bool {
    let may_change = [
        StatusCode::UNAUTHORIZED,
        StatusCode::FORBIDDEN,
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    !status.is_server_error() && !may_change.contains(&status)
}

/// The one key of a request.
fn key(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut given = headers.get_all(KEY).iter();
    let key = given.next().filter(|_| given.next().is_none()).map_or(&b""[..], HeaderValue::as_bytes);
    let is_fit = (1..=LONGEST_KEY).contains(&key.len()) && key.iter().all(u8::is_ascii_graphic);
    let key = str::from_utf8(key).ok().filter(|_| is_fit);
    key.ok_or_else(|| Problem::malformed("Idempotency-Key must be one header of 1 to 255 visible ASCII characters"))
}

/// Whoever can be told apart from everybody else.
async fn who(head: &mut Parts, state: &AppState) -> Who {
    if Admin::from_request_parts(head, state).await.is_ok() {
        let secret = head.headers.get("x-internal-secret").map(|secret| secret.as_bytes().to_vec());
        let session = || team::session(&head.headers).map(|session| session.as_str().as_bytes().to_vec());
        return secret.or_else(session).map_or(Who::Nobody, Who::Admin);
    }
    if let Ok(Caller::Customer(session)) = Caller::from_request_parts(head, state).await {
        return Who::Customer(session.email);
    }
    let Ok(Visitor(token)) = Visitor::from_request_parts(head, state).await;
    token.map_or(Who::Nobody, Who::Visitor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_fit(keys: &[&[u8]]) -> bool {
        let mut headers = HeaderMap::new();
        for key in keys {
            headers.append(KEY, HeaderValue::from_bytes(key).unwrap());
        }
        key(&headers).is_ok()
    }

    #[test]
    fn a_key_is_one_short_word() {
        assert!(is_fit(&[b"1"]) && is_fit(&[&[b'~'; LONGEST_KEY]]));
        for unfit in [&b""[..], b" ", b"a b", b"caf\xe9", b"\xff\xfe", &[b'a'; LONGEST_KEY + 1]] {
            assert!(!is_fit(&[unfit]), "{unfit:?}");
        }
        assert!(!is_fit(&[b"a", b"a"]));
    }

    #[test]
    fn only_what_would_be_said_again_is_kept() {
        for status in [200, 404, 405, 409, 422] {
            assert!(is_final(StatusCode::from_u16(status).unwrap()), "{status}");
        }
        for status in [401, 403, 415, 429, 500, 503] {
            assert!(!is_final(StatusCode::from_u16(status).unwrap()), "{status}");
        }
    }
}
