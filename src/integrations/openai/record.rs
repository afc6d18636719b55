//! What became of the last calls: whether the next one may go, how it is worded, and what health tells.

use std::{collections::HashMap, sync::Arc, time::Duration};

use tokio::time::Instant;

use super::{
    NoAnswer,
    breaker::{Breaker, Retries},
    dialect::Dialect,
};

/// So many failures in a row are a fault, even when none of them opened the breaker.
const FAULTY: u32 = 2;

pub struct Record {
    pub breaker: Breaker,
    pub retries: Retries,
    /// What a server refuses may be what one of its models cannot do.
    dialects: HashMap<Arc<str>, Dialect>,
    succeeded_at: Option<Instant>,
    failures: u32,
    last: Option<String>,
}

/// How the model is doing.
pub struct Standing {
    pub seconds_since_success: Option<u64>,
    pub fault: Option<String>,
}

impl Record {
    /// After so many failures in a row the server is left alone, but for one call in the time of a probe.
    pub fn new(breaker_failures: u32, probe: Duration) -> Self {
        Self {
            breaker: Breaker::new(breaker_failures, probe),
            retries: Retries::default(),
            dialects: HashMap::new(),
            succeeded_at: None,
            failures: 0,
            last: None,
        }
    }

    /// How a model is asked, by what it refused before.
    pub fn dialect(&self, model: &str) -> Dialect {
        self.dialects.get(model).copied().unwrap_or_default()
    }

    pub fn learn(&mut self, model: &Arc<str>, dialect: Dialect) {
        self.dialects.insert(Arc::clone(model), dialect);
    }

    pub fn note<T>(&mut self, outcome: &Result<T, NoAnswer>) {
        self.retries.earn();
        match outcome {
            Ok(_) => {
                self.breaker.succeeded();
                (self.succeeded_at, self.failures, self.last) = (Some(Instant::now()), 0, None);
            }
            Err(failure) => {
                if failure.is_fault_of_server() {
                    self.breaker.failed(Instant::now());
                }
                if failure.is_fault() {
                    self.failures = self.failures.saturating_add(1);
                    self.last = Some(failure.to_string());
                }
            }
        }
    }

    pub fn standing(&self) -> Standing {
        let why = self.last.as_deref().unwrap_or_default();
        let fault = match (self.breaker.is_open(), self.failures) {
            (true, _) => Some(format!("it failed too often and is asked only now and then: {why}")),
            (false, failures) if failures >= FAULTY => Some(format!("the last calls failed: {why}")),
            _ => None,
        };
        Standing { seconds_since_success: self.succeeded_at.map(|at| at.elapsed().as_secs()), fault }
    }
}
