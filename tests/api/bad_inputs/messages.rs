//! Rows 39, 41 and 42: what people type reaches mails and phones as text, and only as text.

use serde_json::{Value, json};
use sqlx::PgPool;

use levqor_support::Config;

use crate::{
    harness::{SENT, TestApp},
    stand_in::StandIn,
};

/// Telegram's bound on a text, in UTF-16 units.
const LONGEST_TEXT: usize = 4_096;

async fn with_telegram(db: PgPool, telegram: &StandIn) -> TestApp {
    let settings =
        [("TELEGRAM_BOT_TOKEN", "1:x"), ("TELEGRAM_CHAT_ID", "-1001"), ("TELEGRAM_API_URL", telegram.url.as_str())];
    TestApp::with(db, &settings).await
}

/// Row 39.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_line_somebody_typed_is_no_line_of_a_mails_head(db: PgPool) {
    let resend = StandIn::resend(&[]).await;
    let settings = [
        ("RESEND_API_KEY", "re_key"),
        ("AUTH_FROM_EMAIL", "Desk <desk@example.com>"),
        ("RESEND_API_URL", resend.url.as_str()),
        ("COMPANY_NAME", "Acme\r\n\r\nBcc: team@example.com"),
    ];
    let app = TestApp::with(db, &settings).await;
    let line = "hello\r\nBcc: eve@evil.example\r\n\r\n<script>";

    let context = json!({ "subject": line, "name": line, "from": line });
    let body =
        json!({ "email": "ada@example.com", "subject": line, "name": line, "message": line, "context": context });
    let code = app.post("/api/support/escalate", &body).await.json()["ticketId"].clone();
    app.eventually(SENT, 1).await;

    let mail = &resend.asked()[0].body;
    assert_eq!(mail["subject"], format!("Your support ticket #{}", code.as_str().unwrap()));
    assert_eq!((&mail["to"], &mail["from"]), (&json!(["ada@example.com"]), &json!("Desk <desk@example.com>")));
    assert!(!mail.to_string().contains("evil.example") && !mail.to_string().contains("script"), "{mail}");
    let text = mail["text"].as_str().unwrap();
    assert!(text.ends_with("\n\nAcme Bcc: team@example.com Support"), "{text}");
}

/// Row 39.
#[test]
fn a_sender_of_two_lines_refuses_the_start() {
    for name in ["AUTH_FROM_EMAIL", "SUPPORT_EMAIL"] {
        for value in ["desk@example.com\r\nBcc: eve@evil.example", "desk@example.com\nX-Other: 1", "Desk"] {
            let refused = Config::read(|asked| (asked == name).then(|| value.to_owned())).unwrap_err().to_string();
            assert!(refused.contains(name) && !refused.contains("evil"), "{refused}");
        }
    }
}

/// Row 41. The settings of one alert are in the stories of deliveries.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn markup_reaches_telegram_as_the_characters_it_is_made_of(db: PgPool) {
    let telegram = StandIn::telegram(&[]).await;
    let app = with_telegram(db, &telegram).await;
    let typed = [
        "<b>bold</b> </code> <a href=\"https://evil.example\">here</a>",
        "<unclosed & &amp; &#60; &nbsp;",
        r"_*[]()~`>#+-=|{}.! \_ \* \\",
        "[click](tg://user?id=1) [x](https://evil.example)",
        "@everyone @channel @levqor_bot /start /close@levqor_bot #tag $TAG",
        "https://evil.example/?q=1 tg://resolve?domain=evil evil.example",
        "```rust\u{2019}``` ||spoiler|| ~~struck~~ __under__",
    ];

    let mut expected = Vec::new();
    for text in typed {
        let code = app.open_ticket(text).await;
        expected.push(format!("[Levqor Support] New ticket from ada@example.com: {text}\nTicket #{code}"));
    }
    app.eventually(SENT, 7).await;

    let mut sent = Vec::new();
    for asked in telegram.asked() {
        let names: Vec<&String> = asked.body.as_object().unwrap().keys().collect();
        assert_eq!(names, ["chat_id", "link_preview_options", "text"], "no parse_mode, no entities");
        assert_eq!(asked.body["link_preview_options"]["is_disabled"], true);
        sent.push(asked.body["text"].as_str().unwrap().to_owned());
    }
    sent.sort();
    expected.sort();
    assert_eq!(sent, expected);
}

/// Row 42.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_text_too_long_for_telegram_is_cut_at_a_character(db: PgPool) {
    let telegram = StandIn::telegram(&[]).await;
    let app = with_telegram(db, &telegram).await;
    let (a, family) = (|count: usize| "a".repeat(count), |count: usize| "👍".repeat(count));
    let mut texts = [
        (a(4_096), a(4_096)),
        (a(4_097), format!("{}…", a(4_095))),
        (format!("{}👍", a(4_094)), format!("{}👍", a(4_094))),
        (format!("{}👍", a(4_095)), format!("{}…", a(4_095))),
        // The pair would stand on the last two units, one of which the ellipsis takes.
        (format!("{}👍aa", a(4_094)), format!("{}…", a(4_094))),
        (format!("{}👍aa", a(4_093)), format!("{}👍…", a(4_093))),
        (family(2_048), family(2_048)),
        (family(2_049), format!("{}…", family(2_047))),
        ("é".repeat(5_000), format!("{}…", "é".repeat(4_095))),
    ];

    for (text, _) in &texts {
        owe(&app, text).await;
    }
    app.eventually(SENT, 9).await;

    let mut sent: Vec<String> =
        telegram.asked().iter().map(|asked| asked.body["text"].as_str().unwrap().to_owned()).collect();
    assert!(sent.iter().all(|text| text.encode_utf16().count() <= LONGEST_TEXT));
    sent.sort();
    texts.sort_by(|(_, one), (_, other)| one.cmp(other));
    assert_eq!(sent, texts.map(|(_, expected)| expected));
}

/// Row 42.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_alert_of_the_longest_message_still_names_its_ticket(db: PgPool) {
    let telegram = StandIn::telegram(&[]).await;
    let app = with_telegram(db, &telegram).await;

    let code = app.open_ticket(&"👍".repeat(16_000)).await;
    app.eventually(SENT, 1).await;

    let body = telegram.asked()[0].body.clone();
    let text = body["text"].as_str().unwrap();
    assert!(text.ends_with(&format!("👍…\nTicket #{code}")), "{text}");
}

/// Owes the team a text as it is: those we write ourselves are shorter.
async fn owe(app: &TestApp, text: &str) {
    let payload: Value = json!({ "text": text });
    sqlx::query(
        "insert into support.deliveries (id, subject_kind, channel, kind, payload, dedupe_key)
         values (gen_random_uuid(), 'ticket', 'telegram', 'long', $1, gen_random_uuid()::text)",
    )
    .bind(payload)
    .execute(&app.db)
    .await
    .unwrap();
}
