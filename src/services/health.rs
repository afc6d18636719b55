//! How the desk is doing, part by part.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde::Serialize;
use sqlx::PgPool;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;

use super::{embeddings::Embeddings, faq_loader::KnowledgeBase};
use crate::{
    domain::channel::Channel,
    integrations::{
        openai::{OpenAi, Standing},
        sessions::Keys,
    },
    storage::{self, channels},
};

/// A database that takes longer to say one is not usable.
const DATABASE_LIMIT: Duration = Duration::from_secs(1);

/// Anybody may ask, so everybody who asks within this time hears the same.
const FRESH: Duration = Duration::from_secs(1);

/// An alert that waits longer, after several tries, says that its channel does not work.
const LATE: Duration = Duration::from_mins(2);

/// So long a debt that was given up is shown as a fault.
const MOURNED: Duration = Duration::from_hours(24);

#[derive(Clone)]
pub struct Health {
    db: PgPool,
    knowledge: KnowledgeBase,
    /// The channels that are on.
    channels: Arc<[Channel]>,
    /// Those of them by which anything is ever owed.
    used: Arc<[Channel]>,
    models: Models,
    /// The keys of who signs customers in, where that is somebody else.
    keys: Option<Keys>,
    draining: CancellationToken,
    /// Held while somebody looks, so that a crowd causes one look.
    last: Arc<Mutex<Option<Look>>>,
}

/// The models that are on.
#[derive(Clone)]
pub struct Models {
    pub answers: Option<OpenAi>,
    pub embeddings: Option<Embeddings>,
}

/// What was seen, and when.
struct Look {
    at: Instant,
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    Ok,
    Degraded,
    /// Configured, and nothing is owed that way, so nobody knows whether it works: told as off.
    #[serde(skip)]
    Idle,
    /// Not configured, which is nobody's fault.
    Off,
}

/// One part of the desk.
#[derive(Clone, Debug)]
pub struct Part {
    pub name: &'static str,
    pub condition: Condition,
    pub seconds_since_success: Option<u64>,
    /// What is wrong, for the team.
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
    pub fn new(
        db: PgPool,
        knowledge: KnowledgeBase,
        channels: Arc<[Channel]>,
        used: Arc<[Channel]>,
        models: Models,
        keys: Option<Keys>,
        draining: CancellationToken,
    ) -> Self {
        Self { db, knowledge, channels, used, models, keys, draining, last: Arc::default() }
    }

    /// Whether requests should be sent here: the database works and nobody asked us to stop. A
    /// provider that is down is no reason, or it would take every instance out.
    pub async fn is_ready(&self) -> bool {
        !self.draining.is_cancelled() && storage::is_usable(&self.db, DATABASE_LIMIT).await
    }

    /// Every part, as it was at most a second ago.
    pub async fn parts(&self) -> Vec<Part> {
        let mut last = self.last.lock().await;
        if let Some(look) = last.as_ref().filter(|look| look.at.elapsed() < FRESH) {
            return look.parts.clone();
        }
        let parts = self.look().await;
        *last = Some(Look { at: Instant::now(), parts: parts.clone() });
        parts
    }

    async fn look(&self) -> Vec<Part> {
        let channels = join_all(Channel::ALL.map(|channel| self.channel(channel)));
        let (database, channels) = tokio::join!(self.database(), channels);
        let Models { answers, embeddings } = &self.models;
        let model = model_part("model", answers.as_ref().map(OpenAi::standing));
        let embeddings = model_part("embeddings", embeddings.as_ref().map(Embeddings::standing));
        let mut parts = vec![database, self.knowledge_base(), model, embeddings, self.sign_in_keys()];
        parts.extend(channels);
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

    /// A fault alone is no harm while the keys are young: those there are stay good.
    fn sign_in_keys(&self) -> Part {
        let off = Part::off("sign_in_keys");
        let Some(standing) = self.keys.as_ref().map(Keys::standing) else { return off };
        Part {
            condition: if standing.is_sound { Condition::Ok } else { Condition::Degraded },
            seconds_since_success: standing.seconds_since_success,
            fault: standing.fault,
            ..off
        }
    }

    async fn channel(&self, channel: Channel) -> Part {
        let off = Part::off(channel.as_str());
        if !self.channels.contains(&channel) {
            return off;
        }
        match tokio::time::timeout(DATABASE_LIMIT, channels::standing(&self.db, channel)).await {
            Ok(Ok(standing)) => {
                let fault = fault_of(channel, &standing);
                // What is still owed from before goes out all the same.
                let is_idle = !self.used.contains(&channel) && standing.waiting == 0;
                let sound = if is_idle { Condition::Idle } else { Condition::Ok };
                Part {
                    condition: if fault.is_none() { sound } else { Condition::Degraded },
                    seconds_since_success: standing.seconds_since_success.and_then(whole_seconds),
                    owed: Some(Owed { waiting: standing.waiting, dead: standing.dead }),
                    fault,
                    ..off
                }
            }
            _ => Part { condition: Condition::Degraded, fault: Some("what it owes cannot be looked up".into()), ..off },
        }
    }
}

fn model_part(name: &'static str, standing: Option<Standing>) -> Part {
    let off = Part::off(name);
    let Some(standing) = standing else { return off };
    Part {
        condition: if standing.fault.is_none() { Condition::Ok } else { Condition::Degraded },
        seconds_since_success: standing.seconds_since_success,
        fault: standing.fault,
        ..off
    }
}

/// What is wrong with a channel, if anything is: its own fault, or what it could not deliver.
fn fault_of(channel: Channel, standing: &channels::Standing) -> Option<String> {
    let is_late = standing.longest_wait_seconds.is_some_and(|seconds| seconds > LATE.as_secs_f64());
    // Strangers give the addresses we write to: one that does not exist is no fault of ours, and
    // is told on its ticket.
    let is_ours = channel != Channel::Email;
    let gave_up = is_ours && standing.seconds_since_death.is_some_and(|seconds| seconds < MOURNED.as_secs_f64());
    let late = is_late.then(|| "what it owes does not get through".to_owned());
    let dead = gave_up.then(|| "something it owed was given up within the last day".to_owned());
    standing.fault.clone().or(late).or(dead)
}

/// Clocks of two machines may disagree by a little; an age is never negative.
fn whole_seconds(seconds: f64) -> Option<u64> {
    Duration::try_from_secs_f64(seconds.max(0.0)).ok().map(|age| age.as_secs())
}
