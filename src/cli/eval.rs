//! `eval`: how good the answers to a file of questions are, and whether that is good enough.

use std::{
    collections::{BTreeSet, HashSet},
    fs,
    io::{Write, stderr, stdout},
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
    sync::Arc,
};

use anyhow::Context;
use futures_util::{StreamExt, stream};
use tokio::runtime::Runtime;

use super::learnt;
use crate::{
    config::Config,
    domain::turn::Outcome,
    run::model,
    services::{
        ai::Ai,
        answer::Voice,
        chat::{Helpers, rehearse},
        eval::{Answered, Figure, Gold, PASSED, Scored, Verdict, figures},
        faq_loader::{KnowledgeBase, Loaded},
    },
};

/// Questions that a model is asked at the same time.
const AT_ONCE: usize = 4;

#[derive(clap::Args)]
pub struct Eval {
    /// Questions with what is expected of the answers, one JSON object a line.
    file: PathBuf,
    /// Ask the model too, which costs what it costs.
    #[arg(long)]
    model: bool,
    /// Also ask for embeddings, where words are not sure: of every section first, which costs what it costs.
    #[arg(long)]
    embeddings: bool,
    /// How often to ask the model each question; one passes if it was right each time.
    #[arg(long, default_value_t = 1, requires = "model", value_parser = clap::value_parser!(u16).range(1..=100))]
    repeat: u16,
    /// Fail below this share of passed questions, or of a figure, such as `A1=0.72`; where lower is
    /// better, fail above it.
    #[arg(long, value_delimiter = ',')]
    fail_under: Vec<Bound>,
    /// Name each question that did not pass.
    #[arg(short, long)]
    verbose: bool,
}

/// How good a figure must be.
#[derive(Clone, Debug, PartialEq)]
struct Bound {
    figure: String,
    share: f64,
}

impl FromStr for Bound {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (figure, share) = text.split_once('=').unwrap_or((PASSED, text));
        let share = share.parse().ok().filter(|share| (0.0..=1.0).contains(share));
        let share = share.ok_or("a share lies between 0 and 1, such as 0.8 or A1=0.72")?;
        let figure = figure.to_uppercase();
        let names: Vec<_> = figures(&[]).iter().map(|known| known.name).collect();
        if !names.contains(&figure.as_str()) {
            return Err(format!("the figures are {}", names.join(", ")));
        }
        Ok(Self { figure, share })
    }
}

impl Eval {
    pub fn run(&self, config: &Config) -> ExitCode {
        match self.try_run(config) {
            Ok(missed) if missed.is_empty() => ExitCode::SUCCESS,
            Ok(missed) => {
                let _ = writeln!(stderr(), "Not good enough: {}", missed.join("; "));
                ExitCode::FAILURE
            }
            Err(error) => {
                let _ = writeln!(stderr(), "{error:#}");
                ExitCode::FAILURE
            }
        }
    }

    /// Prints the figures and returns what was missed.
    fn try_run(&self, config: &Config) -> anyhow::Result<Vec<String>> {
        let questions = read(&self.file)?;
        let voice = Voice::from(&config.company);
        let _ = rustls::crypto::ring::default_provider().install_default();
        let ai = if self.model {
            let model = model(config)?.context("There is no model to ask: set OPENAI_API_KEY or OPENAI_BASE_URL")?;
            Some(Ai::new(model, voice.clone()))
        } else {
            None
        };
        let desk = KnowledgeBase::look(&config.knowledge, voice.clone())?.current();
        for unknown in unknown_sections(&questions, &desk) {
            writeln!(stderr(), "The knowledge base has no section {unknown}, which is expected.")?;
        }
        let runtime = Runtime::new().context("No threads")?;
        let embeddings =
            if self.embeddings { Some(runtime.block_on(learnt::embeddings(config, &desk))?) } else { None };
        let helpers = Helpers { ai, embeddings };
        let asked = stream::iter(questions).map(|gold| self.ask(gold, &desk, &voice, &helpers));
        let scored: Vec<Scored> = runtime.block_on(asked.buffered(AT_ONCE).collect());
        let (figures, mut out) = (figures(&scored), stdout().lock());
        for figure in &figures {
            writeln!(out, "{figure}")?;
        }
        for failed in scored.iter().filter(|scored| self.verbose && !scored.passes()) {
            writeln!(out, "{} {:?}: {}", failed.gold.id, failed.gold.question, failed.faults().join(", "))?;
        }
        self.fail_under.iter().filter_map(|bound| bound.missed(&figures).transpose()).collect()
    }

    async fn ask(&self, gold: Gold, desk: &Arc<Loaded>, voice: &Voice, helpers: &Helpers) -> Scored {
        let earlier = gold.earlier();
        let mut verdicts = Vec::new();
        for _ in 0..self.repeat {
            let draft = rehearse(desk, voice, helpers, &gold.question, &earlier).await;
            let answered = Answered {
                confident: draft.outcome == Outcome::Answer,
                escalates: draft.reason.is_some(),
                reply: draft.text,
                sources: draft.sources,
            };
            verdicts.push(Verdict::of(&gold, &answered));
        }
        Scored { gold, verdicts }
    }
}

impl Bound {
    /// What is missed of it, in words.
    fn missed(&self, figures: &[Figure]) -> anyhow::Result<Option<String>> {
        let Self { figure, share: bound } = self;
        let figure = figures.iter().find(|known| known.name == figure);
        let figure = figure.with_context(|| format!("There is no figure {}", self.figure))?;
        let share = figure.share().with_context(|| format!("No question of the file counts for {}", figure.name))?;
        Ok(match figure.lower_is_better {
            true if share > *bound => Some(format!("{} is {share:.3}, above {bound}", figure.name)),
            false if share < *bound => Some(format!("{} is {share:.3}, below {bound}", figure.name)),
            _ => None,
        })
    }
}

/// What the questions expect and the knowledge base does not have, each once: a slip of who wrote them.
fn unknown_sections<'a>(questions: &'a [Gold], desk: &Loaded) -> BTreeSet<&'a str> {
    let sections = desk.knowledge.sections().iter().map(|section| &section.source);
    let known: HashSet<String> = sections.map(|source| format!("{}#{}", source.file, source.heading)).collect();
    questions.iter().flat_map(Gold::sections).filter(|section| !known.contains(*section)).collect()
}

fn read(file: &Path) -> anyhow::Result<Vec<Gold>> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| serde_json::from_str(line).with_context(|| format!("Line {} is not a question", at + 1)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_a_share_of_everything_or_of_a_figure() {
        assert_eq!("0.8".parse(), Ok(Bound { figure: PASSED.into(), share: 0.8 }));
        assert_eq!("a1=0.72".parse(), Ok(Bound { figure: "A1".into(), share: 0.72 }));
        for wrong in ["80", "A1=high", "", "A1=", "Z9=0.5"] {
            assert!(wrong.parse::<Bound>().is_err(), "{wrong}");
        }
    }
}
