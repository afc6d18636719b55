//! Secrecy: the instructions are nobody's but the model's, in part as well as whole.

use std::{collections::HashSet, sync::LazyLock};

/// The instructions as they are before anything is filled in.
const INSTRUCTIONS: [&str; 2] = [include_str!("../ai/prompts/public.md"), include_str!("../ai/prompts/private.md")];

/// So many of their words in a row are no chance.
const IN_A_ROW: usize = 6;

/// Whether a text repeats a part of the instructions.
pub fn repeats_instructions(text: &str) -> bool {
    static PARTS: LazyLock<HashSet<String>> = LazyLock::new(|| INSTRUCTIONS.into_iter().flat_map(parts).collect());
    parts(text).any(|part| PARTS.contains(&part))
}

/// Every few words of a text, whatever stands between them.
fn parts(text: &str) -> impl Iterator<Item = String> {
    let plain = |word: &str| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let words: Vec<String> = text.split_whitespace().map(plain).filter(|word: &String| !word.is_empty()).collect();
    let parts: Vec<String> = words.windows(IN_A_ROW).map(|words| words.join(" ")).collect();
    parts.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_instructions_is_known_and_an_answer_is_none() {
        for told in
            ["No personal data. You see NO accounts and no orders", "It ends - with the number - of the section it"]
        {
            assert!(repeats_instructions(told), "{told}");
        }
        for answer in ["I do not know that.", "Subscriptions are billed monthly, and you can cancel at any time."] {
            assert!(!repeats_instructions(answer), "{answer}");
        }
    }
}
