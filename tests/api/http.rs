//! HTTP as bytes on a socket, so that tests may send what no client library would.

use std::{net::SocketAddr, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::{documented, planted};

/// Longer than any deadline a test sets for the service.
const PATIENCE: Duration = Duration::from_mins(1);

/// One answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// Whether the body is as long as was announced.
    fn is_whole(&self) -> bool {
        let length = self.header("content-length").and_then(|length| length.parse::<usize>().ok());
        length.is_some_and(|length| self.body.len() >= length)
    }

    /// The first header of that name, which is lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// Sends `bytes` as they are and reads until the service closes; `None` when it closed without
/// an answer. What is answered must be described.
pub async fn exchange(address: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    planted::plant_request(bytes);
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The service may refuse before it has read everything.
    let _ = stream.write_all(bytes).await;
    let answer = read(&mut stream).await;
    if let Some(answer) = &answer {
        documented::check(bytes, answer);
    }
    answer
}

/// Like [`exchange`], where perhaps nobody listens, or an answer breaks off.
pub async fn try_exchange(address: SocketAddr, bytes: &[u8]) -> Option<Answer> {
    planted::plant_request(bytes);
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(bytes).await.ok()?;
    let answer = read(&mut stream).await?;
    documented::check(bytes, &answer);
    answer.is_whole().then_some(answer)
}

/// Reads one answer from a connection that the service closes after it.
pub async fn read(stream: &mut TcpStream) -> Option<Answer> {
    let mut received = Vec::new();
    let mut buffer = vec![0; 16 * 1024];
    loop {
        match timeout(PATIENCE, stream.read(&mut buffer)).await.expect("the service answers or closes") {
            Ok(0) | Err(_) => break,
            Ok(count) => received.extend_from_slice(&buffer[..count]),
        }
        if parse(&received).is_some_and(|answer| answer.is_whole()) {
            break;
        }
    }
    parse(&received).inspect(planted::plant_answer)
}

fn parse(received: &[u8]) -> Option<Answer> {
    let end = received.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    Some(Answer {
        status,
        headers: headers.collect(),
        body: String::from_utf8_lossy(&received[end + 4..]).into_owned(),
    })
}

/// A request with a body, which closes the connection after the answer.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    request_to("localhost", method, path, headers, body)
}

/// The same to a host of another name.
pub fn request_to(host: &str, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").bytes());
    }
    if !body.is_empty() || method == "POST" {
        bytes.extend(format!("Content-Length: {}\r\n", body.len()).bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    bytes
}
