//! A compact JWE as the site's libraries write it (RFC 7516, `dir`): five parts, an empty key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

/// The parts of a token, decoded but not yet believed.
pub struct Token<'a> {
    /// The header as it was sent: what the tag covers beside the text.
    pub associated: &'a [u8],
    pub encryption: String,
    pub iv: Vec<u8>,
    pub ciphertext: Vec<u8>,
    pub tag: Vec<u8>,
}

/// Only what the libraries write. `zip` could unpack into a bomb and `crit` demands what we do
/// not know, so a header with either is refused; addresses of keys are not even read.
#[derive(Deserialize)]
struct Header {
    alg: String,
    enc: String,
    #[serde(default)]
    zip: Option<serde_json::Value>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

impl<'a> Token<'a> {
    pub fn parse(text: &'a str) -> Option<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        let [head, "", iv, ciphertext, tag] = parts[..] else { return None };
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let header: Header = serde_json::from_slice(&decode(head)?).ok()?;
        let plain = header.alg == "dir" && header.zip.is_none() && header.crit.is_none();
        plain.then_some(Self {
            associated: head.as_bytes(),
            encryption: header.enc,
            iv: decode(iv)?,
            ciphertext: decode(ciphertext)?,
            tag: decode(tag)?,
        })
    }
}
