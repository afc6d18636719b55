//! What a whole run of the tests logged, searched for everything that was planted in it: whatever the
//! tests set as a secret, sent, or were given to keep.
//!
//! Each service of the tests logs into one file, and what must not be found there is written beside it.
//! `scripts/test.sh` runs the search when all else is done.

use std::{
    collections::{HashMap, HashSet},
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use nix::sys::signal::Signal;
use serde_json::{Value, json};
use tracing_subscriber::EnvFilter;

use crate::{
    http::{Answer, request},
    process::{Folder, Process},
    stand_in::{Play, StandIn},
};

/// Less of a text than this may stand anywhere by chance.
const TELLING: usize = 12;

/// Headers that hold what is somebody's.
const PRIVATE_HEADERS: [&str; 8] = [
    "authorization", "cookie", "x-visitor-token", "x-internal-secret", "x-proxy-secret", "idempotency-key",
    "x-forwarded-for", "forwarded",
];

static RUN: LazyLock<Run> = LazyLock::new(Run::begin);

/// The files of one run.
struct Run {
    log: Arc<File>,
    planted: Mutex<(File, HashSet<String>)>,
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

const LOG: &str = "logged.jsonl";
const PLANTED: &str = "planted.txt";

impl Run {
    fn begin() -> Self {
        let log = Arc::new(File::create(file(LOG)).unwrap());
        let planted = Mutex::new((File::create(file(PLANTED)).unwrap(), HashSet::new()));
        // As the program does it, and more of it than it does by itself.
        let filter = EnvFilter::new("info,levqor_support=trace");
        let logging = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(Arc::clone(&log));
        logging.json().flatten_event(true).with_current_span(true).with_span_list(false).init();
        Self { log, planted }
    }
}

/// From now on what the services of this process log is kept.
pub fn begin() {
    LazyLock::force(&RUN);
}

/// Keeps what a process logged.
pub fn keep_log(lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    let text = [lines.join("\n").as_str(), "\n"].concat();
    (&*RUN.log).write_all(text.as_bytes()).unwrap();
}

/// Settings that are secrets, by their names.
pub fn plant_settings(settings: &[(&str, &str)]) {
    for (_, value) in settings.iter().filter(|(name, _)| is_secret(name)) {
        value.split([',', ':']).for_each(plant);
    }
}

fn is_secret(name: &str) -> bool {
    ["_SECRET", "_SECRETS", "_TOKEN", "_KEY", "OPERATORS"].iter().any(|ending| name.ends_with(ending))
}

/// What a request holds of somebody's: who they show to be, and all they say.
pub fn plant_request(bytes: &[u8]) {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or(bytes.len());
    for line in String::from_utf8_lossy(&bytes[..end]).lines() {
        match line.split_once(':') {
            Some((name, value)) if PRIVATE_HEADERS.contains(&name.to_lowercase().as_str()) => {
                value.split([' ', ';', '=', ',']).for_each(plant);
            }
            _ => {}
        }
    }
    let body = &bytes[(end + 4).min(bytes.len())..];
    match serde_json::from_slice::<Value>(body) {
        Ok(body) => plant_texts(&body),
        Err(_) => plant(&String::from_utf8_lossy(body)),
    }
}

/// What an answer gives to keep.
pub fn plant_answer(answer: &Answer) {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    for name in ["conversationId", "visitorToken"] {
        plant(body[name].as_str().unwrap_or_default());
    }
}

fn plant_texts(value: &Value) {
    match value {
        Value::String(text) => plant(text),
        Value::Array(values) => values.iter().for_each(plant_texts),
        Value::Object(members) => members.values().for_each(plant_texts),
        _ => {}
    }
}

fn plant(text: &str) {
    let (file, known) = &mut *RUN.planted.lock().unwrap_or_else(PoisonError::into_inner);
    for piece in pieces(text) {
        if known.insert(piece.clone()) {
            writeln!(file, "{piece}").unwrap();
        }
    }
}

/// The parts of a text that every way of writing it down leaves as they are.
fn pieces(text: &str) -> impl Iterator<Item = String> {
    let breaks = |c: char| !(c.is_ascii_graphic() || c == ' ') || c == '"' || c == '\\';
    let long = text.split(breaks).map(str::trim).filter(|piece| piece.len() >= TELLING);
    // A start of it is found in a line that was cut, too.
    long.map(|piece| piece.chars().take(200).collect::<String>().to_lowercase())
}

/// The beginnings of what was planted, and how each goes on.
struct Planted(HashMap<[u8; TELLING], Vec<String>>);

impl Planted {
    fn of(pieces: impl Iterator<Item = String>) -> Self {
        let mut planted: HashMap<_, Vec<String>> = HashMap::new();
        for piece in pieces {
            let start: [u8; TELLING] = piece.as_bytes()[..TELLING].try_into().unwrap();
            planted.entry(start).or_default().push(piece);
        }
        Self(planted)
    }

    fn in_line(&self, line: &str) -> Option<&str> {
        let line = line.to_lowercase();
        line.as_bytes().windows(TELLING).enumerate().find_map(|(at, window)| {
            let planted = self.0.get(<&[u8; TELLING]>::try_from(window).unwrap())?;
            planted.iter().find(|piece| line.as_bytes()[at..].starts_with(piece.as_bytes())).map(String::as_str)
        })
    }
}

fn lines(path: &Path) -> impl Iterator<Item = String> {
    let file = File::open(path).expect("the tests have run, all of them, and just before this one");
    BufReader::new(file).lines().map(Result::unwrap)
}

#[test]
fn what_is_planted_is_found() {
    let planted = Planted::of(pieces("Ada Lovelace\r\nwants \"her money\" back, now").chain(pieces("short")));

    assert!(planted.in_line(r#"{"message":"he said: ADA LOVELACE\r\n"}"#).is_some());
    assert!(planted.in_line(r#"{"message":"she is back, now, and waits"}"#).is_none(), "too little tells nothing");
    assert!(planted.in_line(r#"{"message":"Ada Lovelady"}"#).is_none());
}

/// After a whole run: `cargo test --test api -- --ignored --nocapture planted`.
#[test]
#[ignore = "it searches what a run of all the others has left"]
fn nothing_that_was_planted_stands_in_any_line_of_the_log() {
    let planted = Planted::of(lines(&file(PLANTED)));
    let (mut searched, mut found) = (0_u64, Vec::new());
    for line in lines(&file(LOG)) {
        searched += 1;
        let is_one = serde_json::from_str::<Value>(&line).is_ok_and(|line| line.is_object());
        let is_plain = !line.chars().any(char::is_control);
        if !is_one || !is_plain {
            found.push(format!("no line of JSON: {line}"));
        }
        if let Some(piece) = planted.in_line(&line) {
            found.push(format!("{piece:?} in {line}"));
        }
    }
    let count: usize = planted.0.values().map(Vec::len).sum();
    // A test may print: this one is there to be read.
    let told = format!("{searched} lines searched for {count} texts, {} found\n", found.len());
    std::io::stderr().write_all(told.as_bytes()).unwrap();

    assert!(found.is_empty(), "{}", found[..found.len().min(20)].join("\n"));
    assert!(searched > 5_000 && count > 2_000, "that was no whole run");
}

/// One of every secret there is, each of which says where it is from.
fn every_secret() -> Vec<(String, String)> {
    let example = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.env.example")).unwrap();
    let names = example.lines().filter_map(|line| Some(line.trim_start_matches("# ").split_once('=')?.0.to_owned()));
    let value = |name: &str| match name {
        "OPERATORS" => "ada:canary-of-operators-0123456789abcdef".to_owned(),
        // As the providers' look.
        "TELEGRAM_BOT_TOKEN" => "1234567:canary-of-telegram-bot-token-0123456789".to_owned(),
        _ => format!("canary-of-{}-0123456789abcdef", name.to_lowercase()),
    };
    names.filter(|name| is_secret(name)).map(|name| (name.clone(), value(&name))).collect()
}

/// With every secret set, and providers that fail in every way and repeat what they were sent.
#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_the_settings_is_logged_whatever_the_providers_do() {
    let secrets = every_secret();
    assert!(secrets.len() >= 10, "{secrets:?}");
    let echo = secrets.iter().map(|(_, secret)| secret.as_str()).collect::<Vec<_>>().join(" ");
    let echo = json!({ "error": { "message": echo, "type": echo, "code": 190 }, "description": echo, "message": echo });
    let plays = [401, 400, 500, 403, 302].map(|status| Play::Answer(status, echo.to_string()));
    let provider = StandIn::model(&plays).await;
    let folder = Folder::new();
    let others = [
        ("TELEGRAM_CHAT_ID", "1"),
        ("TELEGRAM_API_URL", provider.url.as_str()),
        ("AUTH_FROM_EMAIL", "desk@example.com"),
        ("RESEND_API_URL", &provider.url),
        ("WHATSAPP_API_URL", &provider.url),
        ("WHATSAPP_SENDER_ID", "1"),
        ("WHATSAPP_ADMIN_PHONE", "+44 20 7946 0000"),
        ("OPENAI_BASE_URL", &provider.url),
        ("JWT_JWKS_URL", &provider.url),
        ("RUST_LOG", "trace"),
    ];
    let settings: Vec<(&str, &str)> =
        secrets.iter().map(|(name, secret)| (name.as_str(), secret.as_str())).chain(others).collect();
    let process = Process::start(&folder, &settings);

    let json = ("Content-Type", "application/json");
    let question = br#"{"message":"How much is the Growth plan?"}"#;
    let person = br#"{"email":"ada@example.com","message":"A person, please, and not the machine"}"#;
    for (_, secret) in &secrets {
        let bearer = format!("Bearer {secret}");
        for (name, value) in [
            ("X-Internal-Secret", secret.as_str()),
            ("X-Proxy-Secret", secret),
            ("Authorization", &bearer),
            ("Idempotency-Key", secret),
            ("X-Visitor-Token", secret),
        ] {
            process.send(&request("POST", "/api/support/private", &[json, (name, value)], question)).await.unwrap();
            process.send(&request("GET", "/api/support/tickets", &[(name, value)], b"")).await.unwrap();
        }
        let sign_in = json!({ "name": "ada", "secret": secret.trim_start_matches("ada:") }).to_string();
        process.send(&request("POST", "/api/support/operators/session", &[json], sign_in.as_bytes())).await.unwrap();
    }
    process.send(&request("POST", "/api/support/public", &[json], question)).await.unwrap();
    process.send(&request("POST", "/api/support/escalate", &[json], person)).await.unwrap();
    // The keys, the model, and each of the three channels.
    provider.asked_for(5).await;
    process.signal(Signal::SIGTERM);
    let (lines, complaints) = process.last_words();

    assert!(lines.len() > 100, "{}", lines.len());
    for line in lines.iter().chain([&complaints]) {
        assert!(!line.to_lowercase().contains("canary-of"), "{line}");
    }
}
