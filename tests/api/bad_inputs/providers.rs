//! Row 73: what a provider answers can do no harm.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderName, HeaderValue, Response, header},
};
use futures_util::stream;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::outbound::{Providers, app, open_ticket};
use crate::{harness::SENT, stand_in};

/// Much less than a provider could send, and more than the buffers between us hold.
const SOME: usize = 32 * 1024 * 1024;

/// Ways to answer that are of no use.
const KINDS: usize = 9;

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_answer_nobody_can_use_costs_a_try_and_nothing_else(db: PgPool) {
    let providers = Providers::new().await;
    let taken = Arc::new(AtomicUsize::new(0));
    // What each provider would say when all is well, and one thing wrong with it.
    let good = [
        json!({ "ok": true, "result": { "message_id": 1, "date": 0 } }),
        json!({ "id": "mail-1" }),
        json!({ "messages": [{ "id": "wamid.1" }] }),
    ];
    for (provider, good) in providers.each().into_iter().zip(&good) {
        for answer in unusable(good, &taken) {
            provider.will_answer(answer);
        }
    }
    let app = app(db, &providers).await;

    for number in 0..KINDS {
        open_ticket(&app, number, "help").await;
    }
    app.eventually(SENT, 27).await;

    assert_eq!(providers.each().map(|provider| provider.asked().len()), [2 * KINDS; 3], "each was tried again");
    assert!((1..SOME).contains(&taken.load(Ordering::Relaxed)), "{taken:?} bytes of 300 MB");
    for asked in providers.each().iter().flat_map(|provider| provider.asked()) {
        assert!(!asked.headers.contains_key(header::COOKIE), "what was set is not sent back");
        assert!(!asked.headers.contains_key(header::ACCEPT_ENCODING), "nothing compressed is asked for");
    }
}

fn unusable(good: &Value, taken: &Arc<AtomicUsize>) -> [Response<Body>; KINDS] {
    let text = good.to_string();
    let answer =
        |name: HeaderName, value: &str, body: Body| Response::builder().header(name, value).body(body).unwrap();
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin_1: Vec<u8> = text.bytes().map(|byte| if byte == b'1' { 0xe9 } else { byte }).collect();
    let mut with_cookie = stand_in::plain(500, text.clone());
    with_cookie.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_static("zanzibar=1; Path=/"));
    [
        answer(header::CONTENT_TYPE, "text/html", Body::from("<html>zanzibar</html>")),
        answer(header::CONTENT_TYPE, "application/json; charset=utf-16", Body::from(utf_16)),
        answer(header::CONTENT_TYPE, "application/json; charset=latin1", Body::from(latin_1)),
        answer(header::CONTENT_ENCODING, "gzip", Body::from(gzip(text.as_bytes()))),
        answer(header::CONTENT_TYPE, "application/json", flood(&text, taken)),
        stand_in::plain(200, "null"),
        stand_in::plain(200, "[]"),
        stand_in::plain(204, ""),
        with_cookie,
    ]
}

/// Gzip that compresses nothing (RFC 1952, one stored block): a bomb is one only to who unpacks it,
/// so whether anybody does is all there is to try.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    let step = |crc: u32| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
    let crc = !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc)));
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1];
    let lengths = [length.to_le_bytes(), (!length).to_le_bytes()].concat();
    [&head[..], &lengths, bytes, &crc.to_le_bytes(), &u32::from(length).to_le_bytes()].concat()
}

/// A good answer and 300 MB of blanks behind it, counting what is taken of them.
fn flood(start: &str, taken: &Arc<AtomicUsize>) -> Body {
    const CHUNK: usize = 64 * 1024;
    let (start, taken) = (Bytes::from(start.to_owned()), Arc::clone(taken));
    let blanks = Bytes::from(vec![b' '; CHUNK]);
    let all = (0..300 * 1024 * 1024 / CHUNK).map(move |_| {
        taken.fetch_add(CHUNK, Ordering::Relaxed);
        blanks.clone()
    });
    Body::from_stream(stream::iter(std::iter::once(start).chain(all).map(Ok::<_, Infallible>)))
}
