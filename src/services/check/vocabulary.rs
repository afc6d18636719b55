//! Vocabulary: what is affirmed in words that neither stand in what a sentence rests on nor assert nothing.

use std::ops::Range;

use super::{
    clauses::{Read, join},
    facts::{Fact, is_measure},
    names::Name,
    pieces::{Piece, pieces},
    polarity::Stretch,
    reader::Reader,
    sentences::Sentence,
    words,
};

/// Of an English sentence at least this share is glue; entries of a list have less.
const ENGLISH: f32 = 0.2;

/// Or so many words in five are plain ones, or the knowledge base's.
const FAMILIAR: usize = 3;

/// A sentence without a mark is shown when it repeats so many words, and is held to account then.
const REPEATED: usize = 2;

/// Beside so many words that stand, one of everyday may be said that does not: measured on true and
/// invented replies of five trades, 2026-11.
const BESIDE: usize = 3;

/// So far back a word says whose the next one is: "for your own dental practice".
const THEIRS_WITHIN: usize = 5;

/// In how many sections words of the same root are looked for.
const MOST_READ: usize = 16;

/// A word of more than one in so many sections is what the company is about.
const THEME: usize = 6;
const FEW: usize = 4;

/// "IP", "VAT".
const LONGEST_ABBREVIATION: usize = 3;

/// What an entry of a list is called has no more pieces before its colon.
const LONGEST_LABEL: usize = 5;

/// What may be said of any price.
const PRICED: [&str; 13] = [
    "fee", "fees", "charge", "charges", "charged", "bill", "billed", "save", "saves", "saving", "savings", "total",
    "subtotal",
];

/// How a word stands to what a sentence rests on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// It asserts nothing by itself, or is looked up as a name or a figure.
    Plain,
    Stands,
    /// It is one of everyday, or stands elsewhere.
    Everyday,
    Unheard,
}

impl Reader<'_> {
    /// Words that nothing the sentence may rest on has, where they make more of it.
    pub(super) fn unheard(&self, read: &Read<'_>, sentence: &Sentence, cited: &[usize]) -> Vec<String> {
        let rests_on = if cited.is_empty() { &self.shown } else { cited };
        if !self.is_english(read.pieces, sentence) || cited.is_empty() && !self.repeats(read.pieces) {
            return Vec::new();
        }
        let (mut unheard, mut everyday, mut standing) = (Vec::new(), Vec::new(), 0);
        for stretch in read.stretches {
            let range = stretch.from..stretch.to;
            if stretch.is_condition && self.is_new_condition(read, &range, rests_on) {
                unheard.push(join(&read.pieces[range.clone()]));
            }
            let is_held = is_held(read, stretch, sentence, cited);
            for at in range {
                match self.standing(read, at, rests_on) {
                    Standing::Stands => standing += 1,
                    Standing::Unheard if is_held => unheard.push(read.pieces[at].text.clone()),
                    Standing::Everyday if is_held => everyday.push(at),
                    Standing::Plain if is_held && self.is_neighbours(read, at, cited, sentence.goes_on) => {
                        unheard.push(read.pieces[at].text.clone());
                    }
                    _ => {}
                }
            }
        }
        let is_beside = everyday.len() * BESIDE <= standing;
        let is_offer = |at: &usize| is_offered(read.pieces, *at, sentence.goes_on);
        everyday.retain(|at| !is_beside || is_offer(at));
        unheard.extend(everyday.into_iter().map(|at| read.pieces[at].text.clone()));
        unheard
    }

    /// "Only if you are over 60", of which the sections it rests on know nothing.
    fn is_new_condition(&self, read: &Read<'_>, range: &Range<usize>, rests_on: &[usize]) -> bool {
        let opening = &read.pieces[range.start.saturating_sub(3)..(range.start + 2).min(read.pieces.len())];
        let binds = opening.iter().any(|piece| piece.is(&["only", "provided", "unless", "condition", "long"]));
        let said: Vec<Standing> = range.clone().map(|at| self.standing(read, at, rests_on)).collect();
        let is_new = said.iter().any(|standing| matches!(standing, Standing::Everyday | Standing::Unheard));
        let has_ground = said.contains(&Standing::Stands);
        if binds && self.holds_also(read, range, rests_on) {
            return true;
        }
        if binds {
            let tells = !words::keys(&read.pieces[range.clone()]).is_empty();
            return is_new || tells && !has_ground;
        }
        is_new && !has_ground
    }

    /// "As long as it hasn't been delivered", where it holds also after delivery.
    fn holds_also(&self, read: &Read<'_>, range: &Range<usize>, rests_on: &[usize]) -> bool {
        /// "Also after delivery", "even once the work has begun".
        const WITHIN: usize = 4;
        let said = &read.pieces[range.clone()];
        if !said.iter().any(|piece| words::is_negation(&piece.text) || piece.is(&["before", "yet"])) {
            return false;
        }
        let keys = words::keys(said);
        let also = |text: &str| {
            let written = pieces(text);
            (0..written.len()).any(|at| {
                let opens = written[at].is(&["also", "even"])
                    && written.get(at + 1).is_some_and(|next| next.is(&["after", "if", "when", "once"]));
                let behind = &written[at..written.len().min(at + 2 + WITHIN)];
                opens && words::keys(behind).iter().any(|key| keys.contains(key))
            })
        };
        let mut texts = rests_on.iter().map(|at| self.grounds.ground.places[*at].text.as_str());
        texts.any(|text| (text.contains(" also ") || text.contains(" even ")) && also(text))
    }

    fn standing(&self, read: &Read<'_>, at: usize, rests_on: &[usize]) -> Standing {
        let piece = &read.pieces[at];
        if read.is_fact(at) {
            let begins = read.facts.iter().any(|stated| stated.from == at);
            return if begins { Standing::Stands } else { Standing::Plain };
        }
        let Some(key) = words::telling_key(piece) else { return Standing::Plain };
        let is_known = |name: &Name| rests_on.iter().any(|at| self.grounds.ground.places[*at].names.contains(name));
        let mut named = read.mentions.iter().filter(|mention| (mention.from..mention.to).contains(&at));
        let is_named = named.any(|mention| is_known(&mention.name));
        if self.stands(key, rests_on) || self.is_in_records(&piece.text) || is_named {
            return Standing::Stands;
        }
        // Names inside a sentence are looked up as such.
        let is_name = piece.capital && at > 0 && !read.pieces[at - 1].is(&["\n", "-", ".", ":"]);
        let lexicon = &self.grounds.ground.lexicon;
        let sections = lexicon.find(key).map_or(0, |word| lexicon.sections(word).len());
        let is_elsewhere = sections > 0;
        // What many pages are about tells none of them apart.
        let is_theme = sections > FEW && sections * THEME > self.grounds.ground.places.len();
        let states_price = || read.facts.iter().any(|stated| matches!(stated.fact, Fact::Money { .. }));
        let is_price = piece.is(&PRICED) && states_price();
        // "The address is help@acme.example."
        let is_address = piece.is(&["address", "addresses", "email"])
            && read.facts.iter().any(|stated| matches!(stated.fact, Fact::Link(_)));
        // "IP address", where "IP" stands.
        let is_kind = piece.is(&["address", "addresses", "number", "code"]) && at > 0 && {
            let before = &read.pieces[at - 1];
            let stands = before.told().keys().any(|key| self.stands(key, rests_on));
            before.capital && before.text.len() <= LONGEST_ABBREVIATION && stands
        };
        if is_name && !is_elsewhere
            || is_kind
            || is_theme
            || is_price
            || is_address
            || is_plain(piece, key)
            || self.is_theirs(read, at)
        {
            return Standing::Plain;
        }
        if self.stands_likewise(key, rests_on) {
            return Standing::Stands;
        }
        if is_elsewhere || words::is_everyday(key) { Standing::Everyday } else { Standing::Unheard }
    }

    /// "A recording", which may be any, but only stands where a neighbour of what is spoken of does.
    fn is_neighbours(&self, read: &Read<'_>, at: usize, cited: &[usize], is_entry: bool) -> bool {
        let ground = self.grounds.ground;
        let [cited] = cited else { return false };
        if !is_offered(read.pieces, at, is_entry) {
            return false;
        }
        let place = &ground.places[*cited];
        let key = words::telling_key(&read.pieces[at]).filter(|_| !read.is_fact(at));
        let word = key.and_then(|key| ground.lexicon.find(key)).filter(|word| !place.words.contains(word));
        let is_beside = |section: &usize| {
            let named = place.names.iter().filter(|name| ground.names.is_heading(**name));
            let named: Vec<Name> = named.copied().collect();
            ground.names.are_beside(&named, &ground.places[*section].names)
        };
        word.is_some_and(|word| {
            let sections = ground.lexicon.sections(word);
            !sections.is_empty() && sections.iter().all(is_beside)
        })
    }

    fn stands(&self, key: &str, rests_on: &[usize]) -> bool {
        let ground = self.grounds.ground;
        let word = ground.lexicon.find(key);
        word.is_some_and(|word| rests_on.iter().any(|at| ground.places[*at].words.contains(&word)))
    }

    /// In another word, or in one of the same root.
    fn stands_likewise(&self, key: &str, rests_on: &[usize]) -> bool {
        let ground = self.grounds.ground;
        let mut known = rests_on.iter().take(MOST_READ).flat_map(|at| &ground.places[*at].words);
        // "You get it back" is a refund, though "back" tells nothing by itself.
        let is_written = |same: &str| {
            let same = format!(" {same} ");
            rests_on.iter().take(MOST_READ).any(|at| ground.places[*at].text.contains(&same))
        };
        words::same(key).any(|same| self.stands(same, rests_on) || is_written(same))
            || known.any(|word| are_akin(key, ground.lexicon.key(*word)))
    }

    /// "For your bakery", to somebody who said they had one.
    fn is_theirs(&self, read: &Read<'_>, at: usize) -> bool {
        let pieces = read.pieces;
        let before = &pieces[at.saturating_sub(THEIRS_WITHIN)..at];
        let is_spoken_of = before.iter().any(|piece| piece.is(&["your", "for", "as", "about", "regarding", "if"]));
        // "Filming: not allowed …", to somebody who asked about it; "sauna: included" affirms it.
        let is_refused = read.stretches.iter().any(|stretch| stretch.denies && stretch.from > at);
        let is_label = is_refused && pieces.iter().take(LONGEST_LABEL).skip(at).any(|piece| piece.is(&[":"]));
        (is_spoken_of || is_label)
            && self
                .grounds
                .asked
                .pieces
                .iter()
                .any(|asked| words::singular(&asked.text) == words::singular(&pieces[at].text))
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
        key.is_none_or(|key| words::is_plain(key) || words::is_everyday(key))
            || self.grounds.ground.vocabulary.contains(&piece.text)
    }

    fn repeats(&self, pieces: &[Piece]) -> bool {
        let ground = self.grounds.ground;
        let known = ground.known(&words::keys(pieces));
        known.iter().filter(|word| !ground.lexicon.sections(**word).is_empty()).count() >= REPEATED
    }
}

/// What is denied, supposed or said of oneself claims nothing that must stand.
fn is_held(read: &Read<'_>, stretch: &Stretch, sentence: &Sentence, cited: &[usize]) -> bool {
    let inside = &read.pieces[stretch.from..stretch.to];
    let is_ours = inside.iter().any(|piece| piece.is(&["i", "im", "ive", "id", "ill"]));
    let is_said = stretch.asserts || sentence.goes_on || !cited.is_empty();
    !stretch.denies && !stretch.is_condition && !is_ours && is_said
}

/// Whether a word asserts nothing by itself. "Happiest" is of "happy", and a measure is checked with
/// its figure.
fn is_plain(piece: &Piece, key: &str) -> bool {
    let base = piece.text.strip_suffix("est").or_else(|| piece.text.strip_suffix("er"));
    let is_base = |base: &str| words::is_plain(base) || words::is_plain(&format!("{base}e"));
    words::is_plain(key)
        || key.chars().count() < 3
        || piece.text.len() > 4 && piece.text.ends_with("ly")
        || base.is_some_and(|base| base.len() > 2 && is_base(base)) && !words::is_everyday(key)
        || is_measure(&words::singular(&piece.text))
}

/// What somebody is said to get: "includes …", "comes with …, … and …".
const GIVES: [&str; 29] = [
    "include", "includes", "included", "including", "with", "get", "gets", "receive", "receives", "has", "have",
    "offer", "offers", "provide", "provides", "contain", "contains", "plus", "sell", "sells", "accept", "accepts",
    "take", "takes", "teach", "collect", "store", "also", "by",
];

/// What begins something else than what is given.
const ENDS: [&str; 20] = [
    "for", "to", "from", "if", "when", "so", "because", "that", "which", "who", "where", "as", "in", "on", "at", "is",
    "are", ".", ";", ":",
];

/// Whether a word belongs to what somebody is said to get; an entry of a list does.
pub fn is_offered(pieces: &[Piece], at: usize, is_entry: bool) -> bool {
    let before = pieces[..at].iter().rev().find(|piece| piece.is(&GIVES) || piece.is(&ENDS));
    before.map_or(is_entry, |piece| piece.is(&GIVES))
}

/// "Weigh" and "weight", "recovery" and "recovers": most of both is the same beginning.
fn are_akin(one: &str, other: &str) -> bool {
    const FEWEST: usize = 4;
    let same = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let longest = one.chars().count().max(other.chars().count());
    same >= FEWEST && same * 3 >= longest * 2
}
