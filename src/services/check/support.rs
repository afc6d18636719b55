//! What each sentence of a checked reply rests on. What rests on nothing is left out: the model's
//! courtesies are no loss, and whoever dictates its words gains nothing.

use std::collections::HashSet;

use super::{
    Cut, Grounds, links,
    pieces::{Kind, Piece, pieces},
    sentences::{Mark, Sentence},
    words,
};

/// Of a sentence without a mark, so many of its telling words stand in the section it repeats.
const REPEATED: f32 = 0.5;

/// Fewer telling words stand in some section by chance.
const FEWEST_WORDS: usize = 2;

/// With fewer glue words of English a sentence of some length may be in another language that the desk
/// speaks, whose words cannot be compared with the knowledge base's.
const ENGLISH: f32 = 0.15;
const SOME_LENGTH: usize = 4;

/// What a sentence rests on.
#[derive(Clone, Debug, PartialEq)]
pub enum Basis {
    /// Sections, as positions in the knowledge base.
    Sections(Vec<usize>),
    Records,
    /// It says, in so many words, that the information does not hold something.
    Admission,
    /// It leads to entries that rest on something, or is an entry among such.
    Lead,
    /// It says where the company can be written to.
    Address,
    Nothing,
}

/// The basis of every sentence, in their order; `read` are they in pieces.
pub fn of(sentences: &[Sentence], read: &[Cut], grounds: &Grounds<'_>) -> Vec<Basis> {
    let recorded: HashSet<String> = grounds.records.iter().flat_map(|line| words::keys(&pieces(line))).collect();
    let mut bases: Vec<Basis> =
        sentences.iter().zip(read).map(|(sentence, cut)| basis(sentence, cut, &recorded, grounds)).collect();
    let mut end = 0;
    while let Some(start) = (end..sentences.len()).find(|at| sentences[*at].goes_on) {
        end = (start..sentences.len()).find(|at| !sentences[*at].goes_on).unwrap_or(sentences.len());
        let resting = bases[start..end].iter().filter(|basis| **basis != Basis::Nothing).count();
        // A list is often marked once, at its end.
        if resting * 2 >= end - start {
            let lead = start.saturating_sub(1);
            let leads = sentences[lead].text.trim_end().ends_with(':');
            let list = if leads { lead..end } else { start..end };
            for at in list {
                // Nor may anything stand among true entries that speaks of nothing we know.
                if bases[at] == Basis::Nothing && is_of_our_words(&sentences[at], &read[at].pieces, grounds) {
                    bases[at] = Basis::Lead;
                }
            }
        }
    }
    bases
}

fn basis(sentence: &Sentence, cut: &Cut, recorded: &HashSet<String>, grounds: &Grounds<'_>) -> Basis {
    if shouts(&sentence.text, grounds) {
        return Basis::Nothing;
    }
    let Cut { pieces, facts } = cut;
    let (said, has_facts) = (Said::of(pieces, grounds), !facts.is_empty());
    let mut marked: Vec<usize> = sentence.marks.iter().filter_map(|mark| grounds.section(*mark)).collect();
    marked.dedup();
    // Its facts have been held against the sections it cites.
    marked.retain(|at| said.is_foreign || has_facts || said.touches(*at));
    if !marked.is_empty() {
        return Basis::Sections(marked);
    }
    let is_recorded = said.is_foreign || has_facts || said.keys.iter().any(|key| recorded.contains(key));
    if sentence.marks.contains(&Mark::Records) && !grounds.records.is_empty() && is_recorded {
        return Basis::Records;
    }
    if sentence.marks.contains(&Mark::Nothing) && pieces.iter().any(|piece| words::is_negation(&piece.text)) {
        return Basis::Admission;
    }
    if let Some(repeated) = said.repeated() {
        return Basis::Sections(vec![repeated]);
    }
    let support_email = links::link(grounds.support_email);
    let is_address = pieces.iter().any(|piece| piece.kind == Kind::Link && piece.text == support_email);
    if is_address { Basis::Address } else { Basis::Nothing }
}

/// Whether every telling word of a sentence stands somewhere in the knowledge base.
fn is_of_our_words(sentence: &Sentence, pieces: &[Piece], grounds: &Grounds<'_>) -> bool {
    let keys = words::keys(pieces);
    grounds.ground.known(&keys).len() == keys.len() && !shouts(&sentence.text, grounds)
}

/// A word in capitals that nobody knows, whatever stands around it. The visitor's own may be repeated
/// where it is said to be theirs: "for your NASA project".
fn shouts(sentence: &str, grounds: &Grounds<'_>) -> bool {
    /// Shorter ones are units and abbreviations.
    const SHORTEST: usize = 5;
    /// So far before it stands whose it is.
    const WITHIN: usize = 2;
    let words: Vec<&str> = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let is_shouted = |word: &str| word.chars().count() >= SHORTEST && word.chars().all(char::is_uppercase);
    let is_theirs = |at: usize| {
        let whose = ["your", "for", "about", "with", "from", "like", "as"];
        let is_said = words[..at].iter().rev().take(WITHIN).any(|word| whose.contains(&word.to_lowercase().as_str()));
        is_said && grounds.asked.text.contains(words[at])
    };
    let is_recorded = |word: &str| grounds.records.iter().any(|line| line.to_uppercase().contains(word));
    let is_known = |word: &str| grounds.ground.vocabulary.contains(&word.to_lowercase()) || is_recorded(word);
    (0..words.len()).any(|at| is_shouted(words[at]) && !is_known(words[at]) && !is_theirs(at))
}

/// What a sentence says, as it is held against sections.
struct Said<'a> {
    keys: Vec<String>,
    /// Those that are no part of a name.
    beside: Vec<String>,
    words: Vec<words::Word>,
    names: Vec<super::names::Name>,
    is_foreign: bool,
    grounds: &'a Grounds<'a>,
}

impl<'a> Said<'a> {
    fn of(pieces: &[Piece], grounds: &'a Grounds<'a>) -> Self {
        let keys = words::keys(pieces);
        let length = pieces.iter().filter(|piece| piece.is_word()).count();
        let mentions = grounds.ground.names.mentions(pieces, false);
        let is_name = |at: &usize| mentions.iter().any(|mention| (mention.from..mention.to).contains(at));
        Self {
            beside: words::keys((0..pieces.len()).filter(|at| !is_name(at)).map(|at| &pieces[at])),
            words: grounds.ground.known(&keys),
            keys,
            names: mentions.into_iter().map(|mention| mention.name).collect(),
            is_foreign: length >= SOME_LENGTH
                && words::english_share(pieces) < ENGLISH
                && words::is_of_our_languages(pieces),
            grounds,
        }
    }

    /// Whether it speaks of what the section speaks of. Beside a name, something of what is said must
    /// stand there too, unless nothing else is said.
    fn touches(&self, at: usize) -> bool {
        let place = &self.grounds.ground.places[at];
        let is_named = self.names.iter().any(|name| place.names.contains(name));
        (is_named || self.words.iter().any(|word| place.words.contains(word))) && self.says_more(at)
    }

    /// The shown section whose words it repeats, where it has no mark. A word that few sections have
    /// tells more.
    #[expect(clippy::cast_precision_loss, reason = "counts of words and of sections")]
    fn repeated(&self) -> Option<usize> {
        let ground = self.grounds.ground;
        let shown = self.grounds.shown.iter().copied().filter(|at| *at < ground.places.len());
        let score = |at: usize| {
            let place = &ground.places[at];
            let words = self.words.iter().filter(|word| place.words.contains(word));
            let told: f32 = words.map(|word| 1.0 / ground.lexicon.sections(*word).len().max(1) as f32).sum();
            (self.standing(at).0, told)
        };
        let better = |one: &usize, other: &usize| {
            let ((named, told), (others_named, others_told)) = (score(*one), score(*other));
            named.cmp(&others_named).then(told.total_cmp(&others_told))
        };
        let best = shown.max_by(better)?;
        let (named, words) = self.standing(best);
        let is_about_it = named > 0 && named == self.names.len();
        let repeats = words >= FEWEST_WORDS && words as f32 >= REPEATED * self.keys.len() as f32;
        (is_about_it && (self.is_foreign || words > 0 && self.says_more(best)) || repeats).then_some(best)
    }

    /// How many of its names and of its words stand in a section.
    fn standing(&self, at: usize) -> (usize, usize) {
        let place = &self.grounds.ground.places[at];
        let named = self.names.iter().filter(|name| place.names.contains(name)).count();
        (named, self.words.iter().filter(|word| place.words.contains(word)).count())
    }

    /// Whether anything but names of what it says stands in a section, or nothing else is said.
    fn says_more(&self, at: usize) -> bool {
        let place = &self.grounds.ground.places[at];
        self.beside.is_empty() || self.grounds.ground.known(&self.beside).iter().any(|word| place.words.contains(word))
    }
}
