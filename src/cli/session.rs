//! `session`: a session as the site would make it, to try the private chat with.

use std::{
    io::{Write, stderr, stdout},
    process::ExitCode,
};

use chrono::Utc;

use crate::{config::Config, domain::contact::Email, integrations::sessions};

#[derive(clap::Args)]
pub struct Session {
    /// Whose session it is.
    email: String,
}

impl Session {
    pub fn run(&self, config: &Config) -> ExitCode {
        match self.mint(config) {
            Ok(token) => {
                let _ = writeln!(stdout(), "{token}");
                ExitCode::SUCCESS
            }
            Err(complaint) => {
                let _ = writeln!(stderr(), "{complaint}");
                ExitCode::FAILURE
            }
        }
    }

    fn mint(&self, config: &Config) -> Result<String, String> {
        let secret = config.session_secrets.first().ok_or("Set NEXTAUTH_SECRET first: a session is made with it.")?;
        let email = Email::try_from(self.email.clone()).map_err(|complaint| format!("The address {complaint}."))?;
        sessions::mint(secret, &email, Utc::now()).ok_or_else(|| "No session could be made.".into())
    }
}
