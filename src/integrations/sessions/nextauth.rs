//! NextAuth v4: `A256GCM` under a key derived from `NEXTAUTH_SECRET`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    aead, hkdf,
    rand::{SecureRandom, SystemRandom},
};

use super::jwe::Token;
use crate::config::Secret;

pub const ENCRYPTION: &str = "A256GCM";

const INFO: &[&[u8]] = &[b"NextAuth.js Generated Encryption Key"];

#[derive(Clone)]
pub struct Key(aead::LessSafeKey);

impl Key {
    pub fn derive(secret: &Secret) -> Self {
        let derived = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(secret.expose().as_bytes());
        let material = derived.expand(INFO, &aead::AES_256_GCM).expect("32 bytes are within HKDF's bound");
        Self(aead::LessSafeKey::new(aead::UnboundKey::from(material)))
    }

    /// A token with these claims, as the site itself would make it.
    pub fn seal(&self, claims: &[u8]) -> Option<String> {
        let mut iv = [0; aead::NONCE_LEN];
        SystemRandom::new().fill(&mut iv).ok()?;
        let head = URL_SAFE_NO_PAD.encode(r#"{"alg":"dir","enc":"A256GCM"}"#);
        let mut text = claims.to_vec();
        let nonce = aead::Nonce::assume_unique_for_key(iv);
        let tag = self.0.seal_in_place_separate_tag(nonce, aead::Aad::from(head.as_bytes()), &mut text).ok()?;
        let [iv, text, tag] = [&iv[..], &text, tag.as_ref()].map(|part| URL_SAFE_NO_PAD.encode(part));
        Some(format!("{head}..{iv}.{text}.{tag}"))
    }

    /// The claims, if this key made the token.
    pub fn open(&self, token: &Token<'_>) -> Option<Vec<u8>> {
        let nonce = aead::Nonce::try_assume_unique_for_key(&token.iv).ok()?;
        // A short tag would be easier to guess; ring takes the last sixteen bytes as the tag.
        if token.tag.len() != aead::AES_256_GCM.tag_len() {
            return None;
        }
        let mut sealed = [token.ciphertext.as_slice(), &token.tag].concat();
        let opened = self.0.open_in_place(nonce, aead::Aad::from(token.associated), &mut sealed).ok()?;
        Some(opened.to_vec())
    }
}
