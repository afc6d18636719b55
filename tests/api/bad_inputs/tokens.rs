//! Rows 50, 52 and 53: a token opens the door as the site's own libraries made it, and in no other
//! shape; a signed one (row 49) only where somebody may sign.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use ring::hmac;
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{
    STORED,
    door::{Door, claims, claims_with, unfit_claims, with_part},
};
use crate::sessions::{authjs, nextauth};

fn bytes_of(token: &str, part: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token.split('.').nth(part).unwrap()).unwrap()
}

/// Rows 52 and 53.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_token_with_any_byte_changed_or_any_part_cut_opens_nothing(db: PgPool) {
    let door = Door::new(db).await;

    for token in [nextauth().token, authjs().token] {
        // The four parts that hold anything; the second is empty.
        for part in [0, 2, 3, 4] {
            let bytes = bytes_of(&token, part);
            for at in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << (at % 8);
                door.refuses(&with_part(&token, part, &URL_SAFE_NO_PAD.encode(changed)), format!("{part}, {at}")).await;
            }
            for cut in [&[], &bytes[1..], &bytes[..bytes.len() - 1], &bytes[..bytes.len() / 2]] {
                door.refuses(&with_part(&token, part, &URL_SAFE_NO_PAD.encode(cut)), format!("{part}, cut")).await;
            }
            let longer = [&bytes, &[0][..]].concat();
            door.refuses(&with_part(&token, part, &URL_SAFE_NO_PAD.encode(longer)), format!("{part}, longer")).await;
        }
        for (left, right, by) in [(2, 3, 1), (2, 3, 16), (3, 4, 1), (3, 4, 16)] {
            let end = bytes_of(&token, left).len();
            let both = [bytes_of(&token, left), bytes_of(&token, right)].concat();
            for border in [end.saturating_sub(by), (end + by).min(both.len())] {
                let (start, rest) = both.split_at(border);
                let moved = with_part(&token, left, &URL_SAFE_NO_PAD.encode(start));
                let moved = with_part(&moved, right, &URL_SAFE_NO_PAD.encode(rest));
                door.refuses(&moved, format!("{by} bytes over the border of {left} and {right}")).await;
            }
        }
        door.opens(&token, "unchanged").await;
    }

    assert_eq!(door.app.count("select count(*) from support.conversations").await, 2);
}

/// Rows 52 and 53.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_token_in_another_shape_opens_nothing(db: PgPool) {
    let door = Door::new(db).await;
    let turned = r#"{"enc":"A256GCM","alg":"dir"}"#;

    for token in [nextauth().token, authjs().token] {
        let parts: Vec<&str> = token.split('.').collect();
        for other in [turned, r#"{"alg":"dir", "enc":"A256GCM"}"#, r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#] {
            door.refuses(&with_part(&token, 0, &URL_SAFE_NO_PAD.encode(other)), other).await;
        }
        for key in ["AA", "e30", "dir"] {
            door.refuses(&with_part(&token, 1, key), "a key of its own").await;
        }
        door.refuses(&with_part(&token, 4, &format!("{}==", parts[4])), "padded").await;
        door.refuses(&with_part(&token, 0, &format!("{}=", parts[0])), "padded").await;
        door.refuses(&with_part(&token, 3, &parts[3].replace(['-', '_'], "+")), "the other alphabet").await;
        door.refuses(&parts[..4].join("."), "four parts").await;
        door.refuses(&format!("{token}."), "six parts").await;
        door.refuses(&format!("{token}.{}", parts[4]), "six parts").await;
        door.refuses(&format!("{token}{token}"), "twice").await;
        door.refuses(&parts.iter().rev().copied().collect::<Vec<_>>().join("."), "backwards").await;
    }

    assert_eq!(door.app.count(STORED).await, 0);
}

/// Rows 52 and 53: what the site's key was used for, but not as the site's libraries use it.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_token_under_a_head_the_libraries_do_not_write_opens_nothing(db: PgPool) {
    let door = Door::new(db).await;

    for library in [nextauth(), authjs()] {
        let good = claims().to_string();
        let head: Value = serde_json::from_str(&library.head).unwrap();
        let with = |name: &str, value: Value| {
            let mut head = head.clone();
            head[name] = value;
            library.seal(&head.to_string(), &good)
        };
        door.opens(&library.seal(&library.head, &good), "as the library would").await;
        let others = [
            ("alg", json!("none")),
            ("alg", json!("A256KW")),
            ("alg", json!("RSA-OAEP")),
            ("alg", json!("DIR")),
            ("alg", json!(["dir"])),
            ("enc", json!("A128GCM")),
            ("enc", json!("A192GCM")),
            ("enc", json!("A128CBC-HS256")),
            ("enc", json!(null)),
            ("zip", json!("DEF")),
            ("zip", json!("none")),
            ("crit", json!(["exp"])),
            ("crit", json!([])),
        ];
        for (name, value) in others {
            door.refuses(&with(name, value.clone()), format!("{name} {value}")).await;
        }
        let swapped = if library.head.contains("A256GCM") { "A256CBC-HS512" } else { "A256GCM" };
        door.refuses(&with("enc", json!(swapped)), swapped).await;
        for head in ["", "{}", "null", r#"{"alg":"dir"}"#, &library.head.replacen('{', r#"{"alg":"dir","#, 1)] {
            door.refuses(&library.seal(head, &good), head).await;
        }
        door.refuses(&library.forge(&good), "another secret").await;
    }
}

/// Row 50; the leeway to the second is tried beside the code.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_token_without_a_time_or_an_address_we_can_read_opens_nothing(db: PgPool) {
    let door = Door::new(db).await;
    let now = Utc::now().timestamp();
    let unfit = unfit_claims(&claims());

    for library in [nextauth(), authjs()] {
        for claims in &unfit {
            door.refuses(&library.seal(&library.head, claims), claims).await;
        }
        door.opens(&library.seal(&library.head, &claims_with("nbf", json!(now))), "as the library would").await;
    }
}

/// Row 49: where nobody may sign, whatever they say of themselves and whoever signed them.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn where_nobody_may_sign_a_signed_token_opens_nothing(db: PgPool) {
    let door = Door::new(db).await;
    let secret = nextauth().secret;
    let heads = [
        json!({ "alg": "none" }),
        json!({ "alg": "None", "typ": "JWT" }),
        json!({ "alg": "HS256", "typ": "JWT" }),
        json!({ "alg": "HS256", "kid": "../../../../dev/null" }),
        json!({ "alg": "HS256", "kid": "' union select 'a' --" }),
        json!({ "alg": "HS256", "crit": ["exp"] }),
        json!({ "alg": "RS256", "jku": "https://evil.example/keys" }),
        json!({ "alg": "RS256", "x5u": "https://evil.example/key" }),
        json!({ "alg": "ES256", "jwk": { "kty": "oct", "k": "AA" } }),
        json!({ "alg": "dir", "enc": "A256GCM" }),
    ];

    for head in heads {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(head.to_string()), claims_encoded());
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), signed.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(signature);
        for token in [format!("{signed}."), signed.clone(), format!("{signed}.{signature}"), format!("{signed}...")] {
            door.refuses(&token, &head).await;
            door.refuses_cookies(&format!("next-auth.session-token={token}")).await;
        }
    }

    assert_eq!(door.app.count(STORED).await, 0);
}

fn claims_encoded() -> String {
    URL_SAFE_NO_PAD.encode(claims().to_string())
}
