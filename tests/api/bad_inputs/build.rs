//! Rows 85 to 87: what the program is made of is known to its builders, and told to nobody who asks.

use std::{fs, path::Path};

use serde_json::json;
use sqlx::PgPool;

use super::judge_refusal;
use crate::harness::TestApp;

/// Row 85.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_is_for_the_team_is_told_to_nobody_else(db: PgPool) {
    let app = TestApp::new(db).await;

    for path in
        ["/metrics", "/debug", "/admin", "/env", "/.env", "/.git/config", "/api/support/stats", "/server-status"]
    {
        let answer = app.get(path).await;
        assert!([401, 404].contains(&answer.status), "{path}: {}", answer.body);
        judge_refusal(&answer, None).unwrap();
    }
}

/// Rows 85 and 86: where we fail ourselves, the caller learns that, and when to name it to us.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_failure_of_ours_tells_nothing_of_how_we_are_made(db: PgPool) {
    let app = TestApp::new(db).await;
    for table in ["tickets", "messages"] {
        let never = format!("alter table support.{table} add constraint never check (false) not valid");
        sqlx::query(sqlx::AssertSqlSafe(never)).execute(&app.db).await.unwrap();
    }

    for (path, body) in [
        ("/api/support/escalate", json!({ "email": "ada@example.com", "message": "help" })),
        ("/api/support/public", json!({ "message": "hello" })),
    ] {
        let answer = app.post(path, &body).await;
        assert_eq!((answer.status, judge_refusal(&answer, None)), (500, Ok(())), "{}", answer.body);
        let mut told = answer.json();
        told.as_object_mut().unwrap().remove("requestId");
        assert_eq!(told, json!({ "error": "internal error", "code": "internal" }));
        for header in ["server", "x-powered-by", "via"] {
            assert_eq!(answer.header(header), None, "{header}");
        }
    }
}

/// Row 87; licences and advisories are the gate's, which `scripts/test.sh` runs.
#[test]
fn everything_that_is_built_in_is_pinned_and_comes_from_the_registry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lock = fs::read_to_string(root.join("Cargo.lock")).unwrap();
    let packages: Vec<&str> = lock.split("[[package]]").skip(1).collect();
    let ours = packages.iter().filter(|package| !package.contains("\nsource = "));
    let pinned = packages.iter().filter(|package| {
        package.contains("\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"")
            && package.contains("\nchecksum = \"")
    });

    assert_eq!(ours.count(), 1, "nothing comes from a folder");
    assert_eq!(pinned.count(), packages.len() - 1, "nothing comes from a branch");
    for script in ["scripts/test.sh", "scripts/run.sh", "scripts/bench.sh"] {
        let script = fs::read_to_string(root.join(script)).unwrap();
        let builds = script.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        for line in
            builds.filter(|line| ["cargo build", "cargo test", "cargo clippy"].iter().any(|build| line.contains(build)))
        {
            assert!(line.contains("--locked"), "{line}");
        }
    }
}
