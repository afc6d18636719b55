//! Money, exactly: what a model costs is fractions of a penny, a great many times.

use std::{iter::Sum, ops::Add};

use serde::{Serialize, Serializer};
use utoipa::ToSchema;

use crate::config::Price;

/// An amount in billionths of whatever currency the prices are in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, sqlx::Type, ToSchema)]
#[schema(value_type = f64, minimum = 0)]
#[sqlx(transparent)]
pub struct Money(pub i64);

impl Money {
    /// What so many tokens cost, rounded up.
    pub fn of_tokens(price: Price, prompt: u64, completion: u64) -> Self {
        let part = |tokens: u64, price: i64| i128::from(tokens) * i128::from(price);
        let millionths = part(prompt, price.prompt) + part(completion, price.completion);
        Self(i64::try_from((millionths + 999_999) / 1_000_000).unwrap_or(i64::MAX))
    }

    pub fn saturating_sub(self, other: Self) -> Self {
        Self((self.0 - other.0).max(0))
    }

    /// Four fifths of it: from there on it runs short.
    pub fn most_of(self) -> Self {
        Self(self.0 - self.0 / 5)
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

/// A number of the currency.
impl Serialize for Money {
    #[expect(clippy::cast_precision_loss, reason = "exact up to nine million of the currency")]
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.0 as f64 / 1e9)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price { prompt: 150_000_000, completion: 600_000_000 };

    #[test]
    fn tokens_cost_what_a_million_of_them_cost_in_parts() {
        assert_eq!(Money::of_tokens(PRICE, 1_000_000, 1_000_000), Money(750_000_000));
        assert_eq!(Money::of_tokens(PRICE, 6_000, 300), Money(1_080_000));
        assert_eq!(Money::of_tokens(Price { prompt: 1, completion: 0 }, 1, 0), Money(1), "nothing is free by rounding");
        assert_eq!(Money::of_tokens(PRICE, u64::MAX, u64::MAX), Money(i64::MAX));
    }

    #[test]
    fn an_amount_is_told_as_a_number() {
        assert_eq!(serde_json::to_string(&Money(1_080_000)).unwrap(), "0.00108");
    }
}
