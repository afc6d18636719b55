//! Idle messages: what nobody's knowledge base needs to answer, such as a nod, the weather, or a hand on the keyboard.

use super::smalltalk;
use super::words::{self, Token};

/// Whether a message leaves no question for the company: it is small talk, about the wide world, or no words at all.
pub fn is_idle(message: &str) -> bool {
    let words = words::tokens(message);
    words.is_empty() || smalltalk::of(&words).is_some() || is_worldly(&words) || words.iter().all(|t| is_mash(&t.word))
}

/// How people ask a program things that no company answers.
const WORLDLY: [&str; 25] = [
    "whats the weather", "what is the weather", "hows the weather", "how is the weather", "weather today",
    "weather tomorrow", "weather like today", "prime minister", "who is the president", "whos the president",
    "president of", "king of", "queen of", "capital of", "population of", "tell me a joke", "tell me a story",
    "write me a poem", "write a poem", "sing me", "what time is it", "what day is it", "who won the", "do you love me",
    "will you marry me",
];

fn is_worldly(message: &[Token]) -> bool {
    let said = message.iter().map(|token| token.word.as_str()).collect::<Vec<_>>().join(" ");
    let said = format!(" {said} ");
    WORLDLY.iter().any(|phrase| said.contains(&format!(" {phrase} ")))
}

/// No word of the languages we read has so many consonants in a row.
const CONSONANTS: usize = 6;

/// "asdfghjkl".
fn is_mash(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let is_consonant = |c: &char| c.is_ascii_lowercase() && !"aeiouy".contains(*c);
    letters.windows(CONSONANTS).any(|run| run.iter().all(is_consonant))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_company_answers_is_idle() {
        for message in ["cool", "what's the weather?", "who is the prime minister", "asdfghjkl", "no never mind", "?!"]
        {
            assert!(is_idle(message), "{message}");
        }
    }

    #[test]
    fn what_a_company_might_answer_is_not() {
        for message in ["do you sail in bad weather", "xero", "can I get a refund", "rhythm classes", "hello, refund?"]
        {
            assert!(!is_idle(message), "{message}");
        }
    }
}
