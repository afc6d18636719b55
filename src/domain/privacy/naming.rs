//! What the words before a number say it is.

use std::sync::LazyLock;

use super::word::{self, Stem};

/// No word is looked for further back, in bytes.
const REACH: usize = 80;

/// What a number may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    Card,
    Phone,
    /// An order, an invoice, a parcel: a number that is nobody's secret.
    Number,
    Version,
    /// A computer's address.
    Host,
}

/// What the nearest word that names something says; "number", "is" and the like are passed over,
/// and up to `strangers` other words.
pub fn nearest(text: &str, at: usize, strangers: usize) -> Option<Thing> {
    let (mut strangers, mut is_number) = (strangers, false);
    for word in words_before(text, at) {
        match role(word) {
            Some(Role::Mine) if is_number => return Some(Thing::Phone),
            Some(Role::Names(thing)) => return Some(thing),
            Some(Role::Number) => is_number = true,
            Some(Role::Filler | Role::Mine) => {}
            None => strangers = strangers.checked_sub(1)?,
        }
    }
    None
}

/// Whether a number goes on from a name: `INV-1234`, `#1234`, `orders/1234`, `id_1234`.
pub fn is_part_of_name(text: &str, at: usize) -> bool {
    match word::before(text, at) {
        Some((at, '-' | '/')) => word::before(text, at).is_some_and(|(_, c)| word::is_part(c)),
        Some((_, c)) => word::is_part(c) || "_#".contains(c),
        None => false,
    }
}

/// From the last one on, as far as the line or the question before goes.
fn words_before(text: &str, at: usize) -> impl Iterator<Item = &str> {
    let start = text.floor_char_boundary(at.saturating_sub(REACH));
    let near = &text[start..at];
    let near = near.rfind(|c| "?!\n".contains(c)).map_or(near, |end| &near[end + 1..]);
    near.rsplit(|c| !word::is_part(c)).filter(|word| !word.is_empty())
}

/// What a word does before a number.
#[derive(Clone, Copy)]
enum Role {
    Names(Thing),
    Number,
    Mine,
    Filler,
}

fn role(word: &str) -> Option<Role> {
    static ROLES: LazyLock<Vec<(Role, Stem)>> = LazyLock::new(|| {
        let lines = include_str!("naming/names.txt").lines().filter_map(|line| line.split_once('\t'));
        lines.flat_map(|(name, stems)| Stem::all_in(stems).map(|stem| (role_of(name), stem))).collect()
    });
    if word.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let word = word.to_lowercase();
    ROLES.iter().find(|(_, stem)| stem.is_of(&word)).map(|(role, _)| *role)
}

fn role_of(name: &str) -> Role {
    match name {
        "card" => Role::Names(Thing::Card),
        "phone" => Role::Names(Thing::Phone),
        "other" => Role::Names(Thing::Number),
        "version" => Role::Names(Thing::Version),
        "host" => Role::Names(Thing::Host),
        "number" => Role::Number,
        "mine" => Role::Mine,
        _ => Role::Filler,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_counts() {
        let nearest = |text: &str, strangers| nearest(text, text.len(), strangers);

        assert_eq!(nearest("call me about order number: ", 3), Some(Thing::Number));
        assert_eq!(nearest("my order was paid with ", 0), None);
        assert_eq!(nearest("about the order, ring me at work on ", 3), Some(Thing::Phone));
        assert_eq!(nearest("meine Nummer ist ", 0), Some(Thing::Phone));
        assert_eq!(nearest("where is my order? ", 0), None);
    }
}
