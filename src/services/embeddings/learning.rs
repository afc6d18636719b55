//! Learning what the texts of a knowledge base mean: what is kept of them, and the rest from the server.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
};

use sqlx::PgPool;
use tokio::{task, time::Instant};

use crate::{
    domain::{hash, vector::Vector},
    error::Error,
    integrations::openai::{Embedder, NoAnswer},
    services::{
        ai::{Spent, tokens},
        answer::{Texts, Vectors},
        budget::{Budget, Rung, Spender},
    },
    storage::{
        embeddings::{self, Model, TextHash},
        usage,
    },
};

/// So many texts are asked for at once: a slow server of one's own has them in some seconds.
const BATCH: usize = 32;

/// So many that are kept are read at once: some megabytes.
const READ_AT_ONCE: usize = 2_000;

/// Whoever learns, with what was learnt before.
pub struct Learner {
    embedder: Embedder,
    kept: Option<Kept>,
    known: HashMap<TextHash, Vector>,
}

/// Where it is kept for other days and other instances, and whose money it costs.
pub struct Kept {
    pub db: PgPool,
    pub budget: Budget,
}

/// Why a text could not be learnt.
pub enum Unlearnt {
    NoAnswer(NoAnswer),
    /// A budget is used up.
    Unaffordable,
    Database(Error),
    /// The model says something else now than it did, and what it said is forgotten.
    Changed,
}

impl fmt::Display for Unlearnt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer(reason) => reason.fmt(f),
            Self::Unaffordable => f.write_str("a budget is used up"),
            Self::Database(error) => error.fmt(f),
            Self::Changed => f.write_str("the model's vectors changed their length"),
        }
    }
}

impl From<Error> for Unlearnt {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<sqlx::Error> for Unlearnt {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Learner {
    pub fn new(embedder: Embedder, kept: Kept) -> Self {
        Self { embedder, kept: Some(kept), known: HashMap::new() }
    }

    /// Keeps nothing and counts no money.
    pub fn forgetful(embedder: Embedder) -> Self {
        Self { embedder, kept: None, known: HashMap::new() }
    }

    /// The vectors of all the texts. What was learnt before a failure is not asked for again.
    pub async fn learn(&mut self, texts: Vec<Texts>) -> Result<Vectors, Unlearnt> {
        let wanted: BTreeMap<TextHash, &str> =
            texts.iter().flat_map(Texts::all).map(|text| (key(text), text)).collect();
        self.known.retain(|text, _| wanted.contains_key(text));
        for some in self.missing(&wanted).chunks(READ_AT_ONCE) {
            self.recall(some).await?;
        }
        for some in self.missing(&wanted).chunks(BATCH) {
            // Another instance may have learnt them meanwhile.
            self.recall(some).await?;
            let missing = some.iter().filter(|text| !self.known.contains_key(*text));
            let missing: Vec<(TextHash, String)> = missing.map(|text| (*text, wanted[text].to_owned())).collect();
            if !missing.is_empty() {
                self.ask(missing).await?;
            }
        }
        if let Some(kept) = &self.kept {
            let used: Vec<TextHash> = wanted.into_keys().collect();
            for some in used.chunks(READ_AT_ONCE) {
                embeddings::used(&kept.db, model(&self.embedder), some).await?;
            }
        }
        let known = self.known.clone();
        let built = task::spawn_blocking(move || Vectors::build(&texts, |text| known.get(&key(text)).cloned()));
        let Ok(Some(vectors)) = built.await else {
            self.forget().await?;
            return Err(Unlearnt::Changed);
        };
        Ok(vectors)
    }

    fn missing(&self, wanted: &BTreeMap<TextHash, &str>) -> Vec<TextHash> {
        wanted.keys().filter(|text| !self.known.contains_key(*text)).copied().collect()
    }

    async fn recall(&mut self, texts: &[TextHash]) -> Result<(), Unlearnt> {
        if let Some(kept) = &self.kept {
            self.known.extend(embeddings::of(&kept.db, model(&self.embedder), texts).await?);
        }
        Ok(())
    }

    /// Asks for a batch, keeps what comes, and charges the desk for it in the same commit.
    async fn ask(&mut self, batch: Vec<(TextHash, String)>) -> Result<(), Unlearnt> {
        let (hashes, texts): (Vec<TextHash>, Vec<String>) = batch.into_iter().unzip();
        let bytes = texts.iter().map(String::len).sum();
        let grant = match &self.kept {
            None => None,
            Some(kept) => {
                let granted = kept.budget.grant_reading(Spender::default(), self.embedder.name(), tokens(bytes));
                Some(granted.await)
            }
        };
        if grant.as_ref().is_some_and(|grant| grant.rung == Rung::None) {
            return Err(Unlearnt::Unaffordable);
        }
        let outcome = self.embedder.embed(&texts, Instant::now() + self.embedder.limit()).await;
        let told = match &outcome {
            Ok(embedded) => Some(embedded.tokens),
            Err(reason) => reason.may_be_charged().then_some(None),
        };
        let spent = told.map(|tokens| Spent::reading(self.embedder.name(), tokens, bytes));
        let learnt = outcome.map(|embedded| hashes.into_iter().zip(embedded.vectors).collect::<Vec<_>>());
        if let (Some(kept), Some(grant)) = (&self.kept, grant) {
            let bill = spent.as_ref().map(|spent| grant.bill(spent));
            let mut tx = kept.db.begin().await?;
            if let Ok(learnt) = &learnt {
                embeddings::keep(&mut *tx, model(&self.embedder), learnt).await?;
            }
            if let Some(bill) = &bill {
                usage::charge(&mut *tx, bill).await?;
            }
            tx.commit().await?;
            grant.settle(spent.as_ref());
        }
        self.known.extend(learnt.map_err(Unlearnt::NoAnswer)?);
        Ok(())
    }

    /// Begins anew: vectors of two lengths are of two models.
    pub async fn forget(&mut self) -> Result<(), Unlearnt> {
        self.known.clear();
        if let Some(kept) = &self.kept {
            embeddings::forget(&kept.db, model(&self.embedder)).await?;
        }
        Ok(())
    }
}

fn model(embedder: &Embedder) -> Model<'_> {
    Model { server: embedder.server(), name: embedder.name() }
}

/// A text by its content, wherever it stands.
fn key(text: &str) -> TextHash {
    hash::of(b"embedded text", &[text.as_bytes()])
}
