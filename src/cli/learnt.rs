//! The embeddings of a command: of the knowledge base as it is now, learnt at once and kept nowhere.

use std::sync::Arc;

use anyhow::Context;

use crate::{
    config::Config,
    run::embedder,
    services::{embeddings::Embeddings, faq_loader::Loaded},
};

pub async fn embeddings(config: &Config, desk: &Arc<Loaded>) -> anyhow::Result<Embeddings> {
    let embedder = embedder(config)?.context("There is no model for embeddings: set OPENAI_EMBEDDING_MODEL")?;
    Embeddings::of(embedder, desk).await
}
