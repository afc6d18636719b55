//! What a person must answer.

use std::fmt;

use chrono::{DateTime, Utc};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::time;
use crate::error::{Error, Result};

/// Letters and digits that nobody confuses when they are read out (no 0 O 1 I L U).
const ALPHABET: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH: usize = 8;

/// A ticket's code: `id` and `ticketId` on the wire, short enough to read out on the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[sqlx(transparent)]
#[schema(pattern = "^[A-Za-z0-9]{6,10}$")]
pub struct TicketId(String);

impl TicketId {
    /// A new code; 30⁸ of them make a clash a curiosity, and the table refuses one.
    pub fn random() -> Self {
        let random = SystemRandom::new();
        let mut code = String::with_capacity(CODE_LENGTH);
        while code.len() < CODE_LENGTH {
            let mut byte = [0];
            random.fill(&mut byte).expect("the system gives random bytes");
            // 240 is the largest multiple of 30 in a byte: beyond it some letters would be likelier.
            if byte[0] < 240 {
                code.push(char::from(ALPHABET[usize::from(byte[0]) % ALPHABET.len()]));
            }
        }
        Self(code)
    }

    /// A code as a person or a link gives it, in any case.
    pub fn parse(text: &str) -> Option<Self> {
        let shaped = (6..=10).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric());
        shaped.then(|| Self(text.to_ascii_uppercase()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TicketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where a ticket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[schema(as = TicketStatus)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Status {
    Open,
    /// Answered, waiting for the customer; counts as open in the figures.
    Pending,
    Closed,
}

impl Status {
    /// Closing is done once: two people who press the button together should hear of each other.
    pub fn close(self) -> Result<Self> {
        match self {
            Self::Open | Self::Pending => Ok(Self::Closed),
            Self::Closed => Err(Error::Conflict("ticket is already closed".into())),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Pending => "pending",
            Self::Closed => "closed",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Priority {
    Low,
    Normal,
    High,
    Urgent,
}

/// A ticket as the team's pages read it: snake case, as their callers expect.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Ticket {
    pub id: TicketId,
    #[serde(skip)]
    pub uuid: Uuid,
    pub email: Option<String>,
    pub message: String,
    pub context: Option<Value>,
    pub status: Status,
    pub priority: Priority,
    pub reason: Option<String>,
    #[serde(serialize_with = "time::wire")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time::wire")]
    pub updated_at: DateTime<Utc>,
    #[serde(serialize_with = "time::wire_or_null")]
    pub closed_at: Option<DateTime<Utc>>,
    /// A person of the team, or `api`.
    pub closed_by: Option<String>,
    pub assigned_to: Option<String>,
    pub resolution: Option<String>,
    pub notes: Value,
}

/// Honest figures over all tickets of the desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Stats {
    pub total: i64,
    /// Everything not closed: what waits for the customer counts too.
    pub open: i64,
    pub closed: i64,
    /// Hours from opening until a person first answered or closed, over the tickets where one did; 0
    /// when none did.
    pub avg_response_time_hours: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_in_any_case() {
        let id = TicketId::random();

        assert_eq!(TicketId::parse(&id.as_str().to_lowercase()), Some(id));
        for no_code in ["", "12345", "12345678901", "ABC-DEF", "../../etc", "ABCDEF\0"] {
            assert_eq!(TicketId::parse(no_code), None, "{no_code:?}");
        }
    }

    #[test]
    fn a_closed_ticket_cannot_be_closed() {
        assert_eq!(Status::Pending.close().unwrap(), Status::Closed);
        assert!(matches!(Status::Closed.close(), Err(Error::Conflict(_))));
    }
}
