//! The ground: what a knowledge base states, read once, and found again by the place of its section.

use std::collections::{HashMap, HashSet};

use super::{
    facts::{Fact, Sort},
    names::{Name, Names},
    pieces::pieces,
    promises::spaced,
    statements::{Statement, statements},
    words::{self, Lexicon, Word},
};
use crate::services::answer::Section;

/// What the knowledge base states, extracted once per load.
pub struct Ground {
    pub(super) names: Names,
    /// By the position of their section.
    pub(super) places: Vec<Place>,
    pub(super) lexicon: Lexicon,
    /// Words as they are written, to know a name that nothing has.
    pub(super) vocabulary: HashSet<String>,
    /// How the names among them begin: "Cornish" is of "Cornwall".
    pub(super) origins: HashSet<String>,
    /// What is counted anywhere: "tasks", "gears".
    pub(super) counted: HashSet<String>,
    /// What sections with a word in their headings have figures of.
    sorts: HashMap<Word, HashSet<Sort>>,
}

/// A section, as statements are held against it.
pub struct Place {
    pub statements: Vec<Statement>,
    pub names: HashSet<Name>,
    /// The names its lines tell things apart by.
    pub labels: HashSet<Name>,
    /// Words of its headings and its text, and of ways to ask for it.
    pub words: HashSet<Word>,
    pub asked_as: HashSet<Word>,
    /// Its words as they are written, with a space around each.
    pub text: String,
}

impl Ground {
    /// Reads all sections of a knowledge base.
    pub fn of(sections: &[Section]) -> Self {
        let mut ground = Self {
            names: Names::of(sections),
            places: Vec::with_capacity(sections.len()),
            lexicon: Lexicon::default(),
            vocabulary: HashSet::new(),
            origins: HashSet::new(),
            counted: HashSet::new(),
            sorts: HashMap::new(),
        };
        for (at, section) in sections.iter().enumerate() {
            ground.add(at, section);
        }
        ground.hand_down(sections);
        ground
    }

    /// Records or other texts, read as statements of their own.
    pub(super) fn read(&self, lines: &[String]) -> Vec<Statement> {
        statements(lines, None, &self.names, &mut |key| self.lexicon.find(&key))
    }

    /// The words of the knowledge base among the telling ones of a text, also in other words.
    pub(super) fn known(&self, keys: &[String]) -> Vec<Word> {
        keys.iter().filter_map(|key| self.find(key)).collect()
    }

    pub(super) fn find(&self, key: &str) -> Option<Word> {
        self.lexicon.find(key).or_else(|| words::same(key).find_map(|same| self.lexicon.find(same)))
    }

    /// Whether a word stands in some heading.
    pub(super) fn is_subject(&self, word: Word) -> bool {
        self.sorts.contains_key(&word) && !self.names.is_kind(self.lexicon.key(word))
    }

    /// Whether a section may speak for these subjects: it names half of them or more, or no section with
    /// such a heading has such a figure.
    pub(super) fn may_speak_of(&self, place: &Place, subjects: &[Word], fact: &Fact) -> bool {
        let sorts = fact.sorts();
        let has_such =
            |subject: &Word| self.sorts.get(subject).is_some_and(|known| sorts.iter().any(|sort| known.contains(sort)));
        let missing = subjects.iter().filter(|subject| !place.words.contains(subject) && has_such(subject)).count();
        let standing = subjects.iter().filter(|subject| place.words.contains(subject)).count();
        missing <= standing
    }

    fn add(&mut self, at: usize, section: &Section) {
        let path: Vec<String> = section.parents.iter().chain([&section.title]).cloned().collect();
        let above: HashSet<Name> = path.iter().flat_map(|heading| self.names.in_text(heading)).collect();
        let lexicon = &mut self.lexicon;
        let mut number = |key| Some(lexicon.add(key));
        let mut read = statements(&section.lines, Some(&section.title), &self.names, &mut number);
        let title = statements(std::slice::from_ref(&section.title), None, &self.names, &mut number);
        let own = read.iter().flat_map(|statement| statement.names.iter().copied());
        let labels = own.filter(|name| !self.names.is_heading(*name) && self.names.has_siblings(*name)).collect();
        read.extend(title.into_iter().map(|title| Statement { is_heading: true, ..title }));
        for statement in &mut read {
            // A heading that names several leaves it to each line to say which.
            let one_of_several = |name: &&Name| above.iter().any(|other| self.names.are_siblings(*other, **name));
            let beside = |name: &&Name| {
                one_of_several(name) && statement.names.iter().any(|own| self.names.are_siblings(*own, **name))
            };
            let more: Vec<Name> = above.iter().filter(|name| !beside(name)).copied().collect();
            statement.names.extend(more);
        }
        let heading = self.words_of(&path);
        let asked_as = self.words_of(&section.aliases);
        let mut words = heading.clone();
        words.extend(read.iter().flat_map(|statement| statement.words.iter().map(|(word, _)| *word)));
        for word in &words {
            self.lexicon.note(*word, at);
        }
        let mut text = String::new();
        for line in section.lines.iter().chain(&path) {
            let pieces = pieces(line);
            text += &spaced(pieces.iter().map(|piece| piece.text.as_str()));
            self.origins.extend(pieces.iter().filter(|piece| piece.capital).filter_map(|piece| origin(&piece.text)));
            self.vocabulary.extend(pieces.into_iter().map(|piece| piece.text));
        }
        let facts = read.iter().flat_map(|statement| &statement.facts);
        let sorts: HashSet<Sort> = facts.flat_map(Fact::sorts).collect();
        for sort in &sorts {
            if let Sort::Count(noun) = sort {
                self.counted.insert(noun.clone());
            }
        }
        for word in &heading {
            self.sorts.entry(*word).or_default().extend(sorts.iter().cloned());
        }
        let names = read.iter().flat_map(|statement| statement.names.iter().copied()).chain(above).collect();
        self.places.push(Place { statements: read, names, labels, words, asked_as, text });
    }

    /// What stands under a heading, before the sections below it, holds for all of them.
    fn hand_down(&mut self, sections: &[Section]) {
        let path = |section: &Section| -> Vec<String> {
            let file = std::iter::once(&section.source.file);
            file.chain(&section.parents).chain([&section.title]).cloned().collect()
        };
        let by_path: HashMap<Vec<String>, usize> = sections.iter().map(path).zip(0..).collect();
        for (at, section) in sections.iter().enumerate() {
            let own = path(section);
            let above = (2..own.len()).filter_map(|length| by_path.get(&own[..length]).copied());
            for above in above.filter(|above| *above != at).collect::<Vec<_>>() {
                let from = &self.places[above];
                let (statements, words) = (from.statements.clone(), from.words.clone());
                let text = from.text.clone();
                let place = &mut self.places[at];
                place.statements.extend(statements.into_iter().filter(|known| !known.is_heading));
                place.words.extend(words);
                place.text += &text;
            }
        }
    }

    fn words_of(&mut self, texts: &[String]) -> HashSet<Word> {
        let keys: Vec<String> = texts.iter().flat_map(|text| words::keys(&pieces(text))).collect();
        keys.into_iter().map(|key| self.lexicon.add(key)).collect()
    }
}

impl Place {
    pub fn is_about_any(&self, subjects: &[Word]) -> bool {
        subjects.iter().any(|subject| self.words.contains(subject))
    }
}

/// What an adjective keeps of the name it is made of.
pub fn origin(name: &str) -> Option<String> {
    /// Of shorter beginnings too many words have the same.
    const KEPT: usize = 4;
    let kept: String = name.chars().take(KEPT).collect();
    (kept.chars().count() == KEPT).then_some(kept)
}
