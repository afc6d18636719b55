//! What can go wrong, sorted by who can do something about it.

use std::time::Duration;

/// Every failure a floor below `http` reports. `http/problem.rs` alone turns it into a status.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller sent something readable that we cannot accept; `message` says what to change.
    #[error("{message}")]
    Invalid { field: &'static str, message: String },
    /// Bytes that are not what they claim to be.
    #[error("{0}")]
    Malformed(&'static str),
    /// Nobody we know is asking.
    #[error("authentication is required")]
    Unauthenticated,
    /// Somebody we know, by a way they may not use.
    #[error("{0}")]
    Forbidden(&'static str),
    /// Nothing by that name, or nothing this caller may see.
    #[error("{0} not found")]
    NotFound(&'static str),
    /// Fine as a request, but not in the state things are in now.
    #[error("{0}")]
    Conflict(String),
    /// Fine as a request, but one too many.
    #[error("too many requests")]
    TooMany { retry_after: Duration },
    /// A service we depend on failed or took too long.
    #[error("{service} is unavailable")]
    Upstream {
        service: &'static str,
        #[source]
        source: anyhow::Error,
    },
    /// Our own fault; the caller learns only that it happened.
    #[error("internal error")]
    Internal(#[from] anyhow::Error),
}

/// The result of everything below `http`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// SQLSTATE classes and codes that say "not now" rather than "never": connection lost, no room,
/// shutting down or starting up, and our own statement and lock limits.
const NOT_NOW: [&str; 6] = ["08", "53", "57P", "57014", "55P03", "40"];

impl From<sqlx::Error> for Error {
    fn from(source: sqlx::Error) -> Self {
        let not_now = match &source {
            sqlx::Error::Database(error) => {
                error.code().is_some_and(|code| NOT_NOW.iter().any(|prefix| code.starts_with(prefix)))
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => true,
            _ => false,
        };
        let source = anyhow::Error::new(source);
        if not_now { Self::Upstream { service: "database", source } } else { Self::Internal(source) }
    }
}
