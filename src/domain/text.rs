//! What counts as visible text, and how untrusted text is made safe for the eyes of the team.

/// Characters that show nothing: spaces, controls, zero-width and filler characters, variation
/// selectors and tags (Unicode's `Default_Ignorable_Code_Point`, and the blank Braille cell).
pub fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a reader would see nothing at all.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// The text on one line with everything that could deceive a reader or a terminal taken out:
/// control characters, direction overrides and tags; at most `limit` characters.
pub fn one_line(text: &str, limit: usize) -> String {
    let words: Vec<String> =
        text.split_whitespace().map(|word| word.chars().filter(|c| !is_deceptive(*c)).collect()).collect();
    cut(words.join(" ").trim(), limit)
}

fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// At most `limit` characters, the last one an ellipsis when something was left out.
pub fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    kept.push('…');
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_shows_nothing_is_blank() {
        for blank in ["", " \t\r\n", "\u{200b}\u{feff}", "\u{2800}\u{3164}", "\u{202e}\u{e0041}"] {
            assert!(is_blank(blank), "{blank:?}");
        }
        assert!(!is_blank("\u{200b}hi"));
        assert!(!is_blank("👍"));
    }

    #[test]
    fn staff_see_one_line_without_tricks() {
        assert_eq!(one_line("a\r\n\u{1b}[2Jb \u{202e}c\u{2028}d", 80), "a [2Jb c d");
    }

    #[test]
    fn a_long_line_ends_in_an_ellipsis() {
        assert_eq!(one_line("abcdef", 4), "abc…");
        assert_eq!(one_line("abcd", 4), "abcd");
    }
}
