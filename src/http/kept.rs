//! An answer as bytes and back: its headers a line each, an empty line, its body.

use anyhow::anyhow;
use axum::{
    body::{Body, to_bytes},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};

use crate::{error::Result, services::idempotency::Answer};

const END_OF_LINE: &[u8] = b"\r\n";

/// The answer to keep, and the response to send.
pub async fn pack(response: Response) -> Result<(Answer, Response)> {
    let (head, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(anyhow::Error::new)?;
    let mut bytes = Vec::with_capacity(128 + body.len());
    for (name, value) in head.headers.iter().filter(|(name, _)| *name != header::CONTENT_LENGTH) {
        for part in [name.as_str().as_bytes(), b":", value.as_bytes(), END_OF_LINE] {
            bytes.extend_from_slice(part);
        }
    }
    bytes.extend_from_slice(END_OF_LINE);
    bytes.extend_from_slice(&body);
    Ok((Answer { status: head.status.as_u16(), bytes }, Response::from_parts(head, Body::from(body))))
}

pub fn unpack(answer: &Answer) -> Result<Response> {
    let response = read(answer).ok_or_else(|| anyhow!("a kept answer cannot be read"))?;
    Ok(response)
}

fn read(answer: &Answer) -> Option<Response> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::from_u16(answer.status).ok()?;
    let mut rest = answer.bytes.as_slice();
    loop {
        let end = rest.windows(END_OF_LINE.len()).position(|window| window == END_OF_LINE)?;
        let (line, after) = (&rest[..end], &rest[end + END_OF_LINE.len()..]);
        if line.is_empty() {
            *response.body_mut() = Body::from(after.to_vec());
            return Some(response);
        }
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        response.headers_mut().append(name, HeaderValue::from_bytes(&line[colon + 1..]).ok()?);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_answer_comes_back_as_it_was() {
        let body = "a: b\r\n\r\n\u{e9}";
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::CONFLICT;
        for value in ["one: two", "", "three"] {
            response.headers_mut().append("x-test", HeaderValue::from_static(value));
        }

        let (answer, sent) = pack(response).await.unwrap();
        let read = unpack(&answer).unwrap();

        assert_eq!((read.status(), read.headers()), (sent.status(), sent.headers()));
        for response in [sent, read] {
            assert_eq!(to_bytes(response.into_body(), usize::MAX).await.unwrap(), body);
        }
    }

    #[test]
    fn what_is_no_answer_is_told() {
        for bytes in ["", "x", "x\r\n\r\n", "x:1\r\nbody"] {
            assert!(unpack(&Answer { status: 200, bytes: bytes.into() }).is_err(), "{bytes:?}");
        }
    }
}
