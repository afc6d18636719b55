//! Where a sign-in provider publishes its keys: looked at beside the requests, never by them.

use std::{convert::Infallible, time::Duration};

use reqwest::{Client, Url};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::{jwks::KeySet, keys::Keys};
use crate::{
    config,
    integrations::{CONNECT, Failure, exchange, http_client},
};

/// Providers publish a key well before they sign with it.
const REFRESH: Duration = Duration::from_hours(1);

/// Sooner after a look that brought nothing.
const RETRY: Duration = Duration::from_mins(1);

/// What one look may take.
const LIMIT: Duration = Duration::from_secs(5);

pub struct Provider {
    url: Url,
    client: Client,
    keys: Keys,
}

impl Provider {
    /// The provider that the settings name, if they name one.
    pub fn configured(settings: &config::Tokens) -> reqwest::Result<Option<Self>> {
        let Some(url) = settings.keys_url.clone() else { return Ok(None) };
        Ok(Some(Self { url, client: http_client(LIMIT, CONNECT)?, keys: Keys::awaited() }))
    }

    pub fn keys(&self) -> Keys {
        self.keys.clone()
    }

    /// Keeps the keys fresh until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        stop.run_until_cancelled(self.follow()).await;
    }

    /// How many keys there are to be had, in a sentence.
    pub async fn look(&self) -> Result<String, String> {
        match self.fetch().await?.len() {
            0 => Err("the provider publishes no key to check a signature with".into()),
            count => Ok(format!("{count} to be had")),
        }
    }

    async fn follow(&self) -> Infallible {
        loop {
            let outcome = self.fetch().await;
            let rest = if outcome.is_ok() { REFRESH } else { RETRY };
            self.keys.settle(outcome);
            let _ = timeout(rest, self.keys.wished()).await;
            self.keys.begin();
        }
    }

    async fn fetch(&self) -> Result<KeySet, String> {
        match exchange(self.client.get(self.url.clone())).await {
            Ok(answer) if answer.status.is_success() => Ok(KeySet::read(&answer.body)?),
            Ok(answer) => Err(format!("the provider answers with status {}", answer.status.as_u16())),
            Err(Failure::Later { error, .. } | Failure::Recipient(error) | Failure::Channel(error)) => Err(error),
        }
    }
}
