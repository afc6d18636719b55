//! Customers whom somebody else signs in, and the provider whose keys say so: there, gone, slow and wrong.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use futures_util::future::{Either, join_all, select};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use sqlx::PgPool;

use crate::{
    harness::TestApp,
    process::{Folder, Process},
    sessions::{SITE, ask},
    signed::{Signer, another, claims, desk, es256, hs256, key_set, rs256},
    stand_in::{Play, StandIn},
};

async fn status(app: &TestApp, token: &str) -> u16 {
    let bearer = format!("Bearer {token}");
    ask(app, &[("Authorization", &bearer)], &json!({ "message": "hello" })).await.status
}

/// A provider with these keys.
async fn publishing(signers: &[&Signer]) -> StandIn {
    StandIn::model(&[Play::Answer(200, key_set(signers))]).await
}

async fn keys_part(app: &TestApp) -> Value {
    app.admin_get("/api/support/health").await.json()["parts"]["sign_in_keys"].clone()
}

/// Asks health again until it says this of the keys.
async fn eventually(app: &TestApp, is_so: impl Fn(&Value) -> bool) {
    let started = Instant::now();
    while !is_so(&keys_part(app).await) {
        assert!(started.elapsed() < Duration::from_secs(40), "never so: {}", keys_part(app).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn loaded(app: &TestApp) {
    eventually(app, |keys| keys["status"] == "ok").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn signed_tokens_of_every_kind_are_sessions_as_bearer_and_never_as_cookie(db: PgPool) {
    let provider = publishing(&[&rs256(), &es256()]).await;
    let app = desk(db, &provider).await;
    sqlx::query(
        "insert into public.dfy_orders (customer_id, customer_email, tier, status, deadline, revisions_left, created_at)
         values ('1', 'ada@example.com', 'STARTER', 'DONE', now(), 2, now())",
    )
    .execute(&app.db)
    .await
    .unwrap();

    for signer in [hs256(), rs256(), es256()] {
        for token in [signer.sign(&claims().to_string()), signer.token.clone()] {
            let bearer = format!("Bearer {token}");
            let answer = ask(&app, &[("Authorization", &bearer)], &json!({ "message": "what did I buy?" })).await;
            assert!(answer.status == 200 && answer.body.contains("Starter"), "{}", answer.body);
            for name in ["next-auth.session-token", "__Secure-authjs.session-token"] {
                let cookie = format!("{name}={token}");
                assert_eq!(
                    ask(&app, &[("Cookie", &cookie), ("Origin", SITE)], &json!({ "message": "hi" })).await.status,
                    401
                );
            }
        }
    }
    for signer in [rs256(), es256()] {
        assert_eq!(status(&app, &signer.sign_with("kid", json!(null))).await, 200, "no name, tried under each");
    }
    assert_eq!(provider.asked()[0].path, "/.well-known/jwks.json");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_thousand_known_names_cost_no_look_at_the_provider_and_a_thousand_unknown_ones_cost_one(db: PgPool) {
    let provider = publishing(&[&rs256(), &es256()]).await;
    let app = desk(db, &provider).await;
    loaded(&app).await;
    assert_eq!(provider.asked().len(), 1);

    let mut expired = claims();
    expired["exp"] = json!(1);
    let known =
        [rs256(), es256()].map(|signer| [signer.sign(&claims().to_string()), signer.sign(&expired.to_string())]);
    for number in 0..1_000 {
        // One in ten is good; the others are read as far, and stop at their end.
        let (token, wanted) =
            if number % 10 == 0 { (&known[number / 10 % 2][0], 200) } else { (&known[number % 2][1], 401) };
        assert_eq!(status(&app, token).await, wanted);
    }
    assert_eq!(provider.asked().len(), 1);

    let stranger = another("unknown");
    for number in 0..1_000 {
        assert_eq!(status(&app, &stranger.sign_with("kid", json!(format!("unknown-{number}")))).await, 401);
    }
    assert_eq!(provider.asked().len(), 2);
    assert_eq!(status(&app, &known[0][0]).await, 200);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_new_key_opens_from_the_first_token_that_names_it_and_a_removed_one_no_more(db: PgPool) {
    let (old, new) = (es256(), another("next"));
    let provider = publishing(&[&rs256(), &old]).await;
    let app = desk(db, &provider).await;
    loaded(&app).await;
    let [with_old, with_new] = [&old, &new].map(|signer| signer.sign(&claims().to_string()));
    assert_eq!(status(&app, &with_old).await, 200);

    provider.play(Play::Answer(200, key_set(&[&rs256(), &new])));

    assert_eq!(status(&app, &with_old).await, 200, "nobody has looked yet");
    assert_eq!(status(&app, &with_new).await, 200);
    assert_eq!(status(&app, &with_old).await, 401);
    assert_eq!(status(&app, &rs256().sign(&claims().to_string())).await, 200);
    assert_eq!(provider.asked().len(), 2);
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_provider_that_answers_rubbish_takes_no_key_away(db: PgPool) {
    let elsewhere = publishing(&[&another("unknown")]).await;
    let redirect = axum::http::Response::builder().status(302).header("location", &elsewhere.url);
    let many = json!({ "keys": vec![es256().jwk; 51] }).to_string();
    for play in [
        Play::Answer(200, "<html><body>Welcome</body></html>".into()),
        Play::Answer(200, many),
        Play::Answer(500, key_set(&[&another("unknown")])),
        Play::Endless,
        Play::BreakOff(r#"{"keys":["#.into()),
    ] {
        let provider = publishing(&[&rs256(), &es256()]).await;
        let app = desk(db.clone(), &provider).await;
        loaded(&app).await;
        provider.play(play.clone());

        assert_eq!(status(&app, &another("unknown").sign(&claims().to_string())).await, 401, "{play:?}");
        eventually(&app, |keys| keys["fault"].is_string() && keys["status"] == "ok").await;
        assert_eq!(status(&app, &rs256().sign(&claims().to_string())).await, 200, "{play:?}");
        assert!(app.get("/api/support/health").await.json()["parts"]["sign_in_keys"].get("fault").is_none());
    }

    let provider = publishing(&[&rs256()]).await;
    let app = desk(db, &provider).await;
    loaded(&app).await;
    provider.will_answer(redirect.body("".into()).unwrap());
    assert_eq!(status(&app, &another("unknown").sign(&claims().to_string())).await, 401);
    assert_eq!((provider.asked().len(), elsewhere.asked().len()), (2, 0), "it leads nowhere");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn only_who_names_an_unknown_key_waits_for_a_provider_that_hangs_and_not_for_long(db: PgPool) {
    let provider = publishing(&[&rs256(), &es256()]).await;
    let app = desk(db, &provider).await;
    loaded(&app).await;
    provider.play(Play::Hang);
    let (unknown, known) = (another("unknown").sign(&claims().to_string()), es256().sign(&claims().to_string()));

    let started = Instant::now();
    let crowd = pin!(join_all((0..50).map(|_| status(&app, &unknown))));
    let meanwhile = pin!(async {
        provider.asked_for(2).await;
        status(&app, &known).await
    });

    let Either::Right((answered, crowd)) = select(crowd, meanwhile).await else {
        panic!("who shows a known key waits with the others")
    };
    assert_eq!(answered, 200);
    assert!(crowd.await.iter().all(|status| *status == 401));
    // Without an end of its own this would last as long as a handler may, 30 s.
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(provider.asked().len(), 2, "one look for all of them");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_provider_that_is_down_at_the_start_is_no_reason_not_to_start(db: PgPool) {
    let provider = StandIn::model(&[Play::Answer(503, String::new())]).await;
    let app = desk(db, &provider).await;
    eventually(&app, |keys| keys["status"] == "degraded" && keys["secondsSinceSuccess"].is_null()).await;
    eventually(&app, |keys| keys["fault"].as_str().is_some_and(|fault| fault.contains("503"))).await;

    assert_eq!(app.get("/ready").await.status, 200);
    assert_eq!(status(&app, &hs256().sign(&claims().to_string())).await, 200);
    provider.play(Play::Answer(200, key_set(&[&es256()])));
    assert_eq!(status(&app, &es256().sign(&claims().to_string())).await, 200, "the first who asks is looked for");
    loaded(&app).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_start_with_a_provider_that_hangs_serves_at_once(db: PgPool) {
    // What the first start of a process makes is no part of this.
    TestApp::new(db.clone()).await;
    let started = Instant::now();
    let app = desk(db, &StandIn::silent().await).await;

    assert_eq!(app.get("/ready").await.status, 200);
    assert_eq!(status(&app, &hs256().sign(&claims().to_string())).await, 200);
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_waits_for_no_provider() {
    let (folder, provider) = (Folder::new(), StandIn::silent().await);
    let process = Process::start(&folder, &[("JWT_JWKS_URL", &provider.url)]);
    provider.asked_for(1).await;

    process.signal(Signal::SIGTERM);
    let started = Instant::now();
    let (log, complaints) = process.last_words();
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
    assert!(log.iter().any(|line| line.contains("stopped")) && complaints.is_empty(), "{log:?} {complaints}");
}
