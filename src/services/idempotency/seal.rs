//! Answers as they lie in the database: sealed, so that whoever reads it finds no conversation's
//! handle, no visitor's token and nobody's orders in them.

use anyhow::anyhow;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    rand::{SecureRandom, SystemRandom},
};

use crate::error::Result;

/// The nonce stands first; it is random, because a request may be answered again after a day.
pub fn close(key: &[u8; 32], answer: &[u8]) -> Result<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    SystemRandom::new().fill(&mut nonce).map_err(|_| anyhow!("the system gives no random bytes"))?;
    let mut sealed = answer.to_vec();
    cipher(key)?
        .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut sealed)
        .map_err(|_| anyhow!("an answer could not be sealed"))?;
    Ok([&nonce[..], &sealed].concat())
}

pub fn open(key: &[u8; 32], sealed: &[u8]) -> Result<Vec<u8>> {
    let broken = || anyhow!("a kept answer does not open");
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or_else(broken)?;
    let mut sealed = sealed.to_vec();
    let nonce = Nonce::assume_unique_for_key(*nonce);
    let opened = cipher(key)?.open_in_place(nonce, Aad::empty(), &mut sealed).map_err(|_| broken())?;
    Ok(opened.to_vec())
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| anyhow!("a key of another length"))?;
    Ok(LessSafeKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_opens_under_its_own_key_only() {
        let sealed = close(&[1; 32], b"a handle").unwrap();

        assert_eq!(open(&[1; 32], &sealed).unwrap(), b"a handle");
        assert!(open(&[2; 32], &sealed).is_err());
        assert!(open(&[1; 32], &sealed[..8]).is_err());
        assert!(!sealed.windows(8).any(|window| window == b"a handle"));
    }
}
