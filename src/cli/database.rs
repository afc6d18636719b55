//! A command's work on the configured database, also beside a running service, told as JSON.

use std::{
    io::{Write, stderr, stdout},
    process::ExitCode,
};

use anyhow::Context;
use serde::Serialize;
use sqlx::PgPool;
use tokio::runtime::Runtime;

use crate::{
    config::Config,
    error::Result,
    run::{open_shared_database, stop_embedded},
};

/// Does the work and prints what comes of it.
pub fn tell<T: Serialize>(config: &Config, work: impl AsyncFnOnce(PgPool) -> Result<T>) -> ExitCode {
    match ask(config, work).and_then(|told| Ok(serde_json::to_string_pretty(&told)?)) {
        Ok(told) => {
            let _ = writeln!(stdout(), "{told}");
            ExitCode::SUCCESS
        }
        Err(error) => refuse(&error),
    }
}

/// Says why a command cannot be done.
pub fn refuse(why: &anyhow::Error) -> ExitCode {
    let _ = writeln!(stderr(), "{why:#}");
    ExitCode::FAILURE
}

fn ask<T>(config: &Config, work: impl AsyncFnOnce(PgPool) -> Result<T>) -> anyhow::Result<T> {
    // Every TLS connection of the process uses this.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Runtime::new().context("No threads")?.block_on(async {
        let (db, embedded) = open_shared_database(config).await?;
        let told = work(db.clone()).await;
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
