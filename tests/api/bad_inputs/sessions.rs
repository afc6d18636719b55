//! Rows 46 and 55: who shows no session is let in nowhere, and a browser that was led to us by
//! another site does nothing in its owner's name.

use serde_json::json;
use sqlx::PgPool;

use super::{STORED, judge_refusal, unauthenticated};
use crate::{
    http::{exchange, request},
    sessions::{PATH, SITE, ask, nextauth, site},
};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// Row 46.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn whatever_is_shown_that_is_no_session_is_answered_alike(db: PgPool) {
    let app = site(db).await;
    let token = nextauth().token;
    let body = json!({ "message": "what did I buy?", "email": "ada@example.com", "token": token });
    let (good, name) = (format!("Bearer {token}"), "Authorization");
    let shown = [
        String::new(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
        "Bearer null".to_owned(),
        "Bearer undefined".to_owned(),
        "Bearer ....".to_owned(),
        "Basic YWRhOnBhc3N3b3Jk".to_owned(),
        format!("Basic {token}"),
        format!("Digest {token}"),
        format!("Bearer={token}"),
        token.clone(),
        format!("Bearer\u{a0}{token}"),
        format!("Bearer {token}\u{e9}"),
        format!("Bearer {token} {token}"),
        format!("{good}, {good}"),
        format!("Bearer {}", "e".repeat(10_240)),
    ];
    let mut attempts: Vec<Vec<(&str, &str)>> = shown.iter().map(|shown| vec![(name, shown.as_str())]).collect();
    attempts.extend([
        vec![(name, good.as_str()), (name, good.as_str())],
        vec![(name, good.as_str()), (name, "Basic eA==")],
        vec![(name, "Basic eA=="), (name, good.as_str())],
        vec![("X-Authorization", good.as_str())],
        vec![("Cookie", "next-auth.session-token=nonsense"), ("Origin", SITE)],
        vec![("Cookie", "next-auth.session-token"), ("Origin", SITE)],
        vec![("Cookie", ";;=;"), ("Origin", SITE)],
    ]);

    let expected = unauthenticated(&ask(&app, &[], &body).await);
    for headers in attempts {
        assert_eq!(unauthenticated(&ask(&app, &headers, &body).await), expected, "{headers:?}");
    }
    let in_query = request("POST", &format!("{PATH}?access_token={token}"), &[JSON], body.to_string().as_bytes());
    assert_eq!(unauthenticated(&exchange(app.address, &in_query).await.unwrap()), expected);
    let mut raw = request("POST", PATH, &[JSON, (name, "Bearer ?")], body.to_string().as_bytes());
    let at = raw.iter().position(|byte| *byte == b'?').unwrap();
    raw[at] = 0xff;
    assert_eq!(unauthenticated(&exchange(app.address, &raw).await.unwrap()), expected);

    assert_eq!(app.count(STORED).await, 0);
    assert_eq!(ask(&app, &[(name, &good)], &body).await.status, 200);
}

/// Row 55.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_cookie_counts_only_from_a_page_of_the_site_and_with_json(db: PgPool) {
    let app = site(db).await;
    let cookie = format!("next-auth.session-token={}", nextauth().token);
    let forms = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
    let post = async |media_type: &str, more: &[(&str, &str)]| {
        let headers = [&[("Content-Type", media_type), ("Cookie", cookie.as_str())], more].concat();
        let body = br#"{"message":"what did I buy?"}"#;
        exchange(app.address, &request("POST", PATH, &headers, body)).await.unwrap()
    };

    let from_elsewhere: [&[(&str, &str)]; 9] = [
        &[],
        &[("Referer", SITE)],
        &[("Origin", "null")],
        &[("Origin", "https://evil.example")],
        &[("Origin", "https://www.levqor.ai.evil.example")],
        &[("Origin", "http://www.levqor.ai")],
        &[("Origin", "https://www.levqor.ai:444")],
        &[("Origin", "https://www.levqor.ai/")],
        &[("Origin", SITE), ("Origin", "https://evil.example")],
    ];
    for headers in from_elsewhere {
        for media_type in forms.into_iter().chain([JSON.1]) {
            let answer = post(media_type, headers).await;
            assert_eq!(answer.status, 403, "{media_type}, {headers:?}");
            judge_refusal(&answer, None).unwrap();
        }
    }
    for media_type in forms {
        assert_eq!(post(media_type, &[("Origin", SITE)]).await.status, 415, "{media_type}");
    }

    assert_eq!(app.count(STORED).await, 0);
    assert_eq!(post(JSON.1, &[("Origin", SITE)]).await.status, 200);
}
