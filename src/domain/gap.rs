//! A gap: what several people asked and nobody could answer.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{source::Source, time, turn::Outcome};

/// The name of a gap: the answer, which was none, to its earliest question. Any other of its answers
/// names it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, sqlx::Type, ToSchema)]
#[serde(transparent)]
#[sqlx(transparent)]
pub struct GapId(pub Uuid);

impl GapId {
    pub fn parse(text: &str) -> Option<Self> {
        Uuid::parse_str(text).ok().map(Self)
    }
}

/// How it came to light that an answer was none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
#[schema(as = GapCause)]
pub enum Cause {
    /// We knew that we did not know.
    Unanswered,
    /// Whoever asked said so.
    RatedDown,
    /// Whoever asked wanted a person right after it.
    HandedOver,
}

/// Questions that mean the same, with what tells how much they matter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Gap {
    pub id: GapId,
    /// As it was asked first, however long ago; what is counted is of the time that was asked for.
    pub question: String,
    pub questions: usize,
    /// Different ones, as far as they can be told apart.
    pub people: usize,
    #[serde(serialize_with = "time::wire")]
    pub first_seen: DateTime<Utc>,
    #[serde(serialize_with = "time::wire")]
    pub last_seen: DateTime<Utc>,
    /// The section that would answer it if one did.
    pub nearest: Option<Nearest>,
    /// The newest, in different words.
    pub examples: Vec<Example>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GapNearest)]
pub struct Nearest {
    #[serde(flatten)]
    pub source: Source,
    pub confidence: f64,
}

/// One question as somebody typed it, without what leads to them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GapExample)]
pub struct Example {
    pub question: String,
    #[serde(serialize_with = "time::wire")]
    pub asked_at: DateTime<Utc>,
    pub outcome: Outcome,
    pub cause: Cause,
    /// What they said of the answer.
    pub remark: Option<String>,
}

/// The gaps that matter most.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GapListed)]
pub struct Listed {
    pub gaps: Vec<Gap>,
    /// Of all gaps, also those that are not shown.
    pub total: usize,
    /// Open questions they were made of.
    pub questions: usize,
    /// Whether there are more of these than are looked at; the newest are.
    pub truncated: bool,
}

/// What became of a gap that somebody tried to close.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GapClosing)]
pub struct Closing {
    pub id: GapId,
    /// Only when all of its questions are answered now, or it was dismissed.
    pub closed: bool,
    /// The section that answers it.
    pub source: Option<Source>,
    /// The questions that led to it, asked again.
    pub questions: Vec<Retried>,
}

/// One question before and after an edit of the knowledge base, without a model.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GapRetried)]
pub struct Retried {
    pub question: String,
    #[serde(serialize_with = "time::wire")]
    pub asked_at: DateTime<Utc>,
    pub before: Heard,
    pub after: Heard,
    pub answered: bool,
}

/// What somebody would hear.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GapHeard)]
pub struct Heard {
    pub outcome: Outcome,
    pub confidence: f64,
    /// The first of its sources.
    pub source: Option<Source>,
}
