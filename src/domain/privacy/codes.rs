//! The three or four digits from the back of a card.

use std::ops::Range;

use super::{digits, passwords, word};

const NAMES: [&str; 9] =
    ["cvc", "cvc2", "cvv", "cvv2", "csc", "prüfziffer", "kartenprüfnummer", "cryptogramme", "सीवीवी"];
const BETWEEN: [&str; 5] = ["is", "ist", "est", "es", "code"];

pub fn found_in(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut before = "";
    for place in word::all_in(text) {
        let name = &text[place.clone()];
        let is_spelled_out = name.eq_ignore_ascii_case("code") && before.eq_ignore_ascii_case("security");
        if is_spelled_out || NAMES.contains(&name.to_lowercase().as_str()) {
            found.extend(code_after(text, place.end));
        }
        before = name;
    }
    found
}

fn code_after(text: &str, at: usize) -> Option<Range<usize>> {
    let at = passwords::sign(text, at).unwrap_or(at);
    let mut near = word::all_in(&text[at..]).map(|place| at + place.start..at + place.end).take(3);
    let place = near.find(|place| !BETWEEN.contains(&&text[place.clone()]))?;
    let is_near = text[at..place.start].chars().all(|c| word::is_space(c) || word::is_part(c));
    let code = &text[place.clone()];
    let digits = digits::all_in(code).count();
    (is_near && (3..=4).contains(&digits) && code.chars().count() == digits).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::{super::parts, *};

    #[test]
    fn a_code_is_found_by_its_name() {
        for text in ["04/27 cvc 737", "CVV: 737", "the cvc is 737", "Prüfziffer 737", "security code = 737"] {
            assert_eq!(parts(text, found_in(text)), ["737"], "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_codes() {
        for text in ["where is the cvc? 737 does not fit", "cvc 73755", "code 737", "cvc check failed at 10:45"] {
            assert!(found_in(text).is_empty(), "{text}");
        }
    }
}
