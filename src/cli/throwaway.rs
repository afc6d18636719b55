//! `with-postgres`: a command with a database that nobody will miss.

use std::{
    fs,
    io::{Write, stderr},
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
    process::{self, ExitCode},
};

use uuid::Uuid;

use crate::storage::embedded::{Durability, Embedded, Options};

#[derive(clap::Args)]
pub struct WithPostgres {
    /// Where PostgreSQL's programs lie, when they are not found by themselves.
    #[arg(long)]
    bin_dir: Option<PathBuf>,
    /// The command and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<String>,
}

impl WithPostgres {
    pub fn run(&self) -> ExitCode {
        let folder = std::env::temp_dir().join(format!("levqor-{}", Uuid::new_v4().simple()));
        let code = self.run_in(&folder).unwrap_or_else(|error| {
            let _ = writeln!(stderr(), "{error:#}");
            ExitCode::FAILURE
        });
        let _ = fs::remove_dir_all(&folder);
        code
    }

    fn run_in(&self, folder: &Path) -> anyhow::Result<ExitCode> {
        fs::DirBuilder::new().mode(0o711).create(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o711))?;
        let options = Options {
            bin_dir: self.bin_dir.clone(),
            // Nothing here outlives the command, so nothing needs to reach the disk.
            durability: Durability::None,
            ..Options::new(folder)
        };
        let embedded = Embedded::start(options)?;
        let status = process::Command::new(&self.command[0])
            .args(&self.command[1..])
            .env("DATABASE_URL", embedded.url())
            .status();
        embedded.stop();
        let code = status?.code().unwrap_or(1);
        Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)))
    }
}
