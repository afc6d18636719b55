//! Ten thousand requests for a person: whatever was acknowledged is there, and the team can still read.

use std::collections::HashSet;

use futures_util::{StreamExt, stream};
use serde_json::json;
use sqlx::PgPool;

use crate::{
    harness::{SENT, TestApp},
    http::{Answer, exchange, request},
    stand_in::StandIn,
};

const ESCALATE: &str = "/api/support/escalate";
const TICKETS: &str = "select count(*) from support.tickets";
const SUMMARIES: &str = "select count(*) from support.deliveries where kind = 'summary' and state = 'sent'";

/// The limits as they are by default.
const USUAL: [(&str, &str); 3] =
    [("ADDRESS_ESCALATIONS_PER_HOUR", ""), ("EMAIL_TICKETS_PER_HOUR", ""), ("ALERTS_PER_TEN_MINUTES", "")];

/// Callers at once.
const CALLERS: usize = 32;

async fn with_telegram(db: PgPool, telegram: &StandIn, more: &[(&str, &str)]) -> TestApp {
    let channel =
        [("TELEGRAM_BOT_TOKEN", "1:x"), ("TELEGRAM_CHAT_ID", "1"), ("TELEGRAM_API_URL", telegram.url.as_str())];
    TestApp::with(db, &[&USUAL[..], &channel, more].concat()).await
}

/// So many requests for a person, each with its number.
async fn flood(app: &TestApp, times: u32, body: impl Fn(u32) -> (String, String)) -> Vec<Answer> {
    let ask = |number| {
        let (from, email) = body(number);
        let body = json!({ "email": email, "message": format!("request {number}") }).to_string();
        let headers = [("Content-Type", "application/json"), ("X-Forwarded-For", from.as_str())];
        let bytes = request("POST", ESCALATE, &headers, body.as_bytes());
        let address = app.address;
        async move { exchange(address, &bytes).await.expect("an answer") }
    };
    stream::iter(0..times).map(ask).buffer_unordered(CALLERS).collect().await
}

fn acknowledged(answers: &[Answer]) -> Vec<String> {
    let fine = answers.iter().filter(|answer| answer.status == 200);
    fine.map(|answer| answer.json()["ticketId"].as_str().unwrap().to_owned()).collect()
}

/// Makes what is withheld old enough to be told.
async fn ten_minutes_later(app: &TestApp) {
    sqlx::query("update support.withheld_alerts set created_at = created_at - interval '11 minutes'")
        .execute(&app.db)
        .await
        .unwrap();
}

fn text(asked: &crate::stand_in::Asked) -> String {
    asked.body["text"].as_str().unwrap_or_default().to_owned()
}

/// Row 81: 10,000 requests are ten tickets, ten alerts and one summary.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn ten_thousand_from_one_place_are_a_handful_of_tickets_and_one_summary(db: PgPool) {
    let telegram = StandIn::telegram(&[]).await;
    let app = with_telegram(db, &telegram, &[]).await;

    let answers = flood(&app, 10_000, |number| (String::new(), format!("caller{number}@example.com"))).await;

    let codes = acknowledged(&answers);
    assert_eq!(codes.len(), 10, "the hour's");
    assert_eq!(app.count(TICKETS).await, 10);
    for code in &codes {
        assert_eq!(app.ticket(code).await["status"], "open");
    }
    let refused: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert_eq!(refused.len(), 9_990);
    for answer in refused {
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=360).contains(&wait), "{answer:?}");
    }
    app.eventually("select coalesce(sum(count), 0)::bigint from support.withheld_alerts", 9_990).await;
    ten_minutes_later(&app).await;
    app.eventually(SUMMARIES, 1).await;
    app.eventually(SENT, 11).await;
    let last = text(telegram.asked().last().unwrap());
    assert!(last.contains("9990 requests for a person that were turned away") && last.contains("127.0.0.1"), "{last}");
    // The desk goes on.
    assert_eq!(app.ask("How much is the Growth plan?", "").await["outcome"], "answer");
}

/// Row 81.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn from_many_places_every_ticket_is_opened_and_the_alerts_are_few(db: PgPool) {
    let telegram = StandIn::telegram(&[]).await;
    let app =
        with_telegram(db, &telegram, &[("TRUSTED_PROXIES", "1"), ("AUTH_SECRET", "the-secret-of-the-site")]).await;
    let place = |number: u32| format!("198.51.{}.{}", number / 250, number % 250);

    let answers = flood(&app, 1_000, |number| (place(number), format!("caller{number}@example.com"))).await;

    let codes: HashSet<String> = acknowledged(&answers).into_iter().collect();
    assert_eq!((codes.len(), app.count(TICKETS).await), (1_000, 1_000));
    app.eventually(SENT, 30).await;
    ten_minutes_later(&app).await;
    app.eventually(SUMMARIES, 1).await;
    assert_eq!(app.count(SENT).await, 31);
    let last = text(telegram.asked().last().unwrap());
    assert!(last.ends_with("970 more tickets"), "{last}");
}

/// Row 81.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn for_one_address_of_mail_what_is_too_much_is_added_to_its_last_ticket(db: PgPool) {
    let telegram = StandIn::telegram(&[]).await;
    let app =
        with_telegram(db, &telegram, &[("TRUSTED_PROXIES", "1"), ("AUTH_SECRET", "the-secret-of-the-site")]).await;
    let chat = app.ask("I want to speak to a human, I am ada@example.com", "").await;
    let place = |number: u32| format!("198.51.100.{number}");
    let email = |number: u32| if number.is_multiple_of(2) { "ada@example.com" } else { "ADA@example.com" };

    let answers = flood(&app, 200, |number| (place(number), email(number).to_owned())).await;

    let codes = acknowledged(&answers);
    assert_eq!(codes.len(), 200, "each is told where its words are");
    let tickets: HashSet<&String> = codes.iter().collect();
    assert_eq!((tickets.len(), app.count(TICKETS).await), (5, 6), "and the chat's own");
    // Nothing is lost, and nothing got into the chat, whose address anybody may type.
    assert_eq!(app.count("select count(*) from support.messages where body like 'request %'").await, 200);
    let chat = app.ticket(chat["ticketId"].as_str().unwrap()).await;
    assert!(!chat["messages"].to_string().contains("request "), "{chat}");
    app.eventually("select count(*) from support.deliveries where state <> 'sent'", 0).await;
    let alerts = app.count("select count(*) from support.deliveries").await;
    assert!((7..=8).contains(&alerts), "{alerts}: six tickets, and more on one of them every five minutes");
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn whose_tickets_are_all_closed_gets_another(db: PgPool) {
    let app = TestApp::with(db, &USUAL).await;
    let mut codes = HashSet::new();
    for number in 0..5 {
        codes.insert(app.open_ticket(&format!("request {number}")).await);
    }
    assert_eq!(codes.len(), 5);
    assert!(codes.contains(&app.open_ticket("one more").await));

    for code in &codes {
        app.admin_post(&format!("/api/support/tickets/{code}/close"), &json!({})).await;
    }

    assert!(!codes.contains(&app.open_ticket("and now?").await));
}

/// Row 81, by chats.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_an_address_asks_for_in_too_many_chats_is_one_ticket_more(db: PgPool) {
    let app = TestApp::with(db, &USUAL).await;
    let human = async |number: u32| {
        let address = if number.is_multiple_of(2) { "ada@example.com" } else { "ADA@example.com" };
        let chat = app.ask(&format!("What is DFY Starter? ({number})"), "").await;
        app.ask(&format!("I want to speak to a human, I am {address}"), chat["conversationId"].as_str().unwrap()).await
    };

    let mut codes = Vec::new();
    for number in 0..12 {
        let answer = human(number).await;
        assert_eq!(answer["status"], "waiting", "{answer}");
        codes.push(answer["ticketId"].as_str().expect("where the words are").to_owned());
    }

    assert_eq!(app.count(TICKETS).await, 6);
    assert!(codes[5..].iter().all(|code| *code == codes[5]), "{codes:?}");
    let told = app.ticket(&codes[5]).await["messages"].to_string();
    assert!((5..12).all(|number| told.contains(&format!("({number}) |"))), "nothing is lost: {told}");
    let own = app.ticket(&codes[0]).await["messages"].to_string();
    assert!((1..12).all(|number| !own.contains(&format!("({number})"))), "a chat is its own: {own}");
    // Somebody else is not concerned, nor who asks for no chat, nor a chat that has its ticket.
    let other = app.ask("I want to speak to a human, I am grace@example.com", "").await;
    assert!(!codes.contains(&other["ticketId"].as_str().unwrap().to_owned()));
    assert!(!codes[..5].contains(&app.open_ticket("by the form").await));
}

/// The ceilings are the team's and the mails', whichever way the tickets come.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn chats_alert_and_confirm_no_more_than_the_ceilings_allow(db: PgPool) {
    let (telegram, resend) = (StandIn::telegram(&[]).await, StandIn::resend(&[]).await);
    let more = [
        ("RESEND_API_KEY", "re_key"),
        ("AUTH_FROM_EMAIL", "desk@levqor.ai"),
        ("RESEND_API_URL", resend.url.as_str()),
        ("ALERTS_PER_TEN_MINUTES", "2"),
        ("CONFIRMATIONS_PER_HOUR", "3"),
    ];
    let app = with_telegram(db, &telegram, &more).await;

    for number in 0..6 {
        app.ask(&format!("I want to speak to a human, I am caller{number}@example.com"), "").await;
    }

    assert_eq!(app.count(TICKETS).await, 6);
    app.eventually(SENT, 5).await;
    assert_eq!((telegram.asked().len(), resend.asked().len()), (2, 3));
    assert_eq!(app.count("select count(*) from support.deliveries").await, 5, "nothing else is owed");
    assert_eq!(app.count("select sum(count)::bigint from support.withheld_alerts").await, 4);
}
