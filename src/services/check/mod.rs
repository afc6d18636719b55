//! The check of what a model said: nothing leaves that does not stand, about the same plan or
//! policy, in the section the sentence rests on or in the customer's own records.

mod arithmetic;
mod asked;
mod called;
mod claims;
mod clause;
mod clauses;
mod deeds;
mod denials;
mod facts;
mod ground;
mod links;
mod names;
mod numbers;
mod opposites;
mod pairs;
mod pieces;
mod polarity;
mod promises;
mod reader;
mod repeats;
mod secrecy;
mod sentences;
mod so_far;
mod statements;
mod strangers;
mod support;
mod text;
mod theirs;
mod vocabulary;
mod wording;
mod words;

pub use self::{asked::Asked, ground::Ground, so_far::SoFar};
use self::{
    facts::{Stated, facts},
    pieces::{Piece, pieces},
    reader::Reader,
    sentences::{Mark, Sentence},
    support::Basis,
};

/// What a reply may rest on, and what it must not give away.
pub struct Grounds<'a> {
    /// What the knowledge base states.
    pub ground: &'a Ground,
    /// The sections the model was shown, as positions in the knowledge base, in the order of
    /// their `[n]` numbers, which count from 1.
    pub shown: &'a [usize],
    /// The customer's own records, one line each.
    pub records: &'a [String],
    /// The message that is answered. Its counts may be repeated as the visitor's own; no price,
    /// share, duration or link becomes true by being asked about.
    pub asked: &'a Asked,
    /// The company's own address is always true.
    pub support_email: &'a str,
    /// Stands in the instructions and nowhere else.
    pub canary: &'a str,
}

impl Grounds<'_> {
    /// The section a mark names, if the model was shown it.
    fn section(&self, mark: Mark) -> Option<usize> {
        let Mark::Section(number) = mark else { return None };
        let at = *self.shown.get(number.checked_sub(1)?)?;
        (at < self.ground.places.len()).then_some(at)
    }
}

/// A reply that may be shown.
#[derive(Debug, PartialEq)]
pub struct Checked {
    /// Plain text as it is shown: the sentences that rest on something, the marks taken out. Empty when
    /// none does.
    pub text: String,
    /// The sections it rests on, as positions in the knowledge base, those of most sentences first.
    pub cited: Vec<usize>,
    /// Whether it rests on the customer's records.
    pub cites_records: bool,
    /// Whether it says that the information does not hold the answer, or a part of it.
    pub does_not_know: bool,
    /// The share of its text that rests on something, 0 to 1.
    pub support: f32,
}

/// Why a reply may not be shown.
#[derive(Debug, PartialEq)]
pub enum Unfit {
    /// It is no plain text, or gives the instructions away.
    Unshowable,
    /// It states what nothing supports; the words that do.
    Unsupported(Vec<String>),
}

/// A sentence in its pieces, with the figures among them.
struct Cut {
    pieces: Vec<Piece>,
    facts: Vec<Stated>,
}

impl Cut {
    fn of(text: &str) -> Self {
        let pieces = pieces(text);
        Self { facts: facts(&pieces), pieces }
    }
}

/// Checks a whole reply. `cut` says that the token limit ended it: its last sentence is dropped
/// if it is unfinished.
pub fn check(sent: &str, cut: bool, grounds: &Grounds<'_>) -> Result<Checked, Unfit> {
    let mut readable = text::readable(sent).ok_or(Unfit::Unshowable)?;
    if cut {
        readable = sentences::whole(&readable).ok_or(Unfit::Unshowable)?;
    }
    check_readable(&readable, &sentences::sentences(&readable), grounds)
}

/// The same of a reply that is readable already, with its sentences.
fn check_readable(readable: &str, sentences: &[Sentence], grounds: &Grounds<'_>) -> Result<Checked, Unfit> {
    if sentences.is_empty() || gives_away(readable, grounds.canary) || secrecy::repeats_instructions(readable) {
        return Err(Unfit::Unshowable);
    }
    let read: Vec<Cut> = sentences.iter().map(|sentence| Cut::of(&sentence.text)).collect();
    let unsupported = Reader::new(grounds).read(sentences, &read);
    if !unsupported.is_empty() {
        return Err(Unfit::Unsupported(unsupported));
    }
    let bases = support::of(sentences, &read, grounds);
    let rests = |basis: &Basis| matches!(basis, Basis::Sections(_) | Basis::Records);
    let is_shown = bases.iter().any(rests);
    let kept = |at: usize| is_shown && bases[at] != Basis::Nothing && !repeats::is_repeat(sentences, at);
    #[expect(clippy::cast_precision_loss, reason = "the characters of a reply")]
    let weight = |is_counted: &dyn Fn(usize) -> bool| -> f32 {
        let counted = sentences.iter().enumerate().filter(|(at, _)| is_counted(*at));
        counted.map(|(_, sentence)| sentence.text.chars().count()).sum::<usize>() as f32
    };
    Ok(Checked {
        text: sentences::shown(readable, &kept),
        cited: by_count(bases.iter().flat_map(|basis| match basis {
            Basis::Sections(sections) => sections.as_slice(),
            _ => &[],
        })),
        cites_records: bases.contains(&Basis::Records),
        does_not_know: sentences.iter().any(|sentence| sentence.marks.contains(&Mark::Nothing)),
        support: weight(&kept) / weight(&|_| true).max(1.0),
    })
}

/// Each once, the most frequent first.
fn by_count<'a>(sections: impl Iterator<Item = &'a usize>) -> Vec<usize> {
    let mut counted: Vec<(usize, usize)> = Vec::new();
    for section in sections {
        match counted.iter_mut().find(|(at, _)| at == section) {
            Some((_, count)) => *count += 1,
            None => counted.push((*section, 1)),
        }
    }
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted.into_iter().map(|(at, _)| at).collect()
}

/// Also where it is spelled with spaces or dashes between.
fn gives_away(text: &str, canary: &str) -> bool {
    let canary = plain(canary);
    !canary.is_empty() && plain(text).contains(&canary)
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
