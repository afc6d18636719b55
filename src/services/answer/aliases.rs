//! Aliases: the other ways people ask for a section, matched by how alike two phrasings are.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::words::Token;

/// What opens a comment that lists phrasings: `<!-- also asked as: one | two -->`.
const MARK: &str = "also asked as:";

/// Phrasings of one section, separated by `|`; nothing when the comment says something else.
pub fn in_comment(html: &str) -> Vec<String> {
    let inside = html.trim().trim_start_matches("<!--").trim_end_matches("-->");
    let Some(list) = inside.trim().strip_prefix(MARK) else {
        return Vec::new();
    };
    let phrasings = list.split(['|', '\n']).map(str::trim);
    phrasings.filter(|p| !p.is_empty()).map(str::to_owned).collect()
}

/// All phrasings of a knowledge base, ready to be compared with a question.
#[derive(Default)]
pub struct Phrasings {
    features: HashMap<u64, Vec<(u32, f32)>>,
    sections: Vec<u32>,
}

impl Phrasings {
    /// Weighs each feature by how few phrasings share it.
    pub fn build(phrasings: &[(u32, Vec<Token>)]) -> Self {
        let vectors: Vec<_> = phrasings.iter().map(|(_, tokens)| features(tokens)).collect();
        let mut found_in: HashMap<u64, f32> = HashMap::new();
        for feature in vectors.iter().flat_map(HashMap::keys) {
            *found_in.entry(*feature).or_default() += 1.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a count of phrasings")]
        let count = phrasings.len() as f32;
        let rarity = |feature: &u64| (1.0 + count / found_in[feature]).ln();
        let mut built = Self::default();
        for ((section, _), vector) in phrasings.iter().zip(&vectors) {
            built.add(*section, vector, rarity);
        }
        built
    }

    fn add(&mut self, section: u32, vector: &HashMap<u64, f32>, rarity: impl Fn(&u64) -> f32) {
        let Ok(line) = u32::try_from(self.sections.len()) else {
            return;
        };
        let length = vector.iter().map(|(f, w)| (w * rarity(f)).powi(2)).sum::<f32>().sqrt();
        for (feature, weight) in vector {
            let rarity = rarity(feature);
            // Once for the phrasing's own length and once for the question's side of the product.
            let share = weight * rarity * rarity / length.max(f32::EPSILON);
            self.features.entry(*feature).or_default().push((line, share));
        }
        self.sections.push(section);
    }

    /// How alike the nearest phrasing of each section is, 0 to 1.
    pub fn nearest(&self, question: &[Token], sections: usize) -> Vec<f32> {
        let mut nearest = vec![0.0_f32; sections];
        let vector = features(question);
        let mut products = vec![0.0_f32; self.sections.len()];
        let mut length = 0.0_f32;
        for (feature, weight) in &vector {
            let lines = self.features.get(feature).map_or(&[][..], Vec::as_slice);
            let rarity = self.rarity(lines.len());
            length += (weight * rarity).powi(2);
            for (line, share) in lines {
                products[*line as usize] += weight * share;
            }
        }
        let length = length.sqrt().max(f32::EPSILON);
        for (product, section) in products.iter().zip(&self.sections) {
            let slot = &mut nearest[*section as usize];
            *slot = slot.max(product / length);
        }
        nearest
    }

    #[expect(clippy::cast_precision_loss, reason = "a count of phrasings")]
    fn rarity(&self, found_in: usize) -> f32 {
        (1.0 + self.sections.len() as f32 / found_in.max(1) as f32).ln()
    }
}

/// A word says more than a pair, a pair more than a few letters.
const WORD: f32 = 1.0;
const PAIR: f32 = 0.6;
const LETTERS: f32 = 0.25;
/// Glue still counts: "who are you" is made of nothing else.
const STOP_WORD: f32 = 0.35;

fn features(tokens: &[Token]) -> HashMap<u64, f32> {
    let mut features = HashMap::new();
    for token in tokens {
        let weight = if token.is_stop() { STOP_WORD } else { WORD };
        features.insert(key(&("word", &token.stem)), weight);
        if !token.is_stop() {
            add_letters(&token.word, &mut features);
        }
    }
    for pair in tokens.windows(2) {
        features.insert(key(&(&pair[0].stem, &pair[1].stem)), PAIR);
    }
    features
}

fn add_letters(word: &str, features: &mut HashMap<u64, f32>) {
    let padded: Vec<char> = format!(" {word} ").chars().collect();
    for size in 3..=5 {
        for letters in padded.windows(size) {
            features.insert(key(&letters), LETTERS);
        }
    }
}

fn key(feature: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    feature.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::super::words::tokens;
    use super::*;

    #[test]
    fn the_nearest_phrasing_names_its_section() {
        let lines = [(0, tokens("who are you?")), (1, tokens("when do you close?"))];
        let nearest = Phrasings::build(&lines).nearest(&tokens("Who are you"), 2);
        assert!(nearest[0] > 0.99 && nearest[1] < 0.5, "{nearest:?}");
    }

    #[test]
    fn a_misspelt_word_still_resembles_itself() {
        let lines = [(0, tokens("cancel subscription")), (1, tokens("upgrade account"))];
        let nearest = Phrasings::build(&lines).nearest(&tokens("cancle subscripton"), 2);
        assert!(nearest[0] > 0.2 && nearest[0] > nearest[1] * 2.0, "{nearest:?}");
    }

    #[test]
    fn other_comments_list_nothing() {
        assert!(in_comment("<!-- todo: rewrite -->").is_empty());
    }
}
