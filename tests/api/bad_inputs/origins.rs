//! Rows 68 and 69: a page of the site may ask and read, whatever is answered, and a page of nobody
//! else's may not.

use std::collections::BTreeSet;

use sqlx::PgPool;

use crate::{harness::TestApp, http::Answer};

const SITE: &str = "https://www.levqor.ai";

/// Paths that answer well, refuse, and do not exist.
const ASKED: [(&str, &str); 5] = [
    ("GET", "/health"),
    ("POST", "/api/support/public"),
    ("POST", "/api/support/private"),
    ("GET", "/api/support/tickets"),
    ("GET", "/nothing"),
];

async fn preflight(app: &TestApp, path: &str, origin: &str, method: &str, headers: &str) -> Answer {
    let head =
        [("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", headers)];
    app.send("OPTIONS", path, &head, b"").await
}

/// The members of a header that is a list.
fn list<'a>(answer: &'a Answer, header: &str) -> BTreeSet<&'a str> {
    let lists = answer.headers.iter().filter(|(name, _)| name == header);
    lists.flat_map(|(_, list)| list.split(',')).map(str::trim).collect()
}

/// Row 68.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_page_of_another_origin_is_told_nothing_it_could_read(db: PgPool) {
    let app = TestApp::new(db).await;
    let origins = [
        "https://evil.example",
        "null",
        "",
        "*",
        "https://www.levqor.ai.evil.example",
        "https://levqor.ai.evil.example",
        "https://evil.example/https://www.levqor.ai",
        "https://evilwww.levqor.ai",
        "https://evil.levqor.ai",
        "http://www.levqor.ai",
        "https://www.levqor.ai:444",
        "https://www.levqor.ai:443",
        "https://www.levqor.ai/",
        "https://www.levqor.ai ,https://evil.example",
        "HTTPS://WWW.LEVQOR.AI",
        "//www.levqor.ai",
        "https://user@www.levqor.ai",
        "http://localhost:3001",
        "file://",
    ];

    for origin in origins {
        for (method, path) in ASKED {
            let asked = app.send(method, path, &[("Origin", origin)], b"").await;
            let before = preflight(&app, path, origin, method, "content-type").await;
            for answer in [asked, before] {
                assert_eq!(answer.header("access-control-allow-origin"), None, "{method} {path} from {origin:?}");
                assert!(list(&answer, "vary").contains("origin"), "nobody keeps it for another: {answer:?}");
            }
        }
    }
}

/// Row 69.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_preflight_is_answered_with_what_is_allowed_and_nothing_else(db: PgPool) {
    let app = TestApp::new(db).await;
    let methods = BTreeSet::from(["GET", "POST", "PATCH", "OPTIONS"]);
    let headers = BTreeSet::from([
        "authorization", "content-type", "idempotency-key", "last-event-id", "x-internal-secret", "x-request-id",
        "x-visitor-token",
    ]);

    for (method, asked) in [
        ("POST", "content-type"),
        ("POST", "authorization,content-type,idempotency-key"),
        // What is asked for is no part of what is allowed.
        ("DELETE", "content-type"),
        ("PUT", "x-evil, x-proxy-secret"),
        ("CONNECT", "cookie"),
        ("", "*"),
    ] {
        for (_, path) in ASKED {
            let answer = preflight(&app, path, SITE, method, asked).await;
            assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{method} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), Some(SITE));
            assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
            assert_eq!(list(&answer, "access-control-allow-methods"), methods);
            assert_eq!(list(&answer, "access-control-allow-headers"), headers);
            assert!(list(&answer, "vary").contains("origin"), "{answer:?}");
        }
    }
}

/// Row 69: also what is refused, or is not there, can be read by the page that asked.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_page_of_the_site_can_read_every_answer(db: PgPool) {
    let app = TestApp::new(db).await;
    let exposed = BTreeSet::from([
        "idempotency-replayed", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "retry-after",
        "x-request-id",
    ]);

    for (method, path) in ASKED {
        let answer = app.send(method, path, &[("Origin", SITE)], b"").await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(SITE), "{method} {path}");
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(list(&answer, "access-control-expose-headers"), exposed);
        assert!(list(&answer, "vary").contains("origin"), "{answer:?}");
    }
}
