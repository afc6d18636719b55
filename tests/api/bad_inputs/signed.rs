//! Rows 49, 50 and 51: a signed token opens the door under the key it was made for, for us, and in no
//! other shape.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use ring::hmac;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{
    STORED,
    door::{Door, unfit_claims, with_part},
};
use crate::{
    signed::{Signer, another, claims, desk, es256, hs256, key_set, rs256},
    stand_in::{Play, StandIn},
};

fn signers() -> [Signer; 3] {
    [hs256(), rs256(), es256()]
}

/// A door, and the provider whose keys open it.
async fn door(db: PgPool) -> (Door, StandIn) {
    let provider = StandIn::model(&[Play::Answer(200, key_set(&[&rs256(), &es256()]))]).await;
    let door = Door::of(desk(db, &provider).await).await;
    for signer in signers() {
        door.opens(&signer.sign(&claims().to_string()), "as it is made").await;
    }
    (door, provider)
}

fn with(name: &str, value: Value) -> String {
    let mut claims = claims();
    claims[name] = value;
    claims.to_string()
}

/// What the HMAC of these bytes would sign.
fn under(secret: &[u8], head: &Value) -> String {
    let text = [head.to_string(), claims().to_string()].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), text.as_bytes());
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Row 49.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_signed_token_with_any_byte_changed_or_any_part_cut_opens_nothing(db: PgPool) {
    let (door, _provider) = door(db).await;
    let stored = door.app.count(STORED).await;

    for Signer { token, .. } in signers() {
        let parts: Vec<&str> = token.split('.').collect();
        for (part, text) in parts.iter().enumerate() {
            let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
            for at in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << (at % 8);
                door.refuses(&with_part(&token, part, &URL_SAFE_NO_PAD.encode(changed)), format!("{part}, {at}")).await;
            }
            let longer = [&bytes, &[0][..]].concat();
            for other in [&[], &bytes[1..], &bytes[..bytes.len() - 1], &bytes[..bytes.len() / 2], &longer] {
                door.refuses(&with_part(&token, part, &URL_SAFE_NO_PAD.encode(other)), format!("{part}, cut")).await;
            }
            door.refuses(&with_part(&token, part, &format!("{text}=")), "padded").await;
        }
        for order in [[1, 0, 2], [0, 2, 1], [2, 1, 0], [1, 2, 0]] {
            door.refuses(&order.map(|part| parts[part]).join("."), "in another order").await;
        }
        for other in [parts[..2].join("."), format!("{token}."), format!("{token}.{}", parts[2]), format!(".{token}")] {
            door.refuses(&other, "fewer parts, or more").await;
        }
        for Signer { token: other, .. } in signers().into_iter().filter(|other| other.token != token) {
            let theirs: Vec<&str> = other.split('.').collect();
            for part in [0, 2] {
                door.refuses(&with_part(&token, part, theirs[part]), "another's part").await;
            }
        }
        door.opens(&token, "unchanged").await;
    }

    assert_eq!(door.app.count("select count(*) from support.conversations where mode = 'private'").await, 6);
    assert!(door.app.count(STORED).await > stored);
}

/// Row 49.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_token_chooses_neither_how_it_is_checked_nor_by_what(db: PgPool) {
    let (door, provider) = door(db).await;
    let attacker = another("rsa-1");
    let evil = StandIn::model(&[Play::Answer(200, key_set(&[&attacker]))]).await;
    let stored = door.app.count(STORED).await;

    for signer in signers() {
        for alg in ["none", "None", "nOnE", "", "HS384", "HS512", "RS384", "RS512", "PS256", "ES384", "EdDSA", "rs256"]
        {
            let token = signer.sign_with("alg", json!(alg));
            door.refuses(&token, alg).await;
            door.refuses(&with_part(&token, 2, ""), alg).await;
        }
        for alg in ["HS256", "RS256", "ES256"].into_iter().filter(|alg| signer.head["alg"] != *alg) {
            door.refuses(&signer.sign_with("alg", json!(alg)), format!("{} as {alg}", signer.head)).await;
        }
        for (name, value) in [
            ("alg", json!(null)),
            ("alg", json!(["HS256"])),
            ("crit", json!(["exp"])),
            ("crit", json!([])),
            ("kid", json!(1)),
        ] {
            door.refuses(&signer.sign_with(name, value.clone()), format!("{name} {value}")).await;
        }
        let twice = signer.head.to_string().replacen('{', r#"{"alg":"none","#, 1);
        for head in ["", "{}", "null", "[]", r#"{"typ":"JWT"}"#, &twice] {
            door.refuses(&signer.sign_under(head, &claims().to_string()), head).await;
        }
    }

    let rsa = rs256();
    let modulus = rsa.jwk["n"].as_str().unwrap();
    let (pem, der) = (rsa.public_pem.as_bytes(), URL_SAFE_NO_PAD.decode(modulus).unwrap());
    for public in [pem, rsa.public_pem.trim().as_bytes(), &der, modulus.as_bytes(), rsa.jwk.to_string().as_bytes(), b""]
    {
        for head in [json!({ "alg": "HS256" }), json!({ "alg": "HS256", "kid": "rsa-1" })] {
            door.refuses(&under(public, &head), "a public key as the secret").await;
        }
    }

    let theirs =
        [("jwk", attacker.jwk.clone()), ("jku", json!(evil.url)), ("x5u", json!(evil.url)), ("x5c", json!(["MIIB"]))];
    for (name, value) in theirs {
        door.refuses(&attacker.sign_with(name, value.clone()), format!("under its own {name}")).await;
        for signer in signers() {
            door.opens(&signer.sign_with(name, value.clone()), "as if it were not there").await;
        }
    }
    for kid in ["../../../../dev/null", "' or '1'='1", "' union select 'a' --", "\0", &"k".repeat(4_000), "rsa-1\n", ""]
    {
        for signer in [rs256(), es256(), another("x")] {
            door.refuses(&signer.sign_with("kid", json!(kid)), kid).await;
        }
    }
    assert_eq!(evil.asked().len(), 0);
    assert_eq!(provider.asked().len(), 2, "at the start, and once for all the unknown names");
    assert!(door.app.count(STORED).await > stored);
}

/// Rows 50 and 51.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_signed_token_that_is_not_for_us_or_not_for_now_opens_nothing(db: PgPool) {
    let (door, _provider) = door(db).await;
    let mut unfit = unfit_claims(&claims());
    unfit.extend([
        with("iss", json!("https://sign-in.example.com")),
        with("iss", json!("https://another.example.com/")),
        with("iss", json!(["https://sign-in.example.com/"])),
        with("iss", json!(null)),
        with("aud", json!("another")),
        with("aud", json!(["another"])),
        with("aud", json!([])),
        with("aud", json!(null)),
        with("aud", json!({ "levqor-support": true })),
        with("sub", json!(1)),
        with("email_verified", json!(false)),
        with("email_verified", json!("no")),
        with("name", json!("a".repeat(8_000))),
    ]);

    for signer in signers() {
        for claims in &unfit {
            door.refuses(&signer.sign(claims), claims).await;
        }
        for fit in [
            with("aud", json!(["another", "levqor-support"])),
            with("email_verified", json!(true)),
            with("nbf", json!(Utc::now().timestamp())),
            with("name", json!("a".repeat(4_000))),
        ] {
            door.opens(&signer.sign(&fit), fit).await;
        }
    }
}
