//! Polarity: which part of a sentence denies what it says.

use super::{
    facts,
    pieces::{DASH, Kind, Piece},
    words,
};

/// A part of a sentence of one polarity.
#[derive(Debug, PartialEq, Eq)]
pub struct Stretch {
    pub from: usize,
    pub to: usize,
    pub denies: bool,
    /// "If you are not happy …" states nothing.
    pub is_condition: bool,
    /// Whether it has a verb or a denial; "patient records" alone claims nothing of them.
    pub asserts: bool,
}

struct Part {
    from: usize,
    to: usize,
    /// An odd number of denials; `None` where there is none.
    denies: Option<bool>,
    is_verbal: bool,
    /// Whether a comma, "and" or "or" joins it to the part before, as in a list.
    is_listed: bool,
    role: Role,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Says,
    /// "If …"
    Supposes,
    /// "… without a lid": what it leaves out ends with it.
    LeavesOut,
}

impl Part {
    fn excepted(self, is_excepted: bool) -> Self {
        let denies = if is_excepted { Some(self.denies != Some(true)) } else { self.denies };
        Self { denies, ..self }
    }
}

/// The stretches of a sentence; lists share the polarity of the part that has the verb.
pub fn stretches(pieces: &[Piece]) -> Vec<Stretch> {
    let mut parts = parts(pieces);
    for at in 1..parts.len() {
        let (part, before) = (&parts[at], &parts[at - 1]);
        let is_verdict = part.denies == Some(true) && part.is_listed && is_verdict(&pieces[part.from..part.to]);
        if is_verdict && before.denies.is_none() {
            parts[at - 1].denies = Some(true);
        }
    }
    let mut stretches: Vec<Stretch> = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let stands_alone = part.denies.is_some() || part.is_verbal;
        let denies = if stands_alone { part.denies == Some(true) } else { inherited(&parts, at) };
        let (from, to, is_condition) = (part.from, part.to, part.role == Role::Supposes);
        match stretches.last_mut().filter(|last| (last.denies, last.is_condition) == (denies, is_condition)) {
            Some(last) => {
                last.to = to;
                last.asserts |= stands_alone;
            }
            None => stretches.push(Stretch { from, to, denies, is_condition, asserts: stands_alone }),
        }
    }
    stretches
}

/// "… and therefore not permitted" is said of what stands before it.
fn is_verdict(part: &[Piece]) -> bool {
    let permits = |piece: &Piece| piece.is(&PERMITS) || piece.is(&["prohibited", "forbidden", "banned", "excluded"]);
    part.iter().any(permits) && words::keys(part).is_empty()
}

/// That something may be done.
const PERMITS: [&str; 12] = [
    "allowed", "permitted", "fine", "okay", "ok", "accepted", "acceptable", "supported", "welcome", "possible",
    "available", "included",
];

/// "We take no cash, cheques or coins": from before. "Cash, cheques and coins are refused": from
/// behind, when nothing before it has a verb.
fn inherited(parts: &[Part], at: usize) -> bool {
    let mut before = parts[..=at].windows(2).rev().take_while(|pair| pair[1].is_listed).map(|pair| &pair[0]);
    if let Some(part) = before.find(|part| part.is_verbal || part.denies.is_some() && part.role != Role::LeavesOut) {
        return part.denies == Some(true);
    }
    let mut behind = parts[at + 1..].iter().take_while(|part| part.is_listed);
    behind.find(|part| part.is_verbal).is_some_and(|part| part.denies == Some(true))
}

const LISTS: [&str; 5] = [",", "and", "or", "nor", "/"];
const CONDITIONS: [&str; 7] = ["if", "when", "unless", "because", "whether", "once", "provided"];
const TURNS: [&str; 15] =
    [";", ":", "(", ")", "\n", ".", DASH, "but", "while", "whereas", "although", "though", "so", "until", "that"];

/// "… and so are", "and so does".
const LIKEWISE: [&str; 9] = ["is", "are", "was", "were", "do", "does", "can", "will", "has"];

/// What takes something out of what is said before it.
const EXCEPTS: [&str; 4] = ["without", "except", "excepting", "excluding"];

fn excepts_at(pieces: &[Piece], at: usize) -> bool {
    let is_from = || pieces.get(at + 1).is_some_and(|next| next.is(&["from"]));
    pieces[at].is(&EXCEPTS) || pieces[at].is(&["apart"]) && is_from()
}

fn parts(pieces: &[Piece]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut from = interjection(pieces);
    let (mut is_listed, mut is_condition, mut is_excepted) = (false, false, false);
    let mut relative_from = None;
    for (at, piece) in pieces.iter().enumerate().skip(from) {
        let lists = piece.is(&LISTS);
        let conditions = piece.is(&CONDITIONS) && facts::times_a(pieces, at).is_none()
            || piece.is(&["as"]) && pieces.get(at + 1).is_some_and(|p| p.is(&["long"]));
        // "Sold without a lid" denies the lid; "never sold without a lid" affirms it.
        let excepts = excepts_at(pieces, at) && at > from && !(from..at).any(|at| denies_at(pieces, at));
        // "… and so are contracts": said like what stands before it.
        let likewise = likewise_at(pieces, at, "so");
        // "…, as are contracts": the rest of the list.
        if from == at && at > 0 && pieces[at - 1].is(&[","]) && likewise_at(pieces, at, "as") {
            from = at + 2;
            continue;
        }
        // "Any boxes | you don't use | we buy back."
        let relates = at > from && is_relative(pieces, at);
        let is_over = relative_from.is_some_and(|from| at > from + 1 && words::is_verbal(&piece.text));
        relative_from = if relates { Some(at) } else { relative_from.filter(|_| !is_over) };
        let begins = excepts || relates || is_over;
        // "… aware that this ends" turns; "medicines that were opened" does not.
        let is_of_noun = piece.is(&["that"]) && at > 0 && is_thing(&pieces[at - 1]);
        if lists || conditions || begins || piece.is(&TURNS) && !is_of_noun {
            parts.extend(part(pieces, from, at, is_listed, is_condition).map(|part| part.excepted(is_excepted)));
            is_listed = lists || likewise || from == at && is_listed;
            // "… but not once it has been opened" denies what is behind it.
            let is_turned = conditions && at > 1 && pieces[at - 1].is(&["not", "never"]);
            is_excepted = is_turned || excepts && !piece.is(&["without"]);
            is_condition = conditions && !is_turned;
            from = if begins { at } else { at + 1 + usize::from(likewise) };
        }
    }
    let last = part(pieces, from, pieces.len(), is_listed, is_condition);
    parts.extend(last.map(|part| part.excepted(is_excepted)));
    parts
}

fn likewise_at(pieces: &[Piece], at: usize, word: &str) -> bool {
    pieces[at].is(&[word]) && pieces.get(at + 1).is_some_and(|next| next.is(&LIKEWISE))
}

fn is_thing(piece: &Piece) -> bool {
    piece.is_word() && words::telling_key(piece).is_some_and(|key| !words::is_plain(key))
}

/// "… you don't use", behind what is not used.
fn is_relative(pieces: &[Piece], at: usize) -> bool {
    let is_denied = |next: &Piece| next.text.ends_with("nt") && words::is_negation(&next.text);
    pieces[at].is(&["you", "we", "they"]) && pieces.get(at + 1).is_some_and(is_denied) && is_thing(&pieces[at - 1])
}

/// "No, …", "Yes, …" and "Don't worry, …" answer and deny nothing of what follows: how long they are.
fn interjection(pieces: &[Piece]) -> usize {
    let ends = |at: usize| pieces.get(at).is_some_and(|piece| piece.kind == Kind::Sign && !piece.is(&["-"]));
    match pieces {
        [first, ..] if first.is(&["no", "yes", "unfortunately", "sorry"]) && ends(1) => 2,
        [first, second, ..]
            if first.is(&["dont", "no", "not"])
                && second.is(&["worry", "worries", "problem", "problems", "need", "quite", "yet"])
                && ends(2) =>
        {
            3
        }
        _ => 0,
    }
}

fn part(pieces: &[Piece], from: usize, to: usize, is_listed: bool, is_condition: bool) -> Option<Part> {
    let inside = pieces.get(from..to).filter(|inside| !inside.is_empty())?;
    let denials = (from..to).filter(|at| denies_at(pieces, *at)).count();
    let denies = (denials > 0).then_some(denials % 2 == 1);
    let is_verbal = inside.iter().any(|piece| piece.kind == Kind::Word && words::is_verbal(&piece.text));
    let role = match inside {
        _ if is_condition => Role::Supposes,
        [first, ..] if first.is(&["without"]) => Role::LeavesOut,
        _ => Role::Says,
    };
    Some(Part { from, to, denies, is_verbal, is_listed, role })
}

/// "No-shows" are called so, and "not only" says more rather than less.
pub fn denies_at(pieces: &[Piece], at: usize) -> bool {
    let next = pieces.get(at + 1);
    let goes_on = next.is_some_and(|next| next.is(&["-", "only", "just", "later", "more", "less", "matter"]));
    // "It costs nothing" says what it costs.
    let is_price = pieces[at].is(&["nothing"])
        && at.checked_sub(1).is_some_and(|before| pieces[before].is(&["or", "cost", "costs", "pay", "for", "charge"]));
    // "At no cost" denies nothing else.
    let is_unlimited = pieces[at].is(&["no", "without"]) && next.is_some_and(|next| next.is(&["limit", "limits"]));
    let is_price = is_price || is_unlimited || facts::without_fee(pieces, at).is_some();
    // "Drums are the one exception."
    let is_exception = pieces[at].is(&["exception", "exceptions", "excepted"]);
    if is_exception {
        return true;
    }
    pieces[at].kind == Kind::Word
        && !is_price
        && words::is_negation(&pieces[at].text)
        && (pieces[at].text == "non" || !goes_on)
}

#[cfg(test)]
mod tests {
    use super::{super::pieces::pieces, *};

    fn denied(text: &str) -> Vec<String> {
        let pieces = pieces(text);
        let stretches = stretches(&pieces).into_iter().filter(|stretch| stretch.denies && !stretch.is_condition);
        let words = |stretch: Stretch| -> Vec<&str> {
            pieces[stretch.from..stretch.to].iter().map(|piece| piece.text.as_str()).collect()
        };
        stretches.map(|stretch| words(stretch).join(" ")).collect()
    }

    #[test]
    fn a_denial_reaches_as_far_as_its_part_of_the_sentence() {
        for (text, is_denied) in [
            ("Full refund within a month, no questions asked", "no questions asked"),
            ("Data is not sold, but we keep backups", "data is not sold"),
            ("We do not ship cheese, milk or eggs", "we do not ship cheese , milk or eggs"),
            ("Cheese, milk and eggs are prohibited", "cheese , milk and eggs are prohibited"),
            ("No, you cannot return it", "you cannot return it"),
            ("We teach everything except drums", "except drums"),
            ("Boxes you don't use we buy back", "you dont use"),
            ("We cannot take back pills that were opened", "we cannot take back pills that were opened"),
        ] {
            assert_eq!(denied(text), [is_denied], "{text}");
        }
        for text in
            ["No, that is fine", "We never ship without asking", "If it does not fit, we take it back", "No-shows pay"]
        {
            assert_eq!(denied(text), Vec::<String>::new(), "{text}");
        }
    }
}
