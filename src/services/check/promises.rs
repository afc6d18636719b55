//! Promises: words that make more of a true statement than it says, and stand only where the company
//! itself makes them.

use std::sync::LazyLock;

use super::{
    clauses::{Read, clauses},
    facts::{Fact, Stated},
    pieces::Piece,
    reader::Reader,
    words,
};

/// "£12/month for life" is more than "£12/month".
struct Promise {
    /// With a space around each.
    ways: Vec<String>,
    is_by_denial: bool,
    /// Whether it promises nothing where it is asked of the visitor: "report it at once".
    is_theirs_too: bool,
}

static PROMISES: LazyLock<Vec<Promise>> = LazyLock::new(|| {
    let lines = include_str!("words/promises.txt").lines().filter(|line| !line.starts_with('#'));
    let promise = |line: &str| {
        let ways = line.trim_start_matches(['-', '?', ' ']).split(", ").map(|way| format!(" {way} ")).collect();
        Promise { ways, is_by_denial: line.starts_with("- "), is_theirs_too: line.starts_with("? ") }
    };
    lines.map(promise).collect()
});

impl Reader<'_> {
    /// What a sentence promises that none of the sections it rests on does.
    pub(super) fn promised(&self, read: &Read<'_>, cited: &[usize]) -> Vec<String> {
        let said = spaced(read.pieces.iter().map(|piece| piece.text.as_str()));
        let is_denied = read.pieces.iter().any(|piece| words::is_negation(&piece.text));
        let rests_on = if cited.is_empty() { &self.shown } else { cited };
        if cited.is_empty() && read.mentions.is_empty() && !self.is_admission {
            // It rests on nothing and is not shown.
            return Vec::new();
        }
        let places = &self.grounds.ground.places;
        let stands = |way: &String| rests_on.iter().any(|at| places[*at].text.contains(way.as_str()));
        let is_ours = |way: &String| {
            let mut clauses = clauses(read.pieces).into_iter().map(|clause| &read.pieces[clause]);
            clauses.any(|clause| {
                let said = spaced(clause.iter().map(|piece| piece.text.as_str()));
                said.contains(way.as_str()) && !is_asked_of_them(clause, way)
            })
        };
        let made = |promise: &Promise| {
            let mut ways = promise.ways.iter().filter(|way| said.contains(way.as_str()));
            ways.find(|way| !promise.is_theirs_too || is_ours(way)).cloned()
        };
        let open = PROMISES.iter().filter(|promise| promise.is_by_denial || !is_denied);
        // What is said is short and what stands is long.
        let made = open.filter_map(|promise| Some((promise, made(promise)?)));
        let unkept = made.filter(|(promise, _)| !promise.ways.iter().any(stands));
        unkept.map(|(_, way)| way.trim().to_owned()).collect()
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
        let stands = |stated: &&Stated| self.stands_in(&stated.fact, cited);
        read.facts.iter().filter(is_denied).filter(stands).map(|stated| format!("not {}", read.said(stated))).collect()
    }
}

/// "Please report it at once", "then call us right away": what the visitor is to do. "Email us for an instant
/// refund" promises one.
fn is_asked_of_them(clause: &[Piece], way: &str) -> bool {
    /// "Report it to us".
    const WITHIN: usize = 4;
    const OPENS: [&str; 10] = [",", ";", "and", "then", "so", "just", "please", "you", "should", "must"];
    const DOES: [&str; 12] =
        ["report", "contact", "write", "email", "call", "ask", "reach", "tell", "let", "phone", "message", "inform"];
    let Some(does) = clause.iter().position(|piece| !piece.is(&OPENS)) else { return false };
    let does = clause.iter().position(|piece| piece.is(&["please"])).map_or(does, |please| please + 1);
    let Some(asked) = clause.get(does..).filter(|asked| asked.first().is_some_and(|first| first.is(&DOES))) else {
        return false;
    };
    let words = |pieces: &[Piece]| spaced(pieces.iter().map(|piece| piece.text.as_str()));
    let is_aim = |at: usize| {
        asked[at].is(&["for", "a", "an", "get", "and"])
            || asked[at].is(&["to"]) && !asked.get(at + 1).is_some_and(|next| next.is(&["us", "the", "our"]))
    };
    (1..=WITHIN.min(asked.len())).any(|at| words(&asked[at..]).starts_with(way) && !(1..at).any(is_aim))
}

/// Words with a space around each, so that whole ones are found.
pub fn spaced<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.fold(String::from(" "), |spaced, word| spaced + word + " ")
}

#[cfg(test)]
mod tests {
    use crate::services::{
        answer::{Document, Knowledge, Voice},
        check::{Asked, Grounds, check, ground::Ground},
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
                &Grounds {
                    ground: &ground,
                    shown: &shown,
                    records: &records,
                    asked: &Asked::of(""),
                    support_email,
                    canary: "k-1",
                },
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
