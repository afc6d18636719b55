//! Vocabulary: what is affirmed in words that neither the knowledge base nor plain English has.

use std::ops::Range;

use super::{
    clauses::{Read, join},
    facts::is_measure,
    pieces::Piece,
    polarity::stretches,
    reader::Reader,
    sentences::Sentence,
    words::{self, Word},
};

/// Of an English sentence at least this share is glue; entries of a list have less.
const ENGLISH: f32 = 0.2;

/// Or so many words in five are plain ones, or the knowledge base's.
const FAMILIAR: usize = 3;

/// A sentence without a mark is shown when it repeats so many words, and is held to account then.
const REPEATED: usize = 2;

/// So far back a word says whose the next one is: "for your own dental practice".
const THEIRS_WITHIN: usize = 5;

impl Reader<'_> {
    /// Words of which nothing that the sentence may rest on has heard.
    pub(super) fn unheard(&self, read: &Read<'_>, sentence: &Sentence, cited: &[usize]) -> Vec<String> {
        let rests_on = if cited.is_empty() { &self.shown } else { cited };
        if !self.is_english(read.pieces, sentence) || cited.is_empty() && !self.repeats(read.pieces) {
            return Vec::new();
        }
        let mut unheard = Vec::new();
        let restricts = read.pieces.iter().any(|piece| piece.is(&["only"]));
        for stretch in stretches(read.pieces) {
            let inside = &read.pieces[stretch.from..stretch.to];
            if restricts && stretch.is_condition && self.is_new_condition(inside, cited) {
                unheard.push(join(inside));
            }
            let is_ours = inside.iter().any(|piece| piece.is(&["i", "im", "ive", "id", "ill"]));
            if stretch.denies
                || stretch.is_condition
                || is_ours
                || !(stretch.asserts || sentence.goes_on || !cited.is_empty())
            {
                continue;
            }
            unheard.extend(self.unheard_in(read, stretch.from..stretch.to, rests_on));
        }
        unheard
    }

    /// "Only if you are over 60", of which the sections it cites know nothing.
    fn is_new_condition(&self, condition: &[Piece], cited: &[usize]) -> bool {
        let ground = self.grounds.ground;
        let keys: Vec<String> = words::keys(condition).into_iter().filter(|key| !words::is_plain(key)).collect();
        let stands = |word: &Word| cited.iter().any(|at| ground.places[*at].words.contains(word));
        !keys.is_empty() && !cited.is_empty() && !ground.known(&keys).iter().any(stands)
    }

    fn unheard_in(&self, read: &Read<'_>, range: Range<usize>, rests_on: &[usize]) -> Vec<String> {
        let is_named = |at: usize| {
            read.mentions.iter().any(|mention| (mention.from..mention.to).contains(&at)) || read.is_fact(at)
        };
        let unheard = range.filter(|at| {
            let piece = &read.pieces[*at];
            // Names inside a sentence are looked up as such, and belong to the section that has them.
            let is_name = piece.capital && *at > 0 && !read.pieces[at - 1].is(&["\n", "-", ".", ":"]);
            let is_looked_up = is_name && !self.is_of_few(piece);
            let is_unheard = piece.is_word() && !is_looked_up && !self.is_heard(piece, rests_on);
            is_unheard && !is_named(*at) && !self.is_theirs(read.pieces, *at)
        });
        unheard.map(|at| read.pieces[at].text.clone()).collect()
    }

    /// "For your bakery", to somebody who said they had one.
    fn is_theirs(&self, pieces: &[Piece], at: usize) -> bool {
        let before = &pieces[at.saturating_sub(THEIRS_WITHIN)..at];
        let is_spoken_of = before.iter().any(|piece| piece.is(&["your", "for", "as", "about", "regarding", "if"]));
        is_spoken_of && self.asked.iter().any(|asked| words::singular(&asked.text) == words::singular(&pieces[at].text))
    }

    /// Whether it stands in some section, and in hardly more than one.
    fn is_of_few(&self, piece: &Piece) -> bool {
        let lexicon = &self.grounds.ground.lexicon;
        let word = words::telling_key(piece).and_then(|key| lexicon.find(&key));
        word.is_some_and(|word| (1..=RARE).contains(&lexicon.sections(word).len()))
    }

    fn is_heard(&self, piece: &Piece, rests_on: &[usize]) -> bool {
        let Some(key) = words::telling_key(piece) else { return true };
        let is_derived = piece.text.len() > 4 && piece.text.ends_with("ly");
        // "Happiest" is of "happy".
        let base = piece.text.strip_suffix("est").or_else(|| piece.text.strip_suffix("er"));
        let is_derived = is_derived || base.is_some_and(|base| base.len() > 3 && words::is_plain(base));
        if is_measure(&words::singular(&piece.text)) {
            return true;
        }
        if words::is_plain(&key) || is_derived || key.chars().count() < 3 {
            return true;
        }
        let ground = self.grounds.ground;
        let stands = |word: Word| {
            let sections = ground.lexicon.sections(word);
            sections.len() > RARE || sections.iter().any(|at| rests_on.contains(at))
        };
        if ground.lexicon.find(&key).is_some_and(stands) || self.is_in_records(&piece.text) {
            return true;
        }
        let mut known = rests_on.iter().take(MOST_READ).flat_map(|at| &ground.places[*at].words);
        known.any(|word| are_akin(&key, ground.lexicon.key(*word)))
    }

    /// By its glue or, as headlines have none, by its other words.
    fn is_english(&self, pieces: &[Piece], sentence: &Sentence) -> bool {
        let words: Vec<&Piece> = pieces.iter().filter(|piece| piece.is_word()).collect();
        let ours = words.iter().filter(|piece| self.is_familiar(piece)).count();
        words::english_share(pieces) >= ENGLISH
            || sentence.goes_on && self.is_english_list
            || ours * 5 >= words.len().max(1) * FAMILIAR
    }

    fn is_familiar(&self, piece: &Piece) -> bool {
        let key = words::telling_key(piece);
        key.is_none_or(|key| words::is_plain(&key)) || self.grounds.ground.vocabulary.contains(&piece.text)
    }

    fn repeats(&self, pieces: &[Piece]) -> bool {
        let ground = self.grounds.ground;
        let known = ground.known(&words::keys(pieces));
        known.iter().filter(|word| !ground.lexicon.sections(**word).is_empty()).count() >= REPEATED
    }
}

/// A word of no more sections than this belongs to them.
const RARE: usize = 1;

/// In how many sections words of the same root are looked for.
const MOST_READ: usize = 16;

/// "Weigh" and "weight", "recovery" and "recovers": most of both is the same beginning.
fn are_akin(one: &str, other: &str) -> bool {
    const FEWEST: usize = 4;
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let longest = one.chars().count().max(other.chars().count());
    same >= FEWEST && same * 3 >= longest * 2
}
