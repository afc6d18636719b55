//! The thread: what the messages before this one say about whether a person is needed.

use std::collections::HashSet;

use super::Reason;
use crate::domain::turn::{Author, Outcome, Turn};
use crate::services::answer::{self, Token};

/// The same question in other words shares at least this much of its meaningful words.
const SAME_QUESTION: f32 = 0.7;
/// So often a sure answer is given; whoever asks once more needs another.
const OFTEN: usize = 2;
/// Fewer meaningful words ("yes please") repeat by chance.
const FEWEST_WORDS: usize = 2;
/// An impatient word is a complaint only in a message that sounds like one at least this much.
const SOUNDS_LIKE_TROUBLE: f32 = 0.3;
/// Words of somebody who has been here before, if the message asks nothing new.
const IMPATIENT: [&str; 6] = ["still", "again", "already", "yet", "keep", "keeps"];
/// What people answer to "shall I ask a person?".
const YES: [&str; 10] = ["yes", "yeah", "yep", "yup", "sure", "please", "si", "oui", "ja", "haan"];
/// May stand beside a yes; alone it only says that they heard.
const OK: [&str; 2] = ["ok", "okay"];

/// The reason the conversation gives, where this message by itself gives none; `trouble` is how much
/// it sounds like one all the same, 0 to 1.
pub fn reason(message: &[Token], is_question: bool, trouble: f32, earlier: &[Turn]) -> Option<Reason> {
    if accepts_offer(message, earlier) {
        return Some(Reason::CustomerRequest);
    }
    if is_pleasantry(message) {
        return None;
    }
    if repeats(message, earlier) {
        return Some(Reason::NoAnswer);
    }
    let answered = earlier.iter().any(|turn| turn.author == Author::Ai);
    let sounds_like_it = trouble >= SOUNDS_LIKE_TROUBLE && !is_question;
    if answered && sounds_like_it && message.iter().any(|t| IMPATIENT.contains(&t.word.as_str())) {
        return Some(Reason::Frustrated);
    }
    None
}

fn is_pleasantry(message: &[Token]) -> bool {
    message.is_empty() || answer::is_small_talk(message)
}

/// A "yes" right after we said that we do not know and that a person can be asked.
fn accepts_offer(message: &[Token], earlier: &[Turn]) -> bool {
    let offered = earlier.last().is_some_and(|t| t.outcome == Some(Outcome::Unknown));
    let is = |list: &[&str], token: &Token| list.contains(&token.word.as_str());
    offered && message.iter().all(|t| is(&YES, t) || is(&OK, t)) && message.iter().any(|t| is(&YES, t))
}

/// Whether the customer asked this before and was not helped: by an answer that was not sure, or by a sure one that
/// they heard twice. Who asks a second time may only want to read it again.
fn repeats(message: &[Token], earlier: &[Turn]) -> bool {
    let now = meaningful(message);
    if now.len() < FEWEST_WORDS {
        return false;
    }
    let is_same = |turn: &Turn| alike(&now, &meaningful(&answer::tokens(&turn.text)));
    let asked = earlier.iter().enumerate().filter(|(_, turn)| turn.author == Author::Customer && is_same(turn));
    let answers = asked.filter_map(|(at, _)| earlier[at..].iter().find(|turn| turn.author == Author::Ai));
    let (sure, unsure): (Vec<&Turn>, Vec<&Turn>) = answers.partition(|turn| turn.outcome == Some(Outcome::Answer));
    !unsure.is_empty() || sure.len() >= OFTEN
}

fn alike(a: &HashSet<String>, b: &HashSet<String>) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "a count of words")]
    let share = a.intersection(b).count() as f32 / a.union(b).count().max(1) as f32;
    share >= SAME_QUESTION
}

fn meaningful(message: &[Token]) -> HashSet<String> {
    message.iter().filter(|t| !t.is_stop()).map(|t| t.stem.clone()).collect()
}
