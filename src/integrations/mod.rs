//! Other people's APIs, each behind a base URL from the settings.

pub mod email;
pub mod openai;
pub mod sessions;
pub mod telegram;
pub mod whatsapp;

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, Url, header, redirect};

use crate::domain::text;

/// No answer we can use is longer; a longer one is cut off unread.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// How long a limit is waited for that does not say how long.
const UNNAMED_WAIT: Duration = Duration::from_secs(30);

/// What stands of a provider's words where they are kept.
const LONGEST_REASON: usize = 200;

/// Longer than the words of any language we expect a provider to speak, shorter than keys are.
const LONGEST_WORD: usize = 36;

/// Why a provider does not have it, sorted by what to do about it.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// Try again, not before `retry_after` where the provider named a time.
    Later { retry_after: Option<Duration>, error: String },
    /// This recipient or this text will never be taken.
    Recipient(String),
    /// Nothing can be sent this way until somebody mends the settings.
    Channel(String),
}

impl Failure {
    fn later(error: impl Into<String>) -> Self {
        Self::Later { retry_after: None, error: error.into() }
    }
}

/// What a connection may take where no setting says otherwise.
pub const CONNECT: Duration = Duration::from_secs(3);

/// The one way out: time-outs, no redirects (they could lead inside), no proxy variables.
pub fn http_client(timeout: Duration, connect: Duration) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout.min(connect))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("levqor-support/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// What a provider answered, whatever that says.
struct Answer {
    status: StatusCode,
    /// How long it asks us to wait.
    retry_after: Option<Duration>,
    body: Vec<u8>,
}

#[cfg(test)]
impl Answer {
    fn of(status: u16, body: &str) -> Self {
        let status = StatusCode::from_u16(status).unwrap();
        Self { status, retry_after: None, body: body.as_bytes().to_vec() }
    }
}

impl Answer {
    /// What an answer without a reason in it means. The status alone tells little: a proxy's error
    /// page is nobody's opinion of a message.
    fn refused_without_reason(&self) -> Failure {
        match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Failure::Channel(format!("refused with status {}", self.status.as_u16()))
            }
            StatusCode::TOO_MANY_REQUESTS => self.wait("too many requests".into()),
            status => Failure::later(format!("an unreadable answer with status {}", status.as_u16())),
        }
    }

    /// A limit was met: as long as the header says, or a while.
    fn wait(&self, error: String) -> Failure {
        Failure::Later { retry_after: Some(self.retry_after.unwrap_or(UNNAMED_WAIT)), error }
    }
}

/// Asks, and reads the answer as far as an answer may go.
async fn exchange(request: RequestBuilder) -> Result<Answer, Failure> {
    // Keys may stand in an address, so errors must not carry it.
    let response = request.send().await.map_err(|error| Failure::later(describe(&error.without_url())))?;
    let (status, retry_after) = (response.status(), retry_after(&response));
    let body = read_capped(response).await.ok_or_else(|| Failure::later("the answer broke off or was too long"))?;
    Ok(Answer { status, retry_after, body })
}

fn describe(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else {
        "the connection broke off"
    };
    kind.to_owned()
}

fn retry_after(response: &Response) -> Option<Duration> {
    let seconds = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// A path below a base URL, which may have a path itself.
fn endpoint(base: &Url, path: &str) -> anyhow::Result<Url> {
    Ok(Url::parse(&format!("{}/{path}", base.as_str().trim_end_matches('/')))?)
}

/// A provider's own words as they may stand in the log and on a ticket: one line, without the
/// addresses, numbers and keys it may quote back to us.
fn public_words(said: &str) -> String {
    let is_private = |word: &str| {
        word.contains('@') || word.len() > LONGEST_WORD || word.bytes().filter(u8::is_ascii_digit).count() >= 8
    };
    let words: Vec<&str> = said.split_whitespace().map(|word| if is_private(word) { "…" } else { word }).collect();
    text::one_line(&words.join(" "), LONGEST_REASON)
}

/// The body of an answer, or nothing where it is too long or breaks off.
async fn read_capped(response: Response) -> Option<Vec<u8>> {
    read_up_to(LONGEST_ANSWER, response).await
}

/// The same of an answer that may be so long.
async fn read_up_to(longest: usize, mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > longest {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_quotes_back_is_not_kept() {
        let said =
            "Malformed access token\nEAAGm0PX4ZCpsBAK0123456789abcdefghijklmnop for +447700900123 (ada@example.com)";

        assert_eq!(public_words(said), "Malformed access token … for … …");
    }

    #[test]
    fn a_base_url_keeps_its_path() {
        let base = |url| Url::parse(url).unwrap();

        assert_eq!(endpoint(&base("https://h.example/v17.0/"), "1/messages").unwrap().path(), "/v17.0/1/messages");
        assert_eq!(endpoint(&base("https://h.example"), "emails").unwrap().path(), "/emails");
    }
}
