//! What a question means beside its words, where that is worth the time and the money.

use std::sync::Arc;

use super::{
    Chat, Manner,
    draft::{Asker, Found, Weighed},
};
use crate::services::{
    budget::{Grant, Rung, Spender},
    embeddings::{Meant, PATIENCE},
    faq_loader::Loaded,
};

/// Whether meaning could change anything: words are not sure, and no model reads the whole knowledge base.
pub fn is_wanted(weighed: &Weighed<'_>, found: Option<&Found>, has_model: bool, desk: &Loaded) -> bool {
    let is_unsure = found.is_some_and(|found| !found.is_sure());
    weighed.is_for_model && is_unsure && !(has_model && desk.knowledge.is_read_whole())
}

impl Chat {
    /// How near the sections are to a question, with what knowing that took. Whoever asks too much, or has
    /// spent their money, is answered by words.
    pub(super) async fn meaning(
        &self,
        desk: &Arc<Loaded>,
        asker: &Asker<'_>,
        weighed: &Weighed<'_>,
        found: Option<&Found>,
        spender: &Spender,
        manner: &mut Manner<'_>,
    ) -> (Meant, Option<Grant>) {
        let is_wanted = !manner.spares_model && is_wanted(weighed, found, self.ai.is_some(), desk);
        let embeddings = self.embeddings.as_ref().filter(|_| is_wanted);
        let question = embeddings.and_then(|embeddings| embeddings.question(desk, asker.message, asker.earlier));
        let (Some(embeddings), Some(question)) = (embeddings, question) else { return Default::default() };
        let grant = self.budget.grant_reading(spender.clone(), embeddings.model(), question.tokens()).await;
        let meant = match grant.rung {
            Rung::None => Meant::default(),
            _ => embeddings.mean(&question, PATIENCE, &manner.stop).await,
        };
        (meant, Some(grant))
    }
}
