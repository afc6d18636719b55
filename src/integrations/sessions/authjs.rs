//! Auth.js v5: `A256CBC-HS512` (RFC 7518, 5.2.5) under a key derived from `AUTH_SECRET` and the cookie's name.

use aes::Aes256;
use cbc::{
    Decryptor,
    cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7},
};
use ring::{hkdf, hmac};

use super::jwe::Token;
use crate::config::Secret;

pub const ENCRYPTION: &str = "A256CBC-HS512";

/// The first half checks, the second half decrypts.
const HALF: usize = 32;

#[derive(Clone)]
pub struct Key {
    check: hmac::Key,
    decrypt: [u8; HALF],
}

/// Sixty-four bytes, as HKDF wants to be asked for them.
struct Whole;

impl hkdf::KeyType for Whole {
    fn len(&self) -> usize {
        2 * HALF
    }
}

impl Key {
    pub fn derive(secret: &Secret, cookie: &str) -> Self {
        let info = format!("Auth.js Generated Encryption Key ({cookie})");
        let mut key = [0; 2 * HALF];
        let derived = hkdf::Salt::new(hkdf::HKDF_SHA256, cookie.as_bytes()).extract(secret.expose().as_bytes());
        let filled = derived.expand(&[info.as_bytes()], Whole).and_then(|material| material.fill(&mut key));
        filled.expect("64 bytes are within HKDF's bound");
        let (check, decrypt) = key.split_at(HALF);
        let decrypt = decrypt.try_into().expect("the half of it");
        Self { check: hmac::Key::new(hmac::HMAC_SHA512, check), decrypt }
    }

    /// The claims, if this key made the token. Checked before a byte is decrypted, so that
    /// padding tells nobody anything.
    pub fn open(&self, token: &Token<'_>) -> Option<Vec<u8>> {
        let bits = u64::try_from(token.associated.len()).ok()? * 8;
        let covered = [token.associated, &token.iv, &token.ciphertext, &bits.to_be_bytes()].concat();
        if !self.made(&covered, &token.tag) {
            return None;
        }
        let decryptor = Decryptor::<Aes256>::new_from_slices(&self.decrypt, &token.iv).ok()?;
        decryptor.decrypt_padded_vec::<Pkcs7>(&token.ciphertext).ok()
    }

    /// The tag is the first half of the HMAC. Both sides are hashed again under the same key, so
    /// that comparing them takes the same time wherever they differ.
    fn made(&self, covered: &[u8], tag: &[u8]) -> bool {
        let expected = hmac::sign(&self.check, covered);
        let blinded = hmac::sign(&self.check, &expected.as_ref()[..HALF]);
        hmac::verify(&self.check, tag, blinded.as_ref()).is_ok()
    }
}
