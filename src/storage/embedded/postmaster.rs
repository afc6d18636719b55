//! One life of the `PostgreSQL` server: launched, ready, and ended.

use super::child::Launcher;
use super::error::{cannot, last_lines};
use super::orphans::{self, Vacancy};
use super::{Durability, StartError};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Connections are closed and a last checkpoint written; what takes longer is cut short.
const FAST: Duration = Duration::from_secs(10);
/// `PostgreSQL` kills its own stragglers 5 s after it was told to quit.
const IMMEDIATE: Duration = Duration::from_secs(6);
const PAUSE: Duration = Duration::from_millis(5);
/// A log that has grown beyond this starts anew with the next server.
const LOG_LIMIT_BYTES: u64 = 4 * 1024 * 1024;

/// Written on the command line, these win over whatever the cluster's own files say.
const SETTINGS: [&str; 9] = [
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "logging_collector=off",
    "log_destination=stderr",
    // In a server's log, LOG ranks above ERROR: the story of the server, without the statements that
    // failed. Those come back to us as errors, and may quote what people wrote.
    "log_min_messages=log",
    "log_min_error_statement=panic",
    "log_checkpoints=off",
    // After a crash, one call per file system instead of one per file: reopening took 4 s, now 1 s.
    "recovery_init_sync_method=syncfs",
];
const NOT_DURABLE: [&str; 3] = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// What every life of the server has in common.
#[derive(Debug)]
pub(super) struct Cluster {
    pub root: PathBuf,
    pub data: PathBuf,
    pub program: PathBuf,
    pub socket_dir: PathBuf,
    pub launcher: Launcher,
    pub durability: Durability,
}

impl Cluster {
    pub fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    fn command(&self) -> Command {
        let mut command = self.launcher.command(&self.program, &self.data);
        command.arg("-D").arg(&self.data);
        let careless = NOT_DURABLE.iter().filter(|_| self.durability == Durability::None);
        for setting in SETTINGS.iter().chain(careless) {
            command.args(["-c", setting]);
        }
        command.arg("-c").arg(format!("unix_socket_directories={}", quoted(&self.socket_dir)));
        command
    }
}

/// The setting is a list; quoted, a comma in the path does not end an entry.
fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display().to_string().replace('"', "\"\""))
}

/// A postmaster that we started and have not yet seen end.
#[derive(Debug)]
pub(super) struct Postmaster {
    child: Child,
    data: PathBuf,
    log: PathBuf,
    /// Where in the log this life begins.
    born_at: u64,
}

impl Postmaster {
    /// Call this from a thread that lives as long as the server: the parent-death signal follows the
    /// thread that forked, not the process.
    pub fn launch(cluster: &Cluster) -> Result<Self, StartError> {
        let vacancy = orphans::clear(&cluster.root, &cluster.data)?;
        let log = cluster.log();
        let (file, born_at) = open_log(&log).map_err(cannot("open", &log))?;
        let child = spawn(cluster, vacancy, file).map_err(cannot("run", &cluster.program))?;
        Ok(Self { child, data: cluster.data.clone(), log, born_at })
    }

    /// The last line of `postmaster.pid` says so. A stale file may too, hence its first must be our child.
    pub fn is_ready(&self) -> bool {
        let text = fs::read_to_string(self.data.join("postmaster.pid")).unwrap_or_default();
        let pid = self.child.id().to_string();
        text.lines().next() == Some(&pid) && text.lines().last().map(str::trim) == Some("ready")
    }

    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Politely, then firmly, then by force; returns when it has ended.
    pub fn shut_down(&mut self) {
        let stages = [(Signal::SIGINT, FAST), (Signal::SIGQUIT, IMMEDIATE), (Signal::SIGKILL, IMMEDIATE)];
        for (signal, patience) in stages {
            if self.ends_after(signal, patience) {
                return;
            }
            tracing::warn!(%signal, "PostgreSQL does not end on this signal");
        }
    }

    fn ends_after(&mut self, signal: Signal, patience: Duration) -> bool {
        let asked = Instant::now();
        // Not reaped yet, so the number is still this process and no stranger's.
        if self.ended().is_none() {
            let _ = kill(Pid::from_raw(self.child.id().cast_signed()), signal);
        }
        while asked.elapsed() < patience {
            if self.ended().is_some() {
                return true;
            }
            sleep(PAUSE);
        }
        false
    }

    /// The end of what this life of the server wrote to its log.
    pub fn last_words(&self) -> String {
        let mut bytes = Vec::new();
        let read = File::open(&self.log).and_then(|mut log| {
            log.seek(SeekFrom::Start(self.born_at))?;
            log.take(LOG_LIMIT_BYTES).read_to_end(&mut bytes)
        });
        match read {
            Ok(_) => last_lines(&String::from_utf8_lossy(&bytes)),
            Err(error) => format!("(unreadable: {error})"),
        }
    }
}

fn spawn(cluster: &Cluster, vacancy: Vacancy, log: File) -> std::io::Result<Child> {
    let also = log.try_clone()?;
    cluster.command().stdin(vacancy.into_stdin()).stdout(also).stderr(log).spawn()
}

fn open_log(path: &Path) -> std::io::Result<(File, u64)> {
    let log = File::options().create(true).append(true).mode(0o600).open(path)?;
    if log.metadata()?.len() > LOG_LIMIT_BYTES {
        log.set_len(0)?;
    }
    let length = log.metadata()?.len();
    Ok((log, length))
}
