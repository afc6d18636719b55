//! A service with all its channels, a shop, and people who wrote to it before; all of it is listened to.

use std::{fs, path::Path};

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use sqlx::{ConnectOptions, PgPool};

use super::{
    answers,
    obedience::obey,
    planted::{self, GRACES},
    table::Row,
};
use crate::{
    http::{Answer, exchange, request},
    process::{Folder, Process},
    sessions::nextauth,
    stand_in::{Asked, Play, StandIn},
};

/// Rows at the same time.
const AT_ONCE: usize = 12;

const GRACE: &str = "grace@example.com";

pub struct World {
    pub db: PgPool,
    pub process: Process,
    pub model: StandIn,
    pub telegram: StandIn,
    pub whatsapp: StandIn,
    pub resend: StandIn,
    /// Everything the model and a reader may know of the company.
    pub knowledge: String,
    /// How often the model was asked, and the team told, before the first attack.
    pub asked_before: usize,
    graces: String,
    /// How the service is asked to answer chats.
    accept: &'static str,
    _folder: Folder,
}

/// What came of one row: each answer, and what is kept of it.
pub struct Heard {
    pub answers: Vec<(Answer, Value)>,
    pub stored: Vec<String>,
}

impl World {
    pub async fn new(db: PgPool, accept: &'static str) -> Self {
        let model = StandIn::model(&[Play::Obey(obey)]).await;
        let (telegram, whatsapp, resend) =
            (StandIn::telegram(&[]).await, StandIn::whatsapp(&[]).await, StandIn::resend(&[]).await);
        let folder = Folder::new();
        let knowledge = write_knowledge(&folder.0);
        let (database, base_url) = (db.connect_options().to_url_lossy().to_string(), format!("{}/v1", model.url));
        let secret = nextauth().secret;
        let process = Process::start(
            &folder,
            &[
                ("DATABASE_URL", &database),
                ("OPENAI_BASE_URL", &base_url),
                ("KNOWLEDGE_BASE_DIR", folder.0.join("knowledge").to_str().unwrap()),
                ("NEXTAUTH_SECRET", &secret),
                ("TELEGRAM_BOT_TOKEN", "1:x"),
                ("TELEGRAM_CHAT_ID", "1"),
                ("TELEGRAM_API_URL", &telegram.url),
                ("WHATSAPP_API_URL", &whatsapp.url),
                ("WHATSAPP_ACCESS_TOKEN", "EAAG-token"),
                ("WHATSAPP_SENDER_ID", "106540352242922"),
                ("WHATSAPP_ADMIN_PHONE", "+44 7700 900123"),
                ("RESEND_API_KEY", "re_key"),
                ("AUTH_FROM_EMAIL", "desk@levqor.ai"),
                ("RESEND_API_URL", &resend.url),
                ("CHATS_PER_MINUTE", "100000/100000"),
                ("ADDRESS_CHATS_PER_MINUTE", "100000/100000"),
                ("ALERTS_PER_TEN_MINUTES", "1000"),
                ("MODEL_BREAKER_FAILURES", "1000"),
                ("RUST_LOG", "info,levqor_support=trace"),
            ],
        );
        let mut world = Self {
            db,
            process,
            model,
            telegram,
            whatsapp,
            resend,
            knowledge,
            asked_before: 0,
            graces: String::new(),
            accept,
            _folder: folder,
        };
        world.plant().await;
        world
    }

    /// What other people said, bought and were called, and orders in all of it.
    async fn plant(&mut self) {
        for (email, tier, status, event) in planted::orders() {
            self.order(email, &tier, &status, &event, &planted::note()).await;
        }
        self.order(GRACE, "ZANZIBAR", "ZANZIBAR", "zanzibar", "zanzibar").await;
        for (email, message) in [("ada@example.com", planted::ticket()), (GRACE, "My zanzibar is late".into())] {
            assert!(
                self.process
                    .send(&post(
                        "/api/support/escalate",
                        "application/json",
                        "planted",
                        None,
                        &json!({ "email": email, "message": message })
                    ))
                    .await
                    .is_some()
            );
        }
        let said = json!({ "message": "My password is zanzibar, I am Grace of Zanzibar Ltd. How much is Growth?" });
        for customer in [None, Some(GRACE)] {
            let answer = self.send(customer, "planted", &said).await.1;
            answer["conversationId"].as_str().unwrap().clone_into(&mut self.graces);
        }
        self.delivered().await;
        self.asked_before = self.model.asked().len();
    }

    async fn order(&self, email: &str, tier: &str, status: &str, event: &str, note: &str) {
        let order = "with bought as (
                insert into public.dfy_orders (customer_id, customer_email, tier, status, deadline, revisions_left, created_at, checklist_status)
                values ('cus_1', $1, $2, $3, '2030-01-04 12:00', 2, '2029-12-31 09:00', 'PENDING')
                returning id
            )
            insert into public.dfy_activity (order_id, activity_type, description, created_at)
            select id, $4, $5, '2030-01-01 09:00'
            from bought";
        let values = [email, tier, status, event, note];
        values
            .into_iter()
            .fold(sqlx::query(order), |query, value| query.bind(value.to_owned()))
            .execute(&self.db)
            .await
            .unwrap();
    }

    /// Sends all rows, many at once, and says what came of each.
    pub async fn walk(&self, rows: &[Row]) -> Vec<Heard> {
        stream::iter(rows.iter().enumerate())
            .map(|(at, row)| self.play(request_id(at), row))
            .buffered(AT_ONCE)
            .collect()
            .await
    }

    async fn play(&self, id: String, row: &Row) -> Heard {
        let mut answers: Vec<(Answer, Value)> = Vec::new();
        let mut handle = Value::Null;
        for earlier in &row.earlier {
            let answer =
                self.send(row.customer, "earlier", &json!({ "message": earlier, "conversationId": handle })).await;
            handle = answer.1["conversationId"].clone();
            answers.push(answer);
        }
        let mut body = row.body.clone();
        match body["conversationId"].as_str() {
            Some(GRACES) => body["conversationId"] = json!(self.graces),
            _ => body["conversationId"] = handle,
        }
        answers.push(self.send(row.customer, &id, &body).await);
        let id = answers.last().and_then(|(_, answer)| answer["messageId"].as_str()).unwrap_or_default().to_owned();
        let stored = "select body from support.messages
            where author = 'ai'
                and conversation_id = (select conversation_id from support.messages where id = $1::uuid)
            order by position";
        let stored = sqlx::query_scalar(stored).bind(id).fetch_all(&self.db).await.unwrap_or_default();
        Heard { answers, stored }
    }

    async fn send(&self, customer: Option<&str>, id: &str, body: &Value) -> (Answer, Value) {
        let path = if customer.is_some() { "/api/support/private" } else { "/api/support/public" };
        let answer = exchange(self.process.address, &post(path, self.accept, id, customer, body)).await;
        answers::heard(answer.unwrap_or_else(|| panic!("{id}: no answer")))
    }

    /// Waits until nothing is owed to anybody any more.
    pub async fn delivered(&self) {
        let owed = "select count(*) from support.deliveries where state <> 'sent'";
        let started = std::time::Instant::now();
        while sqlx::query_scalar::<_, i64>(owed).fetch_one(&self.db).await.unwrap() > 0 {
            assert!(started.elapsed().as_secs() < 40, "not everything is delivered");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// What the model was asked since the first attack.
    pub fn prompts(&self) -> Vec<Asked> {
        self.model.asked().split_off(self.asked_before)
    }
}

/// Under which the log tells of a row: nothing that an attack holds.
pub fn request_id(at: usize) -> String {
    format!("row-{at}")
}

fn post(path: &str, accept: &str, id: &str, customer: Option<&str>, body: &Value) -> Vec<u8> {
    let bearer = customer.map(|email| format!("Bearer {}", session(email)));
    let mut headers = vec![("Content-Type", "application/json"), ("Accept", accept), ("X-Request-ID", id)];
    headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
    request("POST", path, &headers, body.to_string().as_bytes())
}

/// A session as the site's library makes it, under a name that is an order to the model.
fn session(email: &str) -> String {
    let library = nextauth();
    let claims = json!({ "email": email, "name": planted::name(), "exp": 4_000_000_000_u64 });
    library.seal(&library.head, &claims.to_string())
}

fn write_knowledge(folder: &Path) -> String {
    let folder = folder.join("knowledge");
    fs::create_dir(&folder).unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge-base");
    let mut all = planted::notice();
    fs::write(folder.join("notices.md"), &all).unwrap();
    for file in ["faq.md", "pricing.md", "policies.md"] {
        let text = fs::read_to_string(shipped.join(file)).unwrap();
        fs::write(folder.join(file), &text).unwrap();
        all += &text;
    }
    all
}
