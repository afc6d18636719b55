//! Answering without a model: from a question to the section that answers it, or an honest "I don't know".

mod aliases;
mod compose;
mod confidence;
mod find;
mod ladder;
mod language;
mod parts;
mod passages;
mod query;
mod rank;
mod sections;
mod smalltalk;
mod synonyms;
mod typos;
mod words;

use crate::domain::source::Source;
use crate::domain::turn::{Outcome, Turn};
use compose::{Cited, Speaker};
use find::{Found, Searchable};

pub use compose::handed_over;
pub use confidence::Signs;
pub use language::Language;
pub(crate) use words::{CONSIDERED_CHARS, Token, tokens};

/// More sections than this are no help.
const MOST_SOURCES: usize = 3;
/// A section far behind the best one is not related to the question.
const RELATED: f32 = 0.55;

/// One file of the knowledge base.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its name, such as `faq.md`.
    pub file: String,
    /// Its text.
    pub markdown: String,
}

/// Whose voice the replies have.
#[derive(Clone, Debug)]
pub struct Voice {
    /// The company's name.
    pub company: String,
    /// Where a person can be written to.
    pub support_email: String,
}

/// What the knowledge base says to a question.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Answered, nearly, or not.
    pub outcome: Outcome,
    /// The chance that the best section is the right one, 0 to 1.
    pub confidence: f32,
    /// Plain text: knowledge-base lines and fixed sentences, never words of the question.
    pub text: String,
    /// Best first; empty for small talk and for what we do not know.
    pub sources: Vec<Source>,
    /// The language of the question.
    pub language: Language,
}

/// Whether a message only greets, thanks or takes leave.
pub(crate) fn is_small_talk(message: &[Token]) -> bool {
    smalltalk::of(message).is_some()
}

impl Answer {
    /// Whether it says something of the knowledge base for sure.
    pub fn is_from_knowledge(&self) -> bool {
        self.outcome == Outcome::Answer && !self.sources.is_empty()
    }
}

/// A knowledge base, read once and ready to be asked by anybody at the same time.
pub struct Knowledge {
    searchable: Searchable,
    voice: Voice,
}

impl Knowledge {
    /// Reads every section of the documents, in their order.
    pub fn build(documents: &[Document], voice: Voice) -> Self {
        let sections = documents.iter().flat_map(|d| sections::parse(&d.file, &d.markdown)).collect();
        Self { searchable: Searchable::build(sections), voice }
    }

    /// How many sections it holds.
    pub fn section_count(&self) -> usize {
        self.searchable.sections.len()
    }

    /// Answers a question in the light of what was said before it.
    pub fn answer(&self, question: &str, earlier: &[Turn]) -> Answer {
        let tokens = words::tokens(question);
        if let Some(pleasantry) = smalltalk::of(&tokens) {
            let language = smalltalk::language(&tokens);
            let text = self.speaker(language).pleasantry(pleasantry);
            return Answer { outcome: Outcome::Answer, confidence: 1.0, text, sources: Vec::new(), language };
        }
        let language = Language::of(&tokens);
        let found = self.searchable.parts(question, earlier, language);
        self.reply(&found, language)
    }

    /// The signs behind the confidence of a single question, for fitting the weights anew.
    pub fn signs(&self, question: &str, earlier: &[Turn]) -> (Signs, Option<Source>) {
        let tokens = words::tokens(question);
        let found = self.searchable.find(question, earlier, Language::of(&tokens));
        let source = found.best().map(|at| self.searchable.sections[at].source.clone());
        (found.signs, source)
    }

    fn reply(&self, parts: &[Found], language: Language) -> Answer {
        let confidence = parts.iter().map(|p| p.confidence).fold(1.0, f32::min);
        let outcome = match parts.iter().all(|p| p.best().is_some()) {
            true => confidence::outcome(confidence),
            false => Outcome::Unknown,
        };
        let chosen = chosen(parts, outcome);
        let lines: Vec<Vec<usize>> = chosen.iter().map(|(part, at)| self.searchable.lines(part, *at)).collect();
        let cited: Vec<Cited<'_>> = chosen
            .iter()
            .zip(&lines)
            .map(|((_, at), lines)| Cited { section: &self.searchable.sections[*at], lines })
            .collect();
        let speaker = self.speaker(language);
        let text = match outcome {
            Outcome::Answer => {
                let (answers, related) = cited.split_at(parts.len().min(cited.len()));
                speaker.answer(answers, related)
            }
            Outcome::Closest => speaker.closest(&cited),
            _ => speaker.unknown(),
        };
        let sources = cited.iter().map(|c| c.section.source.clone()).collect();
        Answer { outcome, confidence, text, sources, language }
    }

    fn speaker(&self, language: Language) -> Speaker<'_> {
        let translated = language != self.searchable.language;
        Speaker { voice: &self.voice, language, translated }
    }
}

/// The best section of each part first, then what else belongs to the question.
fn chosen(parts: &[Found], outcome: Outcome) -> Vec<(&Found, usize)> {
    if outcome == Outcome::Unknown {
        return Vec::new();
    }
    let near = |part: &&Found, rank: usize| {
        let (section, score) = *part.ranked.get(rank)?;
        (score >= RELATED * part.ranked[0].1).then_some(section)
    };
    let mut chosen: Vec<(&Found, usize)> = Vec::new();
    for rank in 0..MOST_SOURCES {
        for part in parts {
            let new = near(&part, rank).filter(|at| chosen.iter().all(|(_, other)| other != at));
            chosen.extend(new.map(|at| (part, at)));
        }
    }
    chosen.truncate(MOST_SOURCES);
    chosen
}
