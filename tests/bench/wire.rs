//! HTTP over one connection that is kept, with as little of our own time in it as can be: the
//! caller shares the machine with what it measures.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

/// Nothing that is measured may take this long.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Connection(TcpStream);

pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = timeout(PATIENCE, TcpStream::connect(address)).await??;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    /// Sends a request as it is and reads the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        timeout(PATIENCE, async {
            self.0.write_all(request).await?;
            self.answer().await
        })
        .await?
    }

    /// Sends a request as it is, reads the stream that answers it to its end, and returns how long it
    /// took until `awaited` had come.
    pub async fn stream(&mut self, request: &[u8], awaited: &[u8]) -> anyhow::Result<Duration> {
        timeout(PATIENCE, async {
            let asked = Instant::now();
            self.0.write_all(request).await?;
            let (mut received, mut came) = (Vec::with_capacity(4 * 1024), None);
            while !received.ends_with(b"\r\n0\r\n\r\n") {
                if self.0.read_buf(&mut received).await? == 0 {
                    bail!("the connection was closed before the end");
                }
                if came.is_none() && received.windows(awaited.len()).any(|window| window == awaited) {
                    came = Some(asked.elapsed());
                }
            }
            came.context("what was awaited never came")
        })
        .await?
    }

    async fn answer(&mut self) -> anyhow::Result<Answer> {
        let mut received = Vec::with_capacity(4 * 1024);
        loop {
            if self.0.read_buf(&mut received).await? == 0 {
                bail!("the connection was closed before an answer");
            }
            if let Some((status, body)) = head(&received)?
                && received.len() >= body.end
            {
                return Ok(Answer { status, body: received[body].to_vec() });
            }
        }
    }
}

/// The status, and where the body lies; nothing before the head is whole.
fn head(received: &[u8]) -> anyhow::Result<Option<(u16, std::ops::Range<usize>)>> {
    let Some(end) = received.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&received[..end])?;
    let status = head.get(9..12).context("no status")?.parse()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>())
    });
    let start = end + 4;
    Ok(Some((status, start..start + length.context("an answer without a length")??)))
}

pub fn post(path: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// The same request, by somebody who takes events.
pub fn for_events(request: &[u8]) -> Vec<u8> {
    let head = b"\r\n";
    let end = request.windows(2).position(|window| window == head).unwrap_or_default();
    [&request[..end], b"\r\nAccept: text/event-stream", &request[end..]].concat()
}

pub fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").into_bytes()
}
