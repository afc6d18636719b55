//! What asking took: by the server's word, or by the length of what was sent where it has none.

use std::sync::Arc;

use crate::integrations::openai::{Completion, NoAnswer, Usage};

/// Fewer bytes than this are seldom a token, in any language: rather too much is counted than too little.
const BYTES_A_TOKEN: usize = 3;

/// What the questions of one turn took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The model's name.
    pub model: Arc<str>,
    /// How many questions the server may charge for.
    pub calls: u32,
    pub prompt_tokens: u64,
    pub completion_tokens: u64,
    /// Whether the server did not tell of all of it.
    pub is_estimated: bool,
    /// What one question may have written that nobody read to its end.
    most_written: u64,
}

impl Spent {
    /// `most_written` tokens an answer may have.
    pub fn none(model: &Arc<str>, most_written: u64) -> Self {
        let model = Arc::clone(model);
        Self { model, calls: 0, prompt_tokens: 0, completion_tokens: 0, is_estimated: false, most_written }
    }

    /// What one reading of texts of so many bytes took, of which the server may have told the tokens.
    pub fn reading(model: &Arc<str>, told: Option<u32>, bytes: usize) -> Self {
        let prompt_tokens = told.map_or_else(|| tokens(bytes), u64::from);
        Self { calls: 1, prompt_tokens, is_estimated: told.is_none(), ..Self::none(model, 0) }
    }

    /// Counts one question of that size by what came of it; nothing came of one that was cut off.
    pub fn count(&mut self, size_bytes: usize, outcome: Option<&Result<Completion, NoAnswer>>) {
        let (usage, written) = match outcome {
            // Whoever was asked something read something: nought is what servers tell who do not count.
            Some(Ok(completion)) => {
                (completion.usage.filter(|usage| usage.prompt_tokens > 0), tokens(completion.text.len()))
            }
            Some(Err(failure)) if !failure.may_be_charged() => return,
            Some(Err(_)) | None => (None, self.most_written),
        };
        let (prompt, completion) = match usage {
            Some(Usage { prompt_tokens, completion_tokens }) => (prompt_tokens.into(), completion_tokens.into()),
            None => (tokens(size_bytes), written),
        };
        self.calls += 1;
        self.prompt_tokens += prompt;
        self.completion_tokens += completion;
        self.is_estimated |= usage.is_none();
    }
}

/// About how many tokens so many bytes are.
pub fn tokens(bytes: usize) -> u64 {
    bytes.div_ceil(BYTES_A_TOKEN) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::integrations::openai::End;

    fn after(outcomes: &[Result<Completion, NoAnswer>]) -> Spent {
        let mut spent = Spent::none(&"small".into(), 300);
        for outcome in outcomes {
            spent.count(2_000, Some(outcome));
        }
        spent
    }

    fn completion(usage: Option<Usage>) -> Completion {
        Completion { text: "Ten bytes.".into(), call: None, end: End::Done, usage }
    }

    #[test]
    fn what_the_server_tells_is_added_up() {
        let told = completion(Some(Usage { prompt_tokens: 700, completion_tokens: 20 }));
        let more = completion(Some(Usage { prompt_tokens: 800, completion_tokens: 30 }));
        let spent = after(&[Ok(told), Ok(more)]);

        assert_eq!((spent.calls, spent.prompt_tokens, spent.completion_tokens), (2, 1_500, 50));
        assert!(!spent.is_estimated);
    }

    #[test]
    fn a_server_that_tells_nothing_is_estimated_and_one_that_was_not_asked_took_nothing() {
        let untold = after(&[Ok(completion(None))]);
        assert!(untold.is_estimated && untold.prompt_tokens > 0 && untold.completion_tokens == 4, "{untold:?}");

        let nought = completion(Some(Usage { prompt_tokens: 0, completion_tokens: 0 }));
        assert_eq!(after(&[Ok(nought)]), untold, "a server that counts nothing tells nothing");

        let late = after(&[Err(NoAnswer::Late)]);
        assert!(late.is_estimated && late.completion_tokens == 300, "it may have been at it");
        let read = |told| Spent::reading(&"small".into(), told, 30);
        assert_eq!((read(Some(7)).prompt_tokens, read(Some(7)).is_estimated), (7, false));
        assert_eq!((read(None).prompt_tokens, read(None).is_estimated, read(None).calls), (10, true, 1));
        assert_eq!(after(&[Err(NoAnswer::Busy), Err(NoAnswer::Unreachable), Err(NoAnswer::Failed(503))]).calls, 0);
    }
}
