//! What form of answer a client takes.

use axum::http::{HeaderMap, HeaderValue, header};

const EVENTS: &str = "text/event-stream";
const JSON: &str = "application/json";

/// Whether the answer is to be streamed: where events are named, and JSON is not named as good or
/// anything else as better. Who says nothing gets JSON.
pub fn wants_events(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter().filter_map(|value: &HeaderValue| value.to_str().ok());
    let ranges: Vec<(&str, f32)> = values.flat_map(|value| value.split(',')).filter_map(range).collect();
    let liking = |named: &dyn Fn(&str) -> bool| {
        ranges.iter().filter(|(range, _)| named(range)).map(|(_, liking)| *liking).reduce(f32::max)
    };
    let Some(events) = liking(&|range| range.eq_ignore_ascii_case(EVENTS)).filter(|liking| *liking > 0.0) else {
        return false;
    };
    let json = liking(&|range| range.eq_ignore_ascii_case(JSON));
    let anything = liking(&|range| range == "*/*" || range.eq_ignore_ascii_case("application/*"));
    json.map_or_else(|| anything.is_none_or(|anything| events >= anything), |json| events > json)
}

/// "text/event-stream;q=0.5": a media range, and how much it is liked from 0 to 1.
fn range(text: &str) -> Option<(&str, f32)> {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next()?;
    let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    let liking = quality.map_or(Ok(1.0), str::parse).ok().filter(|liking| (0.0..=1.0).contains(liking))?;
    Some((range, liking))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wants(accept: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_str(accept).unwrap());
        wants_events(&headers)
    }

    #[test]
    fn events_go_to_who_names_them() {
        for accept in [
            "text/event-stream",
            "Text/Event-Stream; charset=utf-8",
            "text/event-stream, */*",
            "application/json;q=0.5, text/event-stream;q=0.8",
            "application/json;q=0, text/event-stream;q=0.1",
        ] {
            assert!(wants(accept), "{accept}");
        }
    }

    #[test]
    fn json_stays_what_everybody_else_gets() {
        assert!(!wants_events(&HeaderMap::new()));
        for accept in [
            "",
            "*/*",
            "text/*",
            "application/json, text/event-stream",
            "text/event-stream;q=0",
            "text/event-stream;q=0.5, */*",
            "text/event-stream;q=many",
            "text/event-streams",
        ] {
            assert!(!wants(accept), "{accept}");
        }
    }
}
