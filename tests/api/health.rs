//! Whoever watches the service is told the truth.

use sqlx::PgPool;

use crate::harness::TestApp;

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn health_has_the_fields_the_site_reads(db: PgPool) {
    let app = TestApp::new(db).await;
    app.eventually_healthy("ok").await;

    let health = app.get("/api/support/health").await.json();

    insta::assert_json_snapshot!(health, { ".parts.*.secondsSinceSuccess" => "[age]" }, @r#"
{
  "openai_configured": false,
  "parts": {
    "database": {
      "secondsSinceSuccess": "[age]",
      "status": "ok"
    },
    "email": {
      "secondsSinceSuccess": "[age]",
      "status": "off"
    },
    "embeddings": {
      "secondsSinceSuccess": "[age]",
      "status": "off"
    },
    "knowledge_base": {
      "secondsSinceSuccess": "[age]",
      "status": "ok"
    },
    "model": {
      "secondsSinceSuccess": "[age]",
      "status": "off"
    },
    "sign_in_keys": {
      "secondsSinceSuccess": "[age]",
      "status": "off"
    },
    "telegram": {
      "secondsSinceSuccess": "[age]",
      "status": "off"
    },
    "whatsapp": {
      "secondsSinceSuccess": "[age]",
      "status": "off"
    }
  },
  "status": "ok",
  "telegram_configured": false,
  "whatsapp_configured": false
}
"#);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_live_service_is_alive_and_ready(db: PgPool) {
    let app = TestApp::new(db).await;

    assert_eq!(app.get("/health").await.status, 200);
    assert_eq!(app.get("/ready").await.status, 200);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn every_answer_has_a_request_id_and_a_plain_one_of_the_caller_is_kept(db: PgPool) {
    let app = TestApp::new(db).await;

    let ours = app.get("/nothing").await;
    assert_eq!(ours.json()["requestId"], ours.header("x-request-id").unwrap());
    let theirs = app.send("GET", "/nothing", &[("X-Request-ID", "abc-123")], b"").await;
    assert_eq!(theirs.json()["requestId"], "abc-123");
    let odd = app.send("GET", "/nothing", &[("X-Request-ID", "{\"level\":\"error\"}")], b"").await;
    assert_ne!(odd.json()["requestId"], "{\"level\":\"error\"}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn pages_of_the_site_may_call_and_others_may_not(db: PgPool) {
    let app = TestApp::new(db).await;
    let ask = async |method: &str, origin: &str| {
        let headers = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", "content-type"),
        ];
        app.send(method, "/api/support/public", &headers, b"").await
    };

    for origin in ["https://www.levqor.ai", "https://levqor.ai", "http://localhost:3000"] {
        // Also on errors: the page must be able to read that it was refused.
        for method in ["OPTIONS", "GET"] {
            let answer = ask(method, origin).await;
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
            assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        }
    }
    for origin in
        ["https://evil.example", "null", "https://levqor.ai.evil.example", "http://levqor.ai", "https://levqor.ai:444"]
    {
        assert_eq!(ask("OPTIONS", origin).await.header("access-control-allow-origin"), None, "{origin}");
    }
}

/// Row 70 of the bad inputs: whatever is answered, no browser makes a page of it, keeps it or tells others.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn every_answer_is_data_and_nobodys_to_keep(db: PgPool) {
    let app = TestApp::new(db).await;

    for path in ["/health", "/api/support/health", "/api/support/tickets", "/nothing"] {
        let answer = app.get(path).await;
        for (header, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(header), Some(value), "{path}");
        }
    }
}
