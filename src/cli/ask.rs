//! `ask`: the answer to one question, or to every question of a file, from the knowledge base alone.

use std::{
    fs,
    io::{Write, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use super::learnt;
use crate::{
    config::Config,
    domain::turn::{Outcome, Turn},
    services::{
        answer::{Answer, Voice},
        embeddings::{Embeddings, PATIENCE},
        eval::Said,
        faq_loader::{KnowledgeBase, Loaded},
        handoff::{self, Reason},
    },
};

#[derive(clap::Args)]
pub struct Ask {
    /// The question.
    #[arg(required_unless_present = "file")]
    question: Option<String>,
    /// A file of questions, one JSON object a line with `id`, `question` and perhaps `history`;
    /// prints one line of JSON for each.
    #[arg(long, conflicts_with = "question")]
    file: Option<PathBuf>,
    /// Also ask for embeddings, where words are not sure: of every section first, which costs what it costs.
    #[arg(long)]
    embeddings: bool,
}

/// What answers: the knowledge base, by words and perhaps by what they mean.
struct Desk {
    loaded: Arc<Loaded>,
    embeddings: Option<Embeddings>,
    runtime: Runtime,
}

#[derive(Deserialize)]
struct Asked {
    id: String,
    question: String,
    #[serde(default)]
    history: Vec<Said>,
}

impl Ask {
    pub fn run(&self, config: &Config) -> ExitCode {
        match self.try_run(config) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                let _ = writeln!(stderr(), "{error:#}");
                ExitCode::FAILURE
            }
        }
    }

    fn try_run(&self, config: &Config) -> anyhow::Result<()> {
        let voice = Voice::from(&config.company);
        let loaded = KnowledgeBase::look(&config.knowledge, voice)?.current();
        let runtime = Runtime::new().context("No threads")?;
        let embeddings = if self.embeddings {
            let _ = rustls::crypto::ring::default_provider().install_default();
            Some(runtime.block_on(learnt::embeddings(config, &loaded))?)
        } else {
            None
        };
        let desk = Desk { loaded, embeddings, runtime };
        match (&self.file, &self.question) {
            (Some(file), _) => answer_file(&desk, file),
            (None, question) => answer_one(&desk, question.as_deref().unwrap_or_default()),
        }
    }
}

impl Desk {
    fn answer(&self, question: &str, earlier: &[Turn]) -> Answer {
        let answer = self.loaded.knowledge.answer(question, earlier);
        let embeddings = self.embeddings.as_ref().filter(|_| answer.outcome != Outcome::Answer);
        match embeddings
            .and_then(|embeddings| embeddings.question(&self.loaded, question, earlier).zip(Some(embeddings)))
        {
            Some((asked, embeddings)) => {
                let meant = self.runtime.block_on(embeddings.mean(&asked, PATIENCE, &CancellationToken::new()));
                self.loaded.knowledge.answer_near(question, earlier, &meant.near)
            }
            None => answer,
        }
    }
}

fn answer_one(desk: &Desk, question: &str) -> anyhow::Result<()> {
    let answer = desk.answer(question, &[]);
    let mut out = stdout().lock();
    writeln!(out, "{}\n\n{:?}, confidence {:.2}", answer.text, answer.outcome, answer.confidence)?;
    for source in &answer.sources {
        writeln!(out, "  {} # {}", source.file, source.heading)?;
    }
    if let Some(reason) = handoff::judge(question, &[]) {
        writeln!(out, "A person should take over: {}", reason.as_str())?;
    }
    Ok(())
}

fn answer_file(desk: &Desk, file: &PathBuf) -> anyhow::Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut out = stdout().lock();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let asked: Asked = serde_json::from_str(line).context("a line is not a question")?;
        let earlier: Vec<Turn> = asked.history.iter().map(Said::as_turn).collect();
        let answer = desk.answer(&asked.question, &earlier);
        let reason = handoff::judge(&asked.question, &earlier);
        writeln!(out, "{}", prediction(&asked.id, &answer, reason))?;
    }
    Ok(())
}

fn prediction(id: &str, answer: &Answer, reason: Option<Reason>) -> serde_json::Value {
    json!({
        "id": id,
        "reply": answer.text,
        "citations": answer.sources,
        "confident": answer.outcome == Outcome::Answer,
        "escalationSuggested": reason.is_some(),
    })
}
