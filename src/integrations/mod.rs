//! Other people's APIs, each behind a base URL from the settings.

pub mod sessions;
pub mod telegram;

use std::time::Duration;

use reqwest::{RequestBuilder, Response, StatusCode, redirect};

/// No answer we can use is longer; a longer one is cut off unread.
const LONGEST_ANSWER: usize = 1024 * 1024;

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

/// The one way out: a time-out, no redirects (they could lead inside), no proxy variables.
pub fn http_client(timeout: Duration) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout.min(Duration::from_secs(3)))
        .redirect(redirect::Policy::none())
        .no_proxy()
        .user_agent(concat!("levqor-support/", env!("CARGO_PKG_VERSION")))
        .build()
}

/// What a provider answered, whatever that says.
struct Answer {
    status: StatusCode,
    body: Vec<u8>,
}

impl Answer {
    /// What an answer without a reason in it means. The status alone tells little: a proxy's error
    /// page is nobody's opinion of a message.
    fn refused_without_reason(&self) -> Failure {
        match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                Failure::Channel(format!("refused with status {}", self.status.as_u16()))
            }
            status => Failure::later(format!("an unreadable answer with status {}", status.as_u16())),
        }
    }
}

/// Asks, and reads the answer as far as an answer may go.
async fn exchange(request: RequestBuilder) -> Result<Answer, Failure> {
    // Keys may stand in an address, so errors must not carry it.
    let response = request.send().await.map_err(|error| Failure::later(describe(&error.without_url())))?;
    let status = response.status();
    let body = read_capped(response).await.ok_or_else(|| Failure::later("the answer broke off or was too long"))?;
    Ok(Answer { status, body })
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

/// The body of an answer, or nothing where it is too long or breaks off.
async fn read_capped(mut response: Response) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.ok()? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return None;
        }
        body.extend_from_slice(&chunk);
    }
    Some(body)
}
