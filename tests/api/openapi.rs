//! The document describes this service: soundly, wholly, and with examples that are true.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

use serde_json::{Map, Value, json};
use sqlx::PgPool;

use crate::{
    harness::{SECRET, TestApp},
    http::Answer,
    sessions,
};

type Operation = (String, String, Value);

fn operations(document: &Value) -> Vec<Operation> {
    let items = document["paths"].as_object().unwrap().iter();
    let of_item = |(path, item): (&String, &Value)| {
        let methods = item.as_object().unwrap().clone();
        methods.into_iter().map(|(method, operation)| (method, path.clone(), operation)).collect::<Vec<_>>()
    };
    items.flat_map(of_item).collect()
}

/// Every value in a value, itself among them.
fn everything(value: &Value) -> Vec<&Value> {
    let inner: Vec<&Value> = match value {
        Value::Array(members) => members.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => Vec::new(),
    };
    inner.into_iter().flat_map(everything).chain([value]).collect()
}

fn names<'a>(value: &'a Value, name: &str) -> BTreeSet<&'a str> {
    value.as_array().into_iter().flatten().filter_map(|member| member[name].as_str()).collect()
}

#[test]
fn the_document_is_sound() {
    let document = levqor_support::openapi();
    let mut faults = Vec::new();

    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], env!("CARGO_PKG_VERSION"));
    for reference in everything(&document).iter().filter_map(|value| value.get("$ref")?.as_str()) {
        if document.pointer(&reference[1..]).is_none() {
            faults.push(format!("{reference} is nowhere"));
        }
    }
    let (tags, mut ids) = (names(&document["tags"], "name"), BTreeSet::new());
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    for (method, path, operation) in &operations(&document) {
        let mut blame = |fault: &str| faults.push(format!("{method} {path} {fault}"));
        if !ids.insert(operation["operationId"].as_str().unwrap_or_default().to_owned()) {
            blame("shares its id");
        }
        if operation["summary"].as_str().is_none_or(str::is_empty) {
            blame("has no summary");
        }
        if !operation["tags"][0].as_str().is_some_and(|tag| tags.contains(tag)) {
            blame("has no tag that is described");
        }
        if operation["security"].as_array().is_none_or(Vec::is_empty) {
            blame("does not say who may ask");
        }
        let ways = operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object);
        if ways.flat_map(Map::keys).any(|way| !schemes.contains_key(way)) {
            blame("names a way in that is not described");
        }
        if path.contains("{id}") != names(&operation["parameters"], "name").contains("id") {
            blame("describes other parts of its path than it has");
        }
        let responses = operation["responses"].as_object().unwrap();
        if responses.keys().filter(|status| status.starts_with('2')).count() != 1 {
            blame("does not say how it succeeds");
        }
        let is_told = |response: &Value| {
            !response["$ref"].is_null() || response["description"].as_str().is_some_and(|text| !text.is_empty())
        };
        if !responses.values().all(is_told) {
            blame("has an answer without a description");
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn what_is_served_is_what_the_command_prints(db: PgPool) {
    let app = TestApp::new(db).await;

    let served = app.get("/openapi.json").await;
    let printed = Command::new(env!("CARGO_BIN_EXE_levqor-support")).arg("openapi").env_clear().output().unwrap();

    assert_eq!(served.header("cache-control"), Some("public, max-age=3600"));
    assert_eq!(served.json(), serde_json::from_slice::<Value>(&printed.stdout).unwrap());
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_page_shows_every_operation_and_runs_nothing(db: PgPool) {
    let app = TestApp::new(db).await;

    let page = app.get("/docs").await;

    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("script") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    for (_, path, operation) in operations(&levqor_support::openapi()) {
        let heading = format!("id=\"{}\"", operation["operationId"].as_str().unwrap());
        assert!(page.body.contains(&heading) && page.body.contains(&path), "{path}");
    }
    for elsewhere in ["<script", " src=", "href=\"http", "url(", "@import"] {
        assert!(!page.body.contains(elsewhere), "{elsewhere}");
    }
}

/// What a value looks like: names and types, not contents.
fn shape(value: &Value) -> Value {
    match value {
        Value::Array(members) => members.iter().take(1).map(shape).collect(),
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        Value::Bool(_) => "yes or no".into(),
        Value::Null => Value::Null,
    }
}

/// A story in which every operation is asked for once, as its example says.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_examples_are_what_the_service_answers(db: PgPool) {
    let library = sessions::nextauth();
    let settings = [
        ("NEXTAUTH_SECRET", library.secret.as_str()),
        ("OPERATORS", "ada:a-secret-of-the-examples-and-of-nobody"),
        ("KNOWLEDGE_BASE_DIR", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/check/other_trade")),
        ("COMPANY_NAME", "Pedal & Tide"),
        ("SUPPORT_EMAIL", "help@pedalandtide.example"),
        ("MODEL_PRICES", "gpt-4o-mini=0.15/0.60"),
        ("BUDGET_PER_DAY", "5"),
    ];
    let app = TestApp::with(db, &settings).await;
    let bill =
        "insert into support.model_usage (model, calls, prompt_tokens, completion_tokens, is_estimated, cost_nanos)
        values ('gpt-4o-mini', 1, 5994, 20, false, 911100)";
    sqlx::query(bill).execute(&app.db).await.unwrap();
    let document = levqor_support::openapi();
    let mut untold: BTreeSet<String> = BTreeSet::new();
    let mut described = BTreeMap::new();
    for (method, path, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        untold.insert(id.clone());
        described.insert(id, (method, path, operation));
    }
    let bearer = format!("Bearer {}", library.token);
    let mut tell = async |id: &str, name: &str, headers: &[(&str, &str)]| -> Answer {
        let (method, path, operation) = &described[id];
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        let asked = parameters.find(|parameter| parameter["in"] == "query" && !parameter["example"].is_null());
        let query = asked.map(|asked| format!("?{}={}", asked["name"].as_str().unwrap(), asked["example"]));
        let query = query.unwrap_or_default();
        let (path, method) = (path.replace("{id}", name) + &query, method.to_uppercase());
        let body = &operation["requestBody"]["content"]["application/json"]["example"];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let mut headers = headers.to_vec();
        if !body.is_empty() {
            headers.push(("Content-Type", "application/json"));
        }
        let answer = app.send(&method, &path, &headers, body.as_bytes()).await;
        assert!(answer.status < 300, "{id}: {answer:?}");
        let example = &operation["responses"]["200"]["content"]["application/json"]["example"];
        if answer.header("content-type") == Some("application/json") && id != "document" {
            assert_eq!(shape(example), shape(&answer.json()), "{id}: {:#}", answer.json());
        }
        untold.remove(id);
        answer
    };

    let team = [("X-Internal-Secret", SECRET)];
    for id in ["alive", "ready", "docs", "document"] {
        tell(id, "", &[]).await;
    }
    tell("support", "", &team).await;
    let unknown = app.ask("Do you repair church organs?", "").await;
    tell("rate", unknown["messageId"].as_str().unwrap(), &[]).await;
    let gaps = tell("gaps", "", &team).await.json();
    tell("stats", "", &team).await;
    tell("close_gap", gaps["gaps"][0]["id"].as_str().unwrap(), &team).await;
    let reply = tell("public", "", &[]).await.json();
    let token = reply["visitorToken"].as_str().unwrap();
    tell("conversation", reply["conversationId"].as_str().unwrap(), &[("X-Visitor-Token", token)]).await;
    tell("private", "", &[("Authorization", &bearer)]).await;
    let ticket = tell("escalate", "", &[]).await.json();
    let ticket = ticket["ticketId"].as_str().unwrap();
    tell("tickets", "", &team).await;
    tell("ticket", ticket, &team).await;
    let signed_in = tell("sign_in", "", &[]).await;
    let cookie = signed_in.header("set-cookie").unwrap().split(';').next().unwrap();
    let operator = [("Cookie", cookie), ("Origin", "http://localhost")];
    tell("who", "", &operator).await;
    tell("close_ticket", ticket, &operator).await;
    tell("sign_out", "", &operator).await;
    let block = tell("block", "", &team).await.json();
    tell("blocks", "", &team).await;
    tell("unblock", block["id"].as_str().unwrap(), &team).await;
    tell("usage", "", &team).await;
    tell("export", "", &team).await;
    tell("erase", "", &team).await;

    // It has no end; the streams' own tests follow it.
    untold.remove("events");
    assert!(untold.is_empty(), "no example was tried of {untold:?}");
}

/// The examples of refusals, tried where one request is enough to be refused.
#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn the_refusals_say_what_their_examples_say(db: PgPool) {
    let app = TestApp::with(db, &[("BODY_SECONDS", "1")]).await;
    let document = levqor_support::openapi();
    let json = ("Content-Type", "application/json");
    let team = ("X-Internal-Secret", SECRET);
    let code = app.open_ticket("Refund?").await;
    let close = format!("/api/support/tickets/{code}/close");
    app.admin_post(&close, &json!({})).await;
    let long = "a".repeat(65_000);

    let refused = [
        app.send("POST", "/api/support/public", &[json], b"{").await,
        app.get("/api/support/tickets").await,
        app.admin_get("/api/support/tickets/AAAAAAAA").await,
        app.send("POST", &close, &[team, json], b"{}").await,
        app.send("POST", "/api/support/public", &[json], "a".repeat(70_000).as_bytes()).await,
        app.send("POST", "/api/support/public", &[], b"{}").await,
        app.send("POST", "/api/support/public", &[json], br#"{"message":" "}"#).await,
        app.send("GET", "/health", &[("X-Long", &long), ("X-Longer", "a".repeat(1_000).as_str())], b"").await,
    ];

    let statuses: Vec<_> = refused.iter().map(|answer| answer.status).collect();
    assert_eq!(statuses, [400, 401, 404, 409, 413, 415, 422, 431]);
    for answer in refused {
        let pointer = format!("/components/responses/{}/content/application~1json/example", answer.status);
        let (mut example, mut said) = (document.pointer(&pointer).unwrap().clone(), answer.json());
        for body in [&mut example, &mut said] {
            body["requestId"] = Value::Null;
        }
        assert_eq!(said, example);
    }
}
