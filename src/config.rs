//! The settings: read once, every wrong one named, and the rest of the program never asks the environment.

mod channels;
mod embedding;
mod limits;
mod model;
mod money;
mod parts;
mod proxies;
mod public;
mod reader;
mod secret;
mod team;
mod tokens;

use std::{
    collections::{BTreeSet, HashMap},
    net::SocketAddr,
    path::PathBuf,
    time::Duration,
};

use reqwest::Url;

use self::reader::Reader;
pub use self::{
    channels::{Email, Telegram, WhatsApp},
    embedding::Embedding,
    limits::Limits,
    model::Model,
    money::{Money, Price},
    proxies::Proxies,
    reader::Refused,
    secret::Secret,
    team::Operator,
    tokens::Tokens,
};

/// Everything a run needs to know about its surroundings.
#[derive(Debug)]
pub struct Config {
    /// `HOST` and `PORT`.
    pub listen: SocketAddr,
    /// Through whom strangers reach us.
    pub proxies: Proxies,
    /// What the site's own rewrite shows; any of them will do.
    pub proxy_secrets: Vec<Secret>,
    /// Where strangers reach us, when that is known.
    pub public_url: Option<Url>,
    /// Who the desk speaks for.
    pub company: Company,
    /// Where the markdown lies.
    pub knowledge: KnowledgeFolder,
    /// Whose PostgreSQL it is.
    pub database: Database,
    /// Alerts to the team, when both settings are there.
    pub telegram: Option<Telegram>,
    /// Mail to customers, when both settings are there.
    pub email: Option<Email>,
    /// The company's number, when all three settings are there.
    pub whatsapp: Option<WhatsApp>,
    /// The language model, when there is one to ask.
    pub model: Option<Model>,
    /// The model that tells what texts mean, when there is one.
    pub embedding: Option<Embedding>,
    /// What the models cost, and may.
    pub money: Money,
    /// What machines of the team show; none lets none in.
    pub internal_secrets: Vec<Secret>,
    /// The people of the team who may sign in.
    pub operators: Vec<Operator>,
    /// The secrets of the site's sessions; any of them opens one.
    pub session_secrets: Vec<Secret>,
    /// The signed tokens that count as a session beside them.
    pub tokens: Tokens,
    /// Whether an address in the body counts as a session: on a developer's own machine only.
    pub trusts_email: bool,
    /// Origins whose pages may call us.
    pub allowed_origins: Vec<String>,
    /// How much anybody may ask.
    pub limits: Limits,
    /// What anything may cost.
    pub budgets: Budgets,
    /// How long what is over is kept.
    pub retention: Retention,
    /// How the log looks and what stands in it.
    pub log: Log,
}

/// Who the desk speaks for.
#[derive(Clone, Debug)]
pub struct Company {
    pub name: String,
    pub support_email: String,
}

/// Where the markdown lies, and whether missing files may be written there.
#[derive(Clone, Debug)]
pub struct KnowledgeFolder {
    pub path: PathBuf,
    pub is_default: bool,
}

#[derive(Clone, Debug)]
pub enum Database {
    /// A server somebody else runs.
    Remote(Secret),
    /// The embedded default: a cluster of our own under this folder.
    Embedded { data_dir: PathBuf, bin_dir: Option<PathBuf> },
}

/// What anything may cost before it is cut.
#[derive(Clone, Debug)]
pub struct Budgets {
    pub header_read: Duration,
    pub body_bytes: usize,
    pub body: Duration,
    pub handler: Duration,
    pub drain: Duration,
    pub in_flight: usize,
    pub connections: usize,
    pub database_acquire: Duration,
    pub database_statement: Duration,
    pub database_lock: Duration,
    pub database_pool: u32,
    pub delivery: Duration,
    pub delivery_lease: Duration,
}

/// How long what is over is kept, by its kind.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    pub messages: Duration,
    pub tickets: Duration,
    /// Of deliveries that are done, and of the notes of erasures.
    pub logs: Duration,
}

#[derive(Clone, Debug)]
pub struct Log {
    pub format: LogFormat,
    pub filter: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Json,
    Pretty,
    /// Pretty on a terminal, else JSON.
    Auto,
}

impl Budgets {
    /// After this a turn is over, whatever came of it, and so is what it asked of the database last.
    pub fn longest_turn(&self) -> Duration {
        self.handler + self.database_statement
    }
}

impl Config {
    /// Reads the environment, over a `.env` file in the working folder where there is one.
    pub fn from_environment() -> Result<Self, Refused> {
        let file = env_file()?;
        Self::read(|name| process_variable(name).or_else(|| file.get(name).cloned()))
    }

    /// Reads settings through `lookup`.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, Refused> {
        let mut reader = Reader::new(lookup);
        let config = Self::assemble(&mut reader);
        let (_, problems) = reader.finish();
        if problems.is_empty() { Ok(config) } else { Err(Refused(problems)) }
    }

    /// Every name the program reads, for the test that compares them with `.env.example`.
    pub fn names() -> BTreeSet<&'static str> {
        let mut reader = Reader::new(|_: &str| None);
        Self::assemble(&mut reader);
        reader.finish().0
    }

    /// *Public* means reachable by strangers; everything else is development.
    pub fn is_public(&self) -> bool {
        public::is_public(self.listen, &self.proxies, self.public_url.as_ref())
    }

    /// Whether strangers reach us and nobody said through whom.
    pub fn has_unknown_proxy(&self) -> bool {
        self.is_public() && self.proxies == Proxies::None
    }

    /// Every model that may be asked, by its name.
    fn models(&self) -> Vec<&str> {
        let answers = self.model.as_ref().map(Model::names).unwrap_or_default();
        answers.into_iter().chain(self.embedding.as_ref().map(|embedding| embedding.name.as_str())).collect()
    }

    /// How many connections one place may hold.
    pub fn most_connections(&self) -> usize {
        if self.limits.is_on { self.limits.connections_per_address } else { self.budgets.connections }
    }

    fn assemble<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Self {
        let (listen, proxies, public_url) =
            (parts::listen(reader), proxies::proxies(reader), parts::public_url(reader));
        let is_public = public::is_public(listen, &proxies, public_url.as_ref());
        let mut config = Self {
            listen,
            proxies,
            proxy_secrets: reader.signing_secrets("PROXY_SECRET"),
            public_url,
            company: parts::company(reader),
            knowledge: parts::knowledge(reader),
            database: parts::database(reader),
            telegram: channels::telegram(reader),
            email: channels::email(reader),
            whatsapp: channels::whatsapp(reader),
            model: None,
            embedding: None,
            money: Money::default(),
            internal_secrets: reader.door_secrets("INTERNAL_API_SECRET"),
            operators: team::operators(reader),
            session_secrets: parts::session_secrets(reader),
            tokens: tokens::tokens(reader),
            trusts_email: reader.drops_guard("SUPPORT_TRUST_EMAIL", "development", "off", is_public),
            allowed_origins: Vec::new(),
            limits: limits::limits(reader, is_public),
            budgets: parts::budgets(reader),
            retention: parts::retention(reader),
            log: parts::log(reader),
        };
        (config.model, config.embedding) = model::models(reader, config.budgets.handler);
        config.money = money::money(reader, &config.models());
        config.allowed_origins = parts::origins(reader, &config);
        public::demand(reader, &config);
        config
    }
}

fn env_file() -> Result<HashMap<String, String>, Refused> {
    match dotenvy::from_path_iter(".env") {
        Ok(lines) => {
            lines.collect::<Result<_, _>>().map_err(|_| Refused(vec![".env has a line that is not NAME=value".into()]))
        }
        Err(error) if error.not_found() => Ok(HashMap::new()),
        Err(_) => Err(Refused(vec![".env is there but cannot be read".into()])),
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn process_variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn read(settings: &[(&str, &str)]) -> Result<Config, Refused> {
        Config::read(|name| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    pub(super) fn problems(settings: &[(&str, &str)]) -> Vec<String> {
        read(settings).map_or_else(|refused| refused.0, |_| Vec::new())
    }

    #[test]
    fn no_setting_at_all_is_a_good_start() {
        let config = read(&[]).unwrap();

        assert_eq!(config.listen.to_string(), "127.0.0.1:8000");
        assert!(!config.is_public());
        assert!(matches!(config.database, Database::Embedded { .. }));
    }

    #[test]
    fn every_wrong_setting_is_named_at_once() {
        let problems =
            problems(&[("PORT", "eighty"), ("DB_POOL", "0"), ("DATABASE_URL", "mysql://h"), ("LOG_FORMAT", "xml")]);

        assert_eq!(problems.len(), 4, "{problems:?}");
    }

    #[test]
    fn an_empty_or_short_internal_secret_refuses_the_start() {
        assert_eq!(problems(&[("INTERNAL_API_SECRET", "")]).len(), 1);
        assert_eq!(problems(&[("INTERNAL_API_SECRET", "short")]).len(), 1);
    }

    #[test]
    fn nothing_is_kept_for_no_time_or_for_ever() {
        assert_eq!(read(&[]).unwrap().retention.tickets, Duration::from_hours(730 * 24));
        for days in ["0", "-1", "1.5", "36501", "never"] {
            assert_eq!(problems(&[("RETENTION_DAYS_MESSAGES", days)]).len(), 1, "{days}");
        }
    }

    #[test]
    fn any_other_empty_value_counts_as_unset() {
        let config = read(&[("TELEGRAM_BOT_TOKEN", ""), ("DATABASE_URL", " "), ("PORT", "")]).unwrap();

        assert!(config.telegram.is_none());
    }

    #[test]
    fn no_secret_stands_in_the_debug_output() {
        let secret = "0123456789abcdef0123456789abcdef";
        let config = read(&[("INTERNAL_API_SECRET", secret), ("DATABASE_URL", "postgresql://u:hunter2@h/d")]).unwrap();

        let printed = format!("{config:?}");
        assert!(!printed.contains(secret) && !printed.contains("hunter2"));
    }

    #[test]
    fn a_delivery_never_outlasts_half_its_lease() {
        let config = read(&[("DELIVERY_LEASE_SECONDS", "4"), ("DELIVERY_SECONDS", "10")]).unwrap();

        assert_eq!(config.budgets.delivery, Duration::from_secs(2));
    }
}
