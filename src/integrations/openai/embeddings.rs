//! Texts as vectors, by an OpenAI-compatible server's `/embeddings`; an answer is whole or it is none.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use reqwest::{Client, Url};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout_at},
};

use super::{
    super::{endpoint, read_up_to, retry_after},
    NoAnswer, Standing, Usage,
    read::answered,
    record::Record,
    unsent,
};
use crate::{config, domain::vector::Vector};

/// Longer than the vectors of one batch are, each number written out in full.
const LONGEST_ANSWER: usize = 4 * 1024 * 1024;

/// A model that embeds; cheap to clone, all clones share its places and its breaker.
#[derive(Clone)]
pub struct Embedder(Arc<Inner>);

struct Inner {
    client: Client,
    url: Url,
    name: Arc<str>,
    settings: config::Embedding,
    places: Semaphore,
    record: Mutex<Record>,
}

/// What texts mean.
#[derive(Debug, PartialEq)]
pub struct Embedded {
    /// One for each text, in their order, all of the same length.
    pub vectors: Vec<Vector>,
    /// What it was charged by, where the server tells.
    pub tokens: Option<u32>,
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Datum>,
    #[serde(default)]
    usage: Value,
}

#[derive(Deserialize)]
struct Datum {
    index: Option<usize>,
    embedding: Vec<f32>,
}

impl Embedder {
    pub fn new(settings: &config::Embedding, client: Client) -> anyhow::Result<Self> {
        Ok(Self(Arc::new(Inner {
            client,
            url: endpoint(&settings.base_url, "embeddings")?,
            name: settings.name.as_str().into(),
            settings: settings.clone(),
            places: Semaphore::new(settings.most_calls),
            record: Mutex::new(Record::new(settings.breaker_failures, settings.probe)),
        })))
    }

    /// The model's name, as the server knows it.
    pub fn name(&self) -> &Arc<str> {
        &self.0.name
    }

    /// Where it is asked: two servers may mean two models by one name.
    pub fn server(&self) -> &str {
        self.0.settings.base_url.as_str()
    }

    /// What a batch that nobody waits for may take.
    pub fn limit(&self) -> std::time::Duration {
        self.0.settings.timeout
    }

    /// Asks once; by `deadline` there are vectors or a reason. Nobody waits long enough for a second try.
    pub async fn embed(&self, texts: &[String], deadline: Instant) -> Result<Embedded, NoAnswer> {
        let _place = self.0.places.try_acquire().map_err(|_| NoAnswer::Busy)?;
        self.record().breaker.admit(Instant::now()).ok_or(NoAnswer::Resting)?;
        let outcome = timeout_at(deadline, self.exchange(texts)).await.unwrap_or(Err(NoAnswer::Late));
        self.record().note(&outcome);
        outcome
    }

    /// How the model is doing, by what became of the last calls.
    pub fn standing(&self) -> Standing {
        self.record().standing()
    }

    async fn exchange(&self, texts: &[String]) -> Result<Embedded, NoAnswer> {
        let call = self.0.client.post(self.0.url.clone()).json(&json!({ "model": &*self.0.name, "input": texts }));
        let call = match &self.0.settings.key {
            Some(key) => call.bearer_auth(key.expose()),
            None => call,
        };
        let response = call.send().await.map_err(|error| unsent(&error))?;
        let (status, retry_after) = (response.status(), retry_after(&response));
        let body = read_up_to(LONGEST_ANSWER, response).await.ok_or(NoAnswer::Broken)?;
        answered(status, retry_after, &body)?;
        read(&body, texts.len()).ok_or(NoAnswer::Unreadable)
    }

    fn record(&self) -> MutexGuard<'_, Record> {
        self.0.record.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As many vectors as there were texts, in their order, each of the same length and pointing
/// somewhere: a vector in the wrong place would answer another question.
fn read(body: &[u8], texts: usize) -> Option<Embedded> {
    let answer: Answer = serde_json::from_slice(body).ok()?;
    let in_order = answer.data.iter().enumerate().all(|(at, datum)| datum.index.is_none_or(|index| index == at));
    let vectors = answer.data.iter().map(|datum| Vector::towards(&datum.embedding)).collect::<Option<Vec<_>>>()?;
    let alike = vectors.windows(2).all(|pair| pair[0].numbers() == pair[1].numbers());
    let usage: Option<Usage> = serde_json::from_value(answer.usage).ok();
    let tokens = usage.map(|usage| usage.prompt_tokens).filter(|tokens| *tokens > 0);
    (in_order && alike && vectors.len() == texts).then_some(Embedded { vectors, tokens })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_two(data: &Value) -> Option<Embedded> {
        read(json!({ "data": data }).to_string().as_bytes(), 2)
    }

    #[test]
    fn vectors_come_in_the_order_of_the_texts_and_with_what_they_took() {
        let data = json!([{ "index": 0, "embedding": [2, 0] }, { "index": 1, "embedding": [0.0, -0.5] }]);
        let body = json!({ "data": data, "usage": { "prompt_tokens": 7, "total_tokens": 7 } });

        let embedded = read(body.to_string().as_bytes(), 2).unwrap();

        let [right, down] = [[1.0, 0.0], [0.0, -1.0]].map(|numbers| Vector::towards(&numbers).unwrap());
        assert_eq!(embedded, Embedded { vectors: vec![right, down], tokens: Some(7) });
    }

    #[test]
    fn a_server_that_counts_nothing_is_understood() {
        let embedded = read_two(&json!([{ "embedding": [1] }, { "embedding": [2] }])).unwrap();

        assert_eq!((embedded.vectors.len(), embedded.tokens), (2, None));
    }

    #[test]
    fn what_is_not_whole_is_nothing() {
        for wrong in [
            json!([{ "index": 0, "embedding": [1, 0] }]),
            json!([{ "embedding": [1] }, { "embedding": [1] }, { "embedding": [1] }]),
            json!([{ "index": 1, "embedding": [1, 0] }, { "index": 0, "embedding": [0, 1] }]),
            json!([{ "index": 0, "embedding": [1] }, { "index": 0, "embedding": [1] }]),
            json!([{ "embedding": [1, 0] }, { "embedding": [1, 0, 0] }]),
            json!([{ "embedding": [1, 0] }, { "embedding": [0, 0] }]),
            json!([{ "embedding": [1, 0] }, { "embedding": [] }]),
            json!([{ "embedding": [1, 0] }, { "embedding": [1, null] }]),
            json!([{ "embedding": [1, 0] }, { "embedding": ["NaN", 1] }]),
            json!([{ "embedding": [1, 0] }, { "embedding": [1e39, 1] }]),
            json!([{ "embedding": [1, 0] }, { "vector": [1, 0] }]),
            json!({ "0": { "embedding": [1] } }),
        ] {
            assert_eq!(read_two(&wrong), None, "{wrong}");
        }
        for wrong in ["", "null", "[]", "<html>", r#"{"data":[{"embedding":[NaN]},{"embedding":[1e999]}]}"#] {
            assert_eq!(read(wrong.as_bytes(), 2), None, "{wrong}");
        }
    }
}
