//! Parts: one message may hold several questions, or half of one that was asked before.

use std::ops::Range;

use super::words::Token;

/// A question of fewer meaningful words leans on the one before it.
const STANDS_ALONE: usize = 2;

/// Openings that continue what was said.
const CONTINUES: [&str; 20] = [
    "and", "what about", "how about", "does that", "does it", "is that", "is it", "do they", "are they", "can that",
    "can it", "so", "but", "then", "also", "would that", "will that", "with that", "for that", "or",
];

/// Words that stand for something said before, when the question is short.
const REFERS: [&str; 6] = ["that", "it", "this", "those", "them", "one"];
/// "Can it be cancelled and do I get my money back for the unused months" names its subject itself.
const SHORT: usize = 8;

/// What opens a question, whatever it is about.
const ASKS: &str = "what whats where wheres when whens who whos whose which why how hows do does did is are am was can could will would should may have has any";
/// What may stand before that.
const LEADS: &str = "and also or plus then so but please";

/// The questions of a message, in order: those of a list, or those written one after another. What is no
/// question belongs to the one beside it.
pub fn questions(message: &str) -> Vec<&str> {
    let listed = items(message);
    if listed.len() > 1 {
        return listed;
    }
    let mut questions: Vec<Range<usize>> = Vec::new();
    let mut from = 0;
    for piece in message.split_inclusive(['?', ';', '\n']) {
        let range = from..from + piece.len();
        from = range.end;
        match questions.last_mut() {
            Some(last) if !is_question(piece) || !is_question(&message[last.clone()]) => last.end = range.end,
            _ => questions.push(range),
        }
    }
    let questions = questions.into_iter().map(|range| message[range].trim());
    questions.filter(|q| q.chars().any(char::is_alphanumeric)).collect()
}

/// The points of a numbered or bulleted list; what stands before the first is no point.
fn items(message: &str) -> Vec<&str> {
    let mut starts: Vec<(usize, usize)> = Vec::new();
    let (mut opens_line, mut opens_word) = (true, true);
    for (at, c) in message.char_indices() {
        let mark =
            Some(&message[at..]).filter(|_| opens_word).and_then(|rest| mark(rest, starts.len() + 1, opens_line));
        starts.extend(mark.map(|length| (at, at + length)));
        opens_line = c == '\n' || (opens_line && c.is_whitespace());
        opens_word = c.is_whitespace();
    }
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([message.len()]);
    let points = starts.iter().zip(ends).map(|((_, from), to)| message[*from..to].trim());
    points.filter(|point| point.chars().any(char::is_alphanumeric)).collect()
}

/// The length of the mark that a text begins with, if it is that of the next point: "2) ", or "- " on a new line.
fn mark(rest: &str, number: usize, opens_line: bool) -> Option<usize> {
    let mark = rest.split([' ', '\n']).next().filter(|mark| mark.len() < rest.len())?;
    let is_number = || mark.strip_suffix([')', '.', ':']).is_some_and(|digits| digits == number.to_string());
    let is_bullet = opens_line && ["-", "*", "•", "–"].contains(&mark);
    (is_bullet || is_number()).then_some(mark.len())
}

/// The questions that one sentence joins by "and": "how long does it take and what does it cost".
pub fn clauses(question: &str) -> Vec<&str> {
    let mut clauses: Vec<&str> = Vec::new();
    let mut rest = question;
    let mut from = 0;
    let next = |rest: &str, from: usize| {
        JOINTS.iter().filter_map(|joint| Some((rest[from..].find(joint)? + from, joint.len()))).min()
    };
    while let Some((at, length)) = next(rest, from).filter(|_| clauses.len() < MOST_CLAUSES) {
        if opens_question(&rest[at + length..]) {
            clauses.push(rest[..at].trim());
            rest = &rest[at + length..];
            from = 0;
        } else {
            from = at + length;
        }
    }
    clauses.push(rest.trim());
    clauses.into_iter().filter(|clause| clause.chars().any(char::is_alphanumeric)).collect()
}

/// What a message asks after it has told how things stand: "I paid last week, can I get it back?"
pub fn focus(message: &str) -> Option<&str> {
    let rests = STOPS.iter().flat_map(|stop| message.match_indices(stop)).map(|(at, stop)| &message[at + stop.len()..]);
    rests.filter(|rest| opens_question(rest)).min_by_key(|rest| rest.len())
}

const STOPS: [&str; 4] = [", ", ". ", "! ", " - "];

/// More are not told apart.
const MOST_CLAUSES: usize = 8;
const JOINTS: [&str; 4] = [" and ", " & ", " plus ", " also "];

fn is_question(piece: &str) -> bool {
    piece.contains('?') || opens_question(piece)
}

/// No question begins with more words that ask nothing.
const MOST_LEADS: usize = 6;

fn opens_question(piece: &str) -> bool {
    let is = |list: &str, word: &str| list.split(' ').any(|one| one == word);
    let words = piece.split_whitespace().take(MOST_LEADS).map(|word| word.to_lowercase().replace(['\'', '’', ','], ""));
    words.into_iter().find(|word| !is(LEADS, word)).is_some_and(|first| is(ASKS, &first))
}

/// The halves of a question on either side of an "and".
pub fn halves(question: &str) -> Vec<&str> {
    let mut halves = vec![question];
    for joint in JOINTS {
        halves = halves.into_iter().flat_map(|half| half.split(joint)).collect();
    }
    halves.into_iter().map(str::trim).filter(|h| !h.is_empty()).collect()
}

/// Whether a question needs the one before it, by how many of its words mean something here and how many do not.
pub fn continues(question: &[Token], meaningful: usize, unknown: usize) -> bool {
    let is_fragment = meaningful < STANDS_ALONE && (meaningful > 0 || unknown == 0);
    is_fragment || refers_back(question)
}

/// "And yearly?", "does that include …": the words themselves point back.
fn refers_back(question: &[Token]) -> bool {
    let opening = |words: &&str| {
        let words: Vec<&str> = words.split(' ').collect();
        question.len() > words.len() && question.iter().zip(&words).all(|(t, w)| t.word == *w)
    };
    (refers(question) && question.len() <= SHORT) || CONTINUES.iter().any(opening)
}

/// Whether a word stands for something said before.
pub fn refers(question: &[Token]) -> bool {
    question.iter().any(|t| REFERS.contains(&t.word.as_str()))
}

#[cfg(test)]
mod tests {
    use super::super::words::tokens;
    use super::*;

    #[test]
    fn two_questions_are_two() {
        assert_eq!(questions("How much? When?"), ["How much?", "When?"]);
        assert_eq!(
            questions("do you deliver; how long is it; can I pay"),
            ["do you deliver;", "how long is it;", "can I pay"]
        );
        assert_eq!(halves("price and delivery"), ["price", "delivery"]);
    }

    #[test]
    fn the_points_of_a_list_are_questions() {
        assert_eq!(questions("1) how long is it 2) do you take cards 3) is it safe").len(), 3);
        assert_eq!(questions("Hi, two things:\n1. Delivery time\n2. Refunds"), ["Delivery time", "Refunds"]);
        assert_eq!(questions("- delivery\n- refunds"), ["delivery", "refunds"]);
        assert_eq!(questions("• delivery\n• refunds"), ["delivery", "refunds"]);
        assert_eq!(questions("do I pay 1.50 or 2. Is that right?").len(), 1);
    }

    #[test]
    fn what_is_no_question_belongs_to_the_one_beside_it() {
        assert_eq!(questions("I paid yesterday; can I get it back?").len(), 1);
        assert_eq!(questions("Can I get it back? I paid yesterday.").len(), 1);
    }

    #[test]
    fn a_question_after_what_is_told_is_the_focus() {
        assert_eq!(focus("My client backed out, can I get my money back?"), Some("can I get my money back?"));
        assert_eq!(focus("I paid. It broke. What now, is it covered?"), Some("is it covered?"));
        assert_eq!(focus("how long does it take, roughly"), None);
    }

    #[test]
    fn a_clause_is_a_question_where_one_opens() {
        assert_eq!(clauses("when is the tour and how much"), ["when is the tour", "how much"]);
        assert_eq!(clauses("terms and conditions"), ["terms and conditions"]);
        assert_eq!(clauses("salt and pepper and what is it"), ["salt and pepper", "what is it"]);
    }

    #[test]
    fn a_short_question_about_that_continues() {
        assert!(continues(&tokens("does that include phone support?"), 2, 0));
        assert!(continues(&tokens("and for teams"), 3, 0));
        assert!(!continues(&tokens("which plan includes phone support?"), 3, 0));
    }

    #[test]
    fn gibberish_does_not_continue() {
        assert!(!continues(&tokens("xyzzy plugh"), 0, 2));
        assert!(continues(&tokens("why?"), 0, 0));
    }
}
