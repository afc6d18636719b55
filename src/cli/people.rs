//! `export` and `erase`: what is held on a person, and its end.

use std::{
    io::{Write, stderr, stdout},
    process::ExitCode,
};

use anyhow::Context;
use serde::Serialize;
use tokio::runtime::Runtime;

use crate::{
    config::Config,
    domain::{contact::Email, person::Who},
    error::Result,
    run::{open_shared_database, stop_embedded},
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
        let told = self.ask(config, ask).and_then(|told| Ok(serde_json::to_string_pretty(&told)?));
        match told {
            Ok(told) => {
                let _ = writeln!(stdout(), "{told}");
                ExitCode::SUCCESS
            }
            Err(error) => {
                let _ = writeln!(stderr(), "{error:#}");
                ExitCode::FAILURE
            }
        }
    }

    fn ask<T>(&self, config: &Config, ask: impl AsyncFnOnce(People, Email) -> Result<T>) -> anyhow::Result<T> {
        let email =
            Email::try_from(self.email.clone()).map_err(|complaint| anyhow::anyhow!("The address {complaint}."))?;
        // Every TLS connection of the process uses this.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Runtime::new().context("No threads")?.block_on(async {
            let (db, embedded) = open_shared_database(config).await?;
            let told = ask(People::new(db.clone(), config.budgets.handler), email).await;
            db.close().await;
            if let Some(embedded) = embedded {
                stop_embedded(embedded).await;
            }
            match told {
                Ok(told) => Ok(told),
                // The chain tells more than its first link.
                Err(error) => Err(anyhow::Error::new(error)),
            }
        })
    }
}
