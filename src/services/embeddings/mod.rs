//! Meaning beside words: where a server makes vectors of texts, what words are not sure of is held
//! against what the sections mean. Without an answer in time, words alone decide.

mod indexing;
mod learning;

use std::{sync::Arc, time::Duration};

use anyhow::anyhow;
use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub use self::indexing::Indexer;
use self::learning::Learner;
use super::{
    ai::{Spent, tokens},
    answer::{Nearness, Vectors, beginning},
    faq_loader::Loaded,
};
use crate::{
    domain::{privacy::private_masked, turn::Turn},
    integrations::openai::{Embedder, NoAnswer, Standing},
};

/// Whoever asks waits no longer than this for what their question means.
pub const PATIENCE: Duration = Duration::from_millis(800);

/// A model that embeds, and what it said of the knowledge base; cheap to clone.
#[derive(Clone)]
pub struct Embeddings {
    embedder: Embedder,
    state: Arc<watch::Sender<State>>,
}

#[derive(Default)]
struct State {
    index: Option<Index>,
    /// Why there is none of the newest knowledge base.
    fault: Option<String>,
    /// Whether the model says something else now than when the index was made.
    is_outdated: bool,
}

/// The vectors of one knowledge base, which fit no other.
#[derive(Clone)]
struct Index {
    desk: Arc<Loaded>,
    vectors: Arc<Vectors>,
}

/// A question that can be held against the knowledge base, in the wordings that leave the house.
pub struct Question {
    wordings: Vec<String>,
    vectors: Arc<Vectors>,
}

/// What a question means, and what it took to know.
#[derive(Default)]
pub struct Meant {
    /// Empty where nobody knows.
    pub near: Nearness,
    pub spent: Option<Spent>,
}

impl Question {
    fn bytes(&self) -> usize {
        self.wordings.iter().map(String::len).sum()
    }

    /// About how many tokens it has.
    pub fn tokens(&self) -> u64 {
        tokens(self.bytes())
    }
}

impl Embeddings {
    /// Knows nothing until an [`Indexer`] has learnt it.
    pub fn new(embedder: Embedder) -> Self {
        Self { embedder, state: Arc::default() }
    }

    /// Of a knowledge base that does not change, learnt at once and kept nowhere.
    pub async fn of(embedder: Embedder, desk: &Arc<Loaded>) -> anyhow::Result<Self> {
        let learnt = Learner::forgetful(embedder.clone()).learn(desk.knowledge.texts()).await;
        let vectors = learnt.map_err(|why| anyhow!("The sections have no embeddings: {why}"))?;
        let embeddings = Self::new(embedder);
        embeddings.publish(desk, vectors);
        Ok(embeddings)
    }

    /// The model's name.
    pub fn model(&self) -> &Arc<str> {
        self.embedder.name()
    }

    /// What to ask of a message, without addresses and numbers to reach people by but for the
    /// company's own; nothing while the knowledge base has no vectors.
    pub fn question(&self, desk: &Arc<Loaded>, message: &str, earlier: &[Turn]) -> Option<Question> {
        let index = self.state.borrow().index.clone().filter(|index| Arc::ptr_eq(&index.desk, desk))?;
        let masked = |wording: &String| private_masked(wording, |found| desk.is_own_contact(found)).into_owned();
        let wordings = desk.knowledge.wordings(message, earlier);
        let wordings = wordings.iter().map(|wording| beginning(&masked(wording))).collect();
        Some(Question { wordings, vectors: index.vectors })
    }

    /// What it means, as far as that is known before `patience` is over or `stop` is cancelled.
    pub async fn mean(&self, question: &Question, patience: Duration, stop: &CancellationToken) -> Meant {
        let asked = self.embedder.embed(&question.wordings, Instant::now() + patience);
        let outcome = stop.run_until_cancelled(asked).await.unwrap_or(Err(NoAnswer::Late));
        let spent = |told| Some(Spent::reading(self.model(), told, question.bytes()));
        match outcome {
            Ok(embedded) => {
                let near = question.vectors.nearness(&embedded.vectors);
                if near.is_none() {
                    self.outdate(&question.vectors);
                }
                Meant { near: near.unwrap_or_default(), spent: spent(embedded.tokens) }
            }
            Err(reason @ (NoAnswer::Resting | NoAnswer::Busy)) => {
                info!(%reason, "no embeddings were asked for: words alone decide");
                Meant::default()
            }
            Err(reason) => {
                warn!(%reason, "a question has no embeddings: words alone decide");
                Meant { spent: spent(None).filter(|_| reason.may_be_charged()), ..Meant::default() }
            }
        }
    }

    /// How the model is doing, and whether the knowledge base has its vectors.
    pub fn standing(&self) -> Standing {
        let standing = self.embedder.standing();
        Standing { fault: standing.fault.or_else(|| self.state.borrow().fault.clone()), ..standing }
    }

    /// Nothing fits these vectors any more. Who asked before they were replaced says nothing of what is in use now.
    fn outdate(&self, vectors: &Arc<Vectors>) {
        let fault = "the embeddings of questions fit none of the knowledge base";
        let are_in_use = self.state.send_if_modified(|state| {
            let are_in_use = state.index.as_ref().is_some_and(|index| Arc::ptr_eq(&index.vectors, vectors));
            if are_in_use {
                state.fault = Some(fault.into());
                state.is_outdated = true;
            }
            are_in_use
        });
        if are_in_use {
            warn!(fault, "words alone decide");
        }
    }

    /// Waits until the model says something else than when the index was made.
    async fn outdated(&self) {
        let _ = self.state.subscribe().wait_for(|state| state.is_outdated).await;
    }

    fn publish(&self, desk: &Arc<Loaded>, vectors: Vectors) {
        let index = Index { desk: Arc::clone(desk), vectors: Arc::new(vectors) };
        self.state.send_replace(State { index: Some(index), ..State::default() });
    }
}
