//! A source is the section of the knowledge base that an answer rests on.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a statement stands, so that a reader can check it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// The file's name inside the knowledge base, such as `faq.md`.
    pub file: String,
    /// The path of headings, outermost first, joined by `" > "`.
    pub heading: String,
    /// The fragment a markdown renderer gives the innermost heading.
    pub anchor: String,
}
