//! Figures: how the desk is doing, and nothing made better than it is.

use sqlx::PgPool;

use crate::{
    domain::figures::{Figures, HandOver, Resolution, share},
    error::Result,
    storage::{self, figures},
};

#[derive(Clone)]
pub struct Stats {
    pub db: PgPool,
}

impl Stats {
    /// Of the last `days`, all as it stands at one moment.
    pub async fn of(&self, days: i64) -> Result<Figures> {
        let mut tx = storage::snapshot(&self.db).await?;
        figures::take_no_detour(&mut tx).await?;
        let age = figures::days(days);
        let conversations = figures::conversations(&mut tx, age).await?;
        let figures = Figures {
            days,
            conversations: conversations.opened,
            people: conversations.people,
            resolution: Resolution {
                resolved: conversations.resolved,
                unresolved: conversations.unresolved,
                pending: conversations.pending,
                rate: share(conversations.resolved, conversations.resolved + conversations.unresolved),
            },
            answers: figures::answers(&mut tx, age).await?,
            ratings: figures::ratings(&mut tx, age).await?,
            hand_over: HandOver {
                conversations: conversations.handed_over,
                rate: share(conversations.handed_over, conversations.opened),
                reasons: figures::reasons(&mut tx, age).await?,
            },
            tickets: figures::tickets(&mut tx, age).await?,
        };
        tx.commit().await?;
        Ok(figures)
    }
}
