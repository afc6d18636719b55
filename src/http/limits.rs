//! How a limit is told: the headers of an answer, and the refusal.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::{HeaderMap, HeaderName},
    response::{IntoResponseParts, ResponseParts},
};

use crate::services::limits::{Pace, Standing};

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

/// An answer to somebody who may go on says how far.
impl IntoResponseParts for Pace {
    type Error = Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        if let Some(standing) = self.standing {
            tell(&standing, parts.headers_mut());
        }
        Ok(parts)
    }
}

/// In whole seconds, rounded up: whoever comes back then is not too early.
pub fn tell(standing: &Standing, headers: &mut HeaderMap) {
    headers.insert(LIMIT, standing.limit.into());
    headers.insert(REMAINING, standing.remaining.into());
    headers.insert(RESET, whole_seconds(standing.reset).into());
}

pub fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}
