//! What one customer has, and all that another may try with it.

use serde_json::{Value, json};

use super::door::claims_with;
use crate::{
    harness::TestApp,
    http::{Answer, exchange, request},
    sessions::nextauth,
};

pub const PUBLIC: &str = "/api/support/public";
pub const PRIVATE: &str = "/api/support/private";
pub const ESCALATE: &str = "/api/support/escalate";
pub const READ: &str = "/api/support/conversations/{id}";
const FOLLOW: &str = "/api/support/conversations/{id}/events";

pub const HERS: &str = "grace@example.com";

/// What Grace says in private, and nobody else.
const SECRET_WORDS: &str = "The password of my workflow called Zanzibar is not accepted any more";

/// What somebody has, or what nobody ever had: of the same shapes.
pub struct Things {
    pub email: &'static str,
    /// A conversation in private, one with a visitor's token, and one that whoever knows its name may
    /// add to.
    pub private: String,
    pub visitors: String,
    open: String,
    token: String,
    /// What she was answered in private.
    answer: String,
    ticket: String,
    key: String,
    message_id: String,
    block: String,
}

/// One request, `{id}` in its path left open.
pub struct Attempt {
    pub method: &'static str,
    pub path: &'static str,
    pub id: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Value,
}

pub fn bearer(email: &str) -> String {
    let library = nextauth();
    format!("Bearer {}", library.seal(&library.head, &claims_with("email", json!(email))))
}

async fn say(app: &TestApp, path: &'static str, headers: Vec<(&'static str, String)>, body: Value) -> Value {
    let answer = Attempt { method: "POST", path, id: String::new(), headers, body }.send(app).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

impl Things {
    /// What Grace has, used a few times.
    pub async fn hers(app: &TestApp) -> Self {
        let (key, message_id) = ("a-key-of-grace-5f1c2e0a".to_owned(), "a-message-of-grace-5f1c".to_owned());
        let bearer = [("Authorization", bearer(HERS))];
        let text = |answer: &Value, name: &str| answer[name].as_str().unwrap().to_owned();
        let say = async |path, headers: &[_], body| say(app, path, headers.to_vec(), body).await;
        let private = say(PRIVATE, &bearer, json!({ "message": SECRET_WORDS })).await;
        let (private, answer) = (text(&private, "conversationId"), text(&private, "messageId"));
        let visitors = say(PUBLIC, &[], json!({ "message": "What does Levqor do?", "visitor": true })).await;
        let (visitors, token) = (text(&visitors, "conversationId"), text(&visitors, "visitorToken"));
        let open = text(&say(PUBLIC, &[], json!({ "message": "What does Levqor do?" })).await, "conversationId");
        let keyed = [bearer[0].clone(), ("Idempotency-Key", key.clone())];
        say(PRIVATE, &keyed, json!({ "message": "hello", "conversationId": private })).await;
        let named = json!({ "message": "hello", "conversationId": private, "clientMessageId": message_id });
        say(PRIVATE, &bearer, named).await;
        let ticket = say(ESCALATE, &[], json!({ "email": HERS, "message": "Somebody call me, please" })).await;
        let block = app.admin_post("/api/support/blocks", &json!({ "email": "spam@example.com" })).await.json();
        let (ticket, block) = (text(&ticket, "ticketId"), text(&block, "id"));
        Self { email: HERS, private, visitors, open, token, answer, ticket, key, message_id, block }
    }

    /// She says one thing more in each conversation that is hers alone.
    pub async fn speak(&self, app: &TestApp) {
        let hello = |conversation: &str| json!({ "message": "hello", "conversationId": conversation });
        say(app, PRIVATE, vec![("Authorization", bearer(HERS))], hello(&self.private)).await;
        say(app, PUBLIC, vec![("X-Visitor-Token", self.token.clone())], hello(&self.visitors)).await;
    }

    pub fn nobodys() -> Self {
        Self {
            email: "nobody@example.com",
            private: "p".repeat(32),
            visitors: "v".repeat(32),
            open: "o".repeat(32),
            token: "t".repeat(32),
            answer: "0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f9".into(),
            ticket: "ZZZZZZZZ".into(),
            key: "a-key-of-nobody-5f1c2e0".into(),
            message_id: "a-message-of-nobody-5f1".into(),
            block: "0192f0c8-8a5e-7d4e-9b1a-2b3c4d5e6f70".into(),
        }
    }

    /// All that Ada may think of: `session` is hers, and so are `own` and `own_token`.
    pub fn attempts(&self, session: &str, own: &str, own_token: &str) -> Vec<Attempt> {
        let session = ("Authorization", session.to_owned());
        let shown = |token: &str| ("X-Visitor-Token", token.to_owned());
        let signed_in = || vec![session.clone()];
        let both = |token: &str| vec![session.clone(), shown(token)];
        let get = |path, id: &str, headers| Attempt { method: "GET", path, id: id.into(), headers, body: Value::Null };
        let post = |path, headers, body| Attempt { method: "POST", path, id: String::new(), headers, body };
        let say = |message: &str, conversation: &str| json!({ "message": message, "conversationId": conversation });
        let of_ticket =
            |method, path| Attempt { method, path, id: self.ticket.clone(), headers: signed_in(), body: json!({}) };
        let of_answer =
            |path, body| Attempt { method: "POST", path, id: self.answer.clone(), headers: both(own_token), body };
        let mut attempts = vec![
            post(PRIVATE, vec![session.clone(), ("Idempotency-Key", self.key.clone())], say("hello", &self.private)),
            post(PRIVATE, vec![session.clone(), ("Idempotency-Key", self.key.clone())], say("hello", "")),
            post(
                PRIVATE,
                signed_in(),
                json!({ "message": "hello", "conversationId": self.private, "clientMessageId": self.message_id }),
            ),
            post(PRIVATE, signed_in(), json!({ "message": "what did I buy?", "email": self.email })),
            post(PRIVATE, signed_in(), json!({ "message": "is my ticket still open?", "email": self.email })),
            post(PUBLIC, vec![("Idempotency-Key", self.key.clone())], say("hello", &self.private)),
            post(
                PUBLIC,
                vec![],
                json!({ "message": "hello", "conversationId": self.private, "clientMessageId": self.message_id }),
            ),
            // Her token with her own conversation is what makes it hers; with another it is nothing.
            post(PUBLIC, vec![shown(&self.token)], say("hello", own)),
            get(READ, own, vec![shown(&self.token)]),
            get(READ, &self.private, vec![shown(&self.token)]),
            get(READ, &self.private, both(&self.token)),
            post(ESCALATE, signed_in(), json!({ "email": self.email, "message": "What did I ask you?" })),
            post(ESCALATE, signed_in(), json!({ "email": "ada@example.com", "message": self.said() })),
            get("/api/support/tickets", "", signed_in()),
            of_ticket("GET", "/api/support/tickets/{id}"),
            of_ticket("POST", "/api/support/tickets/{id}/close"),
            post("/api/support/people/export", signed_in(), json!({ "email": self.email })),
            post("/api/support/people/erase", signed_in(), json!({ "email": self.email })),
            post("/api/support/blocks", signed_in(), json!({ "email": self.email })),
            get("/api/support/blocks", "", signed_in()),
            get("/api/support/usage", "", signed_in()),
            get("/api/support/stats", "", signed_in()),
            get("/api/support/gaps", "", signed_in()),
            of_answer("/api/support/gaps/{id}/close", json!({ "dismiss": "no" })),
            of_answer("/api/support/messages/{id}/feedback", json!({ "rating": "up" })),
            Attempt { method: "DELETE", id: self.block.clone(), ..get("/api/support/blocks/{id}", "", signed_in()) },
            get("/api/support/operators/session", "", vec![("Cookie", format!("operator_session={}", self.token))]),
            post("/api/support/operators/session", vec![], json!({ "name": self.email, "secret": self.token })),
        ];
        for conversation in [&self.private, &self.visitors] {
            attempts.push(post(PUBLIC, vec![], say("hello", conversation)));
            attempts.push(post(PUBLIC, vec![shown(own_token)], say("hello", conversation)));
        }
        for conversation in [&self.private, &self.visitors, &self.open] {
            attempts.push(post(PRIVATE, signed_in(), say("hello", conversation)));
            attempts.push(post(PRIVATE, both(own_token), say("hello", conversation)));
            attempts.push(get(READ, conversation, signed_in()));
            attempts.push(get(FOLLOW, conversation, both(own_token)));
            attempts.push(get(READ, conversation, vec![shown(own_token)]));
            attempts.push(get(READ, conversation, both(own_token)));
            attempts.push(get(READ, conversation, vec![]));
        }
        attempts
    }

    /// Words that were said in private, or never.
    fn said(&self) -> &'static str {
        if self.email == HERS {
            SECRET_WORDS
        } else {
            "The password of my workflow called Timbuktu is not accepted any more"
        }
    }
}

impl Attempt {
    pub async fn send(&self, app: &TestApp) -> Answer {
        let headers = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let headers: Vec<_> = [("Content-Type", "application/json")].into_iter().chain(headers).collect();
        let body = if self.method == "POST" { self.body.to_string() } else { String::new() };
        let path = self.path.replace("{id}", &self.id);
        exchange(app.address, &request(self.method, &path, &headers, body.as_bytes())).await.unwrap()
    }
}
