//! The command line: what the one binary can be asked to do.

mod ask;
mod audit;
mod database;
mod eval;
mod gaps;
mod learnt;
mod openapi;
mod people;
mod session;
mod throwaway;

use std::{
    io::{IsTerminal, Write, stderr, stdout},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{error, info};
use tracing_subscriber::EnvFilter;

use crate::{
    config::{Config, Database, Log, LogFormat, Proxies},
    run::{Server, StartRefused},
    storage::embedded,
};

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the support desk (the default).
    Serve,
    /// Answer a question from the knowledge base, without a database.
    Ask(ask::Ask),
    /// Tell how good the answers to a file of questions are.
    Eval(eval::Eval),
    /// Print what people ask and nobody could answer, as JSON.
    Gaps(gaps::Gaps),
    /// Prove the program end to end, and look at what is configured.
    Audit(audit::Audit),
    /// Make a customer's session of one hour, to try the private chat with.
    Session(session::Session),
    /// Print what the service answers, as OpenAPI 3.1.
    Openapi,
    /// Print everything held on a person, as JSON.
    Export(people::Person),
    /// Erase a person everywhere but in what the law keeps, and print what is gone, as JSON.
    Erase(people::Person),
    /// Run a command with `DATABASE_URL` naming an empty throw-away PostgreSQL, as the tests do.
    #[command(hide = true)]
    WithPostgres(throwaway::WithPostgres),
}

/// Does what the command line says.
pub fn main() -> ExitCode {
    // The child that becomes PostgreSQL must meet neither our settings nor our threads.
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == embedded::CHILD_COMMAND) {
        return embedded::run_child(arguments);
    }
    match Cli::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => with_config(serve),
        Command::Ask(ask) => with_config(|config| ask.run(&config)),
        Command::Eval(eval) => with_config(|config| eval.run(&config)),
        Command::Gaps(gaps) => with_config(|config| gaps.run(&config)),
        Command::Audit(audit) => with_config(|config| audit.run(&config)),
        Command::Session(session) => with_config(|config| session.run(&config)),
        Command::Openapi => openapi::run(),
        Command::Export(person) => with_config(|config| person.export(&config)),
        Command::Erase(person) => with_config(|config| person.erase(&config)),
        Command::WithPostgres(with_postgres) => with_postgres.run(),
    }
}

fn with_config(run: impl FnOnce(Config) -> ExitCode) -> ExitCode {
    match Config::from_environment() {
        Ok(config) => run(config),
        Err(refused) => {
            let _ = writeln!(stderr(), "{}", StartRefused::from(refused));
            ExitCode::FAILURE
        }
    }
}

fn serve(config: Config) -> ExitCode {
    let format = start_logging(&config.log);
    log_panics();
    raise_descriptor_limit();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("the system gives threads");
    let code = runtime.block_on(async {
        // Before anything else: whoever reads that we listen may already ask us to stop.
        let mut signals = Signals::new();
        let report = report(&config);
        let started = tokio::select! {
            started = Server::start(config) => started,
            () = signals.next() => std::process::exit(STOPPED_AT_ONCE),
        };
        match started {
            Ok(server) => {
                announce(format, &server, &report);
                tokio::spawn(signals.stop(server.stop()));
                server.run().await;
                ExitCode::SUCCESS
            }
            Err(refused) => {
                let _ = writeln!(stderr(), "{refused}");
                ExitCode::FAILURE
            }
        }
    });
    // What did not end in time ends with the process.
    runtime.shutdown_background();
    code
}

/// The exit code of a start, or of a drain, that was cut short by a signal.
const STOPPED_AT_ONCE: i32 = 130;

struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> Self {
        let listen = |kind| signal(kind).expect("the system takes signal handlers");
        Self { terminate: listen(SignalKind::terminate()), interrupt: listen(SignalKind::interrupt()) }
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// The first SIGTERM or Ctrl-C drains; the second ends at once.
    async fn stop(mut self, stop: CancellationToken) {
        self.next().await;
        stop.cancel();
        self.next().await;
        std::process::exit(STOPPED_AT_ONCE);
    }
}

/// What is on and what is off, and how to switch it on.
fn report(config: &Config) -> Vec<String> {
    let off = |part: &str, how: &str| format!("{part}: off ({how})");
    let database = match &config.database {
        Database::Remote(_) => "database: the one DATABASE_URL names".to_owned(),
        Database::Embedded { data_dir, .. } => {
            format!("database: embedded PostgreSQL in {} (set DATABASE_URL to use another)", data_dir.display())
        }
    };
    let telegram = match &config.telegram {
        Some(_) => "Telegram alerts: on".to_owned(),
        None => off("Telegram alerts", "set TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID, both of them"),
    };
    let email = match &config.email {
        Some(_) => "e-mail (the customer's confirmation): on, by Resend".to_owned(),
        None => off("e-mail (the customer's confirmation)", "set RESEND_API_KEY and AUTH_FROM_EMAIL, both of them"),
    };
    let whatsapp = match config.whatsapp.as_ref().map(|whatsapp| &whatsapp.admin_phone) {
        Some(Some(_)) => "WhatsApp alerts: on".to_owned(),
        Some(None) => "WhatsApp: on, but alerts nobody (set WHATSAPP_ADMIN_PHONE)".to_owned(),
        None => {
            let how = "set WHATSAPP_API_URL, WHATSAPP_ACCESS_TOKEN and WHATSAPP_SENDER_ID, and WHATSAPP_ADMIN_PHONE";
            off("WhatsApp alerts", how)
        }
    };
    let model = match &config.model {
        Some(model) => format!("model: on, {} at {}", model.name, model.base_url),
        None => off("model", "set OPENAI_API_KEY, or OPENAI_BASE_URL alone for a server of your own"),
    };
    let embeddings = match &config.embedding {
        Some(model) => format!("embeddings: on, {} at {}", model.name, model.base_url),
        None => off("embeddings", "set OPENAI_EMBEDDING_MODEL"),
    };
    let admin = match config.internal_secrets.as_slice() {
        [] => off(
            "ticket list and closing",
            "set INTERNAL_API_SECRET to 32 characters or more, such as `openssl rand -hex 32` gives",
        ),
        _ => "ticket list and closing: on, with the header X-Internal-Secret".to_owned(),
    };
    let customers = match (ways_to_sign_in(config), config.trusts_email) {
        (_, true) => {
            "signed-in customers: ANY address in the body is believed (SUPPORT_TRUST_EMAIL=development)".to_owned()
        }
        (None, false) => off(
            "signed-in customers",
            "set NEXTAUTH_SECRET or AUTH_SECRET to the site's, or JWT_SECRET or JWT_JWKS_URL",
        ),
        (Some(ways), false) => format!("signed-in customers: on, by {ways}"),
    };
    let limits = match (config.limits.is_on, &config.proxies) {
        (false, _) => "limits: OFF for requests straight from this machine (RATE_LIMITS=off)",
        (true, Proxies::None) if config.is_public() => {
            "limits: on, but strangers behind a proxy are not told apart (set TRUSTED_PROXIES, such as 1)"
        }
        (true, Proxies::None) => "limits: on, by the address that connects",
        (true, _) => "limits: on, by the address that TRUSTED_PROXIES name",
    };
    let mut report = vec![
        database,
        format!("knowledge base: {} (edits are live)", config.knowledge.path.display()),
        customers,
        telegram,
        email,
        whatsapp,
        admin,
        model,
        embeddings,
        limits.to_owned(),
    ];
    if config.whatsapp.is_none() {
        report.push("WhatsApp not configured; skipping send.".to_owned());
    }
    if config.email.is_none() {
        report.push("E-mail not configured; skipping send.".to_owned());
    }
    report
}

fn ways_to_sign_in(config: &Config) -> Option<String> {
    // Providers sign for many services with the same keys.
    let by_keys = match config.tokens.audiences.as_slice() {
        [] => "tokens under the keys of JWT_JWKS_URL, whomever they are for (set JWT_AUDIENCE)",
        _ => "tokens under the keys of JWT_JWKS_URL",
    };
    let ways = [
        (!config.session_secrets.is_empty(), "the site's sessions"),
        (!config.tokens.secrets.is_empty(), "tokens under JWT_SECRET"),
        (config.tokens.keys_url.is_some(), by_keys),
    ];
    let on: Vec<&str> = ways.into_iter().filter_map(|(is_on, way)| is_on.then_some(way)).collect();
    (!on.is_empty()).then(|| on.join(", "))
}

fn announce(format: LogFormat, server: &Server, report: &[String]) {
    let address = server.address();
    if format == LogFormat::Json {
        info!(%address, "listening");
        for line in report {
            info!("{line}");
        }
        return;
    }
    let mut out = stdout().lock();
    let _ = writeln!(out, "\nLevqor Support listens on http://{address}");
    for line in report {
        let _ = writeln!(out, "  {line}");
    }
    let _ = writeln!(out);
}

fn start_logging(log: &Log) -> LogFormat {
    let filter = EnvFilter::builder().parse(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let format = match log.format {
        LogFormat::Auto if stdout().is_terminal() => LogFormat::Pretty,
        LogFormat::Auto => LogFormat::Json,
        chosen => chosen,
    };
    let logging = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(stdout().is_terminal());
    match format {
        LogFormat::Json => logging.json().flatten_event(true).with_current_span(true).with_span_list(false).init(),
        _ => logging.with_target(false).compact().init(),
    }
    format
}

/// A panic's message may quote what somebody wrote, so only its place is told.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        error!(place, "a part of the program panicked");
    }));
}

/// A connection is a descriptor, and the usual soft limit is lower than the cap on connections.
fn raise_descriptor_limit() {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
    }
}
