//! A client of a stream of events, which sees every byte.

use std::{net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::http::request;

/// Longer than any deadline a test sets for the service.
const PATIENCE: Duration = Duration::from_mins(1);

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: u64,
    pub kind: String,
    pub data: Value,
}

pub struct Events {
    stream: TcpStream,
    pub head: String,
    received: Vec<u8>,
    /// What was received, without the framing.
    pub text: String,
    has_ended: bool,
    read: usize,
}

impl Events {
    /// Asks, and reads the head of the answer.
    pub async fn open(address: SocketAddr, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let method = if body.is_empty() { "GET" } else { "POST" };
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(&request(method, path, headers, body)).await.unwrap();
        let (head, received, text) = (String::new(), Vec::new(), String::new());
        let mut events = Self { stream, head, received, text, has_ended: false, read: 0 };
        while events.head.is_empty() {
            assert!(events.receive().await, "no head: {:?}", String::from_utf8_lossy(&events.received));
        }
        events
    }

    pub fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// The first header of that name, which is lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().filter_map(|line| line.split_once(':'));
        headers.into_iter().find(|(header, _)| header.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    /// The next event; nothing when the stream ended.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.text[self.read..].find("\n\n") {
                let block = &self.text[self.read..self.read + end];
                let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
                let event = field("data").map(|data| Event {
                    id: field("id").unwrap().parse().unwrap(),
                    kind: field("event").unwrap().to_owned(),
                    data: serde_json::from_str(data).unwrap(),
                });
                self.read += end + 2;
                if event.is_some() {
                    return event;
                }
            }
            if !self.receive().await {
                return None;
            }
        }
    }

    /// The events up to the first of that kind.
    pub async fn until(&mut self, kind: &str) -> Vec<Event> {
        let mut events = Vec::new();
        while events.last().is_none_or(|event: &Event| event.kind != kind) {
            let next = self.next().await;
            events.push(next.unwrap_or_else(|| panic!("no {kind}: {}", self.text)));
        }
        events
    }

    /// All events that are left, which end with the last one there is.
    pub async fn rest(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        assert!(self.has_ended, "it broke off: {}", self.text);
        assert_eq!(events.last().map(|event| event.kind.as_str()), Some("done"), "{}", self.text);
        events
    }

    /// Waits for a comment.
    pub async fn comment(&mut self) {
        while !self.text.lines().any(|line| line.starts_with(':')) {
            assert!(self.receive().await, "it ended: {}", self.text);
        }
    }

    /// Reads on; whether there was anything.
    async fn receive(&mut self) -> bool {
        let mut buffer = vec![0; 16 * 1024];
        let read = timeout(PATIENCE, self.stream.read(&mut buffer)).await.expect("the service says something");
        let Ok(count @ 1..) = read else { return false };
        self.received.extend_from_slice(&buffer[..count]);
        let Some(end) = self.received.windows(4).position(|window| window == b"\r\n\r\n") else { return true };
        self.head = String::from_utf8(self.received[..end].to_vec()).unwrap();
        let body = &self.received[end + 4..];
        let is_chunked = self.header("transfer-encoding").is_some();
        let (body, has_ended) = if is_chunked { dechunked(body) } else { (body.to_vec(), false) };
        (self.text, self.has_ended) = (String::from_utf8_lossy(&body).into_owned(), has_ended);
        true
    }
}

/// The chunks that have come, and whether the last one has.
fn dechunked(mut body: &[u8]) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    while let Some(end) = body.windows(2).position(|window| window == b"\r\n") {
        let size = usize::from_str_radix(str::from_utf8(&body[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return (bytes, true);
        }
        let Some(chunk) = body.get(end + 2..end + 2 + size) else { break };
        bytes.extend_from_slice(chunk);
        body = body.get(end + 4 + size..).unwrap_or_default();
    }
    (bytes, false)
}

/// The kinds of events, in their order.
pub fn kinds(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.kind.as_str()).collect()
}

/// The text that a client has after these events, which had `before`.
pub fn shown(before: &str, events: &[Event]) -> String {
    let mut shown = before.to_owned();
    for event in events {
        let text = || event.data["text"].as_str().unwrap();
        match event.kind.as_str() {
            "delta" => shown += text(),
            "replace" => text().clone_into(&mut shown),
            _ => {}
        }
    }
    shown
}

/// The whole reply that a stream ended with.
pub fn message(events: &[Event]) -> &Value {
    &events.iter().find(|event| event.kind == "message").expect("a message").data
}
