//! The check of what a model said: nothing leaves that does not stand, about the same plan or
//! policy, in the section the sentence rests on or in the customer's own records.

mod facts;
mod ground;
mod names;
mod sentences;
mod text;
mod words;

use std::collections::HashSet;

pub use self::ground::Ground;
use self::{
    facts::{Fact, Stated, facts},
    ground::{Line, Place},
    names::{Mention, Name},
    sentences::{Mark, Sentence},
    words::{Kind, Piece, pieces},
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
    pub asked: &'a str,
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
    /// Plain text as it is shown, the marks taken out.
    pub text: String,
    /// The sections it cites, as positions in the knowledge base, most cited first.
    pub cited: Vec<usize>,
    /// Whether it cites the customer's records.
    pub cites_records: bool,
    /// Whether it says that the information does not hold the answer.
    pub does_not_know: bool,
    /// The share of its sentences that rest on something.
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

/// Checks a whole reply. `cut` says that the token limit ended it: its last sentence is dropped.
pub fn check(sent: &str, cut: bool, grounds: &Grounds<'_>) -> Result<Checked, Unfit> {
    let mut readable = text::readable(sent).ok_or(Unfit::Unshowable)?;
    if cut {
        readable = whole_sentences(&readable).ok_or(Unfit::Unshowable)?;
    }
    if gives_away(&readable, grounds.canary) {
        return Err(Unfit::Unshowable);
    }
    let sentences = sentences::sentences(&readable);
    let unsupported = Reader::new(grounds).read(&sentences);
    let shown = sentences::shown(&readable);
    if shown.is_empty() {
        return Err(Unfit::Unshowable);
    }
    if !unsupported.is_empty() {
        return Err(Unfit::Unsupported(unsupported));
    }
    Ok(summary(shown, &sentences, grounds))
}

fn summary(text: String, sentences: &[Sentence], grounds: &Grounds<'_>) -> Checked {
    let marks: Vec<Mark> = sentences.iter().flat_map(|sentence| sentence.marks.iter().copied()).collect();
    let mut cited: Vec<(usize, usize)> = Vec::new();
    for mark in &marks {
        let Some(section) = grounds.section(*mark) else { continue };
        match cited.iter_mut().find(|(at, _)| *at == section) {
            Some((_, count)) => *count += 1,
            None => cited.push((section, 1)),
        }
    }
    cited.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rests = |sentence: &&Sentence| sentence.marks.iter().any(|mark| *mark != Mark::Nothing);
    #[expect(clippy::cast_precision_loss, reason = "a count of sentences")]
    let support = sentences.iter().filter(rests).count() as f32 / sentences.len().max(1) as f32;
    Checked {
        text,
        cited: cited.into_iter().map(|(at, _)| at).collect(),
        cites_records: marks.contains(&Mark::Records),
        does_not_know: marks.contains(&Mark::Nothing),
        support,
    }
}

/// Everything up to the end of the last sentence that has one.
fn whole_sentences(text: &str) -> Option<String> {
    let last = sentences::sentences(text).pop()?;
    if last.is_whole {
        return Some(text.to_owned());
    }
    let mut ends = text
        .char_indices()
        .filter(|(at, c)| matches!(c, '.' | '!' | '?' | '।') && text[at + c.len_utf8()..].starts_with([' ', '\n']));
    let (at, end) = ends.next_back()?;
    Some(text[..at + end.len_utf8()].to_owned())
}

/// Also where it is spelled with spaces or dashes between.
fn gives_away(text: &str, canary: &str) -> bool {
    let plain = |text: &str| text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase();
    plain(text).contains(&plain(canary))
}

/// Walks through the sentences and remembers what the last ones were about.
struct Reader<'a> {
    ground: &'a Ground,
    grounds: &'a Grounds<'a>,
    records: Vec<Line>,
    support_email: String,
    names: Vec<Name>,
    subjects: HashSet<String>,
}

/// A part of a sentence that says one thing.
struct Clause<'a> {
    pieces: &'a [Piece],
    facts: &'a [Stated],
    /// Where it begins and ends.
    from: usize,
    to: usize,
}

/// What a statement is held against.
struct Claim<'a> {
    fact: &'a Fact,
    names: &'a [Name],
    subjects: &'a HashSet<String>,
    /// The sections its sentence cites; none means any that is about the same.
    cited: &'a [usize],
}

impl<'a> Reader<'a> {
    fn new(grounds: &'a Grounds<'a>) -> Self {
        let support_email = words::link(grounds.support_email);
        let ground = grounds.ground;
        let records = ground.lines_of(grounds.records);
        Self { ground, grounds, records, support_email, names: Vec::new(), subjects: HashSet::new() }
    }

    /// What nothing supports, in the words of the reply.
    fn read(&mut self, sentences: &[Sentence]) -> Vec<String> {
        let mut unsupported = Vec::new();
        for sentence in sentences {
            unsupported.extend(self.sentence(sentence));
        }
        unsupported.dedup();
        unsupported
    }

    fn sentence(&mut self, sentence: &Sentence) -> Vec<String> {
        let pieces = pieces(&sentence.text);
        let facts = facts(&pieces);
        let cited: Vec<usize> = sentence.marks.iter().filter_map(|mark| self.grounds.section(*mark)).collect();
        let mut wrong = self.unknown_names(&pieces);
        wrong.extend(self.foreign_names(&pieces, &cited));
        let mut goes_on = sentence.goes_on || refers_back(&pieces);
        for (from, to) in clauses(&pieces) {
            let clause = Clause { pieces: &pieces, facts: &facts, from, to };
            wrong.extend(self.clause(&clause, &cited, goes_on));
            goes_on = true;
        }
        wrong
    }

    fn clause(&mut self, clause: &Clause<'_>, cited: &[usize], goes_on: bool) -> Vec<String> {
        let text = clause.text();
        let mentions = self.ground.names.mentions(clause.pieces, false);
        let own: Vec<&Mention> = mentions.iter().filter(|m| clause.has(m.from)).collect();
        let subjects = self.ground.subjects_in(&text);
        let inherits = own.is_empty() && subjects.is_empty();
        let mut wrong = Vec::new();
        for stated in clause.facts.iter().filter(|stated| clause.has(stated.from)) {
            let names = self.names_for(stated, clause, &own);
            let alternatives: Vec<Vec<Name>> = match (names.is_empty(), goes_on, subjects.is_empty()) {
                (false, ..) => vec![names],
                (true, true, true) => vec![self.names.clone()],
                _ => vec![Vec::new(), self.names.clone()],
            };
            let subjects = if inherits && goes_on { &self.subjects } else { &subjects };
            let holds = |names: &Vec<Name>| self.holds(&Claim { fact: &stated.fact, names, subjects, cited });
            if !alternatives.iter().any(holds) {
                wrong.push(clause.said(stated));
            }
        }
        if let Some(group) = groups(&own, self.ground).pop() {
            self.names = group.iter().map(|mention| mention.name).collect();
        }
        if !inherits {
            self.subjects = subjects;
        }
        wrong
    }

    /// The plan or policy a fact is said of: "… for Growth" behind it, else the nearest before it,
    /// else the first after it.
    fn names_for(&self, stated: &Stated, clause: &Clause<'_>, own: &[&Mention]) -> Vec<Name> {
        if matches!(stated.fact, Fact::Link(_)) && own.is_empty() {
            // "For privacy questions, write to …": also in small letters, also a clause before.
            let mentions = self.ground.names.mentions(&clause.pieces[..stated.from], true);
            return groups(&mentions.iter().collect::<Vec<_>>(), self.ground).pop().map(names_of).unwrap_or_default();
        }
        let groups = groups(own, self.ground);
        let starts = |group: &&Vec<&Mention>| {
            let gap = clause.pieces.get(stated.to..group[0].from);
            group[0].from >= stated.to && gap.is_some_and(is_for)
        };
        let before = |group: &&Vec<&Mention>| group.last().is_some_and(|mention| mention.to <= stated.from);
        let chosen = groups.iter().find(starts).or_else(|| groups.iter().rev().find(before)).or_else(|| groups.first());
        chosen.cloned().map(names_of).unwrap_or_default()
    }

    fn holds(&self, claim: &Claim<'_>) -> bool {
        if matches!(claim.fact, Fact::Link(link) if *link == self.support_email) {
            return true;
        }
        if self.records.iter().any(|line| self.says(line, claim)) {
            return true;
        }
        if claim.cited.is_empty() {
            return self
                .grounds
                .shown
                .iter()
                .filter_map(|at| self.ground.places.get(*at))
                .any(|place| self.place_says(place, claim));
        }
        claim.cited.iter().any(|at| self.place_says(&self.ground.places[*at], claim))
    }

    fn place_says(&self, place: &Place, claim: &Claim<'_>) -> bool {
        let is_plain = matches!(claim.fact, Fact::Number(_) | Fact::Weekday(_) | Fact::Link(_));
        let about = |line: &Line| claim.names.iter().any(|name| line.names.contains(name));
        let bound = |line: &Line| {
            let unnamed = claim.names.is_empty() || is_plain;
            about(line)
                || place.is_about_any(claim.subjects)
                || (unnamed && !claim.cited.is_empty())
                || matches!(claim.fact, Fact::Link(_)) && claim.names.is_empty()
        };
        let may_speak = self.ground.may_speak_of(place, claim.subjects, claim.fact);
        let fits = |line: &Line| may_speak || (is_plain && about(line));
        place.lines.iter().any(|line| self.says(line, claim) && bound(line) && fits(line))
    }

    /// Whether a line says it, and not of a neighbour of what it is said of.
    fn says(&self, line: &Line, claim: &Claim<'_>) -> bool {
        let is_neighbour = |name: &Name| line.names.iter().any(|other| self.ground.names.are_siblings(*name, *other));
        claim.names.iter().all(|name| line.names.contains(name) || !is_neighbour(name))
            && line.facts.iter().any(|known| claim.fact.rests_on(known))
    }

    /// "The Platinum plan", where nothing is called so.
    fn unknown_names(&self, pieces: &[Piece]) -> Vec<String> {
        let called = |pair: &&[Piece]| {
            let [name, what] = pair else { return false };
            let is_plan = what.is(&["plan", "package", "tier", "subscription"]);
            name.kind == Kind::Word && name.capital && is_plan && !self.ground.words.contains(&name.text)
        };
        let starts = |pair: &[Piece]| pair.as_ptr() == pieces.as_ptr();
        let unknown = pieces.windows(2).filter(called).filter(|pair| !starts(pair));
        unknown.map(|pair| format!("{} {}", pair[0].text, pair[1].text)).collect()
    }

    /// A sentence about a plan rests on a section that speaks of it.
    fn foreign_names(&self, pieces: &[Piece], cited: &[usize]) -> Vec<String> {
        let mentions = self.ground.names.mentions(pieces, false);
        let in_records = |name: Name| self.records.iter().any(|line| line.names.contains(&name));
        let known = |mention: &Mention| {
            in_records(mention.name) || cited.iter().any(|at| self.ground.places[*at].names.contains(&mention.name))
        };
        if cited.is_empty() || mentions.is_empty() || mentions.iter().any(known) {
            return Vec::new();
        }
        mentions.iter().map(|mention| join(&pieces[mention.from..mention.to])).collect()
    }
}

impl Clause<'_> {
    fn has(&self, at: usize) -> bool {
        (self.from..self.to).contains(&at)
    }

    fn text(&self) -> String {
        let words = self.pieces[self.from..self.to].iter().filter(|piece| piece.kind == Kind::Word);
        words.map(|piece| piece.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn said(&self, stated: &Stated) -> String {
        let unit = self.pieces.get(stated.to).filter(|piece| piece.kind == Kind::Word);
        join(&self.pieces[stated.from..stated.to]) + &unit.map(|piece| format!(" {}", piece.text)).unwrap_or_default()
    }
}

fn join(pieces: &[Piece]) -> String {
    let mut said = String::new();
    for piece in pieces {
        let joins = piece.kind == Kind::Sign || said.ends_with(['£', '$', '€', '/', '-']);
        if !said.is_empty() && !joins {
            said.push(' ');
        }
        said.push_str(&piece.text);
    }
    said
}

/// Names that stand together and are no neighbours are said of one thing: "Enterprise subscription".
fn groups<'m>(mentions: &[&'m Mention], ground: &Ground) -> Vec<Vec<&'m Mention>> {
    /// "The Starter package of the DFY range."
    const TOGETHER: usize = 3;
    let mut groups: Vec<Vec<&Mention>> = Vec::new();
    for mention in mentions {
        let joins = groups.last().is_some_and(|group| {
            let near = group.last().is_some_and(|last| mention.from <= last.to + TOGETHER);
            near && group.iter().all(|other| !ground.names.are_siblings(other.name, mention.name))
        });
        match groups.last_mut().filter(|_| joins) {
            Some(group) => group.push(mention),
            None => groups.push(vec![mention]),
        }
    }
    groups
}

fn names_of(group: Vec<&Mention>) -> Vec<Name> {
    group.into_iter().map(|mention| mention.name).collect()
}

/// "£29/month for the Growth plan."
fn is_for(gap: &[Piece]) -> bool {
    let [first, rest @ ..] = gap else { return false };
    first.is(&["for", "with", "on", "under"])
        && rest.len() < 2
        && rest.iter().all(|p| p.is(&["the", "our", "a", "your"]))
}

/// "It costs …", "The price is …": about what was spoken of.
fn refers_back(pieces: &[Piece]) -> bool {
    let words: Vec<&str> = pieces.iter().take(2).map(|piece| piece.text.as_str()).collect();
    let pronouns = ["it", "its", "this", "that", "they", "these", "those", "both"];
    let things = ["price", "plan", "package", "cost", "costs", "tier"];
    match words.as_slice() {
        [first, ..] if pronouns.contains(first) || *first == "pricing" => true,
        [_, second] => words[0] == "the" && things.contains(second),
        _ => false,
    }
}

/// Where a sentence may turn to something else.
fn clauses(pieces: &[Piece]) -> Vec<(usize, usize)> {
    let turns = |piece: &Piece| piece.is(&[",", ";", "\n", "and", "but", "while", "whereas"]);
    let mut clauses = Vec::new();
    let mut from = 0;
    for (at, piece) in pieces.iter().enumerate() {
        if turns(piece) && at > from {
            clauses.push((from, at));
            from = at;
        }
    }
    clauses.push((from, pieces.len()));
    clauses
}
