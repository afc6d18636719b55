//! Reading: a message as the judge takes it, without addresses and numbers and with slips of the keyboard mended.

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use super::{examples, kinds};
use crate::services::answer::{self, Spelling, Token};

/// Words of these kinds are worth mending: whoever asks for a person in a hurry mistypes just these.
const MENDED: [&str; 8] = ["person", "agent", "boss", "talk", "reach", "call", "want", "help"];
/// Shorter words have too many neighbours to be meant.
const SHORTEST_MEANT: usize = 4;

/// The message without addresses, links, and numbers longer than a year: they are somebody's, and say nothing of what
/// is wanted.
pub fn plain(message: &str) -> String {
    message.split_inclusive(char::is_whitespace).map(|word| if is_reference(word) { " " } else { word }).collect()
}

/// The words of a text, those nobody knows taken for what they are nearest to.
pub fn words(text: &str) -> Vec<Token> {
    answer::tokens(text).iter().map(|word| mended(word).into_owned()).collect()
}

/// A word, or what it is nearest to, where nobody knows it.
pub fn mended(word: &Token) -> Cow<'_, Token> {
    meant(word).map_or(Cow::Borrowed(word), Cow::Owned)
}

fn is_reference(word: &str) -> bool {
    let core = word.trim_matches(|c: char| !c.is_alphanumeric());
    let digits = core.chars().filter(char::is_ascii_digit).count();
    let is_address = core.contains('@') && core.contains('.');
    is_address || word.contains("://") || core.starts_with("www.") || (digits > 4 && digits * 2 > core.len())
}

fn meant(word: &Token) -> Option<Token> {
    let is_known = KNOWN.contains(&word.word) || kinds::of(&word.word).is_some() || answer::is_common(&word.stem);
    let meant = if is_known { None } else { MEANT.repair(&word.word) };
    meant.and_then(|meant| answer::tokens(&meant).pop())
}

static MEANT: LazyLock<Spelling> = LazyLock::new(|| {
    let words = kinds::words().filter(|(kind, word)| MENDED.contains(kind) && word.chars().count() >= SHORTEST_MEANT);
    Spelling::build(words.map(|(_, word)| word.to_owned()))
});

/// Whatever stands in an example is no slip.
static KNOWN: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let examples = examples::families().concat();
    examples.iter().flat_map(|example| answer::all_tokens(example.text)).map(|token| token.word).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_links_and_numbers_are_left_out() {
        let message = "ring me on 07700 900123, or ada@example.com; see https://example.com/a and order 2024";
        assert_eq!(plain(message).split_whitespace().collect::<Vec<_>>().join(" "), "ring me on or see and order 2024");
    }

    #[test]
    fn slips_are_mended_where_a_person_is_meant() {
        let read = |text: &str| words(text).into_iter().map(|word| word.word).collect::<Vec<_>>().join(" ");
        assert_eq!(read("tlak to a persn"), "talk to a person");
        assert_eq!(read("humna"), "human");
        assert_eq!(read("sync my agenda with notion"), "sync my agenda with notion");
    }
}
