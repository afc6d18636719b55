//! A request, written out before it is sent.

use std::sync::Arc;

use async_openai::types::chat::CreateChatCompletionRequest;
use bytes::Bytes;

use super::dialect::Dialect;

/// What a model is asked, in the words that its server took last.
pub struct Letter {
    /// Without the model's name and its limits.
    request: Box<CreateChatCompletionRequest>,
    wording: Wording,
    body: Bytes,
}

/// How a request is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wording {
    pub model: Arc<str>,
    /// Whether the answer is heard while it is being said.
    pub is_heard: bool,
    pub dialect: Dialect,
    /// The most that the answer may have.
    pub most_tokens: u32,
}

impl Letter {
    pub(super) fn new(request: Box<CreateChatCompletionRequest>, wording: Wording) -> Self {
        let body = wording.write(&request);
        Self { request, wording, body }
    }

    /// What is sent; written anew where another wording is wanted.
    pub(super) fn body(&self, wording: &Wording) -> Bytes {
        if *wording == self.wording { self.body.clone() } else { wording.write(&self.request) }
    }

    /// What it asks, to be asked otherwise.
    pub fn request(&self) -> Box<CreateChatCompletionRequest> {
        self.request.clone()
    }

    pub fn size_bytes(&self) -> usize {
        self.body.len()
    }
}

impl Wording {
    fn write(&self, request: &CreateChatCompletionRequest) -> Bytes {
        let stream = self.is_heard.then_some(true);
        let request = CreateChatCompletionRequest { model: self.model.to_string(), stream, ..request.clone() };
        let worded = self.dialect.word(request, self.most_tokens);
        // Text and numbers can always be written; were it otherwise, the server would refuse an empty body, and
        // the knowledge base would answer.
        serde_json::to_vec(&worded).map(Bytes::from).unwrap_or_default()
    }
}
