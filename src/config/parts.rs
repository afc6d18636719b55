//! The settings, part by part.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use reqwest::Url;
use tracing_subscriber::EnvFilter;

use super::{Budgets, Company, Config, Database, KnowledgeFolder, Log, LogFormat, Retention, Secret, reader::Reader};

/// No time at all would take what somebody is about to read; a century is a mistake.
const LIFETIMES_DAYS: (u64, u64) = (1, 36_500);

/// The site's libraries take a secret of any length; a list rotates.
pub(super) fn session_secrets<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Vec<Secret> {
    let mut secrets = reader.list("NEXTAUTH_SECRET").unwrap_or_default();
    secrets.extend(reader.list("AUTH_SECRET").unwrap_or_default());
    secrets.into_iter().map(Secret::new).collect()
}

pub(super) fn listen<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> SocketAddr {
    let host = match reader.text("HOST").as_deref() {
        None | Some("localhost") => IpAddr::V4(Ipv4Addr::LOCALHOST),
        Some(_) => {
            reader.parsed("HOST", "an IP address such as 127.0.0.1 or 0.0.0.0").unwrap_or(Ipv4Addr::LOCALHOST.into())
        }
    };
    let port = reader.number("PORT", 8_000, (0, 65_535));
    SocketAddr::new(host, u16::try_from(port).unwrap_or(8_000))
}

/// Its origin may call us with cookies, and any other kind of address has the origin `null`, which
/// anybody's sandboxed page has too.
pub(super) fn public_url<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Option<Url> {
    let text = reader.text("PUBLIC_URL")?;
    let url = Url::parse(text.trim()).ok().filter(|url| ["http", "https"].contains(&url.scheme()));
    if url.is_none() {
        reader.refuse("PUBLIC_URL must be an address such as https://api.example.com".into());
    }
    url
}

pub(super) fn company<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Company {
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

pub(super) fn knowledge<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> KnowledgeFolder {
    let named = reader.text("KNOWLEDGE_BASE_DIR");
    KnowledgeFolder { is_default: named.is_none(), path: named.unwrap_or_else(|| "knowledge-base".into()).into() }
}

pub(super) fn database<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Database {
    let data_dir = reader.text("DATA_DIR").unwrap_or_else(|| "data".into()).into();
    let bin_dir = reader.text("PG_BIN_DIR").map(PathBuf::from);
    let Some(url) = reader.secret("DATABASE_URL") else { return Database::Embedded { data_dir, bin_dir } };
    if !url.expose().starts_with("postgres://") && !url.expose().starts_with("postgresql://") {
        reader.refuse("DATABASE_URL must be an address such as postgresql://user:password@host/database".into());
    }
    Database::Remote(url)
}

pub(super) fn origins<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, config: &Config) -> Vec<String> {
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

pub(super) fn budgets<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Budgets {
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

pub(super) fn retention<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Retention {
    let mut days = |name, default| Duration::from_hours(24 * reader.number(name, default, LIFETIMES_DAYS));
    Retention {
        messages: days("RETENTION_DAYS_MESSAGES", 365),
        tickets: days("RETENTION_DAYS_TICKETS", 730),
        logs: days("RETENTION_DAYS_LOGS", 90),
    }
}

pub(super) fn log<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Log {
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
