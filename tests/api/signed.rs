//! Signed tokens: as whoever signs the site's customers in would make them, and their keys.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chrono::Utc;
use ring::{
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{harness::TestApp, stand_in::StandIn};

/// What tests demand of a token.
pub const ISSUER: &str = "https://sign-in.example.com/";
pub const AUDIENCE: &str = "levqor-support";

/// Somebody who signs, with one key.
pub struct Signer {
    pub head: Value,
    /// What is published of it; of a shared secret nothing.
    pub jwk: Value,
    /// The public key as text, for those who would use it as a secret.
    pub public_pem: String,
    /// A token the command line of OpenSSL made, good for decades.
    pub token: String,
    /// What is shared, where that is all there is.
    pub secret: String,
    key: Key,
}

enum Key {
    Secret(hmac::Key),
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
}

pub fn hs256() -> Signer {
    Signer::read("HS256", include_str!("../sessions/jwt-hs256.json"), |vector| {
        Key::Secret(hmac::Key::new(hmac::HMAC_SHA256, vector["secret"].as_str().unwrap().as_bytes()))
    })
}

pub fn rs256() -> Signer {
    Signer::read("RS256", include_str!("../sessions/jwt-rs256.json"), |vector| {
        Key::Rsa(RsaKeyPair::from_pkcs8(&pkcs8(vector)).unwrap())
    })
}

pub fn es256() -> Signer {
    Signer::read("ES256", include_str!("../sessions/jwt-es256.json"), |vector| Key::p256(&pkcs8(vector)))
}

/// One with a new key of this name, which nobody has published yet.
pub fn another(kid: &str) -> Signer {
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &SystemRandom::new()).unwrap();
    let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
    let [x, y] = [x, y].map(|half| URL_SAFE_NO_PAD.encode(half));
    let jwk = json!({ "kty": "EC", "crv": "P-256", "kid": kid, "x": x, "y": y });
    let head = json!({ "alg": "ES256", "typ": "JWT", "kid": kid });
    let [public_pem, token, secret] = [const { String::new() }; 3];
    Signer { head, jwk, public_pem, token, secret, key: Key::P256(pair) }
}

fn pkcs8(vector: &Value) -> Vec<u8> {
    STANDARD.decode(vector["pkcs8"].as_str().unwrap()).unwrap()
}

impl Key {
    fn p256(pkcs8: &[u8]) -> Self {
        let random = SystemRandom::new();
        Self::P256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8, &random).unwrap())
    }

    fn sign(&self, text: &[u8]) -> Vec<u8> {
        match self {
            Self::Secret(key) => hmac::sign(key, text).as_ref().to_vec(),
            Self::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).unwrap();
                signature
            }
            Self::P256(pair) => pair.sign(&SystemRandom::new(), text).unwrap().as_ref().to_vec(),
        }
    }
}

impl Signer {
    fn read(alg: &str, vector: &str, key: fn(&Value) -> Key) -> Self {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let text = |name: &str| vector[name].as_str().unwrap_or_default().to_owned();
        let mut head = json!({ "alg": alg, "typ": "JWT" });
        if let Some(kid) = vector["jwk"].get("kid") {
            head["kid"] = kid.clone();
        }
        let (public_pem, token, secret) = (text("public_pem"), text("token"), text("secret"));
        Self { head, jwk: vector["jwk"].clone(), public_pem, token, secret, key: key(&vector) }
    }

    /// A token around these claims, as it usually signs them.
    pub fn sign(&self, claims: &str) -> String {
        self.sign_under(&self.head.to_string(), claims)
    }

    /// A token under the usual head with something else in it.
    pub fn sign_with(&self, name: &str, value: Value) -> String {
        let mut head = self.head.clone();
        head[name] = value;
        self.sign_under(&head.to_string(), &claims().to_string())
    }

    pub fn sign_under(&self, head: &str, claims: &str) -> String {
        let text = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.key.sign(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Claims that open the door for an hour.
pub fn claims() -> Value {
    let now = Utc::now().timestamp();
    json!({ "iss": ISSUER, "aud": AUDIENCE, "sub": "1", "email": "ada@example.com", "iat": now, "exp": now + 3_600 })
}

pub fn key_set(signers: &[&Signer]) -> String {
    json!({ "keys": signers.iter().map(|signer| &signer.jwk).collect::<Vec<_>>() }).to_string()
}

/// The service with a shared secret, and keys that this provider publishes.
pub async fn desk(db: PgPool, provider: &StandIn) -> TestApp {
    let keys = format!("{}/.well-known/jwks.json", provider.url);
    let secret = hs256().secret;
    let settings =
        [("JWT_SECRET", secret.as_str()), ("JWT_JWKS_URL", &keys), ("JWT_ISSUER", ISSUER), ("JWT_AUDIENCE", AUDIENCE)];
    TestApp::with(db, &settings).await
}
