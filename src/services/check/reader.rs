//! The reader: walks through the sentences and remembers what the last ones were about.

use std::collections::HashSet;

use super::{
    Cut, Grounds,
    clauses::{Read, clauses, join, names_of, refers_back},
    deeds,
    facts::{Fact, Stated},
    links,
    names::{Mention, Name},
    pieces::Piece,
    polarity::stretches,
    sentences::{Mark, Sentence},
    statements::Statement,
    theirs::speaks_of_information,
    words::{self, Word},
};

/// More unsupported facts help no second try.
const MOST_NAMED: usize = 12;

/// No model is shown more sections than these in full.
const MOST_SHOWN: usize = 128;

/// A sentence that cites more sections is a list of them.
const MOST_CITED: usize = 8;

/// "For your 3 websites", "if you need 12".
const THEIRS: [&str; 8] = ["your", "for", "if", "need", "needs", "want", "mentioned", "with"];

pub struct Reader<'a> {
    pub(super) grounds: &'a Grounds<'a>,
    pub(super) records: Vec<Statement>,
    /// The words of the records, in lower case.
    pub(super) recorded: String,
    /// What a sentence without a mark may rest on.
    pub(super) shown: Vec<usize>,
    /// Whether the sentence before a list was English; its entries are too short to tell.
    pub(super) is_english_list: bool,
    pub(super) support_email: String,
    pub(super) counted: HashSet<String>,
    pub(super) names: Vec<Name>,
    pub(super) subjects: Vec<Word>,
    /// The words of the last clause that had any.
    pub(super) words: Vec<Word>,
    /// What a list is about; its entries go on with it rather than with one another.
    lead: Vec<Name>,
    /// "For returns, …": what the rest of the sentence is about.
    pub(super) topic: Vec<Name>,
    /// Where the sentence first says that something is the visitor's own.
    pub(super) theirs: Option<usize>,
    /// Whether the sentence is marked as what is not known, and nothing else.
    pub(super) is_admission: bool,
    /// "Compared with Silver, …": what the sentence sets it against.
    pub(super) compared: Vec<Name>,
    /// The last two plans that were named.
    pub(super) both: Vec<Name>,
    /// What was spoken of when the sentence began.
    pub(super) opening: Vec<Name>,
    /// The figures that stand, or follow from others, each with what it was said of.
    pub(super) proven: Vec<(Fact, Vec<Name>)>,
    /// The sections that sentences before this one rest on.
    pub(super) cited_before: Vec<usize>,
}

impl<'a> Reader<'a> {
    pub fn new(grounds: &'a Grounds<'a>) -> Self {
        let records = grounds.ground.read(grounds.records);
        let nouns = records.iter().flat_map(|known| &known.facts).filter_map(|fact| match fact {
            Fact::Count { nouns, .. } => Some(nouns.clone()),
            _ => None,
        });
        let counted = nouns.flatten().collect();
        let places = grounds.ground.places.len();
        let shown = grounds.shown.iter().copied().filter(|at| *at < places).take(MOST_SHOWN).collect();
        let support_email = links::link(grounds.support_email);
        Self {
            grounds,
            records,
            recorded: grounds.records.join("\n").to_lowercase(),
            shown,
            is_english_list: true,
            support_email,
            counted,
            names: Vec::new(),
            subjects: Vec::new(),
            words: Vec::new(),
            lead: Vec::new(),
            topic: Vec::new(),
            theirs: None,
            is_admission: false,
            compared: Vec::new(),
            both: Vec::new(),
            opening: Vec::new(),
            proven: Vec::new(),
            cited_before: Vec::new(),
        }
    }

    /// What nothing supports, in the words of the reply; `read` are its sentences in pieces.
    pub fn read(&mut self, sentences: &[Sentence], read: &[Cut]) -> Vec<String> {
        let mut unsupported: Vec<String> = Vec::new();
        for (at, (sentence, cut)) in sentences.iter().zip(read).enumerate() {
            // A paragraph is often marked at its end, and what leads to a list by its entries.
            let leads = sentence.text.trim_end().ends_with(':');
            let follows = |next: &&Sentence| next.line == sentence.line || leads && next.goes_on;
            let lent = sentences[at..].iter().take_while(follows);
            let lent = lent.map(|next| self.cited(next)).find(|cited| !cited.is_empty()).unwrap_or_default();
            for wrong in self.sentence(sentence, cut, &lent) {
                if !unsupported.contains(&wrong) && unsupported.len() < MOST_NAMED {
                    unsupported.push(wrong);
                }
            }
            let cited = self.cited(sentence);
            self.cited_before.extend(cited);
            self.cited_before.sort_unstable();
            self.cited_before.dedup();
        }
        unsupported
    }

    /// What is wrong in a sentence; a paragraph that is marked once, at its end, lends its mark to all of it.
    fn sentence(&mut self, sentence: &Sentence, cut: &Cut, lent: &[usize]) -> Vec<String> {
        let pieces = cut.pieces.as_slice();
        let rests_on_records = sentence.marks.contains(&Mark::Records);
        let known = |stated| self.of_known_things(stated, rests_on_records, pieces);
        let facts: Vec<Stated> = cut.facts.iter().cloned().filter_map(known).collect();
        let cited = self.cited(sentence);
        let mentions = self.mentions(pieces, &cited);
        let stretches = stretches(pieces);
        let read = Read { pieces, facts: &facts, mentions: &mentions, stretches: &stretches };
        let mut wrong = if cited.is_empty() && mentions.is_empty() { Vec::new() } else { self.strangers(&read) };
        let mut goes_on = sentence.goes_on || refers_back(pieces);
        self.topic.clear();
        self.opening.clone_from(&self.names);
        self.compared.clear();
        self.is_admission = !sentence.marks.is_empty() && sentence.marks.iter().all(|mark| *mark == Mark::Nothing);
        self.theirs = pieces.iter().position(|piece| piece.is(&THEIRS));
        if sentence.goes_on {
            self.names.clone_from(&self.lead);
        }
        wrong.extend(self.foreign_names(&read, &cited, rests_on_records));
        wrong.extend(deeds::claimed(pieces, rests_on_records));
        let is_unknown = self.is_admission && speaks_of_information(&read);
        if !rests_on_records && !is_unknown {
            wrong.extend(self.wrong_wording(&read, &cited));
            wrong.extend(self.promised(&read, &cited));
            wrong.extend(self.taken_back(&read, &cited));
            wrong.extend(self.unheard(&read, sentence, &cited));
        }
        for clause in clauses(pieces) {
            if !rests_on_records && !is_unknown {
                wrong.extend(self.contradicted(&read, &clause, &cited));
            }
            wrong.extend(self.clause(&read, &clause, &cited, lent, goes_on));
            let own = read.own(&clause);
            if clause.start == 0 && opens_topic(&pieces[clause.clone()]) {
                self.topic = names_of(&own);
            }
            goes_on |= !own.is_empty();
        }
        if !sentence.goes_on {
            self.lead.clone_from(&self.names);
            self.is_english_list = words::english_share(pieces) > 0.0;
        }
        wrong
    }

    /// What is called by its name: a label in small letters too, where the sections it rests on tell things
    /// apart by it.
    fn mentions(&self, pieces: &[Piece], cited: &[usize]) -> Vec<Mention> {
        let ground = self.grounds.ground;
        let is_label = |name: Name| cited.iter().any(|at| ground.places[*at].labels.contains(&name));
        let mut mentions = ground.names.mentions(pieces, true);
        mentions.retain(|mention| is_label(mention.name) || ground.names.is_meant(mention, pieces));
        mentions
    }

    /// The sections a sentence rests on; one that cites everything would rest on nothing.
    fn cited(&self, sentence: &Sentence) -> Vec<usize> {
        let mut cited: Vec<usize> = Vec::new();
        for at in sentence.marks.iter().filter_map(|mark| self.grounds.section(*mark)) {
            if cited.len() < MOST_CITED && !cited.contains(&at) {
                cited.push(at);
            }
        }
        cited
    }

    /// A sentence about a plan rests on a section that speaks of it.
    fn foreign_names(&self, read: &Read<'_>, cited: &[usize], rests_on_records: bool) -> Vec<String> {
        let in_records = |name: Name| self.records.iter().any(|known| known.names.contains(&name));
        let known = |name: Name| {
            in_records(name) || cited.iter().any(|at| self.grounds.ground.places[*at].names.contains(&name))
        };
        if cited.is_empty() && !rests_on_records || read.mentions.iter().any(|mention| known(mention.name)) {
            return Vec::new();
        }
        let is_denied = |mention: &&Mention| {
            read.stretches.iter().any(|stretch| stretch.denies && (stretch.from..stretch.to).contains(&mention.from))
        };
        let said = read.mentions.iter().filter(|mention| !is_denied(mention));
        said.map(|mention| join(&read.pieces[mention.from..mention.to])).collect()
    }

    /// What the last names were, for what goes on with them.
    pub(super) fn spoken_of(&self) -> &[Name] {
        &self.names
    }
}

/// "For returns, …", "With the add-on, …".
pub fn opens_topic(pieces: &[Piece]) -> bool {
    let is_said = pieces.iter().any(|piece| words::is_verbal(&piece.text));
    !is_said && pieces.first().is_some_and(|first| first.is(&["for", "with", "on", "under", "in"]))
}
