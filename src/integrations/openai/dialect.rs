//! The parts of a request that not every OpenAI-compatible server takes.

use async_openai::types::chat::{ChatCompletionStreamOptions, CreateChatCompletionRequest};

/// A part of a request that some servers refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Newer models refuse `max_tokens` and want `max_completion_tokens`; older servers the reverse.
    Limit,
    /// Small servers know no tools: their models write what they would have called.
    Tools,
    /// Asking for what an answer was charged by, behind a streamed one: a server that does not know
    /// that tells nothing.
    Usage,
    /// Answers while they are being said.
    Stream,
}

impl Word {
    /// What an error is about: "Unsupported parameter: '`max_tokens`' … Use '`max_completion_tokens`'
    /// instead.", "this model does not support tools".
    pub fn disliked_in(error: &str) -> Option<Self> {
        let error = error.to_lowercase();
        let is_unknown = ["unsupported", "not support", "unrecognized", "unknown", "not permitted"];
        let is_unknown = || is_unknown.iter().any(|word| error.contains(word));
        // "max_tokens is too large" is no matter of its name.
        let is_limit = error.contains("max_completion_tokens") || error.contains("max_tokens") && is_unknown();
        let is_tools = || ["tools", "tool use", "tool_choice", "tool choice"].iter().any(|word| error.contains(word));
        match () {
            () if is_limit => Some(Self::Limit),
            () if is_tools() => Some(Self::Tools),
            () if ["stream_options", "include_usage"].iter().any(|word| error.contains(word)) => Some(Self::Usage),
            () if error.contains("stream") && is_unknown() => Some(Self::Stream),
            () => None,
        }
    }
}

/// How a server wants to be asked.
#[expect(clippy::struct_excessive_bools, reason = "one for each word that a server may refuse")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect {
    has_new_limit: bool,
    has_no_tools: bool,
    has_no_usage: bool,
    has_no_stream: bool,
}

impl Dialect {
    /// The same without what was refused.
    pub fn without(self, refused: Word) -> Self {
        match refused {
            Word::Limit => Self { has_new_limit: !self.has_new_limit, ..self },
            Word::Tools => Self { has_no_tools: true, ..self },
            Word::Usage => Self { has_no_usage: true, ..self },
            Word::Stream => Self { has_no_stream: true, ..self },
        }
    }

    /// A request in this dialect, with the most tokens an answer may have.
    #[expect(deprecated, reason = "most compatible servers know only the old name of the limit")]
    pub fn word(self, request: CreateChatCompletionRequest, most_tokens: u32) -> CreateChatCompletionRequest {
        let limit = Some(most_tokens);
        let stream = request.stream.filter(|_| !self.has_no_stream);
        let with_usage = ChatCompletionStreamOptions { include_usage: Some(true), include_obfuscation: None };
        CreateChatCompletionRequest {
            max_tokens: limit.filter(|_| !self.has_new_limit),
            max_completion_tokens: limit.filter(|_| self.has_new_limit),
            tools: request.tools.filter(|_| !self.has_no_tools),
            stream,
            stream_options: stream.filter(|_| !self.has_no_usage).map(|_| with_usage),
            ..request
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_what_it_is_about() {
        let newer = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.";
        assert_eq!(Word::disliked_in(newer), Some(Word::Limit));
        assert_eq!(Word::disliked_in("registry/tiny does not support tools"), Some(Word::Tools));
        assert_eq!(Word::disliked_in("No endpoints found that support tool use"), Some(Word::Tools));
        assert_eq!(Word::disliked_in("max_tokens is too large: 4000"), None);
        assert_eq!(Word::disliked_in("Unrecognized request argument supplied: stream_options"), Some(Word::Usage));
        assert_eq!(Word::disliked_in("Streaming is not supported for this model"), Some(Word::Stream));
        assert_eq!(Word::disliked_in("Incorrect API key provided"), None);
    }

    #[test]
    fn the_limit_changes_its_name_and_tools_stay_away() {
        let dialect = Dialect::default().without(Word::Limit).without(Word::Tools);
        let request = CreateChatCompletionRequest { tools: Some(Vec::new()), ..Default::default() };

        let worded = dialect.word(request, 300);

        assert_eq!((worded.max_completion_tokens, worded.tools), (Some(300), None));
        assert_eq!(dialect.without(Word::Limit), Dialect::default().without(Word::Tools));
    }

    #[test]
    fn who_knows_no_count_streams_without_it_and_who_cannot_stream_answers_whole() {
        let request = || CreateChatCompletionRequest { stream: Some(true), ..Default::default() };
        let asked = |dialect: Dialect| {
            let worded = dialect.word(request(), 300);
            (worded.stream, worded.stream_options.and_then(|options| options.include_usage))
        };

        assert_eq!(asked(Dialect::default()), (Some(true), Some(true)));
        assert_eq!(asked(Dialect::default().without(Word::Usage)), (Some(true), None));
        assert_eq!(asked(Dialect::default().without(Word::Stream)), (None, None));
    }
}
