//! Clauses: the parts of a sentence that say one thing each, and what they say it of.

use std::ops::Range;

use super::{
    facts::{Fact, Stated},
    names::{Mention, Name, Names},
    pieces::{DASH, Piece},
    polarity::Stretch,
    words,
};

/// A sentence, read.
pub struct Read<'a> {
    pub pieces: &'a [Piece],
    pub facts: &'a [Stated],
    pub mentions: &'a [Mention],
    pub stretches: &'a [Stretch],
}

/// "And" and "but", in the languages the desk is asked in.
const TURNS: [&str; 19] = [
    ",", ";", DASH, "\n", "and", "but", "while", "whereas", "und", "aber", "während", "et", "mais", "tandis", "y", "e",
    "pero", "mientras", "और",
];

/// Where a sentence may turn to something else; not inside "between 5 and 7 days".
pub fn clauses(pieces: &[Piece]) -> Vec<Range<usize>> {
    let is_number = |at: Option<usize>| at.and_then(|at| pieces.get(at)).is_some_and(Piece::is_number);
    let turns = |at: usize| {
        let inside_range =
            pieces[at].is(&["and", "und", "et", "y"]) && is_number(at.checked_sub(1)) && is_number(Some(at + 1));
        // An "e-bike" is no Italian "and".
        let is_letter = pieces.get(at + 1).is_some_and(|next| next.is(&["-"])) && pieces[at].is(&["e"]);
        pieces[at].is(&TURNS) && !inside_range && !is_letter
    };
    let mut clauses = Vec::new();
    let mut from = 0;
    for at in (1..pieces.len()).filter(|at| turns(*at)) {
        if at > from {
            clauses.push(from..at);
            from = at;
        }
    }
    clauses.push(from..pieces.len());
    clauses
}

/// "It costs …", "The price is …": about what was spoken of.
pub fn refers_back(pieces: &[Piece]) -> bool {
    let words: Vec<&str> = pieces.iter().take(2).map(|piece| piece.text.as_str()).collect();
    let pronouns = ["it", "its", "this", "that", "they", "these", "those", "both"];
    let things = ["price", "plan", "package", "cost", "costs", "tier"];
    match words.as_slice() {
        [first, ..] if pronouns.contains(first) || *first == "pricing" => true,
        ["you" | "youll" | "includes" | "plus", ..] => pieces.iter().take(4).any(|piece| piece.is(&GAINS)),
        [_, second] => words[0] == "the" && things.contains(second),
        _ => false,
    }
}

/// "You get …", "You'll also receive …": with what was spoken of.
const GAINS: [&str; 8] = ["get", "receive", "have", "includes", "plus", "gives", "enjoy", "youll"];

/// "Every plan", "all our packages", where none is named.
pub fn speaks_of_all(pieces: &[Piece], names: &Names) -> bool {
    /// "All of our plans".
    const WITHIN: usize = 4;
    let things =
        ["plan", "plans", "package", "packages", "tier", "tiers", "subscription", "subscriptions", "option", "options"];
    let mut all = (0..pieces.len()).filter(|at| pieces[*at].is(&["all", "every", "each", "any"]));
    let is_thing = |piece: &Piece| piece.is(&things) || piece.is_word() && names.is_kind(&piece.text);
    // "A recording of every lesson" is said of one plan.
    let is_part = |at: usize| at > 0 && pieces[at - 1].is(&["of", "for", "after", "before", "at"]);
    let is_told = |at: usize, piece: &Piece| piece.is(&things) || is_thing(piece) && !is_part(at);
    all.any(|at| pieces.iter().skip(at + 1).take(WITHIN).any(|piece| is_told(at, piece)))
}

/// "Both plans come with …", "both include …".
pub fn speaks_of_both(pieces: &[Piece]) -> bool {
    /// ", and both plans …"
    const OPENING: usize = 3;
    let is_told =
        |next: &Piece| words::is_verbal(&next.text) || next.is(&["plans", "packages", "tiers", "options", "of"]);
    let both = pieces.iter().take(OPENING).position(|piece| piece.is(&["both"]));
    both.is_some_and(|at| {
        let opens = pieces[..at].iter().all(|piece| !piece.is_word() || piece.is(&["and", "but", "yes"]));
        opens && pieces.get(at + 1).is_some_and(is_told)
    })
}

/// Names that stand together and are no neighbours are said of one thing: "Gold subscription".
pub fn groups<'m>(mentions: &[&'m Mention], names: &Names) -> Vec<Vec<&'m Mention>> {
    /// "The Gold package of the spring range."
    const TOGETHER: usize = 3;
    let mut groups: Vec<Vec<&Mention>> = Vec::new();
    for mention in mentions {
        let joins = groups.last().is_some_and(|group| {
            let near = group.last().is_some_and(|last| mention.from <= last.to + TOGETHER);
            near && group.iter().all(|other| !names.are_siblings(other.name, mention.name))
        });
        match groups.last_mut().filter(|_| joins) {
            Some(group) => group.push(mention),
            None => groups.push(vec![mention]),
        }
    }
    groups
}

pub fn names_of(group: &[&Mention]) -> Vec<Name> {
    group.iter().map(|mention| mention.name).collect()
}

impl Read<'_> {
    /// Whether the piece belongs to a fact.
    pub fn is_fact(&self, at: usize) -> bool {
        self.facts.iter().any(|stated| (stated.from..stated.to).contains(&at))
    }

    /// The mentions inside a clause.
    pub fn own(&self, clause: &Range<usize>) -> Vec<&Mention> {
        self.mentions.iter().filter(|mention| clause.contains(&mention.from)).collect()
    }

    /// The plan or policy a fact is said of: "… for Gold" behind it, else the nearest before it,
    /// else the first after it.
    pub fn names_for(&self, stated: &Stated, own: &[&Mention], names: &Names) -> Vec<Name> {
        if matches!(stated.fact, Fact::Link(_)) && own.is_empty() {
            // "For privacy questions, write to …": also in small letters, also a clause before.
            let mentions = names.mentions(&self.pieces[..stated.from], true);
            let before = groups(&mentions.iter().collect::<Vec<_>>(), names).pop();
            return before.map(|group| names_of(&group)).unwrap_or_default();
        }
        let groups = groups(own, names);
        let starts = |group: &&Vec<&Mention>| {
            let gap = self.pieces.get(stated.to..group[0].from);
            group[0].from >= stated.to && gap.is_some_and(is_for)
        };
        let before = |group: &&Vec<&Mention>| group.last().is_some_and(|mention| mention.to <= stated.from);
        let chosen = groups.iter().find(starts).or_else(|| groups.iter().rev().find(before)).or_else(|| groups.first());
        chosen.map(|group| names_of(group)).unwrap_or_default()
    }

    /// The pieces around a fact up to the next one of its sort on either side; facts without a
    /// word between them ("24-48 hours") are one.
    pub fn around(&self, stated: &Stated, clause: &Range<usize>) -> Range<usize> {
        /// "24 to 48".
        const RANGE: usize = 2;
        /// What stands farther off says nothing of the fact, and reading it for each of many takes long.
        const NEAR: usize = 48;
        let alike: Vec<&Stated> = self.facts.iter().filter(|other| other.fact.is_like(&stated.fact)).collect();
        let (mut from, mut to) = (stated.from, stated.to);
        let mut left = clause.start;
        for other in alike.iter().rev().filter(|other| other.to <= stated.from) {
            if other.to + RANGE < from {
                left = left.max(other.to);
                break;
            }
            from = other.from;
        }
        let mut right = clause.end;
        for other in alike.iter().filter(|other| other.from >= stated.to) {
            if to + RANGE < other.from {
                right = right.min(other.from);
                break;
            }
            to = other.to;
        }
        let (left, right) = (left.max(stated.from.saturating_sub(NEAR)), right.min(stated.to + NEAR));
        left..right.max(left)
    }

    /// The words of a fact, with the one behind it.
    pub fn said(&self, stated: &Stated) -> String {
        let unit = self.pieces.get(stated.to).filter(|piece| piece.is_word());
        join(&self.pieces[stated.from..stated.to]) + &unit.map(|piece| format!(" {}", piece.text)).unwrap_or_default()
    }
}

/// "£12/month for the Gold plan."
fn is_for(gap: &[Piece]) -> bool {
    let [first, rest @ ..] = gap else { return false };
    first.is(&["for", "with", "on", "under"])
        && rest.len() < 2
        && rest.iter().all(|piece| piece.is(&["the", "our", "a", "your"]))
}

/// Pieces as they would be written.
pub fn join(pieces: &[Piece]) -> String {
    let mut said = String::new();
    for piece in pieces {
        let joins = !(piece.is_word() || piece.is_number()) || said.ends_with(['£', '$', '€', '/', '-']);
        if !said.is_empty() && !joins {
            said.push(' ');
        }
        said.push_str(&piece.text);
    }
    said
}
