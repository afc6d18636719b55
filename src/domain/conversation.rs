//! A thread of messages and who is answering in it.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The conversation inside the house; the wire knows only its handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversationId(pub Uuid);

impl ConversationId {
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

/// Who may read a conversation back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Mode {
    /// A visitor nobody has verified.
    Public,
    /// A verified customer.
    Private,
}

/// Who answers next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConversationStatus)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Status {
    /// The desk itself.
    Ai,
    /// The desk still answers, but a person has been asked for.
    Waiting,
    /// A person has taken over.
    Human,
    Closed,
}

impl Status {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ai => "ai",
            Self::Waiting => "waiting",
            Self::Human => "human",
            Self::Closed => "closed",
        }
    }
}
