//! Kinds: what sort of thing a question asks for (a place, a sum, a time), and which sections hold one.

use std::sync::LazyLock;

use super::find::{Found, Searchable};
use super::ladder;
use super::query::Query;
use super::sections::Section;
use super::words::{self, Token};

/// A sort of thing that can be asked for and that can be seen in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A number to ring.
    Phone,
    /// Where something is.
    Place,
    /// Who is behind the company.
    Owner,
    /// A sum of money.
    Amount,
    /// So many days or hours.
    Duration,
    /// A time of the day.
    Hours,
}

/// The kinds a section holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u8);

/// Of two sections, the one that holds the kind of thing asked for.
const HOLDS: f32 = 1.1;
/// The one that says where the place is needs no other word of the question.
const HOLDS_IT: f32 = 0.25;
/// What is left of a confidence where it lacks what nothing else can stand for.
const LACKS_IT: f32 = 0.4;
/// "What is your phone number": no more words say something.
const ALL_THAT_IS_ASKED: usize = 2;
/// Enough to be shown, and far from an answer.
const WHERE_TO_WRITE: f32 = 0.3;
/// The section that holds such a thing is the answer.
const IS_IT: f32 = 0.8;
/// In so few words the name of a kind asks for it: "your prices please".
const SHORT: usize = 5;
/// What is asked for stands in the beginning.
const MOST_WORDS: usize = 60;
/// So far may a street stand from its number.
const STREET_WITHIN: usize = 3;
/// No telephone number has fewer digits with its area code, and no sum has as many.
const FEWEST_DIGITS: usize = 9;

impl Kind {
    const ALL: [Self; 6] = [Self::Phone, Self::Place, Self::Owner, Self::Amount, Self::Duration, Self::Hours];

    /// Whether no section answers that lacks it: "where are you?" is not answered by a text about mail.
    pub fn is_strict(self) -> bool {
        matches!(self, Self::Phone | Self::Place | Self::Owner)
    }

    /// The first kind that a question asks for.
    pub fn asked(question: &[Token]) -> Option<Self> {
        let question = &question[..question.len().min(MOST_WORDS)];
        Self::ALL.into_iter().find(|kind| {
            let asks = |name: &str| phrases(*kind, name).any(|phrase| stands_in(question, phrase));
            let named = question.len() <= SHORT && asks("alone");
            named || asks("asks")
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Place => "place",
            Self::Owner => "owner",
            Self::Amount => "amount",
            Self::Duration => "duration",
            Self::Hours => "hours",
        }
    }
}

impl Kinds {
    /// What a section holds, in its heading or below it.
    pub fn held(section: &Section) -> Self {
        let text = format!("{}\n{}", section.title, section.lines.join("\n"));
        let (title, tokens) = (words::all_tokens(&section.title), words::all_tokens(&text));
        let holds = |kind: Kind| match kind {
            Kind::Phone => text.lines().any(has_phone),
            Kind::Place => has_street(&tokens) || names(kind, "titles", &title),
            Kind::Owner => names(kind, "holds", &tokens),
            Kind::Amount => ladder::has_amount(&text),
            Kind::Duration => tokens.windows(2).any(|pair| pair[0].is_number() && is_unit(&pair[1].word)),
            Kind::Hours => has_time(&text),
        };
        Self(Kind::ALL.into_iter().filter(|kind| holds(*kind)).fold(0, |kinds, kind| kinds | 1 << kind as u8))
    }

    /// Whether it is among them.
    pub fn contains(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }
}

impl Searchable {
    /// Sections that hold what is asked for come before those that only speak of it.
    pub(super) fn favour(&self, kind: Kind, scores: &mut [f32]) {
        let is_held = self.is_held(kind);
        let bonus = if kind.is_strict() { HOLDS_IT } else { 0.0 };
        let others = if kind.is_strict() && is_held { LACKS_IT } else { 1.0 };
        for (at, score) in scores.iter_mut().enumerate() {
            *score = if self.kinds[at].contains(kind) { *score * HOLDS + bonus } else { *score * others };
        }
    }

    /// Who has no number or address to tell tells where to write.
    fn tell_contact(&self, found: &mut Found) {
        if let Some(contact) = self.contact {
            found.ranked = vec![(contact, 1.0)];
            found.confidence = found.confidence.max(WHERE_TO_WRITE);
        }
    }

    fn is_held(&self, kind: Kind) -> bool {
        self.kinds.iter().any(|kinds| kinds.contains(kind))
    }

    /// No section is a sure answer that lacks what nothing else can stand for; and one that holds it is, where nothing
    /// else is asked and nothing else was doubted (`is_doubted`): "Apple's phone number" asks for more than a number.
    pub(super) fn demand(&self, kind: Option<Kind>, query: &Query, is_doubted: bool, found: &mut Found) {
        let (Some(kind), Some(best)) = (kind.filter(|kind| kind.is_strict()), found.best()) else {
            return;
        };
        let is_all = query.telling() <= ALL_THAT_IS_ASKED;
        if !self.kinds[best].contains(kind) {
            found.confidence *= LACKS_IT;
        } else if is_all && !is_doubted {
            found.confidence = found.confidence.max(IS_IT);
        }
        if kind != Kind::Owner && !self.is_held(kind) && is_all {
            self.tell_contact(found);
        }
    }
}

fn names(kind: Kind, list: &str, text: &[Token]) -> bool {
    phrases(kind, list).any(|phrase| stands_in(text, phrase))
}

fn has_street(text: &[Token]) -> bool {
    let is_street = |token: &Token| phrases(Kind::Place, "holds").any(|street| street == [token.word.as_str()]);
    let near = |at: usize| &text[at + 1..text.len().min(at + 1 + STREET_WITHIN)];
    (0..text.len()).any(|at| text[at].is_number() && near(at).iter().any(is_street))
}

/// A run of digits with a plus, a bracket or a nought in front.
fn has_phone(line: &str) -> bool {
    let is_part = |c: char| c.is_ascii_digit() || matches!(c, ' ' | '+' | '(' | ')' | '-' | '/');
    line.split(|c| !is_part(c)).map(str::trim).any(|run| {
        run.starts_with(['0', '+', '(']) && run.chars().filter(char::is_ascii_digit).count() >= FEWEST_DIGITS
    })
}

fn is_unit(word: &str) -> bool {
    matches!(
        word.trim_end_matches('s'),
        "minute" | "min" | "hour" | "day" | "week" | "month" | "year" | "business" | "working"
    )
}

/// "9am", "9:30 pm" or "18:30".
fn has_time(text: &str) -> bool {
    let letters: Vec<char> = text.to_lowercase().chars().collect();
    let digits = |from: usize| letters[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let after_digit = |at: usize| {
        let rest: Vec<char> = letters[at..].iter().copied().filter(|&c| c != ' ' && c != '.').take(3).collect();
        let is_half = matches!(rest[..], ['a' | 'p', 'm', ..]);
        let ends = rest.get(2).is_none_or(|c| !c.is_alphabetic());
        (is_half && ends) || (letters[at] == ':' && digits(at + 1) == 2)
    };
    (1..letters.len()).any(|at| letters[at - 1].is_ascii_digit() && !letters[at].is_ascii_digit() && after_digit(at))
}

/// "How much extra" asks for a sum, "how much notice" does not.
const EXTRA: [&str; 5] = ["extra", "more", "cost", "per", "money"];

/// Whether the words of a phrase stand in a text one after another, with a gap of up to three at a `~`.
/// A `|` at the end wants a small word, a figure or nothing to follow.
fn stands_in(text: &[Token], phrase: &[&str]) -> bool {
    (0..text.len()).any(|at| continues(&text[at..], phrase))
}

fn continues(text: &[Token], phrase: &[&str]) -> bool {
    /// Words between two halves of a phrase.
    const GAP: usize = 3;
    let Some((&first, rest)) = phrase.split_first() else {
        return true;
    };
    if first == "|" {
        let is_small = |token: &Token| token.is_stop() || token.is_number() || EXTRA.contains(&token.word.as_str());
        return text.first().is_none_or(is_small);
    }
    if first == "~" {
        return (0..=GAP.min(text.len())).any(|skipped| continues(&text[skipped..], rest));
    }
    text.first().is_some_and(|token| token.word == first) && continues(&text[1..], rest)
}

fn phrases(kind: Kind, list: &str) -> impl Iterator<Item = &'static [&'static str]> {
    let found = PHRASES.iter().find(|(of, name, _)| *of == kind.name() && *name == list);
    found.into_iter().flat_map(|(_, _, phrases)| phrases.iter().map(Vec::as_slice))
}

type Phrases = Vec<Vec<&'static str>>;

static PHRASES: LazyLock<Vec<(&str, &str, Phrases)>> = LazyLock::new(|| {
    let lines = include_str!("kinds/kinds.txt").lines().filter(|line| !line.starts_with('#'));
    let lines = lines.filter_map(|line| line.split_once(" = "));
    lines
        .filter_map(|(name, list)| Some((name.split_once(' ')?, list)))
        .map(|((kind, name), list)| (kind, name, read(list)))
        .collect()
});

fn read(list: &'static str) -> Phrases {
    let words = |phrase: &'static str| {
        let halves = phrase.split('~').map(str::split_whitespace);
        let mut words: Vec<&str> = halves.flat_map(|half| half.chain(["~"])).collect();
        words.pop();
        words
    };
    list.split(", ").map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::*;

    fn asked(question: &str) -> Option<Kind> {
        Kind::asked(&words::tokens(question))
    }

    fn holds(text: &str, kind: Kind) -> bool {
        Kinds::held(&sections::parse("a.md", &format!("## Title\n\n{text}"))[0]).contains(kind)
    }

    #[test]
    fn a_question_asks_for_a_kind_of_thing() {
        assert_eq!(asked("What's your phone number?"), Some(Kind::Phone));
        assert_eq!(asked("can you ring me on 07700 900123"), Some(Kind::Phone));
        assert_eq!(asked("where are you located"), Some(Kind::Place));
        assert_eq!(asked("who owns the company"), Some(Kind::Owner));
        assert_eq!(asked("what does a kayak cost?"), Some(Kind::Amount));
        assert_eq!(asked("how long does it take"), Some(Kind::Duration));
        assert_eq!(asked("what time do you close"), Some(Kind::Hours));
        assert_eq!(asked("how much notice do I have to give"), None);
        assert_eq!(asked("where is your privacy policy"), None);
    }

    #[test]
    fn a_section_holds_what_can_be_seen_in_it() {
        assert!(holds("Call 0113 496 0182.", Kind::Phone) && !holds("Phone + email support", Kind::Phone));
        assert!(holds("12 Jetty Road, Arden", Kind::Place) && !holds("Your address is confirmed.", Kind::Place));
        assert!(holds("Run by the Okafor family.", Kind::Owner) && !holds("Up to 60 people", Kind::Owner));
        assert!(holds("It is £5.", Kind::Amount) && !holds("There is a fee.", Kind::Amount));
        assert!(holds("Within 3 working days.", Kind::Duration) && !holds("The same day.", Kind::Duration));
        assert!(holds("From 9am.", Kind::Hours) && holds("At 18:30.", Kind::Hours) && !holds("In 9 amps", Kind::Hours));
    }
}
