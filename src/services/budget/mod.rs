//! Money for the model: who may still spend some, and what was spent.

mod ledger;
mod rung;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::Utc;
use serde::Serialize;
use sqlx::PgPool;
use tokio::time::Instant;
use tracing::warn;
use utoipa::ToSchema;

pub use self::rung::Rung;
use self::{
    ledger::{Key, Ledger, STALE, TOO_OLD},
    rung::{Purse, rung},
};
use super::ai::{MOST_CALLS, Spent};
use crate::{
    config,
    domain::{client::Place, conversation::ConversationId, money::Money},
    error::Result,
    storage::usage::{self, Bill, Day},
};

/// Visitors of one place, an office perhaps, have together what so many of them would have.
const VISITORS_OF_PLACE: i64 = 10;

/// Cheap to clone; all clones count together. What other instances spend is known some seconds later.
#[derive(Clone)]
pub struct Budget(Arc<Inner>);

struct Inner {
    db: PgPool,
    settings: config::Money,
    /// The usual model, and the smaller one.
    names: (String, Option<String>),
    max_tokens: u64,
    ledger: Mutex<Ledger>,
    /// Held while somebody reads what everybody spent.
    reading: tokio::sync::Mutex<()>,
}

/// Whose money it is; of nobody, the desk's own.
#[derive(Clone, Default)]
pub struct Spender {
    pub conversation: Option<ConversationId>,
    /// A hash that stands for a customer, or for a visitor with a token.
    pub visitor: Option<Vec<u8>>,
    /// Where somebody comes from who is no customer: tokens are to be had for the asking.
    pub place: Option<Place>,
}

/// A turn's money, set aside until it is known what it came to. Dropped without that, as when a turn
/// ends before its time, all of it counts as spent.
pub struct Grant {
    pub rung: Rung,
    budget: Budget,
    visitor: Option<Vec<u8>>,
    keys: Vec<Key>,
    aside: Money,
}

/// What was spent, as the team sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = Usage)]
pub struct Report {
    pub budgets: Vec<Standing>,
    pub days: Vec<Day>,
}

/// A budget of everybody together.
#[derive(Serialize, ToSchema)]
#[schema(as = BudgetStanding)]
pub struct Standing {
    pub per: &'static str,
    pub limit: Money,
    pub spent: Money,
}

impl Budget {
    pub fn new(db: PgPool, settings: config::Money, model: Option<&config::Model>) -> Self {
        let names = model.map_or_else(Default::default, |model| (model.name.clone(), model.small.clone()));
        let max_tokens = model.map_or(0, |model| u64::from(model.max_tokens));
        Self(Arc::new(Inner {
            db,
            settings,
            names,
            max_tokens,
            ledger: Mutex::default(),
            reading: tokio::sync::Mutex::default(),
        }))
    }

    /// What so many tokens of a model cost, where its price is known.
    pub fn cost(&self, model: &str, prompt_tokens: u64, completion_tokens: u64) -> Option<Money> {
        Some(Money::of_tokens(self.0.settings.price(model)?, prompt_tokens, completion_tokens))
    }

    /// Which model a turn may ask, whose request has at most about so many tokens. Where it cannot be
    /// looked up what was spent, nothing is. Without a budget nothing is reckoned.
    pub async fn grant(&self, spender: Spender, prompt_tokens: impl FnOnce() -> u64) -> Grant {
        if !self.0.settings.is_bounded() {
            return self.unbounded(spender);
        }
        let prompt_tokens = prompt_tokens();
        let most = |name: &str| {
            let calls = u64::from(MOST_CALLS);
            let (prompt, completion) = (prompt_tokens * calls, self.0.max_tokens * calls);
            self.cost(name, prompt, completion).unwrap_or_default()
        };
        let (usual, smaller) = (most(&self.0.names.0), self.0.names.1.as_deref().map(most));
        self.set_aside(spender, usual, smaller).await
    }

    /// Whether `model` may be asked once to read about so many tokens.
    pub async fn grant_reading(&self, spender: Spender, model: &str, tokens: u64) -> Grant {
        if !self.0.settings.is_bounded() {
            return self.unbounded(spender);
        }
        let cost = self.cost(model, tokens, 0).unwrap_or_default();
        self.set_aside(spender, cost, None).await
    }

    fn unbounded(&self, spender: Spender) -> Grant {
        let (aside, keys) = (Money::default(), Vec::new());
        Grant { rung: Rung::Model, budget: self.clone(), visitor: spender.visitor, keys, aside }
    }

    async fn set_aside(&self, spender: Spender, usual: Money, smaller: Option<Money>) -> Grant {
        let spent = self.spent_by(&spender).await;
        let mut ledger = self.ledger();
        let rung = match spent {
            Ok(spent) => rung(&self.purses(&ledger, &spender, &spent), usual, smaller),
            Err(error) => {
                warn!(error = ?error, "what was spent cannot be read: no model is asked");
                Rung::None
            }
        };
        let aside = match rung {
            Rung::Model => usual,
            Rung::Smaller => smaller.unwrap_or_default(),
            Rung::None => Money::default(),
        };
        let keys = ledger::keys(&spender);
        ledger.set_aside(&keys, aside);
        Grant { rung, budget: self.clone(), visitor: spender.visitor, keys, aside }
    }

    /// Every budget that a turn is paid from; what is nobody's turn, from those of everybody.
    fn purses(&self, ledger: &Ledger, spender: &Spender, spent: &usage::Spent) -> Vec<Purse> {
        let settings = &self.0.settings;
        let of = |limit: Option<i64>, spent: Money| Some(Purse { limit: Money(limit?), spent });
        let of_turn = |limit: Option<i64>, spent: Money| of(limit.filter(|_| spender.conversation.is_some()), spent);
        let place = settings.per_visitor.map(|limit| limit.saturating_mul(VISITORS_OF_PLACE));
        let (today, this_month) = ledger.everybody();
        [
            of_turn(settings.per_conversation, spent.conversation + ledger.of_conversation(spender)),
            of_turn(settings.per_visitor, spent.visitor + ledger.of_visitor(spender)),
            of_turn(place, ledger.of_place(spender)),
            of(settings.per_day, today),
            of(settings.per_month, this_month),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What the last days took, newest first, and where the budgets of everybody stand.
    pub async fn report(&self, days: i64) -> Result<Report> {
        let spent = usage::everybody(&self.0.db).await?;
        let settings = &self.0.settings;
        let of = |per, limit: Option<i64>, spent| limit.map(|limit| Standing { per, limit: Money(limit), spent });
        let budgets = [of("day", settings.per_day, spent.today), of("month", settings.per_month, spent.this_month)];
        Ok(Report {
            budgets: budgets.into_iter().flatten().collect(),
            days: usage::days(&self.0.db, i32::try_from(days).unwrap_or(i32::MAX)).await?,
        })
    }

    async fn spent_by(&self, spender: &Spender) -> Result<usage::Spent> {
        let settings = &self.0.settings;
        if settings.per_day.or(settings.per_month).is_some() {
            self.refresh().await?;
        }
        if settings.per_conversation.or(settings.per_visitor).is_none() {
            return Ok(usage::Spent::default());
        }
        usage::of(&self.0.db, spender.conversation, spender.visitor.as_deref()).await
    }

    /// Reads what everybody spent, unless that was just done or somebody is at it. What was read before
    /// is good for some minutes more where the database cannot tell.
    async fn refresh(&self) -> Result<()> {
        let read_at = self.ledger().read_at;
        let is_younger = |than: Duration| read_at.is_some_and(|read_at| read_at.elapsed() < than);
        if is_younger(STALE) {
            return Ok(());
        }
        let reading =
            if is_younger(TOO_OLD) { self.0.reading.try_lock().ok() } else { Some(self.0.reading.lock().await) };
        if reading.is_none() || self.ledger().read_at != read_at {
            return Ok(());
        }
        match self.read().await {
            Err(error) if is_younger(TOO_OLD) => {
                warn!(error = ?error, "what was spent cannot be read: what was known last counts on");
                Ok(())
            }
            read => read,
        }
    }

    async fn read(&self) -> Result<()> {
        let now = Instant::now();
        let mark = self.ledger().settled_since;
        let spent = usage::everybody(&self.0.db).await?;
        self.ledger().read(now, &spent, mark, Utc::now().date_naive());
        Ok(())
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.0.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Grant {
    fn cost(&self, spent: &Spent) -> Option<Money> {
        self.budget.cost(&spent.model, spent.prompt_tokens, spent.completion_tokens)
    }

    /// What a turn took, for the one it was for.
    pub fn bill(&self, spent: &Spent) -> Bill {
        let count = |tokens: u64| i32::try_from(tokens).unwrap_or(i32::MAX);
        Bill {
            visitor_hash: self.visitor.clone(),
            cost: self.cost(spent),
            model: Arc::clone(&spent.model),
            calls: i32::try_from(spent.calls).unwrap_or(i32::MAX),
            prompt_tokens: count(spent.prompt_tokens),
            completion_tokens: count(spent.completion_tokens),
            is_estimated: spent.is_estimated,
        }
    }

    /// It came to this, and that is stored; where nothing was spent, nobody was asked.
    pub fn settle(mut self, spent: Option<&Spent>) {
        let cost = spent.and_then(|spent| self.cost(spent)).unwrap_or_default();
        let keys = std::mem::take(&mut self.keys);
        self.budget.ledger().settle(&keys, self.aside, cost, Utc::now().date_naive());
    }
}

impl Drop for Grant {
    fn drop(&mut self) {
        if !self.keys.is_empty() {
            self.budget.ledger().lose(&self.keys, self.aside, Utc::now().date_naive());
        }
    }
}
