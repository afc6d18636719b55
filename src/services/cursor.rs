//! Where the next page of a list begins, as an opaque word that cannot be made up.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use ring::hmac;
use uuid::Uuid;

use crate::{
    config::Secret,
    error::{Error, Result},
    storage::tickets::After,
};

/// Eight bytes of time, sixteen of id, and as much of the seal as makes guessing pointless.
const SEAL: usize = 12;
const LENGTH: usize = 8 + 16 + SEAL;

/// Seals cursors under a key only this desk's instances share.
#[derive(Clone)]
pub struct Cursors(hmac::Key);

impl Cursors {
    /// A cursor opens nothing that whoever reads lists may not see, so without an internal secret any
    /// key does.
    pub fn new(secret: Option<&Secret>) -> Self {
        let key = secret.map_or("", Secret::expose);
        Self(hmac::Key::new(hmac::HMAC_SHA256, format!("levqor-support cursor {key}").as_bytes()))
    }

    pub fn seal(&self, after: After) -> String {
        let mut bytes = Vec::with_capacity(LENGTH);
        bytes.extend(after.created_at.timestamp_micros().to_be_bytes());
        bytes.extend(after.uuid.as_bytes());
        let seal = hmac::sign(&self.0, &bytes);
        bytes.extend(&seal.as_ref()[..SEAL]);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    pub fn open(&self, cursor: &str) -> Result<After> {
        self.read(cursor).ok_or(Error::Malformed("cursor is not one this list gave out"))
    }

    fn read(&self, cursor: &str) -> Option<After> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok().filter(|bytes| bytes.len() == LENGTH)?;
        let (payload, seal) = bytes.split_at(LENGTH - SEAL);
        if &hmac::sign(&self.0, payload).as_ref()[..SEAL] != seal {
            return None;
        }
        let (micros, uuid) = payload.split_at(8);
        Some(After {
            created_at: DateTime::from_timestamp_micros(i64::from_be_bytes(micros.try_into().ok()?))?,
            uuid: Uuid::from_slice(uuid).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_where_it_was_sealed_and_no_altered_one_does() {
        let cursors = Cursors::new(None);
        let after =
            After { created_at: DateTime::from_timestamp_micros(1_795_353_700_123_456).unwrap(), uuid: Uuid::now_v7() };
        let sealed = cursors.seal(after);

        assert_eq!(cursors.open(&sealed).unwrap(), after);
        for position in 0..sealed.len() {
            let mut forged = sealed.clone().into_bytes();
            forged[position] = if forged[position] == b'A' { b'B' } else { b'A' };
            assert!(cursors.open(&String::from_utf8(forged).unwrap()).is_err());
        }
        assert!(cursors.open("").is_err());
    }
}
