//! Meaning: what a question is about, so that two can be told alike whether or not anything answers them.

use std::collections::HashMap;

use super::Knowledge;
use super::rank::{SYNONYM, Term};
use super::synonyms::Idea;
use super::words;

/// More features than this make no question clearer and would only cost time.
const MOST_FEATURES: usize = 24;

/// One direction of meaning: a word, or an idea that several words stand for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    Stem(String),
    Idea(Idea),
}

/// The features of a question by their weight, heaviest first, as a vector of length 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meaning(Vec<(Feature, f32)>);

impl Knowledge {
    /// What a question means by itself, as the answering reads it: in English, with typos repaired, and
    /// each word by how much it matters here. One without a word that says something means nothing.
    pub fn meaning(&self, question: &str) -> Meaning {
        let tokens = words::tokens(question);
        let query = self.searchable.lexicon().read(&tokens, self.searchable.language_of(question));
        let mut weights: HashMap<Feature, f32> = HashMap::new();
        for term in &query.terms {
            let importance = self.searchable.importance(term);
            for (feature, share) in shares(term) {
                let weight = weights.entry(feature).or_default();
                *weight = weight.max(importance * share);
            }
        }
        Meaning::normal(weights)
    }
}

/// The parts of a word's weight: two words for one idea are as alike as a synonym is worth, and a word
/// is wholly like itself.
fn shares(term: &Term) -> impl Iterator<Item = (Feature, f32)> {
    let worth = if term.ideas.is_empty() {
        0.0
    } else if term.stem.is_empty() {
        1.0
    } else {
        SYNONYM
    };
    let own = (!term.stem.is_empty()).then(|| (Feature::Stem(term.stem.clone()), (1.0 - worth).sqrt()));
    #[expect(clippy::cast_precision_loss, reason = "a word has a handful of ideas")]
    let share = (worth / term.ideas.len().max(1) as f32).sqrt();
    own.into_iter().chain(term.ideas.iter().map(move |&idea| (Feature::Idea(idea), share)))
}

impl Meaning {
    fn normal(weights: HashMap<Feature, f32>) -> Self {
        let mut features: Vec<(Feature, f32)> = weights.into_iter().collect();
        // A fixed order, so that the same question has the same sums always.
        features.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        features.truncate(MOST_FEATURES);
        let length = features.iter().map(|(_, weight)| weight * weight).sum::<f32>().sqrt();
        Self(features.into_iter().map(|(feature, weight)| (feature, weight / length)).collect())
    }

    pub fn features(&self) -> &[(Feature, f32)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::answer::Voice;

    fn alike(a: &str, b: &str) -> f32 {
        let voice = Voice { company: "Acme".into(), support_email: "help@acme.test".into() };
        let knowledge = Knowledge::build(&[], voice);
        let b = knowledge.meaning(b);
        let weight = |feature: &Feature| b.0.iter().find(|(other, _)| other == feature).map_or(0.0, |(_, w)| *w);
        knowledge.meaning(a).0.iter().map(|(feature, own)| own * weight(feature)).sum()
    }

    #[test]
    fn the_same_words_are_wholly_alike_and_a_synonym_nearly() {
        assert!(alike("is there an iPhone app?", "the IPHONE app is where?") > 0.99);
        let synonym = alike("coupon", "voucher");
        assert!((0.8..0.9).contains(&synonym), "{synonym}");
        assert!(alike("do you have a podcast", "do you have a roadmap") < 0.1);
    }

    #[test]
    fn another_language_is_put_into_english() {
        let same = alike("¿Cómo cancelo mi suscripción?", "how do I cancel my subscription");
        assert!(same > 0.7, "{same}");
    }

    #[test]
    fn glue_alone_means_nothing() {
        let voice = Voice { company: "Acme".into(), support_email: "help@acme.test".into() };
        let knowledge = Knowledge::build(&[], voice);
        for nothing in ["", "??", "what is it", "🙂"] {
            assert!(knowledge.meaning(nothing).features().is_empty(), "{nothing}");
        }
    }
}
