//! What is known of a customer, as far as it can be read.

use tracing::warn;

use super::Chat;
use crate::{
    domain::contact::Email,
    services::{
        ai::Records,
        context::{self, Context},
    },
};

impl Chat {
    /// All that a model may know of a customer; what cannot be looked up is left out.
    pub(super) async fn records(&self, customer: Option<&Email>) -> Option<Records> {
        let events = context::last_events(&self.db, customer?);
        let (context, events) = tokio::join!(self.context(customer), events);
        let events = events.inspect_err(|error| warn!(error = ?error, "a customer's events cannot be read"));
        Some(Records { context, events: events.unwrap_or_default() })
    }

    /// The shop's tables are another program's: when they cannot be read, that is no reason to fall
    /// silent.
    pub(super) async fn context(&self, customer: Option<&Email>) -> Option<Context> {
        let looked_up = Context::of(&self.db, customer?).await;
        looked_up.inspect_err(|error| warn!(error = ?error, "a customer's records cannot be read")).ok()
    }
}
