//! Finding: every section's score for a question, and how sure we may be of the best one.

use super::aliases::Phrasings;
use super::confidence::{self, Signs};
use super::fusion;
use super::kinds::{Kind, Kinds};
use super::ladder::{self, Ladder, Rung};
use super::language::Language;
use super::parts;
use super::passages::Passages;
use super::prices::Prices;
use super::query::{Lexicon, Query};
use super::rank::{self, Index, Match, Term};
use super::sections::Section;
use super::synonyms::Synonyms;
use super::typos::Spelling;
use super::words::{self, Token};
use crate::domain::turn::{Author, Outcome, Turn};

/// How much the nearest phrasing adds to what the words say, 2026-11.
const PHRASING: f32 = 0.45;
/// The section a conversation is about, when the question leans on it.
const TOPIC: f32 = 0.12;
/// The same when it says nothing of its own: "what's included?"
const TOPIC_ALONE: f32 = 0.4;
/// Of a treatment and its entry in the price list, who asks for the price means the entry.
const PRICED: f32 = 1.2;
/// The section a rung names stands above the others of its ladder.
const ON_RUNG: f32 = 0.15;
/// Figures and glue alone ("1=1") name no subject, unless somebody listed just that phrasing.
const SAME_PHRASING: f32 = 0.6;
/// Without a word in common, a few letters that look alike are chance.
const SOME_PHRASING: f32 = 0.3;
/// What is left of a confidence that rests on no subject.
const SUBJECTLESS: f32 = 0.3;
/// What is left where the question names something of the world outside that no section speaks of, 2026-11.
const OUTSIDE: f32 = 0.6;
/// A rung is meant only if its ladder has this share of the best score.
const RELEVANT: f32 = 0.25;
/// More sections than these are neither told nor, of a large knowledge base, shown to a model.
const MOST_RANKED: usize = 12;

/// Sections with everything that finds them.
pub struct Searchable {
    /// The sections, in the order of the files.
    pub sections: Vec<Section>,
    /// The language most of them are in.
    pub language: Language,
    pub(super) index: Index,
    synonyms: Synonyms,
    spelling: Spelling,
    phrasings: Phrasings,
    passages: Vec<Passages>,
    pub(super) ladders: Vec<Ladder>,
    /// The sections whose headings name a price.
    priced: Vec<bool>,
    pub(super) prices: Prices,
    pub(super) kinds: Vec<Kinds>,
    /// The section with most addresses to write to.
    pub(super) contact: Option<usize>,
}

/// What was found for one question.
#[derive(Debug, Default)]
pub struct Found {
    /// Sections with their scores, best first; those without a score are left out.
    pub ranked: Vec<(usize, f32)>,
    /// The chance that the first is right.
    pub confidence: f32,
    /// Why.
    pub signs: Signs,
    /// Whether the prices were all that was asked for.
    pub asks_prices: bool,
    pub(super) terms: Vec<Term>,
}

impl Found {
    /// What it is worth.
    pub fn outcome(&self) -> Outcome {
        if self.ranked.is_empty() { Outcome::Unknown } else { confidence::outcome(self.confidence) }
    }

    /// The best section.
    pub fn best(&self) -> Option<usize> {
        self.ranked.first().map(|&(at, _)| at)
    }
}

impl Searchable {
    /// Indexes the sections.
    pub fn build(sections: Vec<Section>) -> Self {
        let synonyms = Synonyms::shipped();
        Self {
            index: Index::build(&sections, &synonyms),
            spelling: Spelling::build(vocabulary(&sections, &synonyms)),
            phrasings: Phrasings::build(&phrasings(&sections)),
            passages: sections.iter().map(|s| Passages::build(s, &synonyms)).collect(),
            ladders: ladder::ladders(&sections),
            priced: sections.iter().map(|s| ladder::is_priced(&s.title)).collect(),
            prices: Prices::build(&sections, &synonyms),
            kinds: sections.iter().map(Kinds::held).collect(),
            contact: contact(&sections),
            language: main_language(&sections),
            synonyms,
            sections,
        }
    }

    /// Scores every section for one question; where words are not sure, also by how near they are.
    pub fn find(&self, question: &str, earlier: &[Turn], language: Language, near: Option<&[f32]>) -> Found {
        let mut query = self.read(question, language);
        if let Some(focus) = parts::focus(question) {
            query.lean_on(&self.read(focus, language));
        }
        let continued = self.continues(&query, earlier);
        let named = ladder::rung(&query.tokens);
        let kind = Kind::asked(&query.tokens);
        let asks_prices = kind == Some(Kind::Amount) && query.repaired == 0 && self.prices.all_that_is_asked(&query);
        if let Some((_, name)) = &named {
            let words: Vec<&str> = query.tokens[name.clone()].iter().map(|t| t.stem.as_str()).collect();
            query.terms.retain(|t| !words.contains(&t.stem.as_str()));
        }
        query.own = query.terms.len();
        let spoken = if continued { self.spoken(earlier, &mut query) } else { Vec::new() };
        let rung = named.map(|(rung, _)| rung);
        let mut found = self.rank(&query, &spoken, rung, kind);
        found.signs.foreign = f32::from(u8::from(language != Language::English));
        found.confidence = found.signs.confidence();
        let names_nothing = query.tokens.iter().all(|t| t.is_stop() || t.is_number());
        if !continued && names_nothing && found.signs.phrasing < SAME_PHRASING {
            found.confidence *= SUBJECTLESS;
        }
        if found.signs.covered <= 0.0 && found.signs.phrasing < SOME_PHRASING {
            found.confidence *= SUBJECTLESS;
        }
        let is_outside = |t: &Token| rank::is_outside(&t.stem) && !self.index.knows(&t.stem);
        if language == Language::English && words::tokens(question).iter().any(is_outside) {
            found.confidence *= OUTSIDE;
        }
        let is_doubted = continued || found.confidence < found.signs.confidence();
        let is_open = !confidence::is_sure(found.confidence);
        if let Some(near) = near.filter(|near| is_open && near.len() == self.sections.len()) {
            found.ranked = fusion::fused(&found.ranked, near);
            let nearness = found.best().map_or(0.0, |best| near[best]);
            found.confidence = confidence::with_meaning(found.confidence, nearness);
        }
        found.ranked.truncate(MOST_RANKED);
        self.demand(kind, &query, is_doubted, &mut found);
        self.tell_prices(&mut found, asks_prices, rung, &spoken);
        found.terms = query.terms;
        found
    }

    pub(super) fn read(&self, question: &str, language: Language) -> Query {
        self.lexicon().read(&words::tokens(question), language)
    }

    /// Whether a question needs what was said before it.
    pub(super) fn continues(&self, query: &Query, earlier: &[Turn]) -> bool {
        let meaningful = query.terms.iter().filter(|t| self.index.reaches(t)).count();
        let says_something = !query.tokens.is_empty() && !earlier.is_empty();
        says_something && parts::continues(&query.tokens, meaningful, query.terms.len() - meaningful)
    }

    /// The language of a question, in which no word that we use ourselves counts.
    pub fn language_of(&self, question: &str) -> Language {
        let is_ours = |t: &Token| self.index.knows(&t.stem) || self.synonyms.knows(&t.stem);
        Language::asked(question, self.language, is_ours)
    }

    /// The positions of a section's lines, most telling first.
    pub fn lines(&self, found: &Found, section: usize) -> Vec<usize> {
        self.passages[section].by_relevance(&found.terms, &self.index)
    }

    fn rank(&self, query: &Query, spoken: &[f32], rung: Option<Rung>, kind: Option<Kind>) -> Found {
        let matches = self.index.score(&query.terms);
        let alike = self.phrasings.nearest(&query.tokens, self.sections.len());
        let mut scores: Vec<f32> = matches.iter().zip(&alike).map(|(m, a)| m.score + PHRASING * a).collect();
        if query.terms.iter().any(|term| self.prices.is_price(term)) {
            for (score, _) in scores.iter_mut().zip(&self.priced).filter(|(_, priced)| **priced) {
                *score *= PRICED;
            }
        }
        if let Some(kind) = kind {
            self.favour(kind, &mut scores);
        }
        let topic = highest(spoken);
        if let Some(topic) = topic.filter(|&at| kind.is_none_or(|kind| self.kinds[at].contains(kind))) {
            scores[topic] += if self.says_little(&query.terms[..query.own]) { TOPIC_ALONE } else { TOPIC };
        }
        let climbed = rung.and_then(|rung| self.climb(rung, spoken, &mut scores));
        let ranked = fusion::best_first(scores);
        let mut signs = self.signs(query, &matches, &alike, &ranked);
        signs.rung = f32::from(u8::from(climbed.is_some()));
        signs.continued = f32::from(u8::from(topic.is_some()));
        Found { ranked, signs, ..Found::default() }
    }

    /// Lifts the section that stands on the rung of the ladder the question speaks of most.
    pub(super) fn climb(&self, rung: Rung, spoken: &[f32], scores: &mut [f32]) -> Option<usize> {
        let top = scores.iter().copied().fold(0.0, f32::max);
        let relative = matches!(rung, Rung::Above | Rung::Below);
        let about = if relative { spoken } else { &*scores };
        let best = |ladder: &Ladder| {
            ladder.sections().iter().map(|&s| about.get(s as usize).copied().unwrap_or(0.0)).fold(0.0, f32::max)
        };
        let reachable = self.ladders.iter().filter_map(|l| Some((best(l), l.section(rung, spoken)? as usize)));
        let mut reachable: Vec<(f32, usize)> = reachable.collect();
        reachable.sort_by(|a, b| b.0.total_cmp(&a.0));
        let &(best, section) = reachable.first()?;
        if !relative && best < RELEVANT * top {
            return None;
        }
        for (place, (_, other)) in (0_u8..).zip(&reachable).take(if rung == Rung::All { 2 } else { 1 }) {
            scores[*other] = top + ON_RUNG / f32::from(1 + place);
        }
        Some(section)
    }

    fn signs(&self, query: &Query, matches: &[Match], alike: &[f32], ranked: &[(usize, f32)]) -> Signs {
        let Some(&(best, top)) = ranked.first() else {
            return Signs::default();
        };
        let next = ranked.get(1).map_or(0.0, |r| r.1);
        let weight = |t: &&Term| self.index.importance(t);
        let all: f32 = query.terms.iter().map(|t| weight(&t)).sum();
        let known: f32 = query.terms.iter().filter(|t| self.index.reaches(t)).map(|t| weight(&t)).sum();
        #[expect(clippy::cast_precision_loss, reason = "a count of words")]
        let count = query.terms.len() as f32;
        #[expect(clippy::cast_precision_loss, reason = "a count of words")]
        let guessed = query.repaired as f32 / count.max(1.0);
        Signs {
            score: matches[best].score,
            margin: (top - next) / top.max(f32::EPSILON),
            covered: matches[best].covered,
            known: known / all.max(f32::EPSILON),
            in_title: matches[best].in_title,
            phrasing: alike[best],
            exact: matches[best].exact,
            length: (count / 10.0).min(1.0),
            guessed,
            missing: self.index.heaviest_missing(&query.terms, best) / all.max(f32::EPSILON),
            ..Signs::default()
        }
    }

    /// Whether no term tells what a question is about.
    pub fn says_little(&self, terms: &[Term]) -> bool {
        terms.iter().all(|term| rank::is_glue(&term.stem) || self.prices.is_price(term))
    }

    /// How much a word of a question matters here.
    pub fn importance(&self, term: &Term) -> f32 {
        self.index.importance(term)
    }

    /// What reads a question.
    pub fn lexicon(&self) -> Lexicon<'_> {
        Lexicon { index: &self.index, synonyms: &self.synonyms, spelling: &self.spelling }
    }
}

pub(super) fn last(earlier: &[Turn], author: Author) -> Option<&Turn> {
    earlier.iter().rev().find(|turn| turn.author == author)
}

/// The position of the greatest score, if anything has one.
fn highest(scores: &[f32]) -> Option<usize> {
    let candidates = scores.iter().enumerate().filter(|(_, score)| **score > 0.0);
    candidates.max_by(|a, b| a.1.total_cmp(b.1)).map(|(at, _)| at)
}

/// The section with most e-mail addresses, if any has one.
fn contact(sections: &[Section]) -> Option<usize> {
    let addresses = |section: &Section| section.lines.iter().map(|line| line.matches('@').count()).sum::<usize>();
    let counted = sections.iter().map(addresses).enumerate().filter(|(_, count)| *count > 0);
    counted.max_by_key(|&(at, count)| (count, usize::MAX - at)).map(|(at, _)| at)
}

/// A heading is a phrasing too, alone and below its parent.
fn phrasings(sections: &[Section]) -> Vec<(u32, Vec<Token>)> {
    let of = |(at, section): (u32, &Section)| {
        let own = section.aliases.iter().chain([&section.title]).map(|p| words::all_tokens(p));
        own.map(|tokens| (at, tokens)).collect::<Vec<_>>()
    };
    (0..).zip(sections).flat_map(of).collect()
}

fn vocabulary(sections: &[Section], synonyms: &Synonyms) -> impl Iterator<Item = String> {
    let texts = sections.iter().flat_map(|s| s.lines.iter().chain(&s.aliases).chain([&s.title]).chain(&s.parents));
    let words: Vec<String> = texts.flat_map(|t| words::all_tokens(t)).map(|t| t.word).collect();
    words.into_iter().chain(synonyms.words()).chain(ladder::words()).chain(words::stop_words())
}

fn main_language(sections: &[Section]) -> Language {
    let text: Vec<&str> = sections.iter().flat_map(|s| &s.lines).map(String::as_str).take(200).collect();
    Language::of(&words::tokens(&text.join(" ")))
}
