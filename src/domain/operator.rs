//! Who of the team does something.

use std::fmt;

/// A machine or a person of the team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agent {
    /// Whoever holds the machine secret.
    Api,
    /// A person, by their name in the settings.
    Operator(String),
}

impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api => f.write_str("api"),
            Self::Operator(name) => f.write_str(name),
        }
    }
}
