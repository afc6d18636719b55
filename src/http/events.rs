//! Server-sent events: how news is written on the wire.

use std::{convert::Infallible, time::Duration};

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt, stream};

use crate::services::live::{Follower, News};

/// Tells a proxy to pass every event on at once.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// What a follower hears of an answer that is being made.
pub fn heard(follower: Follower) -> impl Stream<Item = (u64, News)> + Send + 'static {
    stream::unfold(follower, async |mut follower| Some((follower.next().await?, follower)))
}

/// News as it comes, each with its number, and a comment where nothing came for `pulse`.
pub fn response(news: impl Stream<Item = (u64, News)> + Send + 'static, pulse: Duration) -> Response {
    let events = news.map(|(id, News { kind, data })| {
        let event = Event::default().id(id.to_string()).event(kind).data(data.to_string());
        Ok::<_, Infallible>(event)
    });
    let events = Sse::new(events).keep_alive(KeepAlive::new().interval(pulse).text(""));
    // A shared cache must not keep it, nor anybody else.
    ([(header::CACHE_CONTROL, HeaderValue::from_static("no-store")), UNBUFFERED], events).into_response()
}

/// The number of the last event that a client has seen: it counts on from there.
pub fn last_seen(headers: &HeaderMap) -> Option<u64> {
    let seen: i64 = headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok()?;
    u64::try_from(seen).ok()
}
