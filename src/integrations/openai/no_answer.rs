//! Why a model said nothing we can use, and what follows from it.

use std::{fmt, time::Duration};

use super::dialect::Word;

/// A server that asks for more time than this gets it: the knowledge base answers.
const SHORT_WAIT: Duration = Duration::from_secs(2);

#[derive(Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// It failed too often lately, so it was not asked.
    Resting,
    /// Too many others are asking, so it was not asked.
    Busy,
    Late,
    Unreachable,
    /// The answer broke off, or was longer than any use of it.
    Broken,
    /// The token limit came before the first word, as when a model thinks for long.
    CutShort,
    /// Not the JSON of a chat completion.
    Unreadable,
    TooMany {
        retry_after: Option<Duration>,
    },
    /// The server's own fault.
    Failed(u16),
    /// Our fault: a wrong key, model name or request.
    Refused {
        status: u16,
        /// The part of the request it would not take, where it names one.
        dislikes: Option<Word>,
    },
}

impl NoAnswer {
    /// Whether it says that the server is unwell. Our own mistakes don't, and neither does not asking.
    pub fn is_fault_of_server(&self) -> bool {
        !matches!(self, Self::Resting | Self::Busy | Self::CutShort | Self::Refused { .. })
    }

    /// Whether somebody should look at it. What one message causes (too long, against a rule of the
    /// server's) is nobody's fault, or a visitor could make the desk look ill.
    pub fn is_fault(&self) -> bool {
        match self {
            Self::Resting | Self::Busy => false,
            Self::Refused { status, .. } => matches!(status, 401 | 403 | 404),
            _ => true,
        }
    }

    /// Whether the server was at work on it, which it may charge for. Answers are charged, and who says that it
    /// failed, is too busy or refuses gave none; of one who stopped talking nobody knows.
    pub fn may_be_charged(&self) -> bool {
        matches!(self, Self::Late | Self::Broken | Self::CutShort | Self::Unreadable)
    }

    /// How long to leave the server alone before a second try; nothing where none can help.
    pub fn pause(&self) -> Option<Duration> {
        match self {
            Self::Failed(_) | Self::Unreachable | Self::Broken => Some(Duration::ZERO),
            Self::TooMany { retry_after } => retry_after.filter(|wait| *wait <= SHORT_WAIT),
            _ => None,
        }
    }
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resting => f.write_str("it rests after too many failures"),
            Self::Busy => f.write_str("too many calls are under way"),
            Self::Late => f.write_str("no answer in time"),
            Self::Unreachable => f.write_str("no connection"),
            Self::Broken => f.write_str("the answer broke off or was too long"),
            Self::CutShort => f.write_str("the token limit came before its first word (raise MODEL_MAX_TOKENS)"),
            Self::Unreadable => f.write_str("an unreadable answer"),
            Self::TooMany { .. } => f.write_str("status 429"),
            Self::Failed(status) | Self::Refused { status, .. } => write!(f, "status {status}"),
        }
    }
}
