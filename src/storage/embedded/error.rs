//! Why the embedded database did not open, in words that say what to do.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why the embedded database did not open; each message says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// `PostgreSQL` is not installed where we look.
    #[error(
        "PostgreSQL is not installed. One line installs it: `apt-get install postgresql` (Debian, Ubuntu), \
         `dnf install postgresql-server` (Fedora), `apk add postgresql` (Alpine) or `pacman -S postgresql` (Arch). \
         Or set DATABASE_URL to a server you have, or PG_BIN_DIR to the folder of its `postgres` and `initdb`"
    )]
    NoBinaries,
    /// `PG_BIN_DIR` names a folder without them; we look nowhere else then.
    #[error(
        "PG_BIN_DIR is {0}, which holds no runnable `postgres` and `initdb`. \
         Correct it, or remove the setting to use the PostgreSQL that is installed"
    )]
    NotInBinDir(PathBuf),
    /// Only versions below the floor were found.
    #[error(
        "PostgreSQL {found} is installed ({dir}), but version {floor} or later is needed. \
         Install a newer one, or set DATABASE_URL or PG_BIN_DIR"
    )]
    TooOld {
        /// The newest we found.
        found: u32,
        /// Where it lies.
        dir: PathBuf,
        /// The oldest that will do.
        floor: u32,
    },
    /// The data was written by a major version that is not here.
    #[error(
        "the database in {data} was made by PostgreSQL {cluster}, but only version {found} was found, and one major \
         version cannot open the files of another. Install PostgreSQL {cluster} beside it (PG_BIN_DIR names its \
         folder), or move the data over with pg_upgrade"
    )]
    WrongMajor {
        /// The cluster's folder.
        data: PathBuf,
        /// The version that made it.
        cluster: u32,
        /// The versions that are here.
        found: String,
    },
    /// Another copy of this service has the folder open.
    #[error(
        "another running copy of Levqor Support uses {0}. \
         Stop that one, or give this one a DATA_DIR of its own"
    )]
    Locked(PathBuf),
    /// As root we drop to a user who cannot reach the folder.
    #[error(
        "PostgreSQL refuses to run as root, so it runs as the user {user} here, who may not pass through {folder}. \
         Choose a {setting} elsewhere (such as below /var/lib or /opt), or open the folder with `chmod o+x {folder}`"
    )]
    Impassable {
        /// Whom `PostgreSQL` would run as.
        user: String,
        /// The first folder on the way that stops them.
        folder: PathBuf,
        /// The setting that leads there.
        setting: &'static str,
    },
    /// The cluster's owner is not somebody we can run `PostgreSQL` as.
    #[error(
        "the database in {data} belongs to the user {owner}, but PostgreSQL would run as {user}. \
         Give it to them (as root: `chown -R {user} {data}`), or choose another DATA_DIR"
    )]
    WrongOwner {
        /// The cluster's folder.
        data: PathBuf,
        /// Whose it is.
        owner: String,
        /// Whom `PostgreSQL` would run as.
        user: String,
    },
    /// As root, and nobody to drop to.
    #[error(
        "PostgreSQL refuses to run as root, and this system has neither a user `postgres` nor `nobody` to run it as. \
         Make one (`useradd --system postgres`), or start as an ordinary user"
    )]
    NoUser,
    /// Something else lies where the cluster goes.
    #[error(
        "{0} holds files, but no PostgreSQL database. \
         Move them away, or choose another DATA_DIR"
    )]
    NotACluster(PathBuf),
    /// `initdb` did not make a cluster.
    #[error("PostgreSQL could not make its database folder {data} (initdb, {status}):\n{said}")]
    Initdb {
        /// The cluster's folder.
        data: PathBuf,
        /// How it ended.
        status: std::process::ExitStatus,
        /// The last lines it wrote.
        said: String,
    },
    /// Processes of an earlier run would not end.
    #[error(
        "processes of an earlier PostgreSQL still use {data} and do not end{}. \
         Stop them by hand, or restart the machine", numbered(.pids)
    )]
    StillInUse {
        /// The cluster's folder.
        data: PathBuf,
        /// Those we could see.
        pids: Vec<i32>,
    },
    /// The server ended before it was ready.
    #[error("PostgreSQL did not start ({status}). The end of {log}:\n{said}")]
    Ended {
        /// How it ended.
        status: std::process::ExitStatus,
        /// Its log.
        log: PathBuf,
        /// The last lines of it.
        said: String,
    },
    /// The server lives but accepts nobody.
    #[error("PostgreSQL was not ready after {seconds} seconds. The end of {log}:\n{said}")]
    NotReady {
        /// How long we waited.
        seconds: u64,
        /// Its log.
        log: PathBuf,
        /// The last lines of it.
        said: String,
    },
    /// The system refused something we need.
    #[error("could not {what} {path}: {source}{}", advice(.source))]
    Io {
        /// What we tried.
        what: &'static str,
        /// With what.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The supervising thread could not live; its own message is in the log.
    #[error("the thread that supervises PostgreSQL ended unexpectedly")]
    ThreadEnded,
}

/// For `map_err`: names what was tried and with which file.
pub(super) fn cannot(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StartError {
    move |source| StartError::Io { what, path: path.to_owned(), source }
}

/// The last lines of what a program wrote, for a message.
pub(super) fn last_lines(text: &str) -> String {
    /// Enough for `PostgreSQL`'s FATAL with the story that led to it.
    const LINES: usize = 8;
    let lines: Vec<_> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    match lines.len().checked_sub(LINES) {
        _ if lines.is_empty() => "(it wrote nothing)".into(),
        Some(from) => lines[from..].join("\n"),
        None => lines.join("\n"),
    }
}

fn advice(source: &io::Error) -> &'static str {
    match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            ". DATA_DIR must be a folder that the user who starts the service may write to"
        }
        ErrorKind::DirectoryNotEmpty | ErrorKind::NotADirectory => ". It is not ours: choose another DATA_DIR",
        ErrorKind::StorageFull => ". Free some space, or choose a DATA_DIR on another disk",
        _ => "",
    }
}

fn numbered(pids: &[i32]) -> String {
    if pids.is_empty() {
        return String::new();
    }
    let pids: Vec<_> = pids.iter().map(ToString::to_string).collect();
    format!(" (process {})", pids.join(", "))
}
