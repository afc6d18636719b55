//! `audit`: proves the program end to end on a throw-away database, and looks at what is configured
//! without messaging anybody.

mod configured;
mod rehearsal;
mod report;

use std::{
    io::{Write, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use tokio::time::{Instant, timeout};

use crate::config::Config;

/// A proof that takes longer is none.
const LIMIT: Duration = Duration::from_mins(2);

#[derive(clap::Args)]
pub struct Audit {
    /// A markdown file whose part between `<!-- audit -->` and `<!-- /audit -->` is written anew.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Send one test message by every configured channel.
    #[arg(long)]
    send_test: bool,
}

/// One thing that was tried, and what came of it.
#[derive(Clone)]
pub struct Check {
    pub name: String,
    pub result: Result<String, String>,
}

impl Check {
    fn new(name: &str, result: anyhow::Result<String>) -> Self {
        Self { name: name.to_owned(), result: result.map_err(|error| format!("{error:#}")) }
    }
}

impl Audit {
    pub fn run(&self, config: &Config) -> ExitCode {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Runtime::new().expect("the system gives threads");
        let started = Instant::now();
        let checks = runtime.block_on(async {
            let all =
                async { [configured::checks(config, self.send_test).await, rehearsal::checks(config).await].concat() };
            let late = |_| vec![Check { name: "the audit itself".into(), result: Err("took over two minutes".into()) }];
            timeout(LIMIT, all).await.unwrap_or_else(late)
        });
        let summary = report::summary(&checks, &super::report(config), started.elapsed());
        let _ = writeln!(stdout(), "{summary}");
        if let Some(path) = &self.report
            && let Err(error) = report::write(path, &summary)
        {
            let _ = writeln!(stderr(), "The report could not be written: {error:#}");
            return ExitCode::FAILURE;
        }
        if checks.iter().all(|check| check.result.is_ok()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
