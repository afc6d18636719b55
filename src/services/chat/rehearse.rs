//! A turn of a conversation that nobody keeps: what would be said, without a database.

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::draft::{Asker, Draft, conclude, weigh};
use crate::{
    domain::{
        conversation::{ConversationId, Status},
        turn::Turn,
    },
    services::{
        ai::{Ai, Asked},
        answer::Voice,
        faq_loader::Loaded,
    },
    storage::conversations::Open,
};

/// What a visitor would hear to `message`, after `earlier`; of the model only where there is one.
pub async fn rehearse(desk: &Loaded, voice: &Voice, ai: Option<&Ai>, message: &str, earlier: &[Turn]) -> Draft {
    let open = Open { id: ConversationId::new(), status: Status::Ai, email: None, is_new: earlier.is_empty() };
    let asker = Asker { message, customer: None, topic: None, context: None, earlier, open: &open };
    let weighed = weigh(desk, voice, &asker);
    let said = match ai.filter(|_| weighed.is_for_model) {
        Some(ai) => {
            let question = Asked { message, earlier, records: None };
            Some(ai.answer(desk, &question, Instant::now(), None, &CancellationToken::new()).await)
        }
        None => None,
    };
    conclude(weighed, said, &asker, voice)
}
