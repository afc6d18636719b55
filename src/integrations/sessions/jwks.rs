//! A provider's public keys (RFC 7517): of two kinds, each good for its own way of signing only.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::Deserialize;
use serde_json::Value;

use super::jws::{Algorithm, Token};

/// Providers publish two or three.
const MOST_KEYS: usize = 50;
const LONGEST_SET_BYTES: usize = 64 * 1024;

/// The bytes of 2,048 to 8,192 bits, which is what ring takes.
const RSA_BYTES: std::ops::RangeInclusive<usize> = 256..=1_024;

/// Half a point on P-256.
const COORDINATE_BYTES: usize = 32;

/// The keys that are good for checking signatures; a set may be empty.
#[derive(Default)]
pub struct KeySet(Vec<Key>);

struct Key {
    kid: Option<String>,
    material: Material,
}

enum Material {
    Rsa(RsaPublicKeyComponents<Vec<u8>>),
    P256(UnparsedPublicKey<Vec<u8>>),
}

#[derive(Deserialize)]
struct Set {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<Algorithm>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Keys of other kinds, for other purposes or that cannot be read are left out.
    pub fn read(json: &[u8]) -> Result<Self, &'static str> {
        if json.len() > LONGEST_SET_BYTES {
            return Err("the answer is longer than a set of keys may be");
        }
        let set: Set = serde_json::from_slice(json).map_err(|_| "the answer is no set of keys")?;
        if set.keys.len() > MOST_KEYS {
            return Err("the answer holds more keys than a set may");
        }
        Ok(Self(set.keys.into_iter().filter_map(Key::read).collect()))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether what signs under this name, or without one, would be found here if it is the provider's.
    pub fn knows(&self, kid: Option<&str>) -> bool {
        match kid {
            Some(_) => self.0.iter().any(|key| key.kid.as_deref() == kid),
            None => !self.0.is_empty(),
        }
    }

    /// Whether the key that the token names, or any where it names none, signed it.
    pub fn signed(&self, token: &Token<'_>) -> bool {
        let is_named = |key: &&Key| token.kid.is_none() || key.kid == token.kid;
        self.0.iter().filter(is_named).any(|key| key.signed(token))
    }
}

impl Key {
    fn read(json: Value) -> Option<Self> {
        let key: Jwk = serde_json::from_value(json).ok()?;
        let checks_signatures = key.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && key.key_ops.as_ref().is_none_or(|operations| operations.iter().any(|name| name == "verify"));
        let (material, algorithm) = match (key.kty.as_str(), key.crv.as_deref()) {
            ("RSA", _) => (Material::rsa(&key.n?, &key.e?)?, Algorithm::Rs256),
            ("EC", Some("P-256")) => (Material::p256(&key.x?, &key.y?)?, Algorithm::Es256),
            _ => return None,
        };
        let fits = checks_signatures && key.alg.is_none_or(|alg| alg == algorithm);
        fits.then_some(Self { kid: key.kid, material })
    }

    fn signed(&self, token: &Token<'_>) -> bool {
        let (signed, signature) = (token.signed, &token.signature);
        match (&self.material, token.algorithm) {
            (Material::Rsa(key), Algorithm::Rs256) => {
                key.verify(&RSA_PKCS1_2048_8192_SHA256, signed, signature).is_ok()
            }
            (Material::P256(key), Algorithm::Es256) => key.verify(signed, signature).is_ok(),
            _ => false,
        }
    }
}

impl Material {
    fn rsa(modulus: &str, exponent: &str) -> Option<Self> {
        let (n, e) = (number(modulus)?, number(exponent)?);
        RSA_BYTES.contains(&n.len()).then_some(Self::Rsa(RsaPublicKeyComponents { n, e }))
    }

    fn p256(x: &str, y: &str) -> Option<Self> {
        let coordinate = |text: &str| URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| bytes.len() == COORDINATE_BYTES);
        // What SEC 1 writes before a point that is given in full.
        let point = [&[4][..], &coordinate(x)?, &coordinate(y)?].concat();
        Some(Self::P256(UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)))
    }
}

/// A number without the zeros that some providers write before it and ring refuses.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    Some(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn vector(json: &str) -> (Value, String) {
        let vector: Value = serde_json::from_str(json).unwrap();
        (vector["jwk"].clone(), vector["token"].as_str().unwrap().to_owned())
    }

    fn vectors() -> [(Value, String); 2] {
        [
            vector(include_str!("../../../tests/sessions/jwt-rs256.json")),
            vector(include_str!("../../../tests/sessions/jwt-es256.json")),
        ]
    }

    fn read(keys: &Value) -> KeySet {
        KeySet::read(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
    }

    fn opens(keys: &Value, token: &str) -> bool {
        read(keys).signed(&Token::parse(token).unwrap())
    }

    #[test]
    fn a_key_is_good_for_what_it_says_it_is_for() {
        for (jwk, token) in vectors() {
            let with = |name: &str, value: Value| {
                let mut changed = jwk.clone();
                changed[name] = value;
                json!(["not a key", changed])
            };
            for good in [with("use", json!(null)), with("alg", json!(null)), with("key_ops", json!(["verify"]))] {
                assert!(opens(&good, &token), "{good}");
            }
            for (name, value) in [
                ("use", json!("enc")),
                ("alg", json!("HS256")),
                ("alg", json!("RS512")),
                ("key_ops", json!(["sign"])),
                ("kty", json!("oct")),
                ("kty", json!("OKP")),
                ("kid", json!("another")),
                ("kid", json!(null)),
                ("kid", json!(1)),
            ] {
                assert!(!opens(&with(name, value.clone()), &token), "{name} {value}");
            }
        }
    }

    #[test]
    fn keys_that_are_none_are_left_out() {
        let [(rsa, _), (ec, token)] = vectors();
        let changed = |jwk: &Value, name: &str, value: Value| {
            let mut changed = jwk.clone();
            changed[name] = value;
            changed
        };
        let n = URL_SAFE_NO_PAD.decode(rsa["n"].as_str().unwrap()).unwrap();
        let short = URL_SAFE_NO_PAD.encode(&n[128..]);
        let broken = json!([
            changed(&rsa, "n", json!(short)),
            changed(&rsa, "n", json!(null)),
            changed(&rsa, "e", json!("A=")),
            changed(&ec, "crv", json!("P-384")),
            changed(&ec, "x", json!("AA")),
            changed(&ec, "y", json!(null)),
            { "kty": "oct", "k": "AA", "kid": "ec-1" },
            5,
        ]);
        assert_eq!(read(&broken).len(), 0);
        assert!(!opens(&json!([changed(&ec, "x", ec["y"].clone())]), &token), "no point of the curve");

        let padded = changed(&rsa, "n", json!(URL_SAFE_NO_PAD.encode([&[0][..], &n].concat())));
        assert!(opens(&json!([padded]), &vectors()[0].1), "zeros before a number change nothing");
    }

    #[test]
    fn a_token_without_a_name_is_tried_under_every_key_of_its_kind() {
        let [(rsa, rs), (ec, es)] = vectors();
        let set = read(&json!([ec, rsa]));
        for text in [rs, es] {
            let token = Token::parse(&text).unwrap();
            assert!(set.signed(&Token { kid: None, ..token }));
        }
        assert!(set.knows(None) && set.knows(Some("rsa-1")) && !set.knows(Some("rsa-2")) && !set.knows(Some("")));
        assert!(!KeySet::default().knows(None));
    }

    #[test]
    fn an_answer_that_is_no_set_is_refused_whole() {
        let [(rsa, _), _] = vectors();
        let many = |count| json!({ "keys": vec![rsa.clone(); count] }).to_string();

        assert_eq!(KeySet::read(many(MOST_KEYS).as_bytes()).unwrap().len(), MOST_KEYS);
        assert!(KeySet::read(many(MOST_KEYS + 1).as_bytes()).is_err());
        let long = format!("{}{}", many(1), " ".repeat(LONGEST_SET_BYTES));
        for bad in ["", "<html>", "{}", "[]", r#"{"keys":{}}"#, r#"{"keys":null}"#, &long] {
            assert!(KeySet::read(bad.as_bytes()).is_err());
        }
        assert_eq!(KeySet::read(br#"{"keys":[]}"#).unwrap().len(), 0);
    }
}
