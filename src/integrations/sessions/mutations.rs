//! Tokens of each kind with something changed in them, and texts that never were one: none opens.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use proptest::{
    collection::vec,
    prelude::{Strategy, any, prop_assert, prop_oneof, proptest},
    sample::Index,
};
use serde_json::Value;
use tokio::runtime;

use super::{Sessions, Tokens, jwks::KeySet, keys::Keys};
use crate::config::{self, Secret};

const KINDS: [&str; 5] = [
    include_str!("../../../tests/sessions/nextauth-v4.json"),
    include_str!("../../../tests/sessions/authjs-v5.json"),
    include_str!("../../../tests/sessions/jwt-hs256.json"),
    include_str!("../../../tests/sessions/jwt-rs256.json"),
    include_str!("../../../tests/sessions/jwt-es256.json"),
];

static VECTORS: LazyLock<[Value; 5]> = LazyLock::new(|| KINDS.map(|kind| serde_json::from_str(kind).unwrap()));

static DOOR: LazyLock<Door> = LazyLock::new(|| Door::new(&*VECTORS));

fn token(kind: usize) -> &'static str {
    VECTORS[kind]["token"].as_str().unwrap()
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_360_000, 0).unwrap()
}

/// A door that every kind opens.
struct Door {
    sessions: Sessions,
    tokens: Tokens,
}

impl Door {
    fn new(vectors: &[Value]) -> Self {
        let secret = Secret::new(vectors[0]["secret"].as_str().unwrap().to_owned());
        let set = serde_json::json!({ "keys": [vectors[3]["jwk"], vectors[4]["jwk"]] });
        let keys = Keys::fixed(KeySet::read(set.to_string().as_bytes()).unwrap());
        let settings = config::Tokens {
            secrets: vec![secret.clone()],
            keys_url: None,
            issuers: Vec::new(),
            audiences: Vec::new(),
        };
        Self { sessions: Sessions::new(&[secret]), tokens: Tokens::new(&settings, Some(keys)) }
    }

    fn opens(&self, token: &str, now: DateTime<Utc>) -> bool {
        let signed = || {
            runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .unwrap()
                .block_on(self.tokens.verify(token, now))
        };
        self.sessions.verify(token, now).is_some() || signed().is_some()
    }
}

/// Something that somebody does to a token.
#[derive(Clone, Debug)]
enum Change {
    /// A bit of a part is turned.
    Bit(Index, Index, u8),
    /// A part is a byte longer, or shorter.
    Longer(Index, Index, u8),
    Shorter(Index, Index),
    /// A character of the text is any other that a header may carry.
    Character(Index, char),
    /// Only the beginning is left, or the end.
    Beginning(Index),
    End(Index),
    /// Two parts change places, or one comes twice.
    Swapped(Index, Index),
    Doubled(Index, Index),
    /// A part is one of another token: its head, its key, its text.
    Foreign(Index, Index, Index),
}

fn change() -> impl Strategy<Value = Change> {
    let at = any::<Index>;
    prop_oneof![
        3 => (at(), at(), 0..8_u8).prop_map(|(part, byte, bit)| Change::Bit(part, byte, bit)),
        1 => (at(), at(), any::<u8>()).prop_map(|(part, byte, new)| Change::Longer(part, byte, new)),
        1 => (at(), at()).prop_map(|(part, byte)| Change::Shorter(part, byte)),
        2 => (at(), proptest::char::range(' ', '~')).prop_map(|(place, new)| Change::Character(place, new)),
        1 => at().prop_map(Change::Beginning),
        1 => at().prop_map(Change::End),
        1 => (at(), at()).prop_map(|(one, other)| Change::Swapped(one, other)),
        1 => (at(), at()).prop_map(|(one, place)| Change::Doubled(one, place)),
        2 => (at(), at(), at()).prop_map(|(part, kind, theirs)| Change::Foreign(part, kind, theirs)),
    ]
}

impl Change {
    fn apply(&self, text: &str) -> String {
        if text.is_empty() {
            return String::new();
        }
        let mut parts: Vec<String> = text.split('.').map(str::to_owned).collect();
        let count = parts.len();
        match self {
            Self::Bit(part, byte, bit) => in_bytes(&mut parts[part.index(count)], |bytes| {
                if !bytes.is_empty() {
                    let at = byte.index(bytes.len());
                    bytes[at] ^= 1 << bit;
                }
            }),
            Self::Longer(part, byte, new) => {
                in_bytes(&mut parts[part.index(count)], |bytes| bytes.insert(byte.index(bytes.len() + 1), *new));
            }
            Self::Shorter(part, byte) => in_bytes(&mut parts[part.index(count)], |bytes| {
                if !bytes.is_empty() {
                    bytes.remove(byte.index(bytes.len()));
                }
            }),
            Self::Character(place, new) => {
                let mut characters: Vec<char> = text.chars().collect();
                let at = place.index(characters.len());
                characters[at] = *new;
                return characters.into_iter().collect();
            }
            Self::Beginning(end) => return text[..end.index(text.len())].to_owned(),
            Self::End(start) => return text[1 + start.index(text.len())..].to_owned(),
            Self::Swapped(one, other) => parts.swap(one.index(count), other.index(count)),
            Self::Doubled(one, place) => parts.insert(place.index(count), parts[one.index(count)].clone()),
            Self::Foreign(part, kind, theirs) => {
                let foreign: Vec<&str> = token(kind.index(KINDS.len())).split('.').collect();
                foreign[theirs.index(foreign.len())].clone_into(&mut parts[part.index(count)]);
            }
        }
        parts.join(".")
    }
}

/// Changes what a part says, where it says anything.
fn in_bytes(part: &mut String, change: impl FnOnce(&mut Vec<u8>)) {
    if let Ok(mut bytes) = URL_SAFE_NO_PAD.decode(part.as_bytes()) {
        change(&mut bytes);
        *part = URL_SAFE_NO_PAD.encode(bytes);
    }
}

#[test]
fn every_kind_opens_until_its_time_is_over() {
    for (kind, vector) in VECTORS.iter().enumerate() {
        let ends = vector["payload"]["exp"].as_i64().unwrap();

        assert!(DOOR.opens(token(kind), now()), "{kind}");
        assert!(!DOOR.opens(token(kind), DateTime::from_timestamp(ends + 15, 0).unwrap()), "{kind}");
    }
}

proptest! {
    #[test]
    fn no_changed_session_of_any_kind_opens(changes in vec(change(), 1..4)) {
        for kind in 0..KINDS.len() {
            let changed = changes.iter().fold(token(kind).to_owned(), |text, change| change.apply(&text));
            let is_whole = (0..KINDS.len()).any(|kind| token(kind) == changed);
            prop_assert!(is_whole || !DOOR.opens(&changed, now()), "{changed}");
        }
    }

    #[test]
    fn no_text_that_is_no_session_opens(text in "[A-Za-z0-9_=-]{0,40}([.][A-Za-z0-9_=-]{0,40}){0,6}|\\PC{0,300}") {
        prop_assert!(!DOOR.opens(&text, now()));
    }

    /// Under a head of ours, so that what lies behind it is looked at.
    #[test]
    fn no_invention_under_a_true_head_opens(kind in 0..KINDS.len(), rest in vec(vec(any::<u8>(), 0..64), 0..6)) {
        let head = token(kind).split('.').next().unwrap().to_owned();
        let parts = rest.iter().map(|part| URL_SAFE_NO_PAD.encode(part));
        let text = [head].into_iter().chain(parts).collect::<Vec<_>>().join(".");
        prop_assert!(!DOOR.opens(&text, now()), "{text}");
    }
}
