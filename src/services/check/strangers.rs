//! Strangers: names of plans, products, places and codes that nothing we know mentions.

use super::{clauses::Read, facts, ground::origin, pieces::Piece, reader::Reader, words};

/// Of an English sentence at least this share is glue, measured on replies in five languages.
const ENGLISH: f32 = 0.25;

/// What a model calls itself, and what it was told.
const OF_ITSELF: [&str; 13] = [
    "assistant", "asistente", "assistent", "assistente", "सहायक", "instructions", "instruction", "instrucciones",
    "anweisungen", "istruzioni", "निर्देश", "prompt", "prompts",
];

impl Reader<'_> {
    /// What a sentence calls by a name that stands nowhere.
    pub(super) fn strangers(&self, read: &Read<'_>) -> Vec<String> {
        let mut strangers = self.unknown_plans(read);
        strangers.extend(self.unknown_codes(read));
        strangers.extend(self.told_itself(read));
        let is_english = words::english_share(read.pieces) >= ENGLISH;
        let names = self.unknown_names(read).into_iter();
        strangers.extend(names.filter(|name| is_english || words::is_country(name)));
        strangers
    }

    /// What the desk is told is no part of what it knows, in whichever language it says so.
    fn told_itself(&self, read: &Read<'_>) -> Vec<String> {
        // French and Italian join the article to it: "l'assistant".
        let joined = |piece: &Piece| piece.text.strip_prefix(['l', 'd']).is_some_and(|bare| OF_ITSELF.contains(&bare));
        let is_of_itself = |piece: &&Piece| (piece.is(&OF_ITSELF) || joined(piece)) && !self.is_known(piece);
        let of_itself = read.pieces.iter().filter(is_of_itself);
        of_itself.map(|_| "what you were told".to_owned()).collect()
    }

    /// "The Platinum plan".
    fn unknown_plans(&self, read: &Read<'_>) -> Vec<String> {
        let called = |pair: &&[Piece]| {
            let [name, what] = pair else { return false };
            let is_plan = what.is(&["plan", "package", "tier", "subscription"]);
            name.is_word() && name.capital && is_plan && !self.is_known(name)
        };
        let unknown = read.pieces.windows(2).skip(1).filter(called);
        unknown.map(|pair| format!("{} {}", pair[0].text, pair[1].text)).collect()
    }

    /// "SEV5", where there are three.
    fn unknown_codes(&self, read: &Read<'_>) -> Vec<String> {
        let codes = read.pieces.iter().filter(|piece| piece.is_word() && is_code(&piece.text));
        let unknown = codes.filter(|code| !self.is_known(code) && !self.is_asked(code));
        unknown.map(|code| code.text.clone()).collect()
    }

    /// Capitals inside a sentence. The visitor's own names may be repeated where nothing is
    /// affirmed of them: "I don't know about Foo", "for your Foo shop".
    fn unknown_names(&self, read: &Read<'_>) -> Vec<String> {
        let mut unknown = Vec::new();
        for (at, piece) in read.pieces.iter().enumerate() {
            // Whatever opens a sentence has a capital; a country has it anyway.
            let opens = !words::is_country(&piece.text)
                && at
                    .checked_sub(1)
                    .is_none_or(|before| read.pieces[before].is(&[".", "!", "?", ":", "\n", "-", "\"", "“", "("]));
            let is_named = piece.is_word() && piece.capital && piece.text.chars().count() > 2 && !opens;
            if !is_named || self.is_known(piece) || words::is_verbal(&piece.text) || is_fact(read.pieces, at) {
                continue;
            }
            let is_doubted = read
                .stretches
                .iter()
                .any(|stretch| (stretch.from..stretch.to).contains(&at) && (stretch.denies || stretch.is_condition));
            let before = &read.pieces[at.saturating_sub(2)..at];
            let is_theirs = before.iter().any(|piece| piece.is(&["your", "for", "as", "about", "regarding", "like"]));
            if !(self.is_asked(piece) && (is_doubted || is_theirs)) {
                unknown.push(piece.text.clone());
            }
        }
        unknown
    }

    fn is_known(&self, piece: &Piece) -> bool {
        let ground = self.grounds.ground;
        let is_adjective = ["ish", "ian", "ese"].iter().any(|ending| piece.text.ends_with(ending));
        ground.vocabulary.contains(&piece.text)
            || ground.vocabulary.contains(&words::singular(&piece.text))
            || is_adjective && origin(&piece.text).is_some_and(|name| ground.origins.contains(&name))
            || self.is_in_records(&piece.text)
    }

    pub(super) fn is_in_records(&self, word: &str) -> bool {
        self.recorded.contains(word)
    }

    fn is_asked(&self, piece: &Piece) -> bool {
        self.grounds.asked.pieces.iter().any(|asked| asked.text == piece.text)
    }
}

/// "SEV3", "ISO27001": letters, then figures; or a long tangle of both.
fn is_code(word: &str) -> bool {
    /// No word and no figure with its unit is longer.
    const TANGLE: usize = 12;
    let has = |of: fn(&char) -> bool| word.chars().any(|c| of(&c));
    if word.len() >= TANGLE && has(char::is_ascii_digit) && has(char::is_ascii_alphabetic) {
        return true;
    }
    let figures = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    word.len() >= figures.len() + 2 && !figures.is_empty() && figures.bytes().all(|byte| byte.is_ascii_digit())
}

/// Days, months and currencies are facts, and checked as such.
fn is_fact(pieces: &[Piece], at: usize) -> bool {
    let word = pieces[at].text.as_str();
    facts::is_month(word) || facts::is_weekday(word) || facts::names_currency(pieces, at)
}
