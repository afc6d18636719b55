//! The settings: read once, every wrong one named, and the rest of the program never asks the environment.

mod channels;
mod reader;
mod secret;

use std::{
    collections::{BTreeSet, HashMap},
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use reqwest::Url;
use tracing_subscriber::EnvFilter;

use self::reader::Reader;
pub use self::{
    channels::{Email, Telegram, WhatsApp},
    reader::Refused,
    secret::Secret,
};

/// Everything a run needs to know about its surroundings.
#[derive(Debug)]
pub struct Config {
    /// `HOST` and `PORT`.
    pub listen: SocketAddr,
    /// Whether `TRUSTED_PROXIES` says that strangers reach us through somebody.
    pub is_behind_proxy: bool,
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
    /// What admins and machines show; none lets nobody in.
    pub internal_secrets: Vec<Secret>,
    /// The secrets of the site's sessions; any of them opens one.
    pub session_secrets: Vec<Secret>,
    /// Whether an address in the body counts as a session: on a developer's own machine only.
    pub trusts_email: bool,
    /// Origins whose pages may call us.
    pub allowed_origins: Vec<String>,
    /// What anything may cost.
    pub budgets: Budgets,
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
        !self.listen.ip().is_loopback()
            || self.is_behind_proxy
            || self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    fn assemble<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Self {
        let mut config = Self {
            listen: listen(reader),
            is_behind_proxy: reader.text("TRUSTED_PROXIES").is_some(),
            public_url: reader.parsed("PUBLIC_URL", "an address such as https://api.example.com"),
            company: company(reader),
            knowledge: knowledge(reader),
            database: database(reader),
            telegram: channels::telegram(reader),
            email: channels::email(reader),
            whatsapp: channels::whatsapp(reader),
            internal_secrets: reader.door_secrets("INTERNAL_API_SECRET"),
            session_secrets: session_secrets(reader),
            trusts_email: false,
            allowed_origins: Vec::new(),
            budgets: budgets(reader),
            log: log(reader),
        };
        config.allowed_origins = origins(reader, &config);
        config.trusts_email = trusts_email(reader, &config);
        if config.is_public() && config.internal_secrets.is_empty() {
            reader.refuse("INTERNAL_API_SECRET must be set when the service is public (openssl rand -hex 32)".into());
        }
        if config.is_public() && config.session_secrets.is_empty() {
            reader.refuse(
                "NEXTAUTH_SECRET or AUTH_SECRET must be set when the service is public, to know customers by".into(),
            );
        }
        config
    }
}

/// The site's libraries take a secret of any length; a list rotates.
fn session_secrets<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Vec<Secret> {
    let mut secrets = reader.list("NEXTAUTH_SECRET").unwrap_or_default();
    secrets.extend(reader.list("AUTH_SECRET").unwrap_or_default());
    secrets.into_iter().map(Secret::new).collect()
}

/// Believing an address that anybody may type is for a machine nobody else reaches; whatever
/// looks like a real deployment refuses the start.
fn trusts_email<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, config: &Config) -> bool {
    let real = ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "RESEND_API_KEY"];
    let set: Vec<&str> = real.into_iter().filter(|name| reader.text(name).is_some()).collect();
    match reader.text("SUPPORT_TRUST_EMAIL").as_deref() {
        None | Some("off") => false,
        Some("development") if !config.is_public() && set.is_empty() => true,
        Some("development") => {
            let why = if set.is_empty() { "the service is public" } else { "it looks like a real deployment" };
            reader.refuse(format!(
                "SUPPORT_TRUST_EMAIL=development is for a developer's own machine: {why} ({})",
                set.join(", ")
            ));
            false
        }
        Some(_) => {
            reader.refuse("SUPPORT_TRUST_EMAIL must be development, or not set".into());
            false
        }
    }
}

fn listen<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> SocketAddr {
    let host = match reader.text("HOST").as_deref() {
        None | Some("localhost") => IpAddr::V4(Ipv4Addr::LOCALHOST),
        Some(_) => {
            reader.parsed("HOST", "an IP address such as 127.0.0.1 or 0.0.0.0").unwrap_or(Ipv4Addr::LOCALHOST.into())
        }
    };
    let port = reader.number("PORT", 8_000, (0, 65_535));
    SocketAddr::new(host, u16::try_from(port).unwrap_or(8_000))
}

fn company<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Company {
    Company {
        name: reader.text("COMPANY_NAME").unwrap_or_else(|| "Levqor".into()),
        support_email: support_email(reader),
    }
}

fn support_email<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> String {
    let email = reader.text("SUPPORT_EMAIL").unwrap_or_else(|| "support@levqor.ai".into());
    if !email.contains('@') || email.contains(char::is_whitespace) {
        reader.refuse("SUPPORT_EMAIL must be an e-mail address such as support@example.com".into());
    }
    email
}

fn knowledge<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> KnowledgeFolder {
    let named = reader.text("KNOWLEDGE_BASE_DIR");
    KnowledgeFolder { is_default: named.is_none(), path: named.unwrap_or_else(|| "knowledge-base".into()).into() }
}

fn database<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Database {
    let data_dir = reader.text("DATA_DIR").unwrap_or_else(|| "data".into()).into();
    let bin_dir = reader.text("PG_BIN_DIR").map(PathBuf::from);
    let Some(url) = reader.secret("DATABASE_URL") else { return Database::Embedded { data_dir, bin_dir } };
    if !url.expose().starts_with("postgres://") && !url.expose().starts_with("postgresql://") {
        reader.refuse("DATABASE_URL must be an address such as postgresql://user:password@host/database".into());
    }
    Database::Remote(url)
}

fn origins<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, config: &Config) -> Vec<String> {
    let named = reader.list("CORS_ALLOWED_ORIGINS");
    let mut origins = named.unwrap_or_else(|| {
        let mut site = vec!["https://www.levqor.ai".to_owned(), "https://levqor.ai".to_owned()];
        if !config.is_public() {
            site.push("http://localhost:3000".to_owned());
        }
        site
    });
    for origin in &origins {
        if Url::parse(origin).map(|url| url.origin().ascii_serialization()) != Ok(origin.clone()) {
            reader.refuse(
                "CORS_ALLOWED_ORIGINS must be origins such as https://www.example.com, separated by commas".into(),
            );
        }
    }
    match &config.public_url {
        Some(url) => origins.push(url.origin().ascii_serialization()),
        None if !config.is_public() => origins.push(format!("http://{}", config.listen)),
        None => {}
    }
    origins
}

fn budgets<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Budgets {
    let delivery_lease = reader.seconds("DELIVERY_LEASE_SECONDS", 60);
    Budgets {
        header_read: reader.seconds("HEADER_READ_SECONDS", 10),
        body_bytes: reader.count("BODY_LIMIT_BYTES", 64 * 1024, (1_024, 16 * 1024 * 1024)),
        body: reader.seconds("BODY_SECONDS", 10),
        handler: reader.seconds("HANDLER_SECONDS", 30),
        drain: reader.seconds("DRAIN_SECONDS", 28),
        in_flight: reader.count("MAX_IN_FLIGHT", 512, (1, 100_000)),
        connections: reader.count("MAX_CONNECTIONS", 4_096, (1, 1_000_000)),
        database_acquire: reader.seconds("DB_ACQUIRE_SECONDS", 2),
        database_statement: reader.seconds("DB_STATEMENT_SECONDS", 5),
        database_lock: reader.seconds("DB_LOCK_SECONDS", 2),
        database_pool: u32::try_from(reader.number("DB_POOL", 10, (2, 90))).unwrap_or(10),
        // A late answer must not meet a second try, so a try may last less than half its lease.
        delivery: reader.seconds("DELIVERY_SECONDS", 10).min(delivery_lease / 2),
        delivery_lease,
    }
}

fn log<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Log {
    let format = match reader.text("LOG_FORMAT").as_deref() {
        None => LogFormat::Auto,
        Some("json") => LogFormat::Json,
        Some("pretty") => LogFormat::Pretty,
        Some(_) => {
            reader.refuse("LOG_FORMAT must be json or pretty".into());
            LogFormat::Auto
        }
    };
    let filter = reader.text("RUST_LOG").unwrap_or_else(|| "info".into());
    if EnvFilter::try_new(&filter).is_err() {
        reader.refuse("RUST_LOG must be a filter such as info or levqor_support=debug".into());
    }
    Log { format, filter }
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

    fn read(settings: &[(&str, &str)]) -> Result<Config, Refused> {
        Config::read(|name| settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    fn problems(settings: &[(&str, &str)]) -> Vec<String> {
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
    fn a_public_start_demands_the_internal_secret_and_a_way_to_know_customers() {
        assert_eq!(problems(&[("HOST", "0.0.0.0"), ("AUTH_SECRET", "site")]).len(), 1);
        assert_eq!(problems(&[("PUBLIC_URL", "https://api.example.com"), ("AUTH_SECRET", "site")]).len(), 1);
        let secret = "x".repeat(32);
        let public = [("HOST", "0.0.0.0"), ("INTERNAL_API_SECRET", secret.as_str())];
        assert_eq!(problems(&public).len(), 1);
        assert!(problems(&[public[0], public[1], ("AUTH_SECRET", "site")]).is_empty());
    }

    #[test]
    fn an_address_is_trusted_on_a_developers_machine_only() {
        let trust = ("SUPPORT_TRUST_EMAIL", "development");
        assert!(read(&[trust]).unwrap().trusts_email);
        assert!(!read(&[]).unwrap().trusts_email);
        for real in
            [("TRUSTED_PROXIES", "1"), ("RESEND_API_KEY", "re_1"), ("STRIPE_SECRET_KEY", "sk"), ("HOST", "0.0.0.0")]
        {
            assert!(!problems(&[trust, real]).is_empty(), "{real:?}");
        }
        assert_eq!(problems(&[("SUPPORT_TRUST_EMAIL", "yes")]).len(), 1);
    }

    #[test]
    fn any_other_empty_value_counts_as_unset() {
        let config = read(&[("TELEGRAM_BOT_TOKEN", ""), ("DATABASE_URL", " "), ("PORT", "")]).unwrap();

        assert!(config.telegram.is_none());
    }

    #[test]
    fn whatsapp_takes_all_three_settings_and_a_phone_in_any_usual_spelling() {
        let all = [
            ("WHATSAPP_API_URL", "https://graph.facebook.com/v17.0"),
            ("WHATSAPP_ACCESS_TOKEN", "EAAG"),
            ("WHATSAPP_SENDER_ID", "106540352242922"),
            ("WHATSAPP_ADMIN_PHONE", "+44 (7700) 900-123"),
        ];
        assert_eq!(read(&all).unwrap().whatsapp.unwrap().admin_phone.unwrap(), "+447700900123");
        for missing in 0..3 {
            let mut some = all.to_vec();
            some.remove(missing);
            assert!(read(&some).unwrap().whatsapp.is_none());
        }
        for wrong in [
            ("WHATSAPP_API_URL", "http://169.254.169.254"),
            ("WHATSAPP_ACCESS_TOKEN", "EA\nAG"),
            ("WHATSAPP_SENDER_ID", "1/../2"),
            ("WHATSAPP_ADMIN_PHONE", "me"),
            ("WHATSAPP_ADMIN_PHONE", "12345"),
        ] {
            assert_eq!(problems(&[wrong]).len(), 1, "{wrong:?}");
        }
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
