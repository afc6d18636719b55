//! A run of the server: everything it needs is there before the port opens, and everything is
//! put away in order when it ends.

use std::{fmt, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use reqwest::Client;
use sqlx::PgPool;
use tokio::{
    net::{TcpListener, TcpSocket},
    sync::Notify,
    task,
    time::{Instant, timeout_at},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{info, warn};

use crate::{
    config::{Config, Database, Refused},
    http::{self, connections::Connections},
    integrations::{
        self,
        email::Email,
        openai::{Embedder, OpenAi},
        sessions::Provider,
        telegram::Telegram,
        whatsapp::WhatsApp,
    },
    services::{
        answer::Voice, embeddings::Indexer, faq_loader::KnowledgeBase, following::Following, handoff,
        notifications::Notifications,
    },
    state::{AppState, Models},
    storage::{
        self, Whose,
        embedded::{Embedded, Options, StartError},
    },
    worker::{Channels, Summary, Sweeper, Unanswered, Worker},
};

/// Connections that may wait to be accepted.
const BACKLOG: u32 = 1_024;

/// What the embedded database may take of the drain budget to stop.
const DATABASE_STOP: Duration = Duration::from_secs(10);

/// What closing the connections to it may take before that.
const POOL_CLOSE: Duration = Duration::from_millis(500);

/// Why a start cannot work: every reason, in plain words.
#[derive(Debug)]
pub struct StartRefused(Vec<String>);

impl fmt::Display for StartRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "levqor-support cannot start:")?;
        self.0.iter().try_for_each(|reason| write!(f, "\n  - {reason}"))
    }
}

impl std::error::Error for StartRefused {}

impl From<Refused> for StartRefused {
    fn from(settings: Refused) -> Self {
        Self(settings.0)
    }
}

/// A server that is ready to be run.
pub struct Server {
    config: Config,
    listener: TcpListener,
    router: Router,
    tasks: TaskTracker,
    worker: Worker,
    sweeper: Sweeper,
    summary: Summary,
    unanswered: Unanswered,
    following: Following,
    /// Who has the knowledge base learnt, when a model embeds.
    indexer: Option<Indexer>,
    /// Whose keys are kept fresh, when customers are signed in by somebody else.
    provider: Option<Provider>,
    db: PgPool,
    embedded: Option<Embedded>,
    stop: CancellationToken,
}

impl Server {
    /// Makes everything ready and opens the port last. Fails within seconds with every reason.
    pub async fn start(config: Config) -> Result<Self, StartRefused> {
        // Every TLS connection of the process uses this; a second start in one process finds it there.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let learning = task::spawn_blocking(handoff::prepare);
        let (socket, knowledge, database) =
            tokio::join!(async { bind(config.listen) }, open_knowledge(&config), open_database(&config));
        let mut reasons = Vec::new();
        let mut keep = |reason: anyhow::Error| reasons.push(format!("{reason:#}"));
        let socket = socket.map_err(&mut keep).ok();
        let knowledge = knowledge.map_err(&mut keep).ok();
        let database = database.map_err(&mut keep).ok();
        match (socket, knowledge, database) {
            (Some(socket), Some(knowledge), Some((db, embedded))) => {
                // Whoever asked sooner would wait for it, and a thread of the runtime with them.
                let _ = learning.await;
                Self::assemble(config, socket, knowledge, db, embedded)
                    .map_err(|error| StartRefused(vec![format!("{error:#}")]))
            }
            (_, _, database) => {
                if let Some((_, Some(embedded))) = database {
                    stop_embedded(embedded).await;
                }
                Err(StartRefused(reasons))
            }
        }
    }

    fn assemble(
        config: Config,
        socket: TcpSocket,
        knowledge: KnowledgeBase,
        db: PgPool,
        embedded: Option<Embedded>,
    ) -> anyhow::Result<Self> {
        let (bell, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let client = integrations::http_client(config.budgets.delivery, integrations::CONNECT)?;
        let channels = channels(&config, &client)?;
        let notifications = Notifications::new(&config, &channels.configured(), Arc::clone(&bell));
        let worker = Worker { db: db.clone(), channels, lease: config.budgets.delivery_lease, bell };
        let sweeper = Sweeper { db: db.clone(), retention: config.retention };
        let provider = Provider::configured(&config.tokens)?;
        let keys = provider.as_ref().map(Provider::keys);
        let models = Models { answers: model(&config)?, embedder: embedder(&config)? };
        let state = AppState::new(&config, db.clone(), knowledge.clone(), models, keys, notifications, stop.clone());
        let indexer = |embeddings| Indexer::new(embeddings, knowledge, db.clone(), state.budget.clone());
        let indexer = state.chat.embeddings.as_ref().map(indexer);
        let summary = Summary {
            db: db.clone(),
            limits: state.limits.clone(),
            notifications: state.tickets.notifications.clone(),
        };
        let unanswered = Unanswered { chat: state.chat.clone(), patience: config.budgets.longest_turn() };
        let router = http::router(&state, &config.allowed_origins);
        let listener = socket.listen(BACKLOG)?;
        Ok(Self {
            config,
            listener,
            router,
            tasks: state.lanes.chats.tasks.clone(),
            worker,
            sweeper,
            summary,
            unanswered,
            following: state.following.clone(),
            indexer,
            provider,
            db,
            embedded,
            stop,
        })
    }

    /// Where it listens; with port 0 in the settings, the port the system chose.
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap_or(self.config.listen)
    }

    /// Cancelling this begins the end of [`Server::run`].
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Serves until it is told to stop, and leaves nothing half done within the drain budget.
    pub async fn run(self) {
        let budgets = &self.config.budgets;
        let worker = tokio::spawn(self.worker.run(self.stop.clone()));
        // These end the moment they are told to: nothing of them needs to be finished.
        let summary = tokio::spawn(self.summary.run(self.stop.clone()));
        tokio::spawn(self.sweeper.run(self.stop.clone()));
        tokio::spawn(self.unanswered.run(self.stop.clone()));
        tokio::spawn(self.following.listen(self.stop.clone()));
        if let Some(indexer) = self.indexer {
            tokio::spawn(indexer.run(self.stop.clone()));
        }
        if let Some(provider) = self.provider {
            tokio::spawn(provider.run(self.stop.clone()));
        }
        let by_place = Connections::new(
            self.config.most_connections(),
            self.config.proxies.clone(),
            self.config.has_unknown_proxy(),
        );
        let connections = http::server::accept(self.listener, self.router, budgets, &by_place, &self.stop).await;
        let end = Instant::now() + budgets.drain;
        // Requests need the database, so it is left enough time to stop after them.
        let requests_end = end - DATABASE_STOP.min(budgets.drain / 2);
        http::server::drain(connections, self.tasks, requests_end).await;
        let _ = timeout_at(requests_end, summary).await;
        if timeout_at(requests_end, worker).await.is_err() {
            warn!("some deliveries did not finish in time; they are due again when their lease ends");
        }
        let _ = timeout_at(requests_end + POOL_CLOSE, self.db.close()).await;
        if let Some(embedded) = self.embedded
            && timeout_at(end, stop_embedded(embedded)).await.is_err()
        {
            warn!("the embedded database did not stop in time and ends with this process");
        }
        info!("stopped");
    }
}

/// The channels that the settings switch on: what is made here is on, for all who ask.
fn channels(config: &Config, client: &Client) -> anyhow::Result<Channels> {
    let telegram = config.telegram.as_ref().map(|settings| Telegram::new(settings, client.clone()));
    let reply_to = &config.company.support_email;
    let email = config.email.as_ref().map(|settings| Email::new(settings, reply_to, client.clone()));
    let whatsapp = config.whatsapp.as_ref().map(|settings| WhatsApp::new(settings, client.clone()));
    Ok(Channels { telegram: telegram.transpose()?, email: email.transpose()?, whatsapp: whatsapp.transpose()? })
}

/// The model that the settings switch on.
pub fn model(config: &Config) -> anyhow::Result<Option<OpenAi>> {
    let Some(settings) = &config.model else { return Ok(None) };
    let client = integrations::http_client(settings.timeout, settings.connect)?;
    OpenAi::new(settings, client).map(Some)
}

/// The model that embeds, where the settings switch one on.
pub fn embedder(config: &Config) -> anyhow::Result<Option<Embedder>> {
    let Some(settings) = &config.embedding else { return Ok(None) };
    let client = integrations::http_client(settings.timeout, settings.connect)?;
    Embedder::new(settings, client).map(Some)
}

/// Holds the port without opening it: who connects before everything is ready is refused, not
/// kept waiting.
fn bind(address: SocketAddr) -> anyhow::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!(
                "Port {} of {} is taken by another program: set PORT to a free one",
                address.port(),
                address.ip()
            )
        }
        _ => anyhow::anyhow!("The address {address} cannot be used (set HOST and PORT): {error}"),
    })?;
    Ok(socket)
}

async fn open_knowledge(config: &Config) -> anyhow::Result<KnowledgeBase> {
    let folder = config.knowledge.clone();
    let voice = Voice::from(&config.company);
    task::spawn_blocking(move || KnowledgeBase::open(&folder, voice)).await?
}

/// The database of a command, which may stand beside a service that runs it already.
pub async fn open_shared_database(config: &Config) -> anyhow::Result<(PgPool, Option<Embedded>)> {
    let refused = match open_database(config).await {
        Ok(opened) => return Ok(opened),
        Err(refused) => refused,
    };
    let running = match (&config.database, refused.downcast_ref::<StartError>()) {
        (Database::Embedded { data_dir, .. }, Some(StartError::Locked(_))) => Embedded::running(data_dir),
        _ => None,
    };
    let Some(url) = running else { return Err(refused) };
    Ok((storage::connect(&url, &config.budgets, Whose::Ours).await?, None))
}

pub async fn stop_embedded(embedded: Embedded) {
    let _ = task::spawn_blocking(move || embedded.stop()).await;
}

async fn open_database(config: &Config) -> anyhow::Result<(PgPool, Option<Embedded>)> {
    match &config.database {
        Database::Remote(url) => Ok((storage::connect(url.expose(), &config.budgets, Whose::Another).await?, None)),
        Database::Embedded { data_dir, bin_dir } => {
            let options = Options { bin_dir: bin_dir.clone(), ..Options::new(data_dir) };
            let embedded = task::spawn_blocking(move || Embedded::start(options)).await??;
            match storage::connect(embedded.url(), &config.budgets, Whose::Ours).await {
                Ok(db) => Ok((db, Some(embedded))),
                Err(error) => {
                    stop_embedded(embedded).await;
                    Err(error)
                }
            }
        }
    }
}
