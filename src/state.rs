//! Wires the services together, once.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use sqlx::PgPool;
use tokio::sync::Semaphore;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::{Budgets, Config, Proxies, Secret},
    integrations::{
        openai::{Embedder, OpenAi},
        sessions::{Keys, Sessions, Tokens},
    },
    services::{
        ai::Ai, answer::Voice, blocks::Blocks, budget::Budget, chat::Chat, conversations::Conversations,
        cursor::Cursors, embeddings::Embeddings, faq_loader::KnowledgeBase, feedback::Feedback, following::Following,
        gaps::Gaps, health, health::Health, idempotency::Idempotency, limits::Limits, live::Live,
        notifications::Notifications, operators::Operators, people::People, stats::Stats, tickets::Tickets,
    },
};

/// The models that the settings switch on.
pub struct Models {
    /// Says answers.
    pub answers: Option<OpenAi>,
    /// Tells what texts mean.
    pub embedder: Option<Embedder>,
}

/// What the handlers are given a part of; every layer and every request shares
/// the one: cloning the parts for each was a fiftieth of a chat's time (2026-11).
#[derive(Clone)]
pub struct AppState(Arc<Parts>);

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The parts, each cheap to clone; a handler is given those it asks for by their types.
macro_rules! parts {
    ($($part:ident: $what:ty),* $(,)?) => {
        pub struct Parts {
            $(pub $part: $what,)*
        }

        $(impl FromRef<AppState> for $what {
            fn from_ref(state: &AppState) -> Self {
                state.$part.clone()
            }
        })*
    };
}

parts! {
    chat: Chat,
    conversations: Conversations,
    following: Following,
    feedback: Feedback,
    gaps: Gaps,
    stats: Stats,
    tickets: Tickets,
    people: People,
    health: Health,
    idempotency: Idempotency,
    live: Live,
    budgets: Arc<Budgets>,
    budget: Budget,
    operators: Operators,
    origin: Origin,
    identity: Identity,
    ways: Ways,
    limits: Limits,
    blocks: Blocks,
    lanes: Lanes,
}

/// How customers are known.
#[derive(Clone)]
pub struct Identity {
    pub sessions: Sessions,
    pub tokens: Tokens,
    pub allowed_origins: Arc<[String]>,
    pub trusts_email: bool,
}

/// The origin of `PUBLIC_URL`, where strangers' browsers reach us.
#[derive(Clone)]
pub struct Origin(pub Option<String>);

/// Whose word about a client's address counts.
#[derive(Clone)]
pub struct Ways {
    pub proxies: Proxies,
    /// What the site's own rewrite shows.
    pub secrets: Arc<[Secret]>,
    /// Whether requests straight from this machine are not counted.
    pub exempts_this_machine: bool,
    /// Whether strangers reach us and nobody said by whom: then a neighbour is a proxy.
    pub has_unknown_proxy: bool,
}

/// What is under way, and how much more is taken on. Lanes are apart, so that a flood of chats
/// keeps nobody of the team out.
#[derive(Clone)]
pub struct Lanes {
    pub chats: Lane,
    pub admin: Lane,
}

#[derive(Clone)]
pub struct Lane {
    pub places: Arc<Semaphore>,
    /// Work that goes on although its client has left.
    pub tasks: TaskTracker,
}

impl Lanes {
    /// The team needs few places, beside those of everybody else.
    fn new(in_flight: usize) -> Self {
        let tasks = TaskTracker::new();
        let lane = |places| Lane { places: Arc::new(Semaphore::new(places)), tasks: tasks.clone() };
        Self { chats: lane(in_flight), admin: lane((in_flight / 8).max(1)) }
    }
}

impl AppState {
    /// `draining` is cancelled when the process is asked to stop.
    pub fn new(
        config: &Config,
        db: PgPool,
        knowledge: KnowledgeBase,
        models: Models,
        keys: Option<Keys>,
        notifications: Notifications,
        draining: CancellationToken,
    ) -> Self {
        let blocks = Blocks::new(db.clone());
        let cursors = Cursors::new(config.internal_secrets.first());
        let (on, used) = (notifications.on(), notifications.used());
        let tickets = Tickets {
            db: db.clone(),
            notifications,
            cursors,
            per_email_and_hour: config.limits.is_on.then_some(config.limits.email_tickets_per_hour),
        };
        let voice = Voice::from(&config.company);
        let ai = models.answers.clone().map(|model| Ai::new(model, voice.clone()));
        let embeddings = models.embedder.map(Embeddings::new);
        let models = health::Models { answers: models.answers, embeddings: embeddings.clone() };
        let budget = Budget::new(db.clone(), config.money.clone(), config.model.as_ref());
        let operators = Operators::new(db.clone(), config.operators.clone(), config.internal_secrets.clone());
        let parts = Parts {
            chat: Chat {
                db: db.clone(),
                knowledge: knowledge.clone(),
                voice,
                ai,
                embeddings,
                budget: budget.clone(),
                draining: draining.clone(),
                tickets: tickets.clone(),
            },
            conversations: Conversations { db: db.clone() },
            following: Following::new(db.clone(), blocks.clone(), draining.clone()),
            feedback: Feedback { db: db.clone() },
            stats: Stats { db: db.clone() },
            gaps: Gaps { db: db.clone(), knowledge: knowledge.clone() },
            tickets,
            idempotency: Idempotency::new(db.clone(), config.budgets.handler, draining.clone()),
            live: Live::default(),
            people: People::new(db.clone(), config.budgets.handler),
            health: Health::new(db, knowledge, on, used, models, keys.clone(), draining),
            budgets: Arc::new(config.budgets.clone()),
            budget,
            operators,
            origin: Origin(config.public_url.as_ref().map(|url| url.origin().ascii_serialization())),
            identity: Identity {
                sessions: Sessions::new(&config.session_secrets),
                tokens: Tokens::new(&config.tokens, keys),
                allowed_origins: config.allowed_origins.clone().into(),
                trusts_email: config.trusts_email,
            },
            ways: Ways {
                proxies: config.proxies.clone(),
                secrets: config.proxy_secrets.clone().into(),
                exempts_this_machine: !config.limits.is_on,
                has_unknown_proxy: config.has_unknown_proxy(),
            },
            limits: Limits::new(&config.limits, blocks.clone()),
            blocks,
            lanes: Lanes::new(config.budgets.in_flight),
        };
        Self(Arc::new(parts))
    }
}
