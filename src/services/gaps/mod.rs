//! Gaps: what people ask and the knowledge base does not answer, and how that is mended.

mod amend;
mod clusters;
mod retry;

use std::{cmp::Reverse, collections::HashSet, sync::Arc, time::Duration};

use sqlx::PgPool;
use tokio::task;
use tracing::info;
use uuid::Uuid;

use super::faq_loader::{Edited, KnowledgeBase, Loaded};
use crate::{
    domain::{
        feedback::Remark,
        gap::{self, Closing, Example, Gap, GapId, Nearest},
        operator::Agent,
        privacy::private_masked,
        text,
    },
    error::{Error, Result},
    services::{
        account::Topic,
        answer::{self, Document, Section},
    },
    storage::gaps::{self, Question, Resolution},
};

/// As long as messages are kept unless a setting says otherwise.
const OLDEST: Duration = Duration::from_hours(365 * 24);

/// How much of a question is read, as of a chat's.
const READ: usize = 4_000;

/// Of a gap that very many people met, so many of the newest questions are asked again.
const MOST_RETRIED: usize = 50;

/// Open questions that are looked at, which is a tenth of a second's work (2026-11). Who has more of
/// them has enough to do with the newest.
const MOST_QUESTIONS: i64 = 2_000;

/// So many show what a gap is about.
const MOST_EXAMPLES: usize = 5;

/// A longer question is an essay.
const SHOWN: usize = 300;

#[derive(Clone)]
pub struct Gaps {
    pub db: PgPool,
    pub knowledge: KnowledgeBase,
}

/// What somebody of the team does about a gap.
pub enum Mending {
    /// The section is there, and people ask otherwise.
    Alias { file: String, heading: String, phrasing: Option<String> },
    /// Nothing says it yet.
    Section { file: String, heading: String, text: String, phrasing: Option<String> },
    /// It needs no answer.
    Dismissal(Remark),
}

impl Gaps {
    /// The gaps that were met within the last `days`, first those that most people met.
    pub async fn list(&self, days: i64, limit: usize) -> Result<gap::Listed> {
        let open = gaps::open(&self.db, OLDEST, MOST_QUESTIONS + 1).await?;
        let desk = self.knowledge.current();
        let since = chrono::Utc::now() - chrono::Duration::days(days);
        let listed = task::spawn_blocking(move || {
            let truncated = i64::try_from(open.len()).is_ok_and(|count| count > MOST_QUESTIONS);
            let open = &open[usize::from(truncated)..];
            let mut met: Vec<(&Question, Vec<&Question>)> = Vec::new();
            for cluster in clustered(&desk, open) {
                let first = cluster[0];
                let cluster: Vec<&Question> =
                    cluster.into_iter().filter(|question| question.asked_at >= since).collect();
                met.extend((!cluster.is_empty()).then_some((first, cluster)));
            }
            let (total, questions) = (met.len(), met.iter().map(|(_, cluster)| cluster.len()).sum());
            met.sort_by_cached_key(|(first, cluster)| {
                let last = cluster.last().map(|question| question.asked_at);
                Reverse((people(cluster), cluster.len(), last, first.id))
            });
            let shown = met.into_iter().take(limit).map(|(first, cluster)| gap(first, &cluster, &desk));
            gap::Listed { gaps: shown.collect(), total, questions, truncated }
        });
        listed.await.map_err(|error| Error::Internal(error.into()))
    }

    /// Mends a gap, asks its questions again, and closes it if all of them are answered now. If some
    /// are not, the mending stays and so does the gap.
    pub async fn close(&self, id: GapId, mending: Mending, agent: &Agent) -> Result<Closing> {
        let questions = self.questions_of(id).await?;
        let answers: Vec<Uuid> = questions.iter().map(|question| question.id.0).collect();
        let (resolution, (section, after), before) = match mending {
            Mending::Dismissal(reason) => {
                gaps::close(&self.db, &answers, Resolution::Dismissed, reason.as_str(), agent).await?;
                info!(gap.id = %id.0, questions = questions.len(), by = %agent, "a gap was dismissed");
                return Ok(Closing { id, closed: true, source: None, questions: Vec::new() });
            }
            Mending::Alias { file, heading, phrasing } => {
                let phrasing = self.phrasing(phrasing, &questions)?;
                let edit = move |file: &Document| amend::with_phrasing(file, &heading, &phrasing);
                let (edited, before) = self.edit(&file, edit).await?;
                (Resolution::Alias, edited, before)
            }
            Mending::Section { file, heading, text, phrasing } => {
                let phrasing = self.phrasing(phrasing, &questions)?;
                let edit = move |file: &Document| amend::with_section(file, &heading, &text, Some(&phrasing));
                let (edited, before) = self.edit(&file, edit).await?;
                (Resolution::Section, edited, before)
            }
        };
        let mut questions = questions;
        let questions = questions.split_off(questions.len().saturating_sub(MOST_RETRIED));
        let asked: Vec<Uuid> = questions.iter().map(|question| question.message).collect();
        let earlier = gaps::earlier(&self.db, &asked).await?;
        let source = section.source.clone();
        let retried = task::spawn_blocking(move || retry::all(&questions, &earlier, &before, &after, &section.source));
        let retried = retried.await.map_err(|error| Error::Internal(error.into()))?;
        let closed = retried.iter().all(|retried| retried.answered);
        if closed {
            gaps::close(&self.db, &answers, resolution, None, agent).await?;
        }
        info!(gap.id = %id.0, questions = answers.len(), closed, by = %agent, "a gap was mended");
        Ok(Closing { id, closed, source: Some(source), questions: retried })
    }

    /// The section an edit leaves, and the knowledge after it and before.
    async fn edit(
        &self,
        file: &str,
        edit: impl FnOnce(&Document) -> Result<Edited> + Send + 'static,
    ) -> Result<((Section, Arc<Loaded>), Arc<Loaded>)> {
        let before = self.knowledge.current();
        Ok((self.knowledge.edit(file, edit).await?, before))
    }

    /// The questions of a gap, oldest first.
    async fn questions_of(&self, id: GapId) -> Result<Vec<Question>> {
        let open = gaps::open(&self.db, OLDEST, MOST_QUESTIONS).await?;
        let desk = self.knowledge.current();
        let found = task::spawn_blocking(move || {
            let cluster =
                clustered(&desk, &open).into_iter().find(|cluster| cluster.iter().any(|question| question.id == id));
            cluster.map(|cluster| cluster.into_iter().cloned().collect())
        });
        match found.await.map_err(|error| Error::Internal(error.into()))? {
            Some(questions) => Ok(questions),
            None if gaps::is_closed(&self.db, id).await? => Err(Error::Conflict("gap is already closed".into())),
            None => Err(Error::NotFound("gap")),
        }
    }

    /// What is added to the ways to ask for a section: what somebody of the team says, or the gap's
    /// own question. An address in it would count as the company's own from then on.
    fn phrasing(&self, given: Option<String>, questions: &[Question]) -> Result<String> {
        let own = || questions.first().map(|first| first.text.clone()).unwrap_or_default();
        amend::phrasing(&masked(&given.unwrap_or_else(own), &self.knowledge.current()))
            .ok_or(Error::Invalid { field: "phrasing", message: "must say something".into() })
    }
}

/// Clusters of open questions, each oldest first.
fn clustered<'a>(desk: &Loaded, open: &'a [Question]) -> Vec<Vec<&'a Question>> {
    let open: Vec<&Question> = open.iter().filter(|question| is_for_knowledge(&question.text)).collect();
    let clusters = clusters::of(&desk.knowledge, open.iter().map(|question| question.text.as_str()));
    clusters.into_iter().map(|cluster| cluster.into_iter().map(|at| open[at]).collect()).collect()
}

/// Whether a knowledge base could answer it: it is no small talk, and not about somebody's own orders.
fn is_for_knowledge(question: &str) -> bool {
    !answer::is_idle(question) && Topic::of(question).is_none()
}

fn people(cluster: &[&Question]) -> usize {
    cluster.iter().map(|question| question.person.as_str()).collect::<HashSet<_>>().len()
}

/// Of a cluster's first question, and those that count.
fn gap(first: &Question, cluster: &[&Question], desk: &Loaded) -> Gap {
    let nearest = desk.knowledge.nearest(&first.text, &[]);
    let mut examples: Vec<Example> = Vec::new();
    for question in cluster.iter().rev() {
        let shown = shown(&question.text, desk);
        if examples.len() < MOST_EXAMPLES && examples.iter().all(|example| example.question != shown) {
            examples.push(Example {
                question: shown,
                asked_at: question.asked_at,
                outcome: question.outcome,
                cause: question.cause,
                remark: question.remark.clone(),
            });
        }
    }
    Gap {
        id: first.id,
        question: shown(&first.text, desk),
        questions: cluster.len(),
        people: people(cluster),
        first_seen: first.asked_at,
        last_seen: cluster.last().map_or(first.asked_at, |last| last.asked_at),
        nearest: nearest
            .map(|(source, confidence)| Nearest { source: source.clone(), confidence: retry::rounded(confidence) }),
        examples,
    }
}

/// The team reads what is asked, not who asked it.
fn masked(question: &str, desk: &Loaded) -> String {
    // In one line first: what is cut out of an address later would have hidden it from the mask.
    private_masked(&text::one_line(question, READ), |contact| desk.is_own_contact(contact)).into_owned()
}

fn shown(question: &str, desk: &Loaded) -> String {
    text::one_line(&masked(question, desk), SHOWN)
}
