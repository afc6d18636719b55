//! How the desk is doing, part by part.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use super::{faq_loader::KnowledgeBase, notifications::TELEGRAM};
use crate::storage::{self, deliveries};

/// A database that takes longer to say one is not usable.
const DATABASE_LIMIT: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub struct Health {
    pub db: PgPool,
    pub knowledge: KnowledgeBase,
    pub telegram: bool,
    pub draining: CancellationToken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Ok,
    Degraded,
    /// Not configured, which is nobody's fault.
    Off,
}

impl Condition {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Degraded => "degraded",
            Self::Off => "off",
        }
    }
}

/// One part of the desk.
pub struct Part {
    pub name: &'static str,
    pub condition: Condition,
    pub seconds_since_success: Option<u64>,
    /// What is wrong, for people who hold the secret.
    pub fault: Option<String>,
    pub owed: Option<Owed>,
}

/// What a channel still has to send, and what it gave up.
#[derive(Clone, Copy, Debug)]
pub struct Owed {
    pub waiting: i64,
    pub dead: i64,
}

impl Part {
    fn off(name: &'static str) -> Self {
        Self { name, condition: Condition::Off, seconds_since_success: None, fault: None, owed: None }
    }
}

impl Health {
    /// Whether requests should be sent here: the database works and nobody asked us to stop. A
    /// provider that is down is no reason, or it would take every instance out.
    pub async fn is_ready(&self) -> bool {
        !self.draining.is_cancelled() && storage::is_usable(&self.db, DATABASE_LIMIT).await
    }

    pub async fn parts(&self) -> Vec<Part> {
        let (database, telegram) = tokio::join!(self.database(), self.telegram());
        let mut parts = vec![database, self.knowledge_base(), telegram];
        parts.extend(["model", "email", "whatsapp"].map(Part::off));
        parts
    }

    async fn database(&self) -> Part {
        let usable = storage::is_usable(&self.db, DATABASE_LIMIT).await;
        Part {
            name: "database",
            condition: if usable { Condition::Ok } else { Condition::Degraded },
            seconds_since_success: usable.then_some(0),
            fault: (!usable).then(|| "the database does not answer".into()),
            owed: None,
        }
    }

    fn knowledge_base(&self) -> Part {
        let health = self.knowledge.health();
        let works = health.fault.is_none() && health.sections > 0;
        Part {
            name: "knowledge_base",
            condition: if works { Condition::Ok } else { Condition::Degraded },
            seconds_since_success: Some(health.seconds_since_load),
            fault: health.fault,
            owed: None,
        }
    }

    async fn telegram(&self) -> Part {
        let off = Part::off(TELEGRAM);
        if !self.telegram {
            return off;
        }
        match tokio::time::timeout(DATABASE_LIMIT, deliveries::channel(&self.db, TELEGRAM)).await {
            Ok(Ok(channel)) => Part {
                condition: if channel.fault.is_none() { Condition::Ok } else { Condition::Degraded },
                seconds_since_success: channel.seconds_since_success.and_then(whole_seconds),
                fault: channel.fault,
                owed: Some(Owed { waiting: channel.waiting, dead: channel.dead }),
                ..off
            },
            _ => Part { condition: Condition::Degraded, fault: Some("what it owes cannot be looked up".into()), ..off },
        }
    }
}

/// Clocks of two machines may disagree by a little; an age is never negative.
fn whole_seconds(seconds: f64) -> Option<u64> {
    Duration::try_from_secs_f64(seconds.max(0.0)).ok().map(|age| age.as_secs())
}
