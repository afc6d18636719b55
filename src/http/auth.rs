//! Who is asking.

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
};

use super::problem::Problem;
use crate::{error::Error, state::InternalSecrets};

/// A machine or a person of the team that holds the internal secret.
pub struct Admin;

impl<S> FromRequestParts<S> for Admin
where
    S: Send + Sync,
    InternalSecrets: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let InternalSecrets(secrets) = InternalSecrets::from_ref(state);
        let mut given = parts.headers.get_all("x-internal-secret").iter();
        let (Some(candidate), None) = (given.next(), given.next()) else { return Err(Error::Unauthenticated.into()) };
        // Every secret is tried, so that time does not tell which one was near.
        let known = secrets.iter().filter(|secret| secret.matches(candidate.as_bytes())).count();
        if known > 0 { Ok(Self) } else { Err(Error::Unauthenticated.into()) }
    }
}
