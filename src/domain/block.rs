//! Whom the team does not want to hear from for now.

use std::fmt::Write;

use serde::Serialize;
use utoipa::ToSchema;

use super::{client::Place, contact::Email, token::Handle};

/// What of somebody is blocked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[schema(as = BlockKind)]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Kind {
    Address,
    Email,
    Conversation,
}

/// One thing that can be blocked, in the one way it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mark {
    pub kind: Kind,
    pub value: String,
}

impl Mark {
    pub fn of_handle_hash(hash: &[u8]) -> Self {
        let value = hash.iter().fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Self { kind: Kind::Conversation, value }
    }
}

impl From<Place> for Mark {
    fn from(place: Place) -> Self {
        Self { kind: Kind::Address, value: place.to_string() }
    }
}

impl From<&Email> for Mark {
    fn from(email: &Email) -> Self {
        Self { kind: Kind::Email, value: email.folded() }
    }
}

impl From<&Handle> for Mark {
    fn from(handle: &Handle) -> Self {
        Self::of_handle_hash(&handle.hash())
    }
}
