//! People of the team: who they are, and that nobody guesses it.

mod attempts;

use std::{sync::Arc, time::Duration};

use ring::digest;
use sqlx::PgPool;
use tracing::info;

use self::attempts::Attempts;
use crate::{
    config::{Operator, Secret},
    domain::{operator::Agent, token::OperatorToken},
    error::{Error, Result},
    storage::operators,
};

/// A working day and the way home.
pub const SESSION: Duration = Duration::from_hours(12);

/// Who may work on what waits for a person; cheap to clone.
#[derive(Clone)]
pub struct Operators {
    db: PgPool,
    known: Arc<[Operator]>,
    machine: Arc<[Secret]>,
    attempts: Attempts,
}

impl Operators {
    pub fn new(db: PgPool, known: Vec<Operator>, machine: Vec<Secret>) -> Self {
        Self { db, known: known.into(), machine: machine.into(), attempts: Attempts::new() }
    }

    /// Opens a session for a person who shows their secret.
    pub async fn sign_in(&self, name: &str, secret: &str) -> Result<OperatorToken> {
        // Every secret is tried, so that time does not tell whose name is known.
        let matching =
            self.known.iter().filter(|known| known.secret.matches(secret.as_bytes()) & (known.name.as_str() == name));
        let Some(operator) = matching.reduce(|_, last| last) else { return Err(self.refuse()) };
        let token = OperatorToken::random();
        operators::sign_in(&self.db, &token, &operator.name, &hash(&operator.secret), SESSION).await?;
        info!(operator = operator.name, "signed in");
        Ok(token)
    }

    pub async fn sign_out(&self, token: &OperatorToken) -> Result<()> {
        operators::sign_out(&self.db, token).await
    }

    /// Whoever holds a session, as long as the settings know them and the secret they showed. Nobody
    /// guesses a session, so one that is over is no try: a page left open overnight makes nobody wait.
    pub async fn signed_in(&self, token: &OperatorToken) -> Result<Agent> {
        let session = operators::of(&self.db, token).await?;
        let is_known = |name: &str, secret: &[u8]| {
            self.known.iter().any(|known| known.name == name && hash(&known.secret) == secret)
        };
        let session = session.filter(|(name, secret)| is_known(name, secret));
        session.map(|(name, _)| Agent::Operator(name)).ok_or(Error::Unauthenticated)
    }

    /// The machine, by its secret.
    pub fn machine(&self, candidate: &[u8]) -> Result<Agent> {
        // Every secret is tried, so that time does not tell which one was near.
        let matching = self.machine.iter().filter(|secret| secret.matches(candidate)).count();
        if matching > 0 { Ok(Agent::Api) } else { Err(self.refuse()) }
    }

    /// A wrong try: refused, and past some in a minute told to wait. What is right always passes, so
    /// nobody keeps the team out by guessing.
    fn refuse(&self) -> Error {
        self.attempts.failed().map_or(Error::Unauthenticated, |retry_after| Error::TooMany { retry_after })
    }
}

/// Of a secret nobody can guess, so that its hash tells nothing.
fn hash(secret: &Secret) -> Vec<u8> {
    digest::digest(&digest::SHA256, secret.expose().as_bytes()).as_ref().to_vec()
}
