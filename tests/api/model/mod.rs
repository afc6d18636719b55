//! A model makes answers better and never worse: whatever it does, the reply is useful and in time.

mod failures;
mod money;
mod replies;
mod requests;

use std::fs;

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    harness::TestApp,
    process::Folder,
    stand_in::{Play, StandIn},
};

/// Its sections: [1] Growth, [2] Enterprise, [3] Refunds.
const KNOWLEDGE: &str = "# Acme

## Plans

### Growth - £29/month

- 100 tasks/month
- Email support

### Enterprise - £299/month

- Unlimited tasks

## Refunds

Full refund within 14 days. Write to support@levqor.ai.
";

const QUESTION: &str = "How much is the Growth plan?";

pub struct Desk {
    pub app: TestApp,
    _folder: Folder,
}

impl Desk {
    pub async fn new(db: PgPool, model: &StandIn, settings: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        fs::write(folder.0.join("plans.md"), KNOWLEDGE).unwrap();
        let base_url = format!("{}/v1", model.url);
        let ours = [("KNOWLEDGE_BASE_DIR", folder.0.to_str().unwrap()), ("OPENAI_BASE_URL", base_url.as_str())];
        let app = TestApp::with(db, &[&ours, settings].concat()).await;
        Self { app, _folder: folder }
    }

    pub async fn ask(&self) -> Value {
        self.app.ask(QUESTION, "").await
    }
}

/// A completion with these words.
pub fn says(text: &str) -> Play {
    completion(&json!({ "role": "assistant", "content": text }), "stop")
}

pub fn completion(message: &Value, finish_reason: &str) -> Play {
    let body = json!({
        "id": "chatcmpl-1",
        "choices": [{ "index": 0, "message": message, "finish_reason": finish_reason }],
        "usage": { "prompt_tokens": 700, "completion_tokens": 20, "total_tokens": 720 },
    });
    Play::Answer(200, body.to_string())
}

pub fn hands_over(text: Option<&str>) -> Play {
    let call = json!({ "id": "1", "type": "function", "function": {
        "name": "hand_over", "arguments": "{\"reason\": \"policy\"}",
    } });
    completion(&json!({ "role": "assistant", "content": text, "tool_calls": [call] }), "tool_calls")
}

/// What the knowledge base says when no model does.
pub fn assert_from_knowledge_base(answer: &Value) {
    assert_eq!(answer["answeredBy"], "knowledge_base", "{answer}");
    assert_eq!(answer["outcome"], "answer");
    assert!(answer["reply"].as_str().unwrap().contains("£29/month"), "{answer}");
}
