//! The settings of embeddings: which model tells what texts mean alike, and where it is asked.

use std::time::Duration;

use reqwest::Url;

use super::{Model, Secret, reader::Reader};

/// A model behind an OpenAI-compatible server's `/embeddings`.
#[derive(Clone, Debug)]
pub struct Embedding {
    pub base_url: Url,
    /// A server of one's own may want none.
    pub key: Option<Secret>,
    pub name: String,
    /// What a batch of the knowledge base's texts may take.
    pub timeout: Duration,
    pub connect: Duration,
    /// Calls at the same time; beyond them words alone decide.
    pub most_calls: usize,
    /// After so many failures in a row it is left alone,
    pub breaker_failures: u32,
    /// but for one call in this time.
    pub probe: Duration,
}

/// Its name switches it on. It is asked where the model for answers is, unless it has an address of
/// its own; a key goes only to the server that it is for. `answers` are the settings of that model,
/// whether it `is_on` or not.
pub(super) fn embedding<F: Fn(&str) -> Option<String>>(
    reader: &mut Reader<F>,
    answers: &Model,
    is_on: bool,
) -> Option<Embedding> {
    let name = reader.text("OPENAI_EMBEDDING_MODEL");
    let is_elsewhere = reader.text("OPENAI_EMBEDDING_BASE_URL").is_some();
    let base_url = reader.base_url("OPENAI_EMBEDDING_BASE_URL", answers.base_url.as_str());
    let own_key = reader.bearer("OPENAI_EMBEDDING_API_KEY");
    let name = name?.trim().to_owned();
    if !is_on && !is_elsewhere && own_key.is_none() {
        reader.refuse(
            "OPENAI_EMBEDDING_MODEL is set, but no server to ask: set OPENAI_API_KEY, OPENAI_EMBEDDING_API_KEY, or \
             OPENAI_EMBEDDING_BASE_URL for a server of your own"
                .into(),
        );
    }
    Some(Embedding {
        base_url,
        key: own_key.or_else(|| answers.key.clone().filter(|_| !is_elsewhere)),
        name,
        timeout: answers.timeout,
        connect: answers.connect,
        most_calls: answers.most_calls,
        breaker_failures: answers.breaker_failures,
        probe: answers.probe,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{problems, read};
    use super::*;

    const NAMED: (&str, &str) = ("OPENAI_EMBEDDING_MODEL", "small");
    const KEY: (&str, &str) = ("OPENAI_API_KEY", "sk-1");
    const ELSEWHERE: (&str, &str) = ("OPENAI_EMBEDDING_BASE_URL", "http://127.0.0.1:11434/v1");

    fn on(settings: &[(&str, &str)]) -> Embedding {
        read(settings).unwrap().embedding.unwrap()
    }

    #[test]
    fn only_its_name_switches_it_on_and_it_needs_a_server() {
        assert!(read(&[KEY]).unwrap().embedding.is_none());
        assert!(read(&[ELSEWHERE]).unwrap().embedding.is_none());
        assert_eq!(problems(&[NAMED]).len(), 1);
        assert_eq!(on(&[NAMED, KEY]).base_url.as_str(), "https://api.openai.com/v1");
        assert_eq!(problems(&[NAMED, ("OPENAI_EMBEDDING_BASE_URL", "http://10.0.0.1/v1")]).len(), 1);
    }

    #[test]
    fn it_works_without_a_model_for_answers() {
        let config = read(&[NAMED, ELSEWHERE]).unwrap();

        assert!(config.model.is_none() && config.embedding.unwrap().key.is_none());
        assert!(on(&[NAMED, ("OPENAI_EMBEDDING_API_KEY", "sk-2")]).key.is_some());
    }

    #[test]
    fn the_key_for_answers_goes_to_no_other_server() {
        assert!(on(&[NAMED, KEY]).key.is_some());
        assert!(on(&[NAMED, KEY, ELSEWHERE]).key.is_none());
        let own = on(&[NAMED, KEY, ELSEWHERE, ("OPENAI_EMBEDDING_API_KEY", "sk-2")]);
        assert_eq!(own.key.unwrap().expose(), "sk-2");
    }

    #[test]
    fn under_a_budget_it_needs_a_price_too() {
        let bounded = [NAMED, ELSEWHERE, ("BUDGET_PER_DAY", "1")];

        assert_eq!(problems(&bounded).len(), 1);
        assert_eq!(problems(&[bounded.as_slice(), &[("MODEL_PRICES", "small=0.02/0")]].concat()).len(), 0);
    }
}
