//! Sessions of the site: as its two libraries made them, and as only who knows its secret could.

use aes::Aes256;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use cbc::{
    Encryptor,
    cipher::{BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7},
};
use ring::{aead, hmac};
use serde_json::Value;
use sqlx::PgPool;

use crate::{
    harness::TestApp,
    http::{Answer, exchange, request},
};

pub const PATH: &str = "/api/support/private";

/// An origin whose pages may send a cookie along.
pub const SITE: &str = "https://www.levqor.ai";

/// One of the two libraries, with a token it made for ada@example.com that is good for decades.
pub struct Library {
    pub secret: String,
    pub token: String,
    /// As it wrote it.
    pub head: String,
    /// Its cookie over https, and over plain http.
    pub cookies: [&'static str; 2],
    /// What it derives from the secret: 32 bytes in v4, 64 in v5.
    key: Vec<u8>,
}

pub fn nextauth() -> Library {
    let cookies = ["__Secure-next-auth.session-token", "next-auth.session-token"];
    Library::read(include_str!("../sessions/nextauth-v4.json"), cookies)
}

pub fn authjs() -> Library {
    let cookies = ["__Secure-authjs.session-token", "authjs.session-token"];
    Library::read(include_str!("../sessions/authjs-v5.json"), cookies)
}

impl Library {
    fn read(vector: &str, cookies: [&'static str; 2]) -> Self {
        let vector: Value = serde_json::from_str(vector).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let token = text(&vector["token"]);
        let head = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
        Self {
            secret: text(&vector["secret"]),
            head: String::from_utf8(head).unwrap(),
            key: from_hex(&text(&vector["hkdf"]["key_hex"])),
            token,
            cookies,
        }
    }

    /// A token with this head around these claims, under the site's own key.
    pub fn seal(&self, head: &str, claims: &str) -> String {
        seal_with(&self.key, head, claims)
    }

    /// The same under another site's key.
    pub fn forge(&self, claims: &str) -> String {
        seal_with(&vec![7; self.key.len()], &self.head, claims)
    }
}

type Sealed = (Vec<u8>, Vec<u8>, Vec<u8>);

fn seal_with(key: &[u8], head: &str, claims: &str) -> String {
    let head = URL_SAFE_NO_PAD.encode(head);
    let (iv, text, tag) = match key.len() {
        32 => gcm(key, &head, claims),
        _ => cbc(key, &head, claims),
    };
    let [iv, text, tag] = [iv, text, tag].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{head}..{iv}.{text}.{tag}")
}

fn gcm(key: &[u8], head: &str, claims: &str) -> Sealed {
    let iv = [7; aead::NONCE_LEN];
    let key = aead::LessSafeKey::new(aead::UnboundKey::new(&aead::AES_256_GCM, key).unwrap());
    let nonce = aead::Nonce::assume_unique_for_key(iv);
    let mut text = claims.as_bytes().to_vec();
    let tag = key.seal_in_place_separate_tag(nonce, aead::Aad::from(head.as_bytes()), &mut text).unwrap();
    (iv.to_vec(), text, tag.as_ref().to_vec())
}

fn cbc(key: &[u8], head: &str, claims: &str) -> Sealed {
    let iv = [7; 16];
    let (check, encrypt) = key.split_at(32);
    let text = Encryptor::<Aes256>::new_from_slices(encrypt, &iv).unwrap();
    let text = text.encrypt_padded_vec::<Pkcs7>(claims.as_bytes());
    let bits = u64::try_from(head.len()).unwrap() * 8;
    let covered = [head.as_bytes(), &iv, &text, &bits.to_be_bytes()].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA512, check), &covered);
    (iv.to_vec(), text, tag.as_ref()[..32].to_vec())
}

fn from_hex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// The service as the site's customers meet it.
pub async fn site(db: PgPool) -> TestApp {
    TestApp::with(db, &[("NEXTAUTH_SECRET", &nextauth().secret), ("AUTH_SECRET", &authjs().secret)]).await
}

/// Asks in private, with these headers.
pub async fn ask(app: &TestApp, headers: &[(&str, &str)], body: &Value) -> Answer {
    let headers = [&[("Content-Type", "application/json")], headers].concat();
    exchange(app.address, &request("POST", PATH, &headers, body.to_string().as_bytes())).await.unwrap()
}
