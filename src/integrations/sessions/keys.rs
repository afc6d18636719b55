//! The keys of a sign-in provider as requests use them: in memory, fetched by somebody else.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    time::{Instant, timeout},
};
use tracing::{info, warn};

use super::{jwks::KeySet, jws::Token};

/// How often a key that nobody knows makes us look for new ones: anybody may name one.
const BETWEEN_WISHES: Duration = Duration::from_mins(1);

/// What a request waits for a key it does not know.
const WAIT: Duration = Duration::from_secs(2);

/// Keys this old were looked for again some twenty times, in vain.
const STALE: Duration = Duration::from_hours(24);

/// The newest keys; cheap to clone, everybody shares them.
#[derive(Clone)]
pub struct Keys(Arc<watch::Sender<State>>);

struct State {
    set: Arc<KeySet>,
    loaded_at: Option<Instant>,
    /// Why the last look for new ones brought none.
    fault: Option<String>,
    is_loading: bool,
    wished_at: Option<Instant>,
}

/// How the keys are doing.
#[derive(Debug, PartialEq, Eq)]
pub struct Standing {
    pub is_sound: bool,
    pub seconds_since_success: Option<u64>,
    pub fault: Option<String>,
}

impl Keys {
    /// None yet, and the first are being looked for.
    pub fn awaited() -> Self {
        Self::with(State { set: Arc::default(), loaded_at: None, fault: None, is_loading: true, wished_at: None })
    }

    fn with(state: State) -> Self {
        Self(Arc::new(watch::Sender::new(state)))
    }

    /// Whether one of them signed the token. Only one that names an unknown key waits, and for no
    /// more than one look, which everybody shares.
    pub async fn signed(&self, token: &Token<'_>) -> bool {
        if !self.current().knows(token.kid.as_deref()) {
            self.0.send_if_modified(State::wish);
            let mut state = self.0.subscribe();
            let _ = timeout(WAIT, state.wait_for(|state| !state.is_loading)).await;
        }
        self.current().signed(token)
    }

    pub fn standing(&self) -> Standing {
        self.0.borrow().standing(Instant::now())
    }

    /// Returns when new ones are wished for.
    pub(super) async fn wished(&self) {
        let _ = self.0.subscribe().wait_for(|state| state.is_loading).await;
    }

    pub(super) fn begin(&self) {
        self.0.send_modify(|state| state.is_loading = true);
    }

    /// New ones take the place of the old; a fault leaves those where they are.
    pub(super) fn settle(&self, outcome: Result<KeySet, String>) {
        self.0.send_modify(|state| state.settle(outcome));
    }

    fn current(&self) -> Arc<KeySet> {
        Arc::clone(&self.0.borrow().set)
    }
}

impl State {
    /// Whether a look for new ones begins with this.
    fn wish(&mut self) -> bool {
        let is_early = self.wished_at.is_some_and(|at| at.elapsed() < BETWEEN_WISHES);
        if self.is_loading || is_early {
            return false;
        }
        (self.is_loading, self.wished_at) = (true, Some(Instant::now()));
        true
    }

    fn settle(&mut self, outcome: Result<KeySet, String>) {
        self.is_loading = false;
        match outcome {
            Ok(set) => {
                info!(keys = set.len(), "the sign-in provider's keys are loaded");
                (self.set, self.loaded_at, self.fault) = (Arc::new(set), Some(Instant::now()), None);
            }
            Err(fault) => {
                if self.fault.as_ref() != Some(&fault) {
                    warn!(fault, "the sign-in provider's keys cannot be fetched; the ones we have stay in use");
                }
                self.fault = Some(fault);
            }
        }
    }

    fn standing(&self, now: Instant) -> Standing {
        let age = self.loaded_at.map(|at| now.duration_since(at));
        let none = (self.set.len() == 0).then(|| "there is no key to check a signature with".to_owned());
        Standing {
            is_sound: none.is_none() && age.is_some_and(|age| age <= STALE),
            seconds_since_success: age.map(|age| age.as_secs()),
            fault: self.fault.clone().or(none),
        }
    }
}

#[cfg(test)]
impl Keys {
    /// These and never others.
    pub(super) fn fixed(set: KeySet) -> Self {
        let now = Instant::now();
        let wished_at = Some(now + STALE);
        Self::with(State { set: Arc::new(set), loaded_at: Some(now), fault: None, is_loading: false, wished_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> KeySet {
        let vector: serde_json::Value =
            serde_json::from_str(include_str!("../../../tests/sessions/jwt-es256.json")).unwrap();
        KeySet::read(serde_json::json!({ "keys": [vector["jwk"]] }).to_string().as_bytes()).unwrap()
    }

    fn state() -> State {
        State { set: Arc::default(), loaded_at: None, fault: None, is_loading: true, wished_at: None }
    }

    #[test]
    fn one_wish_a_minute_is_granted_and_none_while_keys_are_on_their_way() {
        let mut state = state();
        assert!(!state.wish(), "the first look is under way");
        state.settle(Ok(some()));

        assert!(state.wish());
        assert!(!state.wish());
        state.settle(Ok(some()));
        assert!(!state.wish(), "within the minute");

        state.wished_at = state.wished_at.and_then(|at| at.checked_sub(BETWEEN_WISHES));
        assert!(state.wish());
    }

    #[test]
    fn a_fault_keeps_the_keys_and_is_told_until_it_has_passed() {
        let mut state = state();
        state.settle(Err("no connection".into()));
        assert!(!state.standing(Instant::now()).is_sound);

        state.settle(Ok(some()));
        let loaded_at = state.loaded_at.unwrap();
        let sound = Standing { is_sound: true, seconds_since_success: Some(0), fault: None };
        assert_eq!(state.standing(loaded_at), sound);

        state.settle(Err("no connection".into()));
        assert_eq!((state.set.len(), state.loaded_at), (1, Some(loaded_at)));
        let faulty = state.standing(loaded_at + STALE);
        assert_eq!((faulty.is_sound, faulty.fault.as_deref()), (true, Some("no connection")));
        assert!(!state.standing(loaded_at + STALE + Duration::from_secs(1)).is_sound);
    }

    #[test]
    fn a_provider_that_takes_its_keys_back_is_believed() {
        let mut state = state();
        state.settle(Ok(some()));
        state.settle(Ok(KeySet::default()));

        let standing = state.standing(Instant::now());
        assert!(state.set.len() == 0 && !standing.is_sound && standing.fault.is_some());
    }
}
