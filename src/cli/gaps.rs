//! `gaps`: what people ask and nobody could answer.

use std::process::ExitCode;

use super::database;
use crate::{
    config::Config,
    services::{answer::Voice, faq_loader::KnowledgeBase, gaps},
};

#[derive(clap::Args)]
pub struct Gaps {
    /// How many days to look back.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(i64).range(1..=365))]
    days: i64,
    /// How many gaps to print, those that most people met first.
    #[arg(long, default_value_t = 50)]
    limit: u16,
}

impl Gaps {
    pub fn run(&self, config: &Config) -> ExitCode {
        let voice = Voice::from(&config.company);
        match KnowledgeBase::look(&config.knowledge, voice) {
            Ok(knowledge) => {
                database::tell(config, async |db| gaps::Gaps { db, knowledge }.list(self.days, self.limit.into()).await)
            }
            Err(error) => database::refuse(&error),
        }
    }
}
