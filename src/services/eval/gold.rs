//! A question with what a good answer to it must have, as a line of JSON.

use serde::Deserialize;

use crate::domain::turn::{Author, Turn};

/// What somebody asks, and what is expected of the answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Gold {
    pub id: String,
    pub question: String,
    pub kind: Kind,
    #[serde(default)]
    pub history: Vec<Said>,
    #[serde(default = "english")]
    pub lang: String,
    #[serde(default)]
    pub tags: Vec<String>,
    /// The parts of the question, each with the sections that answer it: `file.md#Heading > Subheading`.
    #[serde(default)]
    pub expected: Vec<Vec<String>>,
    /// Groups of wordings; of each group the reply must hold one.
    #[serde(default)]
    pub facts: Vec<Vec<String>>,
    #[serde(default)]
    pub escalation: Escalation,
    /// For a question just outside of what is known: sections that may be cited all the same.
    #[serde(default)]
    pub ok_if_cited: Vec<String>,
    #[serde(default)]
    pub must_not_contain: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Kind {
    #[serde(rename = "in")]
    InScope,
    #[serde(rename = "oos")]
    OutOfScope,
    #[serde(rename = "injection")]
    Injection,
    #[serde(rename = "esc")]
    Escalation,
    /// Sounds like a request for a person, and is none.
    #[serde(rename = "lookalike")]
    Lookalike,
    #[serde(rename = "smalltalk")]
    Smalltalk,
}

/// Whether a person should take over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "serde_json::Value")]
pub enum Escalation {
    Wanted,
    Unwanted,
    #[default]
    Either,
}

impl TryFrom<serde_json::Value> for Escalation {
    type Error = &'static str;

    fn try_from(value: serde_json::Value) -> Result<Self, Self::Error> {
        match value {
            serde_json::Value::Bool(true) => Ok(Self::Wanted),
            serde_json::Value::Bool(false) => Ok(Self::Unwanted),
            serde_json::Value::String(either) if either == "either" => Ok(Self::Either),
            _ => Err("escalation is true, false or \"either\""),
        }
    }
}

/// A turn that came before the question.
#[derive(Clone, Debug, Deserialize)]
pub struct Said {
    pub role: String,
    pub content: String,
}

impl Gold {
    /// What was said before the question.
    pub fn earlier(&self) -> Vec<Turn> {
        self.history.iter().map(Said::as_turn).collect()
    }

    /// All sections that are right for it.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.expected.iter().flatten().chain(&self.ok_if_cited).map(String::as_str)
    }
}

impl Said {
    pub fn as_turn(&self) -> Turn {
        let author = if self.role == "user" { Author::Customer } else { Author::Ai };
        Turn { author, text: self.content.clone(), outcome: None }
    }
}

fn english() -> String {
    "en".into()
}
