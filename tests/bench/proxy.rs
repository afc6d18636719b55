//! The reference: axum, sqlx and reqwest with nothing in between. A chat is the desk's two commits
//! with the model between them, which a stream passes on byte by byte; an escalation the desk's
//! statements in one transaction.

use std::{net::SocketAddr, path::Path, sync::Arc};

use anyhow::Context;
use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use futures_util::stream;
use serde_json::{Value, json};
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

use super::{service, statements};

/// The argument that makes this program the reference.
pub const COMMAND: &str = "reference-proxy";

/// As many as the desk has by default.
const CONNECTIONS: u32 = 10;

const RECEIVE: &str = r"
    with opened as (
        insert into support.conversations (id, handle_hash, mode)
        values ($1, $2, 'public')
        returning id
    )
    insert into support.messages (id, conversation_id, author, body)
    select $3, id, 'customer', $4
    from opened
";

const ANSWER: &str = r"
    insert into support.messages
        (id, conversation_id, author, body, outcome, answered_by, confidence, sources, took_ms)
    values ($1, $2, 'ai', $3, 'answer', 'model', 1, '[]', 0)
";

#[derive(Clone)]
struct Proxy {
    db: PgPool,
    client: reqwest::Client,
    model: Arc<str>,
    /// What the model is given to read beside the question.
    knowledge: Arc<str>,
    escalation: Arc<[&'static str]>,
}

/// Wants the folder of the database's socket, where the model is, and how many bytes it is given to read.
pub async fn serve(arguments: &[String]) -> anyhow::Result<()> {
    let [socket, model, bytes] = arguments else {
        anyhow::bail!("wants the socket's folder, the model's address and the length of what it reads")
    };
    let model: SocketAddr = model.parse()?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = database(Path::new(socket));
    let db = PgPoolOptions::new().max_connections(CONNECTIONS).test_before_acquire(false).connect_with(options).await?;
    let proxy = Proxy {
        db,
        client: reqwest::Client::builder().no_proxy().build()?,
        model: format!("http://{model}/v1/chat/completions").into(),
        knowledge: knowledge(bytes.parse()?).into(),
        escalation: statements::of_reference().into_iter().map(|sql| &*sql.replace(":n", "$1").leak()).collect(),
    };
    let router = Router::new()
        .route("/api/support/public", post(chat))
        .route("/api/support/escalate", post(escalate))
        .with_state(proxy);
    service::serve(router).await
}

/// So many bytes of something to read.
pub fn knowledge(bytes: usize) -> String {
    "It costs nothing to read this. ".repeat(bytes / 31)
}

pub fn database(socket: &Path) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass().socket(socket).username("support").database("postgres")
}

async fn chat(State(proxy): State<Proxy>, headers: HeaderMap, body: String) -> Result<Response, StatusCode> {
    if headers.get(header::ACCEPT).is_some_and(|accept| accept == "text/event-stream") {
        return proxy.stream(&body).await.map_err(failed);
    }
    proxy.chat(&body).await.map(IntoResponse::into_response).map_err(failed)
}

async fn escalate(State(proxy): State<Proxy>, body: String) -> Result<String, StatusCode> {
    proxy.escalate(&body).await.map_err(failed)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn failed(error: anyhow::Error) -> StatusCode {
    service::say(&format!("the reference failed: {error:#}"));
    StatusCode::INTERNAL_SERVER_ERROR
}

impl Proxy {
    async fn chat(&self, body: &str) -> anyhow::Result<String> {
        let (message, conversation, handle) = self.receive(body).await?;
        let prompt = json!({ "model": "stub", "messages": self.messages(&message) });
        let answer: Value = self.client.post(&*self.model).json(&prompt).send().await?.json().await?;
        let reply = answer["choices"][0]["message"]["content"].as_str().context("no completion")?;
        self.answer(conversation, reply).await?;
        Ok(json!({ "reply": reply, "conversationId": handle }).to_string())
    }

    async fn stream(&self, body: &str) -> anyhow::Result<Response> {
        let (message, conversation, _) = self.receive(body).await?;
        let prompt = json!({ "model": "stub", "stream": true, "messages": self.messages(&message) });
        let upstream = self.client.post(&*self.model).json(&prompt).send().await?;
        let passed_on = stream::try_unfold((upstream, self.clone()), move |(mut upstream, proxy)| async move {
            let chunk = upstream.chunk().await?;
            if chunk.is_none() {
                proxy.answer(conversation, "passed on").await?;
            }
            anyhow::Ok(chunk.map(|chunk| (chunk, (upstream, proxy))))
        });
        Ok(([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(passed_on)).into_response())
    }

    fn messages(&self, message: &str) -> Value {
        json!([{ "role": "system", "content": &*self.knowledge }, { "role": "user", "content": message }])
    }

    async fn receive(&self, body: &str) -> anyhow::Result<(String, Uuid, Uuid)> {
        let body: Value = serde_json::from_str(body)?;
        let message = body["message"].as_str().context("no message")?;
        let (conversation, handle) = (Uuid::now_v7(), Uuid::new_v4());
        sqlx::query(RECEIVE)
            .bind(conversation)
            .bind(&handle.as_bytes()[..])
            .bind(Uuid::new_v4())
            .bind(message)
            .execute(&self.db)
            .await?;
        Ok((message.to_owned(), conversation, handle))
    }

    async fn answer(&self, conversation: Uuid, reply: &str) -> anyhow::Result<()> {
        sqlx::query(ANSWER).bind(Uuid::new_v4()).bind(conversation).bind(reply).execute(&self.db).await?;
        Ok(())
    }

    async fn escalate(&self, body: &str) -> anyhow::Result<String> {
        let body: Value = serde_json::from_str(body)?;
        body["message"].as_str().context("no message")?;
        let number = (Uuid::new_v4().as_u64_pair().1 >> 1).cast_signed();
        let mut tx = self.db.begin().await?;
        for sql in self.escalation.iter() {
            let query = if sql.contains("$1") { sqlx::query(*sql).bind(number) } else { sqlx::query(*sql) };
            query.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        Ok(json!({ "status": "ok", "ticketId": number.to_string() }).to_string())
    }
}
