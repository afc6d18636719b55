//! Whole numbers in a query: how many, and how far back.

use serde::{Deserialize, Deserializer, de::Error as _};
use utoipa::IntoParams;

/// From 1 to `MOST`, `USUAL` when none is given; a larger one is `MOST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole<const USUAL: i64, const MOST: i64>(pub i64);

/// How much one page of a list shows.
pub type PageSize = Whole<50, 200>;

/// How far back something looks.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Back {
    /// How many days, today included; a larger number than 365 is 365.
    #[serde(default)]
    #[param(value_type = i64, example = 30, minimum = 1, maximum = 9_223_372_036_854_775_807_i64, default = 30, required = false)]
    days: Whole<30, 365>,
}

impl Back {
    pub fn days(&self) -> i64 {
        self.days.0
    }
}

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
