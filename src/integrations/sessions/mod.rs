//! The site's sessions: encrypted tokens of NextAuth v4 and Auth.js v5, opened with the site's own
//! secret; and beside them the signed tokens of whoever signs its customers in.

mod authjs;
mod claims;
mod jwe;
mod jwks;
mod jws;
mod jwt;
mod keys;
#[cfg(test)]
mod mutations;
mod nextauth;
mod provider;

use chrono::{DateTime, Utc};

pub use self::{jwt::Tokens, keys::Keys, provider::Provider};
use crate::{config::Secret, domain::contact::Email};

/// As long as the site's own sessions.
const MINTED_SECONDS: i64 = 3_600;

/// Ten times what a name, an address and a picture's address take; a cookie's chunks together
/// stay below it too.
const LONGEST_TOKEN: usize = 8 * 1024;

/// The names under which the newer site's cookie may come; each is part of the key.
pub const AUTHJS_COOKIES: [&str; 2] = ["__Secure-authjs.session-token", "authjs.session-token"];

/// The names under which the older site's cookie may come.
pub const NEXTAUTH_COOKIES: [&str; 2] = ["__Secure-next-auth.session-token", "next-auth.session-token"];

/// A customer whom the site has signed in.
#[derive(Clone, Debug)]
pub struct Session {
    pub email: Email,
    pub ends_at: DateTime<Utc>,
}

/// Opens tokens with any of the configured secrets; cheap to clone.
#[derive(Clone)]
pub struct Sessions {
    nextauth: Vec<nextauth::Key>,
    authjs: Vec<authjs::Key>,
}

impl Sessions {
    pub fn new(secrets: &[Secret]) -> Self {
        Self {
            nextauth: secrets.iter().map(nextauth::Key::derive).collect(),
            authjs: secrets
                .iter()
                .flat_map(|secret| AUTHJS_COOKIES.map(|name| authjs::Key::derive(secret, name)))
                .collect(),
        }
    }

    /// Whose token this is, if the site made it and it has not expired at `now`.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Session> {
        let token = jwe::Token::parse(token).filter(|_| token.len() <= LONGEST_TOKEN)?;
        let opened = match token.encryption.as_str() {
            nextauth::ENCRYPTION => self.nextauth.iter().find_map(|key| key.open(&token)),
            authjs::ENCRYPTION => self.authjs.iter().find_map(|key| key.open(&token)),
            _ => None,
        };
        claims::session(&opened?, now)
    }
}

/// A session as the site would make it, for trying things out: good from `now` for an hour.
pub fn mint(secret: &Secret, email: &Email, now: DateTime<Utc>) -> Option<String> {
    let claims = serde_json::json!({
        "email": email.as_str(),
        "iat": now.timestamp(),
        "exp": now.timestamp() + MINTED_SECONDS,
    });
    nextauth::Key::derive(secret).seal(claims.to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    const VECTORS: [&str; 2] = [
        include_str!("../../../tests/sessions/nextauth-v4.json"),
        include_str!("../../../tests/sessions/authjs-v5.json"),
    ];

    fn vectors() -> [(Sessions, Value); 2] {
        VECTORS.map(|vector| {
            let vector: Value = serde_json::from_str(vector).unwrap();
            let secret = Secret::new(vector["secret"].as_str().unwrap().to_owned());
            (Sessions::new(&[secret]), vector)
        })
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn tokens_made_by_the_sites_own_libraries_are_opened() {
        for (sessions, vector) in vectors() {
            let session = sessions.verify(vector["token"].as_str().unwrap(), at(1_795_360_000)).unwrap();

            assert_eq!(session.email.as_str(), "ada@example.com");
        }
    }

    #[test]
    fn a_token_is_good_until_it_expires_and_fifteen_seconds_longer() {
        for (sessions, vector) in vectors() {
            let token = vector["token"].as_str().unwrap();
            let (begins, ends) =
                (vector["payload"]["iat"].as_i64().unwrap(), vector["payload"]["exp"].as_i64().unwrap());

            assert!(sessions.verify(token, at(begins - 15)).is_some());
            assert!(sessions.verify(token, at(begins - 16)).is_none());
            assert!(sessions.verify(token, at(ends + 14)).is_some());
            assert!(sessions.verify(token, at(ends + 15)).is_none());
        }
    }

    #[test]
    fn an_expired_token_of_the_library_is_refused() {
        let [(sessions, vector), _] = vectors();

        assert!(sessions.verify(vector["expired_token"].as_str().unwrap(), Utc::now()).is_none());
    }

    #[test]
    fn no_changed_character_cut_or_swap_opens() {
        for (sessions, vector) in vectors() {
            let token = vector["token"].as_str().unwrap();
            let now = at(1_795_360_000);
            for at in 0..token.len() {
                let mut changed = token.as_bytes().to_vec();
                changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
                let changed = String::from_utf8(changed).unwrap();
                assert!(changed == token || sessions.verify(&changed, now).is_none(), "{at}");
                assert!(sessions.verify(&token[..at], now).is_none(), "{at}");
            }
            let parts: Vec<&str> = token.split('.').collect();
            for swapped in [[0, 1, 3, 2, 4], [2, 1, 0, 3, 4], [0, 2, 1, 3, 4], [0, 1, 2, 4, 3]] {
                assert!(sessions.verify(&swapped.map(|part| parts[part]).join("."), now).is_none());
            }
        }
    }

    #[test]
    fn a_minted_session_is_one() {
        let (secret, now) = (Secret::new("a secret".into()), at(1_795_360_000));
        let email = Email::try_from("ada@example.com".to_owned()).unwrap();

        let token = mint(&secret, &email, now).unwrap();

        assert_eq!(Sessions::new(&[secret]).verify(&token, now).unwrap().email, email);
    }

    #[test]
    fn another_secret_opens_nothing_and_any_of_a_list_does() {
        for (_, vector) in vectors() {
            let (token, right) = (vector["token"].as_str().unwrap(), vector["secret"].as_str().unwrap());
            let sessions = |secrets: &[&str]| {
                Sessions::new(&secrets.iter().map(|secret| Secret::new((*secret).to_owned())).collect::<Vec<_>>())
            };

            assert!(sessions(&["another"]).verify(token, at(1_795_360_000)).is_none());
            assert!(sessions(&["new", right]).verify(token, at(1_795_360_000)).is_some());
            assert!(sessions(&[]).verify(token, at(1_795_360_000)).is_none());
        }
    }
}
