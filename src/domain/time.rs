//! Times on the wire and in words.

use chrono::{DateTime, Datelike, Utc};
use serde::Serializer;

/// RFC 3339 in UTC with six fractional digits always, so that text order is time order.
pub fn wire<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&time.format("%Y-%m-%dT%H:%M:%S%.6fZ"))
}

#[expect(clippy::ref_option, reason = "the shape serde asks for")]
pub fn wire_or_null<S: Serializer>(time: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => wire(time, serializer),
        None => serializer.serialize_none(),
    }
}

/// A day as people write it, such as "Friday 27 November 2026".
pub fn day(time: DateTime<Utc>) -> String {
    format!("{} {} {}", time.format("%A"), time.day(), time.format("%B %Y"))
}
