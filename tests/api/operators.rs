//! People of the team sign in by name; the machine secret acts as `api`.

use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    harness::{SECRET, TestApp},
    http::Answer,
};

const PATH: &str = "/api/support/operators/session";
/// A page of the host that tests name.
const PAGE: &str = "http://localhost";
const ADAS: &str = "adas-secret-of-thirty-two-letters";
const GRACES: &str = "graces-secret-of-thirty-two-chars";

async fn desk(db: PgPool) -> TestApp {
    TestApp::with(db, &[("OPERATORS", &format!("ada:{ADAS},grace:{GRACES}"))]).await
}

async fn sign_in(app: &TestApp, name: &str, secret: &str) -> Answer {
    app.post(PATH, &json!({ "name": name, "secret": secret })).await
}

/// The cookie a browser would send from now on.
async fn cookie(app: &TestApp, name: &str, secret: &str) -> String {
    let answer = sign_in(app, name, secret).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

async fn close(app: &TestApp, ticket: &str, headers: &[(&str, &str)]) -> Answer {
    app.send("POST", &format!("/api/support/tickets/{ticket}/close"), headers, b"").await
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn who_signs_in_works_under_their_name(db: PgPool) {
    let app = desk(db).await;
    let (first, second) = (app.open_ticket("first").await, app.open_ticket("second").await);
    let cookie = cookie(&app, "ada", ADAS).await;

    let who = app.send("GET", PATH, &[("Cookie", &cookie)], b"").await;
    assert_eq!((who.status, &who.json()["name"]), (200, &json!("ada")));
    let list = app.send("GET", "/api/support/tickets", &[("Cookie", &cookie)], b"").await;
    assert_eq!(list.json()["count"], 2);
    let closed = close(&app, &first, &[("Cookie", &cookie), ("Origin", PAGE)]).await;
    assert_eq!((closed.status, &closed.json()["closed_by"]), (200, &json!("ada")), "{}", closed.body);
    let closed = close(&app, &second, &[("X-Internal-Secret", SECRET)]).await;
    assert_eq!(closed.json()["closed_by"], "api");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_cookie_is_for_this_page_alone_and_ends(db: PgPool) {
    let app = desk(db).await;
    let ticket = app.open_ticket("help").await;
    let set = sign_in(&app, "grace", GRACES).await.header("set-cookie").unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"] {
        assert!(set.contains(part), "{set}");
    }
    let cookie = set.split(';').next().unwrap();
    for origin in ["https://www.levqor.ai", "http://localhost:3000", "null", "https://evil.example"] {
        let answer = close(&app, &ticket, &[("Cookie", cookie), ("Origin", origin)]).await;
        assert_eq!(answer.status, 403, "{origin}");
    }
    assert_eq!(close(&app, &ticket, &[("Cookie", cookie)]).await.status, 403, "no origin");

    let out = app.send("DELETE", PATH, &[("Cookie", cookie), ("Origin", PAGE)], b"").await;
    assert_eq!(out.status, 204, "{}", out.body);
    assert!(out.header("set-cookie").unwrap().contains("Max-Age=0"));
    assert_eq!(app.send("GET", PATH, &[("Cookie", cookie)], b"").await.status, 401);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_session_that_is_over_or_of_somebody_who_left_opens_nothing(db: PgPool) {
    let app = desk(db.clone()).await;
    let cookie = cookie(&app, "ada", ADAS).await;

    let rotated = TestApp::with(db.clone(), &[("OPERATORS", &format!("ada:{GRACES}"))]).await;
    assert_eq!(
        rotated.send("GET", PATH, &[("Cookie", &cookie)], b"").await.status,
        401,
        "the secret it was opened with"
    );
    let without_ada = TestApp::with(db, &[("OPERATORS", &format!("grace:{GRACES}"))]).await;
    assert_eq!(without_ada.send("GET", PATH, &[("Cookie", &cookie)], b"").await.status, 401);
    assert_eq!(app.send("GET", PATH, &[("Cookie", &cookie)], b"").await.status, 200);
    sqlx::query("update support.operator_sessions set expires_at = now()").execute(&app.db).await.unwrap();
    // However often a page asks that was left open: it is not guessing.
    for _ in 0..40 {
        assert_eq!(app.send("GET", PATH, &[("Cookie", &cookie)], b"").await.status, 401);
    }
    assert_eq!(sign_in(&app, "ada", GRACES).await.status, 401, "a slip is not told to wait");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn whoever_guesses_is_told_nothing_and_then_to_wait(db: PgPool) {
    let app = desk(db).await;
    let mut said: Vec<(u16, Value)> = Vec::new();
    for (name, secret) in [("ada", GRACES), ("ada", ""), ("nobody", ADAS), ("", ""), ("ada", &ADAS[..31])] {
        let answer = sign_in(&app, name, secret).await;
        said.push((answer.status, answer.json()["error"].clone()));
    }
    said.dedup();
    assert_eq!(said, [(401, json!("authentication is required"))]);

    // On a slow machine some of them come late enough to be slips.
    let mut refused = None;
    for _ in 0..40 {
        let answer = app.send("GET", "/api/support/tickets", &[("X-Internal-Secret", "wrong")], b"").await;
        refused = Some(answer).filter(|answer| answer.status == 429).or(refused);
    }
    let refused = refused.expect("told to wait");
    assert_eq!(refused.json()["code"], "too_many");
    assert!(refused.header("retry-after").is_some());
    // Nobody keeps the team out by guessing.
    assert_eq!(app.admin_get("/api/support/tickets").await.status, 200);
    assert_eq!(sign_in(&app, "ada", ADAS).await.status, 200);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_the_team_holds_is_stored_as_a_hash_only(db: PgPool) {
    let app = desk(db).await;
    let cookie = cookie(&app, "ada", ADAS).await;
    let token = cookie.split_once('=').unwrap().1;

    let row: String =
        sqlx::query_scalar("select s::text from support.operator_sessions s").fetch_one(&app.db).await.unwrap();

    assert!(!row.contains(token) && !row.contains(ADAS), "{row}");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn behind_a_proxy_that_changes_the_host_the_page_is_known_by_its_public_address(db: PgPool) {
    let settings = [
        ("OPERATORS", format!("ada:{ADAS}")),
        ("PUBLIC_URL", "https://desk.example.com".to_owned()),
        ("AUTH_SECRET", "the-secret-of-the-site".to_owned()),
    ];
    let app = TestApp::with(db, &settings.each_ref().map(|(name, value)| (*name, value.as_str()))).await;
    let body = json!({ "name": "ada", "secret": ADAS }).to_string();
    let sign_in = async |origin: &str| {
        let headers = [("Content-Type", "application/json"), ("Origin", origin)];
        app.send("POST", PATH, &headers, body.as_bytes()).await
    };

    let ours = sign_in("https://desk.example.com").await;
    assert_eq!(ours.status, 200, "{}", ours.body);
    assert!(ours.header("set-cookie").unwrap().ends_with("; Secure"), "{ours:?}");
    assert_eq!(sign_in("https://www.levqor.ai").await.status, 403);
}
