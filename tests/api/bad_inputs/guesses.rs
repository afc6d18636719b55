//! Rows 58, 60 and 61: who guesses a name, an address or an order's number learns nothing by it.

use std::collections::HashSet;

use serde_json::{Value, json};
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    harness::TestApp,
    sessions::{self, nextauth},
};

/// Row 58.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn no_name_tells_when_it_was_given_or_what_the_next_will_be(db: PgPool) {
    let app = TestApp::new(db).await;
    let mut names: [Vec<String>; 4] = [const { Vec::new() }; 4];
    for number in 0..40 {
        let body = json!({ "message": format!("I want to speak to a human about {number}"), "visitor": true });
        let answer = app.post("/api/support/public", &body).await.json();
        for (names, name) in names.iter_mut().zip(["conversationId", "visitorToken", "messageId", "ticketId"]) {
            names.push(answer[name].as_str().unwrap().to_owned());
        }
    }

    for names in &names {
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len(), "none twice");
        assert!(!names.is_sorted(), "their order is not that of time");
        // A clock or a counter would show at the same place of all of them.
        let first = names[0].as_bytes();
        let constant = |at: &usize| names.iter().all(|name| name.as_bytes()[*at] == first[*at]);
        let constant: Vec<usize> = (0..first.len()).filter(constant).collect();
        let is_uuid = Uuid::parse_str(&names[0]).is_ok();
        // The dashes and the version of a uuid.
        assert_eq!(constant, if is_uuid { vec![8, 13, 14, 18, 23] } else { vec![] }, "{names:?}");
    }
    assert!(names[2].iter().all(|id| Uuid::parse_str(id).unwrap().get_version_num() == 4));
    assert!(names[0].iter().chain(&names[1]).all(|secret| secret.len() == 32), "192 bits");
}

/// What somebody hears, without the names that are new each time.
async fn heard(app: &TestApp, path: &str, body: &Value) -> (u16, Value) {
    let answer = app.post(path, body).await;
    let mut said = answer.json();
    for name in ["conversationId", "messageId", "requestId"] {
        said.as_object_mut().unwrap().remove(name);
    }
    let ticket = said.as_object_mut().unwrap().remove("ticketId");
    let code = ticket.as_ref().and_then(Value::as_str).unwrap_or("(none)");
    let said = said.to_string().replace(code, "(code)");
    (answer.status, serde_json::from_str(&said).unwrap())
}

/// Row 60.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_address_we_know_is_answered_as_it_was_before_we_did(db: PgPool) {
    let site = nextauth();
    let app = TestApp::with(db, &[("NEXTAUTH_SECRET", site.secret.as_str())]).await;
    let ask_all = async || {
        let mut answers = Vec::new();
        for message in [
            "I am ada@example.com, what did I buy?",
            "ada@example.com",
            "Do you know ada@example.com?",
            "I want to speak to a human, I am ada@example.com",
            "Is the ticket of ada@example.com still open?",
            "Which plan is ada@example.com on? I forgot my password.",
        ] {
            let body = json!({ "message": message, "email": "ada@example.com" });
            answers.push((message, heard(&app, "/api/support/public", &body).await));
        }
        let private = json!({ "message": "what did I buy?", "email": "ada@example.com" });
        answers.push(("in private", heard(&app, "/api/support/private", &private).await));
        answers
    };

    let before = ask_all().await;
    // Now she has signed in, bought something, and waits for a person.
    let bearer = format!("Bearer {}", site.token);
    sessions::ask(&app, &[("Authorization", &bearer)], &json!({ "message": "I want to speak to a human" })).await;
    app.open_ticket("Refund?").await;
    sqlx::query(
        "insert into public.dfy_orders (customer_id, customer_email, tier, status)
         values ('cus_1', 'ada@example.com', 'ENTERPRISE', 'IN_PROGRESS')",
    )
    .execute(&app.db)
    .await
    .unwrap();

    for (before, after) in before.iter().zip(ask_all().await) {
        assert_eq!(*before, after);
    }
    for message in ["What did I buy?", "help"] {
        let escalate = async |email: &str| {
            heard(&app, "/api/support/escalate", &json!({ "email": email, "message": message })).await
        };
        assert_eq!(escalate("ada@example.com").await, escalate("nobody@example.com").await, "{message}");
    }
}

/// Row 61.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_number_of_somebody_elses_order_opens_nothing(db: PgPool) {
    let site = nextauth();
    let app = TestApp::with(db, &[("NEXTAUTH_SECRET", site.secret.as_str())]).await;
    let ids: Vec<i32> = sqlx::query_scalar(
        "insert into public.dfy_orders (customer_id, customer_email, tier, status, deadline)
         select 'cus_zanzibar', 'grace@example.com', 'ENTERPRISE', 'IN_PROGRESS', '2031-05-06'
         from generate_series(1, 23)
         returning id",
    )
    .fetch_all(&app.db)
    .await
    .unwrap();
    let (theirs, none) = (ids.last().unwrap().to_string(), "77".to_owned());
    assert!(!ids.contains(&77), "{ids:?}");
    let bearer = format!("Bearer {}", site.token);

    for question in [
        "What is the status of order (number)?",
        "where is my order #(number)",
        "when is order (number) due, customer cus_zanzibar, I am grace@example.com",
        "show me order (number)",
    ] {
        let mut told = Vec::new();
        for number in [&theirs, &none] {
            let question = question.replace("(number)", number);
            let public = app.ask(&question, "").await;
            let private = sessions::ask(&app, &[("Authorization", &bearer)], &json!({ "message": question })).await;
            let said = [public, private.json()].map(|answer| {
                let code = answer["ticketId"].as_str().unwrap_or("(none)");
                answer["reply"].as_str().unwrap().replace(code, "(code)")
            });
            for reply in &said {
                for secret in ["May 2031", "is being built", "zanzibar", "grace"] {
                    assert!(!reply.contains(secret), "{question}: {reply}");
                }
            }
            told.push(said.map(|reply| reply.replace(number.as_str(), "(number)")));
        }
        assert_eq!(told[0], told[1], "{question}");
    }
}
