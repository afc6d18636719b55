//! What somebody says of an answer they got.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{privacy::private_masked, text::is_blank};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, ToSchema)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Rating {
    Up,
    Down,
}

/// A few words are enough to say why.
const LONGEST_REMARK: usize = 1_000;

/// A short remark, without secrets and without anybody's address or number: it is about an answer and
/// not about a person, and so nobody has to look for a person in it. Blank is none.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Remark(Option<String>);

impl Remark {
    pub fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl TryFrom<String> for Remark {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        if text.chars().count() > LONGEST_REMARK {
            return Err("must be at most 1,000 characters");
        }
        Ok(Self((!is_blank(text)).then(|| private_masked(text, |_| false).into_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remark(text: &str) -> Result<Remark, &'static str> {
        Remark::try_from(text.to_owned())
    }

    #[test]
    fn a_remark_is_short_and_names_nobody() {
        assert_eq!(
            remark(" wrong: write to ada@example.com, my card is 4242 4242 4242 4242\n").unwrap().as_str(),
            Some("wrong: write to [e-mail address removed], my card is [card number removed]")
        );
        assert!(remark(&"é".repeat(LONGEST_REMARK)).is_ok());
        assert!(remark(&"é".repeat(LONGEST_REMARK + 1)).is_err());
    }

    #[test]
    fn a_blank_remark_is_none() {
        assert_eq!(remark(" \u{200b}\n").unwrap().as_str(), None);
    }
}
