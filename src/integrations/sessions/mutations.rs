//! Ten thousand tokens of each kind with something changed in them: none opens.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Sessions, Tokens, jwks::KeySet, keys::Keys};
use crate::config::{self, Secret};

const TRIES: usize = 10_000;

const KINDS: [&str; 5] = [
    include_str!("../../../tests/sessions/nextauth-v4.json"),
    include_str!("../../../tests/sessions/authjs-v5.json"),
    include_str!("../../../tests/sessions/jwt-hs256.json"),
    include_str!("../../../tests/sessions/jwt-rs256.json"),
    include_str!("../../../tests/sessions/jwt-es256.json"),
];

/// The same numbers each time, so that what once opened can be looked at (splitmix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(sides).unwrap()).unwrap()
    }
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

    async fn opens(&self, token: &str, now: DateTime<Utc>) -> bool {
        self.sessions.verify(token, now).is_some() || self.tokens.verify(token, now).await.is_some()
    }
}

#[tokio::test]
async fn no_changed_session_of_any_kind_opens() {
    let vectors = KINDS.map(|kind| serde_json::from_str::<Value>(kind).unwrap());
    let tokens: Vec<&str> = vectors.iter().map(|vector| vector["token"].as_str().unwrap()).collect();
    let (door, now, mut dice) = (Door::new(&vectors), DateTime::from_timestamp(1_795_360_000, 0).unwrap(), Dice(1));

    for (token, vector) in tokens.iter().zip(&vectors) {
        for _ in 0..TRIES {
            let other = tokens[dice.roll(tokens.len())];
            let changed = change(token, other, &mut dice);
            assert!(changed == *token || !door.opens(&changed, now).await, "{changed}");
        }
        let ends = vector["payload"]["exp"].as_i64().unwrap();
        assert!(door.opens(token, now).await, "unchanged: {token}");
        assert!(!door.opens(token, DateTime::from_timestamp(ends + 15, 0).unwrap()).await, "replayed: {token}");
    }
}

fn change(token: &str, other: &str, dice: &mut Dice) -> String {
    let mut parts: Vec<String> = token.split('.').map(str::to_owned).collect();
    let theirs: Vec<&str> = other.split('.').collect();
    let (at, with) = (dice.roll(parts.len()), dice.roll(parts.len()));
    match dice.roll(8) {
        0 | 1 => parts[at] = in_bytes(&parts[at], dice),
        2 => return in_text(token, dice),
        3 => return token[..dice.roll(token.len())].to_owned(),
        4 => return token[1 + dice.roll(token.len() - 1)..].to_owned(),
        5 => parts.swap(at, with),
        6 => theirs[dice.roll(theirs.len())].clone_into(&mut parts[at]),
        _ => parts.insert(at, parts[with].clone()),
    }
    parts.join(".")
}

/// A part with one bit turned, one byte more, or one byte less.
fn in_bytes(part: &str, dice: &mut Dice) -> String {
    let mut bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
    let at = dice.roll(bytes.len() + 1);
    match dice.roll(4) {
        0 => bytes.insert(at, u8::try_from(dice.roll(256)).unwrap()),
        1 if at < bytes.len() => drop(bytes.remove(at)),
        _ if at < bytes.len() => bytes[at] ^= 1 << dice.roll(8),
        _ => {}
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The text with one character replaced by any that a header may carry.
fn in_text(token: &str, dice: &mut Dice) -> String {
    let mut text = token.as_bytes().to_vec();
    text[dice.roll(token.len())] = b' ' + u8::try_from(dice.roll(95)).unwrap();
    String::from_utf8(text).unwrap()
}
