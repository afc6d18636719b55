//! Who of the team is asking: a machine with its secret, or a person who has signed in.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::{HeaderMap, Method, header, request::Parts},
};

use super::{cookies, problem::Problem};
use crate::{
    domain::{operator::Agent, token::OperatorToken},
    error::Error,
    services::operators::Operators,
    state::Origin,
};

/// The cookie of a person who has signed in.
pub const COOKIE: &str = "operator_session";

/// Somebody of the team.
pub struct Admin(pub Agent);

impl<S> FromRequestParts<S> for Admin
where
    S: Send + Sync,
    Operators: FromRef<S>,
    Origin: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        // The layer in front of every path of the team has asked already.
        if let Some(agent) = parts.extensions.get::<Agent>() {
            return Ok(Self(agent.clone()));
        }
        let agent = agent(parts, &Operators::from_ref(state), &Origin::from_ref(state)).await?;
        parts.extensions.insert(agent.clone());
        Ok(Self(agent))
    }
}

async fn agent(parts: &Parts, operators: &Operators, ours: &Origin) -> Result<Agent, Error> {
    let mut given = parts.headers.get_all("x-internal-secret").iter();
    match (given.next(), given.next()) {
        (Some(candidate), None) => return operators.machine(candidate.as_bytes()),
        (Some(_), Some(_)) => return Err(Error::Unauthenticated),
        _ => {}
    }
    let token = session(&parts.headers).ok_or(Error::Unauthenticated)?;
    let agent = operators.signed_in(&token).await?;
    if parts.method.is_safe() || parts.method == Method::OPTIONS || is_from_our_page(&parts.headers, ours) {
        Ok(agent)
    } else {
        Err(Error::Forbidden("a request with a cookie must come from a page of this service"))
    }
}

/// The session a request carries.
pub fn session(headers: &HeaderMap) -> Option<OperatorToken> {
    cookies::named(headers, COOKIE).iter().find_map(|value| OperatorToken::presented(value))
}

/// The site is a neighbour whose pages browsers let send this cookie, so the page must be of this
/// very host: as the request names it, or, where a proxy changed that, as `PUBLIC_URL` does.
pub fn is_from_our_page(headers: &HeaderMap, ours: &Origin) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(origin) = text(header::ORIGIN) else { return false };
    let of_host = |host: &str| origin.split_once("://").is_some_and(|(_, from)| from.eq_ignore_ascii_case(host));
    ours.0.as_deref() == Some(origin) || text(header::HOST).is_some_and(of_host)
}
