//! The routes in groups, by what stands before them.

use utoipa_axum::router::OpenApiRouter;

use super::{
    blocks, chat, conversations, docs, escalate, feedback, gaps, health, operators, people, stats, tickets, usage,
};
use crate::state::AppState;

pub struct Groups {
    pub chats: OpenApiRouter<AppState>,
    pub tickets: OpenApiRouter<AppState>,
    pub people: OpenApiRouter<AppState>,
    pub operators: OpenApiRouter<AppState>,
    pub open: OpenApiRouter<AppState>,
}

/// A layer that may answer in place of the handler.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// [`super::guard::whole_body`] and [`super::guard::bounded`].
    Lane,
    /// [`super::idempotency::once`].
    Once,
    /// [`super::team::Admin`]: one layer for all, or, where some sign in first, each handler's own extractor.
    Team,
}

impl Groups {
    pub fn new() -> Self {
        Self {
            chats: chat::routes().merge(escalate::routes()).merge(conversations::routes()).merge(feedback::routes()),
            tickets: tickets::routes()
                .merge(blocks::routes())
                .merge(usage::routes())
                .merge(gaps::routes())
                .merge(stats::routes()),
            people: people::routes(),
            operators: operators::routes(),
            open: health::routes().merge(docs::routes()),
        }
    }

    /// Every group with what stands before its handlers, by [`super::router`] or by themselves.
    pub fn with_layers(self) -> [(OpenApiRouter<AppState>, &'static [Before]); 5] {
        use Before::{Lane, Once, Team};
        [
            (self.chats, &[Lane, Once]),
            (self.tickets, &[Lane, Team, Once]),
            (self.people, &[Lane, Team]),
            (self.operators, &[Lane, Team]),
            (self.open, &[]),
        ]
    }
}
