//! Row 44: nothing that comes from outside stands in the log as it came, however much is logged.

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::{
    http::request,
    process::{Folder, Process},
    stand_in::{self, StandIn},
};

/// Stands in everything that is sent, and may stand in no line.
const MARK: &str = "zanzibar";

/// A longer line of ours would hold what somebody else chose.
const LONGEST_LINE: usize = 1_024;

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_the_log_is_ours_whatever_is_sent() {
    let telegram = StandIn::telegram(&[]).await;
    let refusal = format!("Bad Request:\nzanzibar@example.com{FORGED} {}", MARK.repeat(100_000));
    let refusal = json!({ "ok": false, "error_code": 400, "description": refusal }).to_string();
    telegram.will_answer(stand_in::plain(400, refusal));
    telegram.will_answer(stand_in::plain(200, "<html>zanzibar</html>"));
    let folder = Folder::new();
    let settings = [
        ("TELEGRAM_BOT_TOKEN", "1:zanzibar"),
        ("TELEGRAM_CHAT_ID", "1"),
        ("TELEGRAM_API_URL", telegram.url.as_str()),
        ("RUST_LOG", "trace"),
    ];
    let process = Process::start(&folder, &settings);

    let requests = requests();
    for bytes in &requests {
        assert!(process.send(bytes).await.is_some(), "{}", String::from_utf8_lossy(&bytes[..200.min(bytes.len())]));
    }
    telegram.asked_for(2).await;
    process.signal(Signal::SIGTERM);
    let (lines, complaints) = process.last_words();

    assert_eq!(complaints, "");
    let mut answered = 0;
    let mut postponed = 0;
    for line in &lines {
        assert!(!line.to_lowercase().contains(MARK), "{line}");
        let parsed: Value = serde_json::from_str(line).expect("one line, and JSON");
        let target = parsed["target"].as_str().unwrap();
        assert!(line.len() <= LONGEST_LINE || !target.starts_with("levqor_support"), "{line}");
        assert!(parsed["timestamp"].is_string() && parsed["forged"].is_null(), "{line}");
        answered += usize::from(parsed["message"] == "answered");
        postponed += usize::from(parsed["message"] == "not delivered yet");
    }
    assert_eq!((answered, postponed), (requests.len(), 2));
}

/// What would pass for a line of ours.
const FORGED: &str = "\n{\"level\":\"ERROR\",\"message\":\"zanzibar\",\"forged\":true}\n\u{1b}[2J\u{2028}\u{85}";

fn requests() -> Vec<Vec<u8>> {
    let text = format!("zanzibar{FORGED}");
    let json = ("Content-Type", "application/json");
    let post = |path: &str, body: &Value| request("POST", path, &[json], body.to_string().as_bytes());
    let (long, long_method) = (MARK.repeat(7_000), MARK.to_uppercase().repeat(1_000));
    let person = format!("I want to speak to a human, I am zanzibar@example.com {text}");
    let path = "/zanzibar%0a%7b%22forged%22:true%7d%1b%5b2J?zanzibar=%0azanzibar";
    let mut requests = vec![
        post("/api/support/public", &json!({ "message": text })),
        post("/api/support/public", &json!({ "message": person })),
        post("/api/support/private", &json!({ "message": text, "email": "zanzibar@example.com" })),
        post(
            "/api/support/escalate",
            &json!({ "email": "zanzibar@example.com", "message": text, "context": { &text: text } }),
        ),
        post("/api/support/escalate", &json!({ "email": text, "message": text })),
        post("/api/support/public", &json!({ &text: text, "message": 5 })),
        post("/api/support/public", &json!({ "message": "hello", "conversationId": text })),
        request("POST", "/api/support/public", &[json], text.as_bytes()),
        request("POST", "/api/support/public", &[("Content-Type", "zanzibar/zanzibar")], text.as_bytes()),
        request(&long_method, "/health", &[], b""),
        request("ZANZIBAR", path, &[], b""),
        request("GET", path, &[], b""),
        request("GET", "/api/support/tickets/zanzibar", &[("X-Internal-Secret", MARK)], b""),
    ];
    for name in ["X-Request-ID", "User-Agent", "Referer", "Origin", "Cookie", "Authorization", "Idempotency-Key"] {
        for value in ["zanzibar {\"forged\":true} \u{9b}2J", long.as_str()] {
            requests.push(request("POST", "/api/support/private", &[json, (name, value)], br#"{"message":"hello"}"#));
        }
    }
    requests
}
