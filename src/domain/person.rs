//! Everything the desk holds on one person, and what an erasure took of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    contact::Email,
    conversation::{Mode, Status},
    feedback::Rating,
    ticket::{Ticket, TicketId},
    time,
    turn::{Author, Outcome},
};

/// What is held on an address, whatever the case of its letters.
#[derive(Serialize, ToSchema)]
pub struct Held {
    pub email: Email,
    pub conversations: Vec<Conversation>,
    pub tickets: Vec<Ticket>,
    pub deliveries: Vec<Delivery>,
    pub escalations: Vec<Escalation>,
    pub confirmations: Vec<Confirmation>,
    pub model_usage: Vec<ModelUse>,
    /// Where somebody else's words name the address; the words are theirs, so they are not told.
    pub mentions: Vec<Mention>,
    /// What the shop holds, as it is, by table.
    #[schema(value_type = BTreeMap<String, Vec<Value>>)]
    pub kept_by_law: BTreeMap<&'static str, Vec<Value>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HeldConversation)]
pub struct Conversation {
    pub mode: Mode,
    pub status: Status,
    pub email: Option<String>,
    #[serde(serialize_with = "time::wire")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time::wire")]
    pub updated_at: DateTime<Utc>,
    pub messages: Vec<Message>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HeldMessage)]
pub struct Message {
    pub author: Author,
    pub kind: String,
    pub body: String,
    pub outcome: Option<Outcome>,
    pub answered_by: Option<String>,
    pub confidence: Option<f32>,
    pub sources: Option<Value>,
    pub handoff_reason: Option<String>,
    /// What they said of it, and why.
    pub rating: Option<Rating>,
    pub rating_reason: Option<String>,
    #[serde(serialize_with = "time::wire")]
    pub created_at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HeldDelivery)]
pub struct Delivery {
    pub channel: String,
    pub kind: String,
    pub payload: Value,
    pub state: String,
    pub attempts: i32,
    pub last_error: Option<String>,
    #[serde(serialize_with = "time::wire")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time::wire_or_null")]
    pub done_at: Option<DateTime<Utc>>,
}

/// That the same words from the same address are one request: a hash of both, and this.
#[derive(Serialize, ToSchema)]
#[schema(as = HeldEscalation)]
pub struct Escalation {
    pub ticket: TicketId,
    #[serde(serialize_with = "time::wire")]
    pub created_at: DateTime<Utc>,
}

/// That the address was sent a confirmation: its hash, and this.
#[derive(Serialize, ToSchema)]
#[schema(as = HeldConfirmation)]
pub struct Confirmation {
    #[serde(serialize_with = "time::wire")]
    pub taken_at: DateTime<Utc>,
}

/// What asking a model for them took: a hash of the address, and this.
#[derive(Serialize, ToSchema)]
pub struct ModelUse {
    pub model: String,
    pub calls: i32,
    #[serde(serialize_with = "time::wire")]
    pub at: DateTime<Utc>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = HeldMention)]
pub struct Mention {
    pub table: &'static str,
    #[serde(serialize_with = "time::wire")]
    pub created_at: DateTime<Utc>,
}

/// On whose word somebody was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Who {
    Api,
    Command,
}

/// What is gone, and what stays.
#[derive(Serialize, ToSchema)]
pub struct Erasure {
    pub erased: Erased,
    pub kept: Vec<Kept>,
}

/// How many rows of each kind are gone; of mentions, how many places no longer name the address.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Erased {
    pub conversations: u64,
    pub messages: u64,
    pub tickets: u64,
    pub deliveries: u64,
    pub escalations: u64,
    pub confirmations: u64,
    /// Rows that no longer tell whose money it was; the sums stay.
    pub model_usage: u64,
    /// Of the address, by the team.
    pub blocks: u64,
    /// Kept for a day for who sends the same again; everybody's, because nothing tells whose they are.
    pub answers: u64,
    pub mentions: u64,
}

#[derive(Serialize, ToSchema)]
pub struct Kept {
    pub table: &'static str,
    pub rows: i64,
    pub why: &'static str,
}
