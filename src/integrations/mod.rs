//! Other people's APIs, each behind a base URL from the settings.

pub mod sessions;
pub mod telegram;

use std::time::Duration;

use reqwest::{Response, redirect};

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
