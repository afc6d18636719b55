//! How many of something a query asks for.

use serde::{Deserialize, Deserializer, de::Error as _};

/// From 1 to `MOST`; a larger one is `MOST`, and none is `USUAL`.
pub struct Number<const USUAL: u16, const MOST: u16>(pub u16);

impl<const USUAL: u16, const MOST: u16> Default for Number<USUAL, MOST> {
    fn default() -> Self {
        Self(USUAL)
    }
}

impl<'de, const USUAL: u16, const MOST: u16> Deserialize<'de> for Number<USUAL, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse::<i64>() {
            Ok(number) if digits && number > 0 => Ok(Self(u16::try_from(number).unwrap_or(MOST).min(MOST))),
            _ => Err(D::Error::custom(format!("must be a whole number from 1 to {MOST}"))),
        }
    }
}
