//! A turn of a conversation that nobody keeps: what would be said, without a database.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{
    draft::{Asker, Draft, conclude, look_up, weigh},
    meaning,
};
use crate::{
    domain::turn::Turn,
    services::{
        ai::{Ai, Asked},
        answer::{Nearness, Voice},
        embeddings::Embeddings,
        faq_loader::Loaded,
    },
    storage::conversations::Open,
};

/// How long a rehearsal waits for embeddings, which is measured and keeps nobody waiting.
const PATIENCE: Duration = Duration::from_secs(20);

/// Who makes an answer better than words can, where there is anybody.
pub struct Helpers {
    pub ai: Option<Ai>,
    pub embeddings: Option<Embeddings>,
}

/// What a visitor would hear to `message`, after `earlier`.
pub async fn rehearse(desk: &Arc<Loaded>, voice: &Voice, helpers: &Helpers, message: &str, earlier: &[Turn]) -> Draft {
    let open = Open::opening(None);
    let (stop, unknown) = (CancellationToken::new(), Nearness::default());
    let mut asker = Asker { message, customer: None, topic: None, context: None, earlier, near: &unknown, open: &open };
    let weighed = weigh(desk, voice, &asker);
    let mut found = look_up(desk, voice, &asker, &weighed);
    let meant;
    let is_wanted = meaning::is_wanted(&weighed, Some(&found), helpers.ai.is_some(), desk);
    if let Some(embeddings) = helpers.embeddings.as_ref().filter(|_| is_wanted)
        && let Some(question) = embeddings.question(desk, message, earlier)
    {
        meant = embeddings.mean(&question, PATIENCE, &stop).await;
        asker.near = &meant.near;
        found = look_up(desk, voice, &asker, &weighed);
    }
    let ai = helpers.ai.as_ref().filter(|_| weighed.is_for_model);
    let question = Asked { message, earlier, near: asker.near, records: None };
    let said = match ai.and_then(|ai| Some((ai, ai.brief(desk, &question, false)?))) {
        Some((ai, brief)) => Some(ai.answer(desk, &brief, Instant::now(), None, &stop).await),
        None => None,
    };
    conclude(&weighed, said, &asker, voice, || found)
}
