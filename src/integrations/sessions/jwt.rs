//! Signed tokens (RFC 7519) of the site or of the provider that signs its customers in.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use ring::hmac;
use serde::Deserialize;
use serde_json::Value;

use super::{
    LONGEST_TOKEN, Session, claims,
    jws::{Algorithm, Token},
    keys::Keys,
};
use crate::config;

/// Opens signed tokens; cheap to clone. The settings say what checks which signature, the token
/// never does: a secret is good for HS256 only, and a public key is never a secret.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

struct Inner {
    secrets: Vec<hmac::Key>,
    keys: Option<Keys>,
    demands: Demands,
}

/// Who must have made a token, and for whom; an empty list demands nothing.
struct Demands {
    issuers: Vec<String>,
    audiences: Vec<String>,
}

/// What a token says beside the claims of every session.
#[derive(Deserialize)]
struct Terms {
    iss: Option<String>,
    aud: Option<Audience>,
    email_verified: Option<Value>,
    /// Nothing hangs on it; one that is no text is a token nobody meant.
    #[serde(rename = "sub")]
    _subject: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Tokens {
    pub fn new(settings: &config::Tokens, keys: Option<Keys>) -> Self {
        let key = |secret: &config::Secret| hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        let demands = Demands { issuers: settings.issuers.clone(), audiences: settings.audiences.clone() };
        Self(Arc::new(Inner { secrets: settings.secrets.iter().map(key).collect(), keys, demands }))
    }

    /// Whose token this is, if it was made by who may make them, for us, and is good at `now`.
    pub async fn verify(&self, token: &str, now: DateTime<Utc>) -> Option<Session> {
        let token = Token::parse(token).filter(|_| token.len() <= LONGEST_TOKEN)?;
        let is_signed = match token.algorithm {
            Algorithm::Hs256 => self.0.is_ours(&token),
            Algorithm::Rs256 | Algorithm::Es256 => self.0.keys.as_ref()?.signed(&token).await,
        };
        let admitted = is_signed && self.0.demands.admit(&token.claims);
        admitted.then(|| claims::session(&token.claims, now))?
    }
}

impl Inner {
    fn is_ours(&self, token: &Token<'_>) -> bool {
        self.secrets.iter().any(|secret| hmac::verify(secret, token.signed, &token.signature).is_ok())
    }
}

impl Demands {
    fn admit(&self, claims: &[u8]) -> bool {
        let Ok(terms) = serde_json::from_slice::<Terms>(claims) else { return false };
        let audiences = match &terms.aud {
            None => &[],
            Some(Audience::One(one)) => std::slice::from_ref(one),
            Some(Audience::Several(several)) => several,
        };
        let is_for_us = self.audiences.is_empty() || audiences.iter().any(|name| self.audiences.contains(name));
        let is_from_them = self.issuers.is_empty() || terms.iss.is_some_and(|name| self.issuers.contains(&name));
        is_for_us && is_from_them && terms.email_verified.is_none_or(|says| is_yes(&says))
    }
}

/// Some providers write it as a word.
fn is_yes(says: &Value) -> bool {
    *says == Value::Bool(true) || *says == "true"
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use serde_json::json;

    use super::*;
    use crate::{config::Secret, integrations::sessions::jwks::KeySet};

    const SECRET: &str = "a-secret-of-tests-and-nothing-else";

    const VECTORS: [&str; 3] = [
        include_str!("../../../tests/sessions/jwt-hs256.json"),
        include_str!("../../../tests/sessions/jwt-rs256.json"),
        include_str!("../../../tests/sessions/jwt-es256.json"),
    ];

    fn vectors() -> [Value; 3] {
        VECTORS.map(|vector| serde_json::from_str(vector).unwrap())
    }

    fn tokens(secrets: &[&str], jwks: &[&Value]) -> Tokens {
        let settings = config::Tokens {
            secrets: secrets.iter().map(|secret| Secret::new((*secret).to_owned())).collect(),
            keys_url: None,
            issuers: vec!["https://sign-in.example.com/".into()],
            audiences: vec!["another".into(), "levqor-support".into()],
        };
        let set = KeySet::read(json!({ "keys": jwks }).to_string().as_bytes()).unwrap();
        Tokens::new(&settings, Some(Keys::fixed(set)))
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    /// What the holder of `secret` can make.
    fn signed(secret: &[u8], head: &Value, claims: &str) -> String {
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), URL_SAFE_NO_PAD.encode(claims));
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    #[tokio::test]
    async fn tokens_made_by_others_are_opened_until_they_expire() {
        let [hs, rs, es] = vectors();
        let tokens =
            tokens(&["another-secret-of-enough-characters", hs["secret"].as_str().unwrap()], &[&rs["jwk"], &es["jwk"]]);

        for vector in [&hs, &rs, &es] {
            let (token, payload) = (vector["token"].as_str().unwrap(), &vector["payload"]);
            let (begins, ends) = (payload["iat"].as_i64().unwrap(), payload["exp"].as_i64().unwrap());
            assert_eq!(tokens.verify(token, at(begins)).await.unwrap().email.as_str(), "ada@example.com");
            for (second, opens) in [(begins - 16, false), (begins - 15, true), (ends + 14, true), (ends + 15, false)] {
                assert_eq!(tokens.verify(token, at(second)).await.is_some(), opens, "{second}");
            }
        }
    }

    #[tokio::test]
    async fn a_signature_counts_only_under_the_kind_of_key_it_was_made_for() {
        let [hs, rs, es] = vectors();
        let now = at(1_795_360_000);
        let claims = rs["payload"].to_string();
        let pem = rs["public_pem"].as_str().unwrap();
        let tokens = tokens(&[SECRET], &[&rs["jwk"], &es["jwk"]]);

        assert!(tokens.verify(hs["token"].as_str().unwrap(), now).await.is_none(), "another secret");
        assert!(tokens.verify(&signed(SECRET.as_bytes(), &json!({ "alg": "HS256" }), &claims), now).await.is_some());
        let n = rs["jwk"]["n"].as_str().unwrap();
        for public in [pem.as_bytes(), pem.trim().as_bytes(), n.as_bytes(), &URL_SAFE_NO_PAD.decode(n).unwrap()] {
            for head in
                [json!({ "alg": "HS256" }), json!({ "alg": "HS256", "kid": "rsa-1" }), json!({ "alg": "RS256" })]
            {
                assert!(tokens.verify(&signed(public, &head, &claims), now).await.is_none(), "{head}");
            }
        }
        for alg in ["none", "None", "hs256", "HS384", "RS256", "ES256", "PS256", "EdDSA", "dir", ""] {
            let token = signed(SECRET.as_bytes(), &json!({ "alg": alg }), &claims);
            assert!(tokens.verify(&token, now).await.is_none(), "{alg}");
            let unsigned = token.rsplit_once('.').unwrap().0;
            assert!(tokens.verify(&format!("{unsigned}."), now).await.is_none(), "{alg}");
        }
    }

    #[test]
    fn issuer_and_audience_are_demanded_where_they_are_named() {
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let strict = Demands { issuers: named(&["i", "j"]), audiences: named(&["a", "b"]) };
        let open = Demands { issuers: Vec::new(), audiences: Vec::new() };
        for (claims, to_strict, to_open) in [
            (json!({ "iss": "j", "aud": "b" }), true, true),
            (json!({ "iss": "i", "aud": ["x", "a"], "sub": "1" }), true, true),
            (json!({ "iss": "i", "aud": "a", "email_verified": true }), true, true),
            (json!({ "iss": "i", "aud": "a", "email_verified": "true" }), true, true),
            (json!({ "iss": "i", "aud": "a", "email_verified": null }), true, true),
            (json!({ "iss": "i/", "aud": "a" }), false, true),
            (json!({ "iss": "i", "aud": "A" }), false, true),
            (json!({ "iss": "i", "aud": [] }), false, true),
            (json!({ "iss": "i" }), false, true),
            (json!({ "aud": "a" }), false, true),
            (json!({}), false, true),
            (json!({ "iss": ["i"], "aud": "a" }), false, false),
            (json!({ "iss": "i", "aud": { "a": 1 } }), false, false),
            (json!({ "iss": "i", "aud": ["a", 1] }), false, false),
            (json!({ "iss": "i", "aud": "a", "sub": 1 }), false, false),
            (json!({ "iss": "i", "aud": "a", "email_verified": false }), false, false),
            (json!({ "iss": "i", "aud": "a", "email_verified": "false" }), false, false),
            (json!({ "iss": "i", "aud": "a", "email_verified": 1 }), false, false),
            (json!("i"), false, false),
        ] {
            let json = claims.to_string();
            assert_eq!((strict.admit(json.as_bytes()), open.admit(json.as_bytes())), (to_strict, to_open), "{claims}");
        }
    }
}
