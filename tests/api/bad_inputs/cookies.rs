//! Rows 52 and 53: a session in several cookies, or among several.

use serde_json::json;
use sqlx::PgPool;

use super::door::{Door, claims, claims_with};
use crate::sessions::{Library, authjs, nextauth};

/// As long as a token may be.
const LONGEST_TOKEN: usize = 8 * 1024;

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_token_may_be_so_long_and_no_longer_in_however_many_pieces(db: PgPool) {
    let door = Door::new(db).await;

    for library in [nextauth(), authjs()] {
        let [_, cookie] = library.cookies;
        let padded = |padding: usize| library.seal(&library.head, &claims_with("picture", json!("a".repeat(padding))));
        let short = padded(5_000);
        let long = padded(6_200);
        assert!(short.len() < LONGEST_TOKEN && long.len() > LONGEST_TOKEN, "{} {}", short.len(), long.len());

        door.opens(&short, "a long name").await;
        door.opens_to_cookies(&pieces(cookie, &short).join("; ")).await;
        door.refuses(&long, "too long").await;
        door.refuses_cookies(&format!("{cookie}={long}")).await;
        door.refuses_cookies(&pieces(cookie, &long).join("; ")).await;
    }
}

/// A cookie as the libraries cut it.
fn pieces(cookie: &str, token: &str) -> Vec<String> {
    let chunks = token.as_bytes().chunks(3_933).map(|chunk| str::from_utf8(chunk).unwrap());
    chunks.enumerate().map(|(number, chunk)| format!("{cookie}.{number}={chunk}")).collect()
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn pieces_are_joined_in_any_order_and_only_when_each_is_there_once(db: PgPool) {
    let door = Door::new(db).await;

    for Library { token, cookies: [cookie, other], .. } in [nextauth(), authjs()] {
        let third = token.len() / 3;
        let piece = |number: usize, at: usize| {
            let end = if at == 2 { token.len() } else { (at + 1) * third };
            format!("{cookie}.{number}={}", &token[at * third..end])
        };
        let [a, b, c] = [0, 1, 2].map(|number| piece(number, number));
        for order in [[&a, &b, &c], [&a, &c, &b], [&b, &a, &c], [&b, &c, &a], [&c, &a, &b], [&c, &b, &a]] {
            door.opens_to_cookies(&order.map(String::as_str).join("; ")).await;
        }
        for broken in [
            format!("{a}; {b}"),
            format!("{b}; {c}"),
            format!("{a}; {c}"),
            format!("{a}; {b}; {b}; {c}"),
            format!("{a}; {b}; {c}; {a}"),
            format!("{a}; {b}; {c}; {cookie}.3=AA"),
            format!("{a}; {b}; {}", piece(3, 2)),
            format!("{}; {}; {}", piece(1, 0), piece(2, 1), piece(3, 2)),
            format!("{}; {}; {}", piece(0, 1), piece(1, 0), c),
            format!("{a}; {b}; {}", c.replacen(cookie, other, 1)),
        ] {
            door.refuses_cookies(&broken).await;
        }
    }
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn of_several_cookies_the_first_that_opens_counts(db: PgPool) {
    let door = Door::new(db).await;
    let (old, new) = (nextauth(), authjs());

    for library in [&old, &new] {
        let ([secure, plain], token) = (library.cookies, &library.token);
        let expired = library.seal(&library.head, &claims_with("exp", json!(0)));
        let forged = library.forge(&claims().to_string());
        for bad in ["", "nonsense", &expired, &forged] {
            door.opens_to_cookies(&format!("{secure}={bad}; {plain}={token}")).await;
            door.opens_to_cookies(&format!("{plain}={token}; {secure}={bad}")).await;
            door.opens_to_cookies(&format!("{plain}={bad}; {secure}={token}")).await;
            door.opens_to_cookies(&format!("{secure}.0={bad}; {secure}={token}")).await;
            door.opens_to_cookies(&format!("{secure}={bad}; {secure}.0={token}")).await;
            door.refuses_cookies(&format!("{secure}={bad}; {plain}={bad}")).await;
            door.refuses_cookies(&format!("session-token={token}; {secure}x={token}; {secure}={bad}")).await;
        }
    }
    door.opens_to_cookies(&format!("{}=nonsense; {}={}", old.cookies[0], new.cookies[0], new.token)).await;
    door.opens_to_cookies(&format!("{}=nonsense; {}={}", new.cookies[0], old.cookies[0], old.token)).await;
}
