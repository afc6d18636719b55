//! What the settings name: is it there, and does it answer?

use anyhow::ensure;
use tokio::time::Instant;
use uuid::Uuid;

use super::Check;
use crate::{
    config::{self, Config, Database},
    domain::vector::Vector,
    integrations::{
        self, Failure,
        email::{Email, Mail},
        openai::{Embedder, OpenAi},
        sessions::Provider,
        telegram::Telegram,
        whatsapp::WhatsApp,
    },
    services::{answer::Voice, faq_loader::KnowledgeBase},
    storage,
};

/// What a test message says; only `--send-test` sends it.
const TEST: &str = "This is a test of the support desk. Nothing needs to be done.";

pub async fn checks(config: &Config, send_test: bool) -> Vec<Check> {
    let look = Look { config, send_test };
    let mut checks = vec![Check::new("knowledge base", knowledge(config))];
    if let Database::Remote(url) = &config.database {
        checks.push(Check::new("configured database", storage::look(url.expose(), &config.budgets).await));
    }
    let telegram = async { Some(Check::new("Telegram", look.telegram(config.telegram.as_ref()?).await)) };
    let email = async { Some(Check::new("e-mail", look.email(config.email.as_ref()?).await)) };
    let whatsapp = async { Some(Check::new("WhatsApp", look.whatsapp(config.whatsapp.as_ref()?).await)) };
    let model = async { Some(Check::new("model", look.model(config.model.as_ref()?).await)) };
    let embeddings = async { Some(Check::new("embeddings", look.embeddings(config.embedding.as_ref()?).await)) };
    let keys =
        async { Some(Check::new("sign-in keys", keys(Provider::configured(&config.tokens).transpose()?).await)) };
    let (telegram, email, whatsapp, model, embeddings, keys) =
        tokio::join!(telegram, email, whatsapp, model, embeddings, keys);
    checks.extend([telegram, email, whatsapp, model, embeddings, keys].into_iter().flatten());
    checks
}

fn knowledge(config: &Config) -> anyhow::Result<String> {
    let voice = Voice::from(&config.company);
    let sections = KnowledgeBase::look(&config.knowledge, voice)?.current().knowledge.section_count();
    ensure!(sections > 0, "{} holds no section", config.knowledge.path.display());
    Ok(format!("{sections} sections in {}", config.knowledge.path.display()))
}

async fn keys(provider: reqwest::Result<Provider>) -> anyhow::Result<String> {
    provider?.look().await.map_err(anyhow::Error::msg)
}

/// Looks at what is configured; messages go out only when they were asked for.
struct Look<'a> {
    config: &'a Config,
    send_test: bool,
}

impl Look<'_> {
    async fn telegram(&self, settings: &config::Telegram) -> anyhow::Result<String> {
        let telegram = Telegram::new(settings, self.client()?)?;
        let bot = telegram.who_am_i().await.map_err(told)?;
        if self.send_test {
            telegram.send(TEST).await.map_err(told)?;
        }
        Ok(format!("the bot is @{bot}; {}", self.sent(true)))
    }

    async fn email(&self, settings: &config::Email) -> anyhow::Result<String> {
        let support_email = &self.config.company.support_email;
        let email = Email::new(settings, support_email, self.client()?)?;
        let seen = email.look().await.map_err(told)?;
        if self.send_test {
            let mail = Mail { to: support_email.clone(), subject: "A test".into(), text: TEST.into() };
            email.send(Uuid::new_v4(), &mail).await.map_err(told)?;
        }
        Ok(format!("{seen}; {}", self.sent(true)))
    }

    async fn whatsapp(&self, settings: &config::WhatsApp) -> anyhow::Result<String> {
        let whatsapp = WhatsApp::new(settings, self.client()?)?;
        let number = whatsapp.look().await.map_err(told)?;
        if let Some(phone) = settings.admin_phone.as_ref().filter(|_| self.send_test) {
            whatsapp.send(phone, TEST).await.map_err(told)?;
        }
        Ok(format!("the number is {number}; {}", self.sent(settings.admin_phone.is_some())))
    }

    async fn model(&self, settings: &config::Model) -> anyhow::Result<String> {
        let model = OpenAi::new(settings, integrations::http_client(settings.timeout, settings.connect)?)?;
        model.look().await.map_err(told)
    }

    async fn embeddings(&self, settings: &config::Embedding) -> anyhow::Result<String> {
        let embedder = Embedder::new(settings, integrations::http_client(settings.timeout, settings.connect)?)?;
        let asked = embedder.embed(&["test".into()], Instant::now() + settings.timeout).await;
        let vectors = asked.map_err(|reason| anyhow::anyhow!("{reason}"))?.vectors;
        let numbers = vectors.first().map_or(0, Vector::numbers);
        Ok(format!("{} was asked for one word, a vector of {numbers} numbers", settings.name))
    }

    fn sent(&self, has_recipient: bool) -> &'static str {
        if self.send_test && has_recipient { "a test message was sent" } else { "nothing was sent" }
    }

    fn client(&self) -> reqwest::Result<reqwest::Client> {
        integrations::http_client(self.config.budgets.delivery, integrations::CONNECT)
    }
}

fn told(failure: Failure) -> anyhow::Error {
    match failure {
        Failure::Later { error, .. } | Failure::Recipient(error) | Failure::Channel(error) => anyhow::anyhow!(error),
    }
}
