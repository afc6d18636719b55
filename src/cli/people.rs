//! `export` and `erase`: what is held on a person, and its end.

use std::process::ExitCode;

use anyhow::anyhow;
use serde::Serialize;

use super::database;
use crate::{
    config::Config,
    domain::{contact::Email, person::Who},
    error::Result,
    services::people::People,
};

#[derive(clap::Args)]
pub struct Person {
    /// The person's address, in any case.
    email: String,
}

impl Person {
    pub fn export(&self, config: &Config) -> ExitCode {
        self.tell(config, async |people, email| people.export(&email).await)
    }

    pub fn erase(&self, config: &Config) -> ExitCode {
        self.tell(config, async |people, email| people.erase(&email, Who::Command).await)
    }

    fn tell<T: Serialize>(&self, config: &Config, ask: impl AsyncFnOnce(People, Email) -> Result<T>) -> ExitCode {
        match Email::try_from(self.email.clone()) {
            Ok(email) => database::tell(config, async |db| ask(People::new(db, config.budgets.handler), email).await),
            Err(complaint) => database::refuse(&anyhow!("The address {complaint}.")),
        }
    }
}
