//! What a person wrote, accepted at the door.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    privacy::secrets_masked,
    text, time,
    turn::{Author, Outcome},
};

/// The page has no limit of its own, and an escalation joins three messages; this is the
/// length up to which we promise to keep them whole.
const LONGEST: usize = 16_000;

/// Room for any kind of id, in characters.
const LONGEST_CLIENT_ID: usize = 128;

/// What stands between messages that are sent, or quoted, as one.
pub const JOINT: &str = " | ";

/// A message with something to read in it, kept as a [`Text`] is.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(try_from = "Text")]
#[schema(
    description = "A text with something visible in it.",
    max_length = 16_000,
    pattern = r"[^\s\u0000-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u205F-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8]"
)]
pub struct Message(String);

impl Message {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<Text> for Message {
    type Error = &'static str;

    fn try_from(text: Text) -> Result<Self, Self::Error> {
        if text.is_blank() { Err("must not be blank") } else { Ok(Self(text.0)) }
    }
}

/// Any text of at most 16,000 characters, also a blank one. It is kept as it was written, but for
/// secrets: a card number, an IBAN, a key or a password gets no further than this.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(description = "Any text, also a blank one.", max_length = 16_000)]
pub struct Text(String);

impl Text {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_blank(&self) -> bool {
        text::is_blank(&self.0)
    }
}

impl TryFrom<String> for Text {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.chars().count() > LONGEST { Err("must be at most 16,000 characters") } else { Ok(Self(masked(&text))) }
    }
}

/// Messages that are joined are masked as each was when it came alone, so that they can still be
/// told by their words.
fn masked(text: &str) -> String {
    text.split(JOINT).map(secrets_masked).collect::<Vec<_>>().join(JOINT)
}

/// The name of one stored message, on the wire too; random, so that it tells no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
pub struct MessageId(pub Uuid);

impl MessageId {
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// As a reply gave it out.
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::parse_str(text).ok().map(Self)
    }
}

/// What a client calls one of its messages, so that sending it twice says it once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(
    pattern = r"^[^\s\u0000-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u205F-\u206F\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFF8]{1,128}$"
)]
pub struct ClientMessageId(String);

impl ClientMessageId {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClientMessageId {
    type Error = &'static str;

    fn try_from(id: String) -> Result<Self, Self::Error> {
        let is_fit = (1..=LONGEST_CLIENT_ID).contains(&id.chars().count()) && !id.chars().any(text::is_invisible);
        if is_fit { Ok(Self(id)) } else { Err("must be 1 to 128 visible characters") }
    }
}

/// A message as the team reads it in a thread.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Said {
    pub author: Author,
    /// `reply` or `note`: what the customer sees, and what they never do.
    pub kind: String,
    pub body: String,
    #[serde(serialize_with = "time::wire")]
    pub created_at: DateTime<Utc>,
}

/// A message as its customer reads it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Told {
    pub id: MessageId,
    pub author: Author,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sources: Option<Value>,
    #[serde(serialize_with = "time::wire")]
    pub created_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_counts_characters_not_bytes() {
        assert!(Text::try_from("é".repeat(LONGEST)).is_ok());
        assert!(Text::try_from("é".repeat(LONGEST + 1)).is_err());
    }

    #[test]
    fn a_clients_id_is_short_and_can_be_seen() {
        let is_fit = |id: &str| ClientMessageId::try_from(id.to_owned()).is_ok();

        assert!(is_fit("1") && is_fit(&"é".repeat(LONGEST_CLIENT_ID)));
        for unfit in ["", " ", "a b", "a\u{200b}", "a\n", &"a".repeat(LONGEST_CLIENT_ID + 1)] {
            assert!(!is_fit(unfit), "{unfit:?}");
        }
    }

    #[test]
    fn the_limit_counts_what_was_sent() {
        let text = Text::try_from(format!("{} pw: hunter2", "a".repeat(LONGEST - 12))).unwrap();

        assert!(text.as_str().ends_with("pw: [password removed]"));
    }

    #[test]
    fn what_is_joined_is_masked_as_it_was_alone() {
        let masked = |text: &str| Text::try_from(text.to_owned()).unwrap().0;
        // Beside its name the number of an order stays; a message later it would be a card's.
        let said = ["what is my order number", "4242 4242 4242 4242", "my password is", "Sommer77 | hunter2!"];

        assert_eq!(masked(&said.join(JOINT)), said.map(masked).join(JOINT));
    }

    #[test]
    fn a_message_shows_something() {
        let message = |text: &str| Message::try_from(Text(text.into()));

        assert!(message("hi").is_ok());
        assert!(message("\u{200b} ").is_err());
    }
}
