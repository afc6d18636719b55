//! A service of its own for each test: the real server on a free port, on a fresh database.

use std::{net::SocketAddr, path::Path, time::Duration};

use levqor_support::{Config, Server};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    http::{Answer, exchange, request},
    planted,
};

/// What admins show in tests.
pub const SECRET: &str = "a-secret-of-tests-and-nothing-else";

/// How long a test waits for something that happens by itself.
const PATIENCE: Duration = Duration::from_secs(40);

/// How many deliveries are sent.
pub const SENT: &str = "select count(*) from support.deliveries where state = 'sent'";

pub struct TestApp {
    pub address: SocketAddr,
    pub db: PgPool,
    stop: CancellationToken,
}

impl TestApp {
    pub async fn new(db: PgPool) -> Self {
        Self::with(db, &[]).await
    }

    /// A service with settings beside the usual ones of tests; later ones win.
    pub async fn with(db: PgPool, settings: &[(&str, &str)]) -> Self {
        let database_url = db.connect_options().to_url_lossy().to_string();
        let knowledge = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge-base");
        let usual = [
            ("PORT", "0"),
            ("DB_POOL", "5"),
            // A crowd of a test shares five connections and two cores with other tests.
            ("DB_ACQUIRE_SECONDS", "20"),
            ("DB_LOCK_SECONDS", "20"),
            ("DB_STATEMENT_SECONDS", "20"),
            ("INTERNAL_API_SECRET", SECRET),
            ("DATABASE_URL", database_url.as_str()),
            ("KNOWLEDGE_BASE_DIR", knowledge.to_str().unwrap()),
            // As much as any test asks; those of limits set their own.
            ("CHATS_PER_MINUTE", "100000/100000"),
            ("ADDRESS_CHATS_PER_MINUTE", "100000/100000"),
            ("ADDRESS_ESCALATIONS_PER_HOUR", "100000"),
            ("EMAIL_TICKETS_PER_HOUR", "100000"),
            ("ALERTS_PER_TEN_MINUTES", "1000"),
            ("MAX_CONNECTIONS_PER_ADDRESS", "100000"),
        ];
        planted::begin();
        planted::plant_settings(&[&usual[..], settings].concat());
        let find = |settings: &[(&str, &str)], name: &str| {
            settings.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let config = Config::read(|name| find(settings, name).or_else(|| find(&usual, name))).unwrap();
        let server = Server::start(config).await.unwrap();
        let (address, stop) = (server.address(), server.stop());
        tokio::spawn(server.run());
        Self { address, db, stop }
    }

    /// Asks it to stop, as SIGTERM does.
    pub fn stop(&self) {
        self.stop.cancel();
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        exchange(self.address, &request(method, path, headers, body)).await.expect("an answer")
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, &[("Content-Type", "application/json")], body.to_string().as_bytes()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], b"").await
    }

    /// Asks as the team does, with the internal secret.
    pub async fn admin_get(&self, path: &str) -> Answer {
        self.send("GET", path, &[("X-Internal-Secret", SECRET)], b"").await
    }

    pub async fn admin_post(&self, path: &str, body: &Value) -> Answer {
        let headers = [("X-Internal-Secret", SECRET), ("Content-Type", "application/json")];
        self.send("POST", path, &headers, body.to_string().as_bytes()).await
    }

    /// Asks in a conversation (or, with `""`, in a new one) and returns the answer.
    pub async fn ask(&self, message: &str, conversation: &str) -> Value {
        let answer =
            self.post("/api/support/public", &json!({ "message": message, "conversationId": conversation })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    /// Opens a ticket and returns its code.
    pub async fn open_ticket(&self, message: &str) -> String {
        let answer =
            self.post("/api/support/escalate", &json!({ "email": "ada@example.com", "message": message })).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()["ticketId"].as_str().unwrap().to_owned()
    }

    /// A ticket as the team reads it.
    pub async fn ticket(&self, code: &str) -> Value {
        self.admin_get(&format!("/api/support/tickets/{code}")).await.json()
    }

    /// Makes everything owed due, so that no test waits for the schedule.
    pub async fn bring_forward(&self) {
        // What a worker is about to take is due already.
        let due = "update support.deliveries set next_at = now() where id in (
            select id from support.deliveries where lease_token is null for update skip locked)";
        sqlx::query(due).execute(&self.db).await.unwrap();
        sqlx::query("update support.channels set probe_at = now()").execute(&self.db).await.unwrap();
    }

    /// Waits until so many are sent, however often it takes, and for no schedule.
    pub async fn send_without_waiting(&self, deliveries: i64) {
        let started = Instant::now();
        while self.count(SENT).await < deliveries {
            self.bring_forward().await;
            assert!(started.elapsed() < PATIENCE, "never {deliveries} sent");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The one number a query gives.
    pub async fn count(&self, query: &'static str) -> i64 {
        sqlx::query_scalar(query).fetch_one(&self.db).await.unwrap()
    }

    /// Every row of every table of ours, as text.
    pub async fn everything_stored(&self) -> String {
        let tables = "select format('%I.%I', table_schema, table_name) from information_schema.tables
            where table_schema = 'support'";
        let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&self.db).await.unwrap();
        let mut stored = String::new();
        for table in tables {
            let rows = format!("select coalesce(string_agg(stored::text, chr(10)), '') from {table} stored");
            let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(rows)).fetch_one(&self.db).await.unwrap();
            stored += &rows;
        }
        stored
    }

    /// Waits for one delivery that a provider asked two seconds for, and that this cost no try.
    pub async fn sent_after_two_seconds(&self, started: Instant) {
        self.eventually(SENT, 1).await;
        assert!(started.elapsed() >= Duration::from_secs(2));
        assert_eq!(self.count("select max(attempts)::bigint from support.deliveries").await, 1);
    }

    /// Asks again until health says `status`; it looks once a second.
    pub async fn eventually_healthy(&self, status: &str) {
        let started = Instant::now();
        while self.get("/api/support/health").await.json()["status"] != status {
            assert!(started.elapsed() < PATIENCE, "never {status}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Asks again until `query` gives `expected`.
    pub async fn eventually(&self, query: &'static str, expected: i64) {
        let started = Instant::now();
        while self.count(query).await != expected {
            assert!(started.elapsed() < PATIENCE, "never {expected}: {query}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop();
    }
}
