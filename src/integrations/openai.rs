//! A language model behind an OpenAI-compatible server: async-openai's types over our own client,
//! because its own has no time limit, no size cap, hidden retries, and logs whole bodies.

mod breaker;
mod deltas;
mod dialect;
mod embeddings;
mod letter;
mod no_answer;
mod read;
mod record;
mod sse;
mod stream;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_openai::types::chat::CreateChatCompletionRequest;
use bytes::Bytes;
use reqwest::{
    Client, RequestBuilder, Response, StatusCode, Url,
    header::{self, HeaderValue},
};
use serde::Deserialize;
use tokio::{
    sync::Semaphore,
    time::{Instant, sleep, timeout, timeout_at},
};
use tracing::warn;
use uuid::Uuid;

use self::{breaker::Admission, dialect::Dialect, letter::Wording, record::Record};
pub use self::{
    embeddings::Embedder,
    letter::Letter,
    no_answer::NoAnswer,
    read::{Completion, End, Usage},
    record::Standing,
    stream::{Ear, Wanted},
};
use super::{Failure, endpoint, exchange, read_capped, retry_after};
use crate::config;

/// With less of the time left, a second try would only be cut off.
const WORTH_A_RETRY: Duration = Duration::from_secs(8);

/// The longest wait before a second try; any time up to it is as likely (full jitter).
const JITTER: Duration = Duration::from_millis(500);

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A model by its name; cheap to clone, all models of the server share its places and its breaker.
#[derive(Clone)]
pub struct OpenAi(Arc<Inner>, Arc<str>);

struct Inner {
    client: Client,
    completions: Url,
    models: Url,
    settings: config::Model,
    places: Semaphore,
    record: Mutex<Record>,
}

/// How often a server may be asked that may charge for each time.
pub struct Tries {
    /// At most; what cannot be charged is not counted.
    pub most: u32,
    /// Those before the last one that it may charge for, although nothing came of them.
    pub lost: u32,
}

impl Tries {
    pub fn at_most(most: u32) -> Self {
        Self { most, lost: 0 }
    }

    fn allow_another(&self, failure: &NoAnswer) -> bool {
        !failure.may_be_charged() || self.lost + 1 < self.most
    }
}

#[derive(Deserialize)]
struct Models {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
}

impl OpenAi {
    pub fn new(settings: &config::Model, client: Client) -> anyhow::Result<Self> {
        let name = settings.name.as_str().into();
        let inner = Inner {
            client,
            completions: endpoint(&settings.base_url, "chat/completions")?,
            models: endpoint(&settings.base_url, "models")?,
            places: Semaphore::new(settings.most_calls),
            settings: settings.clone(),
            record: Mutex::new(Record::new(settings.breaker_failures, settings.probe)),
        };
        Ok(Self(Arc::new(inner), name))
    }

    /// The cheaper model of the same server, where one is named.
    pub fn smaller(&self) -> Option<Self> {
        let name = self.0.settings.small.as_deref()?.into();
        Some(Self(Arc::clone(&self.0), name))
    }

    /// The model's name, as the server knows it.
    pub fn name(&self) -> &Arc<str> {
        &self.1
    }

    /// The most that one answer may have.
    pub fn most_tokens(&self) -> u64 {
        self.0.settings.max_tokens.into()
    }

    /// What an answer may take altogether.
    pub fn limit(&self) -> Duration {
        self.0.settings.timeout
    }

    /// Writes a request out, which takes a while, to be asked later; `is_heard` says whether with an ear.
    pub fn letter(&self, request: Box<CreateChatCompletionRequest>, is_heard: bool) -> Letter {
        let dialect = self.record().dialect(&self.1);
        Letter::new(request, self.wording(is_heard, dialect))
    }

    /// Asks once, and once more where that can help; by `deadline` there is an answer or a reason.
    /// An `ear` hears the answer while it is being said.
    pub async fn ask(
        &self,
        letter: &Letter,
        deadline: Instant,
        mut ear: Option<Ear<'_>>,
        tries: &mut Tries,
    ) -> Result<Completion, NoAnswer> {
        let _place = self.0.places.try_acquire().map_err(|_| NoAnswer::Busy)?;
        let admission = self.record().breaker.admit(Instant::now()).ok_or(NoAnswer::Resting)?;
        let mut outcome = self.attempt(letter, deadline, &mut ear).await;
        if let Err(failure) = &outcome
            && admission == Admission::Usual
            && tries.allow_another(failure)
            && let Some(wait) = self.wait_before_retry(failure, deadline)
        {
            sleep(wait).await;
            tries.lost += u32::from(failure.may_be_charged());
            outcome = self.attempt(letter, deadline, &mut ear).await;
        }
        self.record().note(&outcome);
        outcome
    }

    /// How the model is doing, by what became of the last calls. Nobody asks it only to see: that
    /// would cost money.
    pub fn standing(&self) -> Standing {
        self.record().standing()
    }

    /// Whether the server knows the model, in a sentence: listing models costs nothing.
    pub async fn look(&self) -> Result<String, Failure> {
        let name = &self.0.settings.name;
        let answer = exchange(self.with_key(self.0.client.get(self.0.models.clone()))).await?;
        match serde_json::from_slice::<Models>(&answer.body) {
            Ok(Models { data }) if answer.status.is_success() => {
                // Ollama takes a name without its tag and lists it with one.
                let is_known =
                    data.iter().any(|model| model.id.trim_end_matches(":latest") == name.trim_end_matches(":latest"));
                let unknown = || Failure::Channel(format!("the server knows no model {name}"));
                is_known.then(|| format!("the server knows {name}; it was asked nothing")).ok_or_else(unknown)
            }
            // A key may be good for answers only.
            _ if answer.status.is_success()
                || [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&answer.status) =>
            {
                Ok(format!("the server lists no models, so whether it knows {name} could not be seen"))
            }
            _ => Err(answer.refused_without_reason()),
        }
    }

    fn with_key(&self, call: RequestBuilder) -> RequestBuilder {
        match &self.0.settings.key {
            Some(key) => call.bearer_auth(key.expose()),
            None => call,
        }
    }

    /// One try, in the words this server takes; a server that refuses one of them is asked in others.
    async fn attempt(
        &self,
        letter: &Letter,
        deadline: Instant,
        ear: &mut Option<Ear<'_>>,
    ) -> Result<Completion, NoAnswer> {
        let is_heard = ear.is_some();
        let usual = self.record().dialect(&self.1);
        let (mut dialect, mut disliked) = (usual, Vec::new());
        let mut outcome = self.try_once(letter.body(&self.wording(is_heard, dialect)), deadline, ear).await;
        while let Err(NoAnswer::Refused { dislikes: Some(word), .. }) = outcome
            && !disliked.contains(&word)
        {
            disliked.push(word);
            dialect = dialect.without(word);
            outcome = self.try_once(letter.body(&self.wording(is_heard, dialect)), deadline, ear).await;
        }
        if outcome.is_ok() && dialect != usual {
            let model = &*self.1;
            warn!(
                model,
                ?disliked,
                "the server refuses a part of what this model is asked: it goes without it from now on"
            );
            self.record().learn(&self.1, dialect);
        }
        outcome
    }

    fn wording(&self, is_heard: bool, dialect: Dialect) -> Wording {
        Wording { model: Arc::clone(&self.1), is_heard, dialect, most_tokens: self.0.settings.max_tokens }
    }

    async fn try_once(
        &self,
        body: Bytes,
        deadline: Instant,
        ear: &mut Option<Ear<'_>>,
    ) -> Result<Completion, NoAnswer> {
        let exchanged = timeout_at(deadline, async {
            let response = self.send(body).await?;
            let (status, retry_after) = (response.status(), retry_after(&response));
            if let Some(ear) = ear.as_mut().filter(|_| status.is_success()) {
                return stream::read(response, self.0.settings.first_byte, &mut **ear).await;
            }
            let body = read_capped(response).await.ok_or(NoAnswer::Broken)?;
            read::completion(status, retry_after, &body)
        });
        exchanged.await.unwrap_or(Err(NoAnswer::Late))
    }

    async fn send(&self, body: Bytes) -> Result<Response, NoAnswer> {
        let call = self.0.client.post(self.0.completions.clone()).header(header::CONTENT_TYPE, JSON).body(body);
        let call = self.with_key(call);
        let sent = timeout(self.0.settings.first_byte, call.send()).await.map_err(|_| NoAnswer::Late)?;
        sent.map_err(|error| unsent(&error))
    }

    /// How long to wait for a second try, where one is worth it.
    fn wait_before_retry(&self, failure: &NoAnswer, deadline: Instant) -> Option<Duration> {
        let wait = failure.pause()? + JITTER.mul_f64(chance());
        let left = deadline.saturating_duration_since(Instant::now() + wait);
        (left >= WORTH_A_RETRY && self.record().retries.take()).then_some(wait)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why a request met no answer.
fn unsent(error: &reqwest::Error) -> NoAnswer {
    match () {
        () if error.is_connect() => NoAnswer::Unreachable,
        () if error.is_timeout() => NoAnswer::Late,
        () => NoAnswer::Broken,
    }
}

/// A number from 0 to 1, any as likely.
fn chance() -> f64 {
    let [.., byte] = Uuid::new_v4().into_bytes();
    f64::from(byte) / 255.0
}
