//! `ask`: the answer to one question, or to every question of a file, from the knowledge base alone.

use std::{
    fs,
    io::{Write, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::Context;
use serde::Deserialize;
use serde_json::json;

use crate::{
    config::Config,
    domain::turn::{Outcome, Turn},
    services::{
        answer::{Answer, Knowledge, Voice},
        eval::Said,
        faq_loader::KnowledgeBase,
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
        match (&self.file, &self.question) {
            (Some(file), _) => answer_file(&loaded.knowledge, file),
            (None, question) => answer_one(&loaded.knowledge, question.as_deref().unwrap_or_default()),
        }
    }
}

fn answer_one(knowledge: &Knowledge, question: &str) -> anyhow::Result<()> {
    let answer = knowledge.answer(question, &[]);
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

fn answer_file(knowledge: &Knowledge, file: &PathBuf) -> anyhow::Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let mut out = stdout().lock();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let asked: Asked = serde_json::from_str(line).context("a line is not a question")?;
        let earlier: Vec<Turn> = asked.history.iter().map(Said::as_turn).collect();
        let answer = knowledge.answer(&asked.question, &earlier);
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
