//! The real program on a free port with a throw-away database, asked what its callers ask.

use std::{
    env,
    fs::DirBuilder,
    io::{BufRead, BufReader},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, ensure};
use reqwest::{Client, Method};
use serde_json::{Value, json};
use tokio::{sync::oneshot, task, time::timeout};
use uuid::Uuid;

use super::Check;
use crate::{
    config::{Config, Database},
    integrations,
};

/// The first start makes a database.
const START: Duration = Duration::from_mins(1);
const ANSWER: Duration = Duration::from_secs(15);

/// The callers' own checks: health, a visitor's question, an escalation, and the ticket it made.
pub async fn checks(config: &Config) -> Vec<Check> {
    let stage = match Stage::open(config).await {
        Ok(stage) => stage,
        Err(error) => return vec![Check::new("start on a throw-away database", Err(error))],
    };
    let mut checks = vec![Check::new("start on a throw-away database", Ok("it listens".into()))];
    checks.push(Check::new("GET /api/support/health", stage.health().await));
    checks.push(Check::new("POST /api/support/public", stage.question().await));
    let escalated = stage.escalation().await;
    let ticket = escalated.as_ref().ok().cloned();
    checks.push(Check::new("POST /api/support/escalate", escalated.map(|ticket| format!("ticket #{ticket}"))));
    checks.push(Check::new("GET /api/support/tickets", stage.tickets(ticket.as_deref()).await));
    checks.push(Check::new("GET /api/support/tickets without the secret", stage.locked().await));
    checks
}

/// A child of ours, and the folder it keeps its data in; both go with it.
struct Stage {
    client: Client,
    base: String,
    secret: String,
    child: Child,
    folder: PathBuf,
}

impl Stage {
    async fn open(config: &Config) -> anyhow::Result<Self> {
        let folder = env::temp_dir().join(format!("levqor-audit-{}", Uuid::new_v4().simple()));
        DirBuilder::new().mode(0o711).create(&folder)?;
        let secret = Uuid::new_v4().to_string();
        let mut child = command(config, &folder, &secret)?.spawn().context("the program cannot be started")?;
        let out = child.stdout.take().context("the program has no output")?;
        let mut stage = Self {
            client: integrations::http_client(ANSWER, integrations::CONNECT)?,
            base: String::new(),
            secret,
            child,
            folder,
        };
        let address = timeout(START, address(out)).await.context("it did not listen in time")?;
        stage.base = format!("http://{}", address.context("it ended before it listened")?);
        Ok(stage)
    }

    async fn health(&self) -> anyhow::Result<String> {
        let health = self.ask(Method::GET, "/api/support/health", None, false).await?;
        ensure!(health["status"] == "ok", "it says {}", health["status"]);
        Ok("ok".into())
    }

    async fn question(&self) -> anyhow::Result<String> {
        let question = json!({ "message": "What do you offer, and what does it cost?", "conversationId": "" });
        let answer = self.ask(Method::POST, "/api/support/public", Some(question), false).await?;
        let reply = answer["reply"].as_str().filter(|reply| !reply.trim().is_empty()).context("the reply is empty")?;
        ensure!(
            answer["conversationId"].is_string() && answer["escalationSuggested"].is_boolean(),
            "fields are missing"
        );
        Ok(format!("{} characters, outcome {}", reply.chars().count(), answer["outcome"]))
    }

    async fn escalation(&self) -> anyhow::Result<String> {
        let context = json!({ "source": "chat", "mode": "public" });
        let request = json!({ "email": "audit@example.com", "message": "I need human help", "context": context });
        let answer = self.ask(Method::POST, "/api/support/escalate", Some(request), false).await?;
        Ok(answer["ticketId"].as_str().context("there is no ticketId")?.to_owned())
    }

    async fn tickets(&self, wanted: Option<&str>) -> anyhow::Result<String> {
        let list = self.ask(Method::GET, "/api/support/tickets?limit=5", None, true).await?;
        let wanted = wanted.context("no ticket was opened")?;
        ensure!(list["tickets"][0]["id"] == wanted, "the ticket is not in the list");
        Ok(format!("{} in all, the new one first", list["stats"]["total"]))
    }

    async fn locked(&self) -> anyhow::Result<String> {
        let response = self.client.get(format!("{}/api/support/tickets", self.base)).send().await?;
        ensure!(response.status().as_u16() == 401, "status {}", response.status());
        Ok("401".into())
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>, as_admin: bool) -> anyhow::Result<Value> {
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(body) = body {
            request = request.json(&body);
        }
        if as_admin {
            request = request.header("X-Internal-Secret", &self.secret);
        }
        let response = request.send().await?;
        ensure!(response.status().is_success(), "status {}", response.status());
        Ok(response.json().await?)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// Nothing of the real settings but the knowledge and where PostgreSQL lies, so that nobody is
/// messaged and no real database is touched.
fn command(config: &Config, folder: &Path, secret: &str) -> anyhow::Result<Command> {
    let mut command = Command::new("/proc/self/exe");
    command.arg("serve").current_dir(folder).env_clear().stdout(Stdio::piped()).stderr(Stdio::inherit());
    command.envs(env::vars_os().filter(|(name, _)| name == "PATH" || name == "LD_LIBRARY_PATH"));
    command.env("PORT", "0").env("LOG_FORMAT", "json").env("INTERNAL_API_SECRET", secret);
    command.env("COMPANY_NAME", &config.company.name).env("SUPPORT_EMAIL", &config.company.support_email);
    command.env("KNOWLEDGE_BASE_DIR", config.knowledge.path.canonicalize()?).env("DATA_DIR", folder.join("data"));
    if let Database::Embedded { bin_dir: Some(bin_dir), .. } = &config.database {
        command.env("PG_BIN_DIR", bin_dir);
    }
    Ok(command)
}

/// Where it listens, from its log, which is read on to the end so that it never blocks.
async fn address(out: ChildStdout) -> Option<String> {
    let (found, address) = oneshot::channel();
    thread::spawn(move || {
        let mut found = Some(found);
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            let address =
                serde_json::from_str::<Value>(&line).ok().and_then(|line| Some(line["address"].as_str()?.to_owned()));
            if let (Some(address), Some(found)) = (address, found.take_if(|_| line.contains("listening"))) {
                let _ = found.send(address);
            }
        }
    });
    task::yield_now().await;
    address.await.ok()
}
