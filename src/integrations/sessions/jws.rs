//! A compact JWS (RFC 7515): a head and claims, and a signature over both as they were sent.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;

/// The ways of signing we take; a token or a key that names another is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Algorithm {
    Hs256,
    Rs256,
    Es256,
}

/// The parts of a token, decoded but not yet believed.
pub struct Token<'a> {
    pub algorithm: Algorithm,
    /// The name of the key that signed it, as the token says.
    pub kid: Option<String>,
    /// What the signature covers.
    pub signed: &'a [u8],
    pub claims: Vec<u8>,
    pub signature: Vec<u8>,
}

/// `crit` demands what we do not know, so a head with it is refused. Keys in the head and
/// addresses of keys (`jwk`, `jku`, `x5c`, `x5u`) are not even read.
#[derive(Deserialize)]
struct Header {
    alg: Algorithm,
    kid: Option<String>,
    crit: Option<Value>,
}

impl<'a> Token<'a> {
    pub fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (head, claims) = signed.split_once('.')?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let header: Header = serde_json::from_slice(&decode(head)?).ok()?;
        header.crit.is_none().then_some(Self {
            algorithm: header.alg,
            kid: header.kid,
            signed: signed.as_bytes(),
            claims: decode(claims)?,
            signature: decode(signature)?,
        })
    }
}
