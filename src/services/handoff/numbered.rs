//! Saying which one it is ("my order is number 12"): that tells us something, and complains of nothing.

use std::borrow::Cow;

use super::{kinds, sentences};
use crate::services::answer;

/// What stands around the number of something, beside whose it is and that it was ordered.
const AROUND: &str = "the its it is this that mine here heres and for of was a an number numbers num no nr nos id \
    reference ref case ticket invoice account customer booking receipt code payment transaction quote project \
    contract subscription el es la le les est die ist nummer numero hai";

/// A message without the sentences that only name something by its number.
pub fn without(message: &str) -> Cow<'_, str> {
    if !sentences(message).any(only_names) {
        return message.into();
    }
    sentences(message).filter(|sentence| !only_names(sentence)).collect()
}

fn only_names(sentence: &str) -> bool {
    let words = answer::tokens(sentence);
    let has_number = words.iter().any(|word| word.word.chars().any(|c| c.is_ascii_digit()));
    let is_around = |word: &str| AROUND.split_whitespace().any(|around| around == word);
    let is_of_kind = |word: &str| matches!(kinds::of(word), Some("ordered" | "i"));
    let fits = |word: &answer::Token| word.is_number() || is_around(&word.word) || is_of_kind(&word.word);
    has_number && words.iter().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_names_something_goes() {
        for named in ["my order is number 1", "order no 9", "It's invoice 17.", "mi pedido es el número 5", "#48213"] {
            assert_eq!(without(named), "", "{named}");
        }
        for said in ["order 5 is not here", "I was charged 2 times", "my order", "my order is number one problem 1"] {
            assert_eq!(without(said), said);
        }
        assert_eq!(without("My order is number 4711. It never came."), " It never came.");
    }
}
