//! Whole numbers in a query: how many, and how far back.

use serde::{Deserialize, Deserializer, de::Error as _};

/// From 1 to `MOST`, `USUAL` when none is given; a larger one is `MOST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<const USUAL: i64, const MOST: i64>(pub i64);

/// How much one page of a list shows.
pub type PageSize = Whole<50, 200>;

/// How far back something looks.
pub type Days = Whole<30, 365>;

impl<const USUAL: i64, const MOST: i64> Default for Whole<USUAL, MOST> {
    fn default() -> Self {
        Self(USUAL)
    }
}

impl<'de, const USUAL: i64, const MOST: i64> Deserialize<'de> for Whole<USUAL, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<i64>() {
            Ok(number) if digits && number > 0 => Ok(Self(number.min(MOST))),
            _ => Err(D::Error::custom(format!("must be a whole number from 1 to {MOST}"))),
        }
    }
}
