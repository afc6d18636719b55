//! The settings of the language model.

use std::time::Duration;

use reqwest::Url;

use super::{
    Secret,
    embedding::{Embedding, embedding},
    reader::Reader,
};

/// What is left of a request for everything but the model.
const STORING: Duration = Duration::from_secs(2);

/// A model behind an OpenAI-compatible server.
#[derive(Clone, Debug)]
pub struct Model {
    pub base_url: Url,
    /// A server of one's own may want none.
    pub key: Option<Secret>,
    pub name: String,
    /// A cheaper one of the same server, for when money runs short.
    pub small: Option<String>,
    pub max_tokens: u32,
    /// What an answer may take altogether, second tries included.
    pub timeout: Duration,
    pub connect: Duration,
    /// How long the server may say nothing, before its first byte and between two.
    pub first_byte: Duration,
    /// Calls at the same time; beyond them the knowledge base answers.
    pub most_calls: usize,
    /// After so many failures in a row it is left alone,
    pub breaker_failures: u32,
    /// but for one call in this time.
    pub probe: Duration,
}

impl Model {
    /// Every model that may be asked.
    pub fn names(&self) -> Vec<&str> {
        [Some(self.name.as_str()), self.small.as_deref()].into_iter().flatten().collect()
    }
}

/// The model for answers, and the one for embeddings. A key switches the first on, and so does the
/// address of a server of one's own, which may want no key. `handler` is what a request may take.
pub(super) fn models<F: Fn(&str) -> Option<String>>(
    reader: &mut Reader<F>,
    handler: Duration,
) -> (Option<Model>, Option<Embedding>) {
    let named = reader.text("OPENAI_BASE_URL").is_some();
    let key = reader.bearer("OPENAI_API_KEY");
    // The answer must still be stored before its request ends.
    let longest = handler.saturating_sub(STORING).max(Duration::from_secs(1));
    let timeout = reader.seconds("MODEL_TIMEOUT_SECONDS", 20).min(longest);
    let model = Model {
        base_url: reader.base_url("OPENAI_BASE_URL", "https://api.openai.com/v1"),
        name: reader.text("OPENAI_MODEL").map_or_else(|| "gpt-4o-mini".into(), |name| name.trim().to_owned()),
        small: reader.text("OPENAI_SMALL_MODEL").map(|name| name.trim().to_owned()),
        max_tokens: u32::try_from(reader.number("MODEL_MAX_TOKENS", 300, (16, 4_000))).unwrap_or(300),
        timeout,
        connect: reader.seconds("MODEL_CONNECT_SECONDS", 3).min(timeout),
        // Of an answer that is not streamed the first byte comes with the last: 15 of the usual 20 seconds.
        first_byte: reader.seconds("MODEL_FIRST_BYTE_SECONDS", (timeout.as_secs() * 3 / 4).max(1)).min(timeout),
        most_calls: reader.count("MAX_MODEL_CALLS", 64, (1, 10_000)),
        breaker_failures: u32::try_from(reader.number("MODEL_BREAKER_FAILURES", 5, (1, 1_000))).unwrap_or(5),
        probe: reader.seconds("MODEL_PROBE_SECONDS", 30),
        key,
    };
    let is_on = named || model.key.is_some();
    let embedding = embedding(reader, &model, is_on);
    (is_on.then_some(model), embedding)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{problems, read};
    use super::*;

    #[test]
    fn a_key_or_an_address_alone_switches_the_model_on() {
        assert!(read(&[]).unwrap().model.is_none());
        assert!(read(&[("OPENAI_API_KEY", "sk-1")]).unwrap().model.is_some());
        let local = read(&[("OPENAI_BASE_URL", "http://127.0.0.1:11434/v1")]).unwrap().model.unwrap();
        assert!(local.key.is_none());
        for wrong in ["http://169.254.169.254/v1", "file:///etc", "https://u:p@api.openai.com/v1"] {
            assert_eq!(problems(&[("OPENAI_BASE_URL", wrong)]).len(), 1, "{wrong}");
        }
        assert_eq!(problems(&[("OPENAI_API_KEY", "sk one\u{e9}")]).len(), 1);
    }

    #[test]
    fn a_part_of_the_models_time_is_cut_to_the_whole_and_the_whole_to_the_requests() {
        let on = ("OPENAI_API_KEY", "sk-1");
        let short = read(&[on, ("MODEL_TIMEOUT_SECONDS", "1")]).unwrap().model.unwrap();
        assert_eq!((short.first_byte, short.connect), (Duration::from_secs(1), Duration::from_secs(1)));
        let long = read(&[on, ("MODEL_TIMEOUT_SECONDS", "60")]).unwrap();
        assert!(long.model.unwrap().timeout < long.budgets.handler);
    }
}
