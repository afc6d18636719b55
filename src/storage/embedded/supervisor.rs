//! The thread that starts `PostgreSQL`, starts it again when it dies, and ends it with us.

use super::StartError;
use super::error::cannot;
use super::postmaster::{Cluster, Postmaster};
use std::convert::Infallible;
use std::process::ExitStatus;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Recovery after a crash reads at most about a gigabyte of log; a slow disk gets time for that.
const FIRST_START: Duration = Duration::from_mins(2);
/// How soon we notice a dead server: nobody needs it sooner, and it costs nothing to look.
const LOOK: Duration = Duration::from_millis(50);
const LOOK_WHILE_OPENING: Duration = Duration::from_millis(5);
const SHORTEST_DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(5);
/// A server that lived this long had no trouble starting; the next delay is short again.
const HEALTHY: Duration = Duration::from_secs(10);

/// Keeps a server running until dropped, which ends it and waits.
#[derive(Debug)]
pub(super) struct Supervisor {
    thread: Option<JoinHandle<()>>,
    life_line: Option<Sender<Infallible>>,
}

impl Supervisor {
    /// Returns when the server accepts connections, or why it never will.
    pub fn start(cluster: Cluster) -> Result<Self, StartError> {
        let (life_line, asked) = mpsc::channel();
        let (opened, news) = mpsc::channel();
        let log = cluster.log();
        let thread = thread::Builder::new().name("postgres".into());
        let thread = thread.spawn(move || supervise(&cluster, &Asked(asked), &opened));
        let thread = thread.map_err(cannot("start a thread beside", &log))?;
        let supervisor = Self { thread: Some(thread), life_line: Some(life_line) };
        news.recv().unwrap_or(Err(StartError::ThreadEnded))?;
        Ok(supervisor)
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.life_line.take();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Hears when the [`Supervisor`] lets go of its end, which is the wish to stop.
struct Asked(Receiver<Infallible>);

impl Asked {
    fn within(&self, time: Duration) -> bool {
        self.0.recv_timeout(time) == Err(RecvTimeoutError::Disconnected)
    }
}

/// This thread forks every server and outlives it, because the parent-death signal follows the thread.
fn supervise(cluster: &Cluster, asked: &Asked, opened: &Sender<Result<(), StartError>>) {
    let first = open(cluster, asked, Some(FIRST_START));
    let (mut server, news) = match first {
        Ok(server) => (Some(server), Ok(())),
        Err(error) => (None, Err(error)),
    };
    let _ = opened.send(news);
    let mut delay = SHORTEST_DELAY;
    while let Some(mut life) = server {
        let born = Instant::now();
        let Some(status) = died(&mut life, asked) else {
            return life.shut_down();
        };
        if born.elapsed() > HEALTHY {
            delay = SHORTEST_DELAY;
        }
        tracing::warn!(%status, "PostgreSQL ended by itself ({status}); it is started again");
        server = reopen(cluster, asked, &mut delay);
    }
}

/// How the server ended by itself; `None` when we were asked to end it.
fn died(server: &mut Postmaster, asked: &Asked) -> Option<ExitStatus> {
    while !asked.within(LOOK) {
        if let Some(status) = server.ended() {
            return Some(status);
        }
    }
    None
}

/// Tries for ever; `None` when asked to stop.
fn reopen(cluster: &Cluster, asked: &Asked, delay: &mut Duration) -> Option<Postmaster> {
    let began = Instant::now();
    while !asked.within(*delay) {
        *delay = (*delay * 2).min(LONGEST_DELAY);
        match open(cluster, asked, None) {
            Ok(server) => {
                tracing::info!(took_ms = began.elapsed().as_millis(), "PostgreSQL is back");
                return Some(server);
            }
            Err(error) => tracing::error!(retry_in_ms = delay.as_millis(), "{error}"),
        }
    }
    None
}

/// Launches a server and waits until it is ready, or until we are asked to stop: whoever watches it
/// next hears that too and ends it.
fn open(cluster: &Cluster, asked: &Asked, patience: Option<Duration>) -> Result<Postmaster, StartError> {
    let mut server = Postmaster::launch(cluster)?;
    let born = Instant::now();
    while !server.is_ready() && !asked.within(LOOK_WHILE_OPENING) {
        if let Some(status) = server.ended() {
            return Err(StartError::Ended { status, log: cluster.log(), said: server.last_words() });
        }
        if let Some(patience) = patience.filter(|&patience| born.elapsed() > patience) {
            server.shut_down();
            return Err(StartError::NotReady {
                seconds: patience.as_secs(),
                log: cluster.log(),
                said: server.last_words(),
            });
        }
    }
    Ok(server)
}
