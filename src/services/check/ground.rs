//! The ground: every fact of the knowledge base and of the customer's records, with what it is about.

use std::collections::HashSet;

use super::{
    facts::{Fact, facts},
    names::{Name, Names, parts_of_line},
    words::pieces,
};
use crate::services::answer::{self, Section};

pub struct Ground {
    pub names: Names,
    /// In the order of the sections the model was shown.
    pub places: Vec<Place>,
    /// Words that stand anywhere.
    pub words: HashSet<String>,
    /// Subjects of headings, which a sentence may be about.
    subjects: HashSet<String>,
}

/// A section, as statements are held against it.
pub struct Place {
    pub lines: Vec<Line>,
    pub names: HashSet<Name>,
    heading: HashSet<String>,
    subjects: HashSet<String>,
}

/// A line with its facts, and the names it is about: its own, and those of the headings above it.
pub struct Line {
    pub facts: Vec<Fact>,
    pub names: HashSet<Name>,
}

impl Ground {
    /// Reads all sections of a knowledge base.
    pub fn of(sections: &[Section]) -> Self {
        let names = Names::of(sections);
        let places: Vec<Place> = sections.iter().map(|section| place(section, &names)).collect();
        let subjects = places.iter().flat_map(|place| place.heading.iter().cloned()).collect();
        let texts = sections.iter().flat_map(|s| s.lines.iter().chain(&s.parents).chain([&s.title]));
        let words = texts.flat_map(|text| pieces(text)).map(|piece| piece.text).collect();
        Self { names, places, words, subjects }
    }

    /// A customer's records, read as lines of their own.
    pub fn lines_of(&self, records: &[String]) -> Vec<Line> {
        records.iter().map(|record| line(record, &HashSet::new(), &self.names)).collect()
    }

    /// What of a text's words is the subject of some heading.
    pub fn subjects_in(&self, text: &str) -> HashSet<String> {
        subjects(text).into_iter().filter(|subject| self.subjects.contains(subject)).collect()
    }

    /// Whether a section may speak for these subjects: it names each of them, or no section with
    /// that heading has such a figure.
    pub fn may_speak_of(&self, place: &Place, subjects: &HashSet<String>, fact: &Fact) -> bool {
        let has_such = |subject: &String| {
            let about = self.places.iter().filter(|place| place.heading.contains(subject));
            about.flat_map(|place| &place.lines).flat_map(|line| &line.facts).any(|known| known.is_like(fact))
        };
        subjects.iter().all(|subject| place.subjects.contains(subject) || !has_such(subject))
    }
}

impl Place {
    pub fn is_about_any(&self, subjects: &HashSet<String>) -> bool {
        subjects.iter().any(|subject| self.subjects.contains(subject))
    }
}

fn place(section: &Section, names: &Names) -> Place {
    let heading_text =
        section.parents.iter().chain([&section.title]).map(String::as_str).collect::<Vec<_>>().join(" / ");
    let mentioned = |text: &str| names.mentions(&pieces(text), false).into_iter().map(|mention| mention.name);
    let above: HashSet<Name> = mentioned(&heading_text).collect();
    let parts = section.lines.iter().flat_map(|line| parts_of_line(line)).chain([section.title.clone()]);
    let lines: Vec<Line> = parts.map(|part| line(&part, &above, names)).collect();
    let heading = subjects(&heading_text);
    let own = section.lines.iter().flat_map(|line| subjects(line));
    Place {
        names: lines.iter().flat_map(|line| line.names.iter().copied()).chain(above).collect(),
        subjects: own.chain(heading.iter().cloned()).collect(),
        heading,
        lines,
    }
}

fn line(text: &str, above: &HashSet<Name>, names: &Names) -> Line {
    let pieces = pieces(text);
    let own = names.mentions(&pieces, false).into_iter().map(|mention| mention.name);
    Line {
        facts: facts(&pieces).into_iter().map(|stated| stated.fact).collect(),
        names: own.chain(above.iter().copied()).collect(),
    }
}

/// Words of headings that every subject has.
const NO_SUBJECT: [&str; 19] = [
    "plan", "plans", "price", "prices", "pricing", "package", "packages", "service", "services", "policy", "policies",
    "offer", "happens", "get", "time", "day", "days", "month", "most",
];

/// The beginning of a word stands for it in all its endings: "delivery", "delivered".
const KEY: usize = 5;

fn subjects(text: &str) -> HashSet<String> {
    let telling = answer::tokens(text).into_iter().filter(|token| !token.is_stop() && !token.is_number());
    let words = telling.map(|token| token.word).filter(|word| !NO_SUBJECT.contains(&word.as_str()));
    words
        .map(|word| word.trim_end_matches('s').chars().take(KEY).collect::<String>())
        .filter(|key| key.len() > 2)
        .collect()
}
