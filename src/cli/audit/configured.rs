//! What the settings name: is it there, and does it answer?

use anyhow::{Context, ensure};

use super::Check;
use crate::{
    config::{Config, Database},
    integrations::{self, Failure, telegram::Telegram},
    services::{answer::Voice, faq_loader::KnowledgeBase},
    storage,
};

/// What a test message says; only `--send-test` sends it.
const TEST: &str = "This is a test of the support desk's alerts. Nothing needs to be done.";

pub async fn checks(config: &Config, send_test: bool) -> Vec<Check> {
    let mut checks = vec![Check::new("knowledge base", knowledge(config))];
    if let Database::Remote(url) = &config.database {
        checks.push(Check::new("configured database", storage::look(url.expose(), &config.budgets).await));
    }
    if config.telegram.is_some() {
        checks.push(Check::new("Telegram", telegram(config, send_test).await));
    }
    checks
}

fn knowledge(config: &Config) -> anyhow::Result<String> {
    let voice = Voice { company: config.company.name.clone(), support_email: config.company.support_email.clone() };
    let sections = KnowledgeBase::open(&config.knowledge, voice)?.current().knowledge.section_count();
    ensure!(sections > 0, "{} holds no section", config.knowledge.path.display());
    Ok(format!("{sections} sections in {}", config.knowledge.path.display()))
}

async fn telegram(config: &Config, send_test: bool) -> anyhow::Result<String> {
    let settings = config.telegram.as_ref().context("not configured")?;
    let telegram = Telegram::new(settings, integrations::http_client(config.budgets.delivery, integrations::CONNECT)?)?;
    let told = |failure| match failure {
        Failure::Later { error, .. } | Failure::Recipient(error) | Failure::Channel(error) => anyhow::anyhow!(error),
    };
    let bot = telegram.who_am_i().await.map_err(told)?;
    if !send_test {
        return Ok(format!("the bot is @{bot}; nothing was sent"));
    }
    telegram.send(TEST).await.map_err(told)?;
    Ok(format!("the bot is @{bot}; a test message was sent"))
}
