//! A turn is one message of a conversation, as the deciding parts see it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Author {
    /// The person who asks.
    Customer,
    /// The program.
    Ai,
    /// A person of the team.
    Human,
    /// A note of the program about the conversation itself.
    System,
}

/// What a reply of the program was worth: it speaks of the knowledge, not of the manners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Outcome {
    /// The knowledge base says it, and we are sure.
    Answer,
    /// We are not sure: these sections come closest.
    Closest,
    /// The knowledge base does not say it.
    Unknown,
    /// A person was asked to answer.
    HandedOver,
}

/// One message with what it led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// Who wrote it.
    pub author: Author,
    /// The words, as they were shown.
    pub text: String,
    /// Set on the program's replies.
    pub outcome: Option<Outcome>,
}
