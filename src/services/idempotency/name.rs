//! What tells one request from every other, as hashes; no I/O.

use crate::{
    domain::{
        contact::Email,
        hash,
        message::ClientMessageId,
        token::{Handle, VisitorToken},
    },
    storage::idempotency::Hashes,
};

/// Whose names are kept apart: nobody's request is answered with somebody else's answer.
pub enum Who {
    /// One of the team: the machine secret or the session they show.
    Admin(Vec<u8>),
    Customer(Email),
    Visitor(VisitorToken),
    /// Anybody may say what they say, so a name of theirs counts together with what they ask.
    Nobody,
}

/// Shorter names of strangers ("1", "message-2") come twice by chance, and who opens a conversation under
/// one would be given another stranger's: there such a name counts for nothing.
const UNGUESSABLE: usize = 16;

/// Where strangers open conversations.
const CHAT: &str = "/api/support/public";

/// A request that its sender named.
#[derive(Clone)]
pub struct Name {
    pub(super) hashes: Hashes,
    /// Opens the answer; nothing that is stored gives it away.
    pub(super) seal: [u8; 32],
    /// Whether anybody may be behind it.
    pub is_of_nobody: bool,
}

impl Name {
    /// A request by its `Idempotency-Key`.
    pub fn of_request(who: &Who, key: &str, path: &str, body: &[u8]) -> Option<Self> {
        let request = [path.as_bytes(), body];
        match who {
            Who::Nobody if path == CHAT && key.len() < UNGUESSABLE => None,
            Who::Nobody => Some(Self::new(&[b"request", b"nobody", &hash::of(b"", &request)], key, &request)),
            known => Some(Self::new(&[b"request", known.kind(), &known.secret()], key, &request)),
        }
    }

    /// A turn of a chat by its `clientMessageId`. In a conversation it is one message's name; before
    /// there is any, clients that count from one begin again with each, so the words count too, and of
    /// a stranger only an id that nobody else can have.
    pub fn of_message(who: &Who, conversation: Option<&Handle>, id: &ClientMessageId, message: &str) -> Option<Self> {
        let is_guessable = matches!(who, Who::Nobody) && id.as_str().len() < UNGUESSABLE;
        let (request, who, secret) = ([message.as_bytes()], who.kind(), who.secret());
        match conversation {
            Some(handle) => {
                Some(Self::new(&[b"said", who, &secret, handle.as_str().as_bytes()], id.as_str(), &request))
            }
            None if is_guessable => None,
            None => Some(Self::new(&[b"first said", who, &secret, &hash::of(b"", &request)], id.as_str(), &request)),
        }
    }

    /// What stands for the whole request wherever it must be found again.
    pub fn hash(&self) -> Vec<u8> {
        hash::of(b"whole", &[&self.hashes.scope, &self.hashes.key, &self.hashes.request]).to_vec()
    }

    fn new(scope: &[&[u8]], key: &str, request: &[&[u8]]) -> Self {
        let key = [key.as_bytes()];
        let is_of_nobody = scope.get(1) == Some(&&b"nobody"[..]);
        Self {
            is_of_nobody,
            seal: hash::of(b"seal", &[scope, &key, request].concat()),
            hashes: Hashes {
                scope: hash::of(b"scope", scope).to_vec(),
                key: hash::of(b"key", &key).to_vec(),
                request: hash::of(b"request", request).to_vec(),
            },
        }
    }
}

impl Who {
    fn kind(&self) -> &'static [u8] {
        match self {
            Self::Admin(_) => b"admin",
            Self::Customer(_) => b"customer",
            Self::Visitor(_) => b"visitor",
            Self::Nobody => b"nobody",
        }
    }

    fn secret(&self) -> Vec<u8> {
        match self {
            Self::Admin(secret) => secret.clone(),
            Self::Customer(email) => email.folded().into_bytes(),
            Self::Visitor(token) => token.as_str().into(),
            Self::Nobody => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATH: &str = "/api/support/escalate";
    const LONG: &str = "5f1c2e0a-77d4-4c5e";

    fn row(name: &Name) -> (Vec<u8>, Vec<u8>) {
        (name.hashes.scope.clone(), name.hashes.key.clone())
    }

    fn customer(email: &str) -> Who {
        Who::Customer(Email::try_from(email.to_owned()).unwrap())
    }

    fn id(id: &str) -> ClientMessageId {
        ClientMessageId::try_from(id.to_owned()).unwrap()
    }

    #[test]
    fn a_key_of_somebody_known_stands_for_one_request() {
        let name = |who: &Who, body: &[u8]| Name::of_request(who, "1", PATH, body).unwrap();
        let ada = customer("ada@example.com");

        assert_eq!(row(&name(&ada, b"a")), row(&name(&customer("Ada@Example.com"), b"b")), "so another body is told");
        assert_ne!(name(&ada, b"a").hashes.request, name(&ada, b"b").hashes.request);
        for other in [customer("grace@example.com"), Who::Admin(b"ada@example.com".to_vec()), Who::Nobody] {
            assert_ne!(row(&name(&ada, b"a")), row(&name(&other, b"a")));
        }
    }

    #[test]
    fn a_key_of_nobody_stands_for_what_it_came_with() {
        let name = |path: &str, body: &[u8]| row(&Name::of_request(&Who::Nobody, LONG, path, body).unwrap());

        assert_eq!(name(PATH, b"a"), name(PATH, b"a"));
        assert_ne!(name(PATH, b"a"), name(PATH, b"b"));
        assert_ne!(name(PATH, b"a"), name("/api/support/public", b"a"));
    }

    #[test]
    fn a_messages_id_counts_in_its_conversation() {
        let (one, other) = (Handle::random(), Handle::random());
        let name = |handle, message| row(&Name::of_message(&Who::Nobody, handle, &id(LONG), message).unwrap());

        assert_eq!(name(Some(&one), "a"), name(Some(&one), "b"));
        assert_ne!(name(Some(&one), "a"), name(Some(&other), "a"));
        assert_eq!(name(None, "a"), name(None, "a"));
        assert_ne!(name(None, "a"), name(None, "b"));
        assert_ne!(name(None, "a"), name(Some(&one), "a"));
    }

    #[test]
    fn a_stranger_who_counts_from_one_names_nothing_that_opens_a_conversation() {
        let handle = Handle::random();

        assert!(Name::of_message(&Who::Nobody, None, &id("1"), "hello").is_none());
        assert!(Name::of_message(&Who::Nobody, Some(&handle), &id("1"), "hello").is_some());
        assert!(Name::of_message(&customer("ada@example.com"), None, &id("1"), "hello").is_some());
        assert!(Name::of_request(&Who::Nobody, "1", CHAT, b"{}").is_none());
        assert!(Name::of_request(&Who::Nobody, "1", PATH, b"{}").is_some());
    }
}
