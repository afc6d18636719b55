//! Who is asking: customers and visitors.

use std::convert::Infallible;

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, header, request::Parts},
};
use chrono::Utc;

use super::{cookies, problem::Problem};
use crate::{
    domain::{contact::Email, token::VisitorToken},
    error::Error,
    integrations::sessions::{self, Session},
    services::following::Owner,
    state::Identity,
};

/// Who asks in private.
pub enum Caller {
    /// A customer whom the site has signed in.
    Customer(Session),
    /// Somebody on the developer's own machine, who may say whom they play.
    Developer,
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Identity: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let identity = Identity::from_ref(state);
        if let Some(session) = by_bearer(&parts.headers, &identity).await {
            return Ok(Self::Customer(session));
        }
        if let Some(session) = by_cookie(&parts.headers, &identity) {
            return if is_from_the_site(&parts.headers, &identity) {
                Ok(Self::Customer(session))
            } else {
                Err(Error::Forbidden("a request with a cookie must come from a page of the site").into())
            };
        }
        if identity.trusts_email && is_local(&parts.headers, &identity) {
            return Ok(Self::Developer);
        }
        Err(Error::Unauthenticated.into())
    }
}

/// The token of a visitor's client, where it shows one.
pub struct Visitor(pub Option<VisitorToken>);

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let mut given = parts.headers.get_all("x-visitor-token").iter();
        let (Some(token), None) = (given.next(), given.next()) else { return Ok(Self(None)) };
        Ok(Self(token.to_str().ok().and_then(VisitorToken::presented)))
    }
}

/// Who reads a conversation: a customer by their session, a visitor by their token.
pub struct Reader {
    pub customer: Option<Owner>,
    pub visitor: Option<VisitorToken>,
}

impl<S> FromRequestParts<S> for Reader
where
    S: Send + Sync,
    Identity: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ok(Visitor(visitor)) = Visitor::from_request_parts(parts, state).await;
        let identity = Identity::from_ref(state);
        let session = match by_bearer(&parts.headers, &identity).await {
            None => by_cookie(&parts.headers, &identity),
            session => session,
        };
        let customer = session.map(|Session { email, ends_at }| Owner { email, until: ends_at });
        if customer.is_none() && visitor.is_none() {
            Err(Error::Unauthenticated.into())
        } else {
            Ok(Self { customer, visitor })
        }
    }
}

/// Whoever was answered, by what they show: perhaps nothing. A session that may not be used for this
/// shows nothing either.
pub struct Asker {
    pub customer: Option<Email>,
    pub visitor: Option<VisitorToken>,
}

impl<S> FromRequestParts<S> for Asker
where
    S: Send + Sync,
    Identity: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let Visitor(visitor) = Visitor::from_request_parts(parts, state).await?;
        let customer = match Caller::from_request_parts(parts, state).await {
            Ok(Caller::Customer(session)) => Some(session.email),
            Ok(Caller::Developer) | Err(_) => None,
        };
        Ok(Self { customer, visitor })
    }
}

/// A bearer token is the site's own session, or signed by who may sign for us; a cookie is only
/// ever the former.
async fn by_bearer(headers: &HeaderMap, identity: &Identity) -> Option<Session> {
    let (token, now) = (bearer(headers)?, Utc::now());
    match identity.sessions.verify(token, now) {
        None => identity.tokens.verify(token, now).await,
        session => session,
    }
}

/// The one bearer token of a request.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Of several session cookies the first that verifies counts.
fn by_cookie(headers: &HeaderMap, identity: &Identity) -> Option<Session> {
    let names = [sessions::NEXTAUTH_COOKIES, sessions::AUTHJS_COOKIES].concat();
    cookies::sessions(headers, &names).iter().find_map(|token| identity.sessions.verify(token, Utc::now()))
}

/// A browser sends cookies along wherever the request comes from, so where it comes from counts.
fn is_from_the_site(headers: &HeaderMap, identity: &Identity) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else { return false };
    identity.allowed_origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
}

/// Straight from this machine: it calls us by a local name, nothing forwarded it, and it comes
/// from no page but the site's.
pub(super) fn is_local(headers: &HeaderMap, identity: &Identity) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let is_forwarded = headers.keys().any(|header| is_forwarding(header.as_str()));
    let is_ours = !headers.contains_key(header::ORIGIN) || is_from_the_site(headers, identity);
    ["localhost", "127.0.0.1", "[::1]"].contains(&name) && !is_forwarded && is_ours
}

/// Headers that proxies add.
fn is_forwarding(header: &str) -> bool {
    let header = header.replace('_', "-");
    header.starts_with("x-forwarded")
        || ["forwarded", "via", "x-real-ip", "cf-connecting-ip", "true-client-ip"].contains(&header.as_str())
}
