//! Promises: words that make more of a true statement than it says, and stand only where the company
//! itself makes them.

use super::{
    clauses::Read,
    facts::{Fact, Stated},
    reader::Reader,
    words,
};

/// "£12/month for life" is more than "£12/month".
const PROMISES: [&str; 41] = [
    "for life",
    "lifetime",
    "life long",
    "lifelong",
    "for ever",
    "forever",
    "for the rest of",
    "for good",
    "unconditional",
    "unconditionally",
    "at once",
    "immediately",
    "immediate",
    "instantly",
    "instant",
    "right away",
    "straight away",
    "today",
    "tonight",
    "tomorrow",
    "double",
    "triple",
    "legally binding",
    "binding on us",
    "on the house",
    "in all cases",
    "whatever happens",
    "ein leben lang",
    "lebenslang",
    "für immer",
    "ohne ausnahme",
    "sofort",
    "à vie",
    "pour toujours",
    "sans exception",
    "para siempre",
    "de por vida",
    "sin excepción",
    "de inmediato",
    "हमेशा के लिए",
    "तुरंत",
];

/// Promises that are made by denying something.
const BY_DENIAL: [&str; 11] = [
    "without exception", "without exceptions", "no exceptions", "never changes", "never change", "never expires",
    "never goes up", "never increases", "never rises", "at no cost", "at no charge",
];

impl Reader<'_> {
    /// What a sentence promises that none of the sections it rests on does.
    pub(super) fn promised(&self, read: &Read<'_>, cited: &[usize]) -> Vec<String> {
        let said = spaced(read.pieces.iter().map(|piece| piece.text.as_str()));
        let is_denied = read.pieces.iter().any(|piece| words::is_negation(&piece.text));
        let rests_on = if cited.is_empty() { &self.shown } else { cited };
        if cited.is_empty() && read.mentions.is_empty() {
            // It rests on nothing and is not shown.
            return Vec::new();
        }
        let made = PROMISES.iter().filter(|_| !is_denied).chain(&BY_DENIAL);
        let made = made.map(|promise| format!(" {promise} ")).filter(|promise| said.contains(promise.as_str()));
        let stands = |promise: &String| {
            rests_on.iter().any(|at| self.grounds.ground.places[*at].text.contains(promise.as_str()))
        };
        made.filter(|promise| !stands(promise)).map(|promise| promise.trim().to_owned()).collect()
    }

    /// "Gold does not cost £12", where that is what it costs.
    pub(super) fn taken_back(&self, read: &Read<'_>, cited: &[usize]) -> Vec<String> {
        /// "Does not cost £12", "is not £12".
        const WITHIN: usize = 2;
        let is_denied = |stated: &&Stated| {
            let before = &read.pieces[stated.from.saturating_sub(WITHIN)..stated.from];
            matches!(stated.fact, Fact::Money { .. })
                && before.iter().any(|piece| words::is_negation(&piece.text))
                && !before.iter().any(|piece| piece.is(&["only", "just"]))
        };
        let known =
            || cited.iter().flat_map(|at| &self.grounds.ground.places[*at].statements).flat_map(|known| &known.facts);
        let stands = |stated: &&Stated| known().any(|fact| stated.fact.rests_on(fact));
        read.facts.iter().filter(is_denied).filter(stands).map(|stated| format!("not {}", read.said(stated))).collect()
    }
}

/// Words with a space around each, so that whole ones are found.
pub fn spaced<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.fold(String::from(" "), |spaced, word| spaced + word + " ")
}

#[cfg(test)]
mod tests {
    use crate::services::{
        answer::{Document, Knowledge, Voice},
        check::{Grounds, check, ground::Ground},
    };

    #[test]
    fn more_than_stands_is_not_promised() {
        let voice = Voice { company: "Acme".into(), support_email: "help@acme.example".into() };
        let markdown =
            "# Acme\n\n## Gold - £12/month\n\nDelivered immediately.\n\n## Refunds\n\nFull refund within 14 days.\n";
        let knowledge = Knowledge::build(&[Document { file: "a.md".into(), markdown: markdown.into() }], voice);
        let ground = Ground::of(knowledge.sections());
        let is_fine = |reply: &str| {
            let (shown, records) = ([0, 1], []);
            let support_email = "help@acme.example";
            check(
                reply,
                false,
                &Grounds { ground: &ground, shown: &shown, records: &records, asked: "", support_email, canary: "k-1" },
            )
            .is_ok()
        };
        for promised in [
            "Gold is £12/month for life [1].",
            "You get a refund within 14 days without exception [2].",
            "Refunds are immediate [2].",
            "Gold does not cost £12/month [1].",
            "Gold costs nothing [1].",
        ] {
            assert!(!is_fine(promised), "{promised}");
        }
        for true_one in
            ["Gold is £12/month [1].", "Gold is delivered immediately [1].", "Gold has no price for life [1]."]
        {
            assert!(is_fine(true_one), "{true_one}");
        }
    }
}
