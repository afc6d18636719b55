//! What a token says of who holds it and for how long, once it is known who made it.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::Session;
use crate::domain::contact::Email;

/// The makers' clocks and ours may differ by this much, as the site's own libraries allow.
const TOLERANCE_SECONDS: f64 = 15.0;

/// The last second that RFC 3339 can write: what ends later is no time, and would never end.
const LAST_SECOND: f64 = 253_402_300_799.0;

#[derive(Deserialize)]
struct Claims {
    email: Email,
    exp: f64,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    iat: Option<f64>,
}

/// Whose session these claims are, if it has begun and not ended at `now`.
pub fn session(claims: &[u8], now: DateTime<Utc>) -> Option<Session> {
    let claims: Claims = serde_json::from_slice(claims).ok()?;
    let ends_at = is_current(&claims, now).then(|| end(&claims))??;
    Some(Session { email: claims.email, ends_at })
}

#[expect(clippy::cast_possible_truncation, reason = "seconds up to the last year fit")]
fn end(claims: &Claims) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp((claims.exp + TOLERANCE_SECONDS).ceil() as i64, 0)
}

#[expect(clippy::cast_precision_loss, reason = "seconds of this millennium fit a float exactly")]
fn is_current(claims: &Claims, now: DateTime<Utc>) -> bool {
    let now = now.timestamp() as f64;
    let has_begun = |time: Option<f64>| time.is_none_or(|time| time <= now + TOLERANCE_SECONDS);
    let ends = now - TOLERANCE_SECONDS < claims.exp && claims.exp <= LAST_SECOND;
    ends && has_begun(claims.nbf) && has_begun(claims.iat)
}
