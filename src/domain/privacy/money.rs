//! What makes a number an amount.

use std::ops::Range;

use super::word;

/// A currency or a unit on either side, or decimals after a comma.
pub fn is_amount(text: &str, place: &Range<usize>) -> bool {
    let after = &text[place.end..];
    let next = after.trim_start_matches(word::is_space);
    let before = text[..place.start].trim_end_matches(word::is_space);
    let decimals = after.strip_prefix(',').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    decimals
        || next.starts_with(is_sign)
        || before.ends_with(is_sign)
        || CURRENCIES.iter().any(|name| {
            let stands = |text: Option<&str>| text.is_some_and(|t| t.eq_ignore_ascii_case(name));
            (stands(next.get(..name.len())) && !next[name.len()..].starts_with(word::is_part))
                || stands(before.get(before.len().saturating_sub(name.len())..))
        })
}

fn is_sign(c: char) -> bool {
    "€$£¥₹%‰¢".contains(c)
}

const CURRENCIES: [&str; 11] =
    ["EUR", "USD", "GBP", "INR", "CHF", "JPY", "euro", "euros", "dollars", "pounds", "rupees"];
