//! What a model sent, as the plain text a visitor reads; whatever is no such text fails.

use std::fmt::Write as _;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use super::pieces::compatible;
use crate::domain::text;

/// A longer reply is no answer in a chat.
const LONGEST: usize = 3_000;

/// Where a server that was asked for text puts it when it answers in JSON all the same.
const REPLY_FIELDS: [&str; 5] = ["reply", "answer", "text", "message", "content"];

/// The readable reply, still with its `[n]` marks.
pub fn readable(sent: &str) -> Option<String> {
    // Before anything is made of it: a megabyte is refused as fast as a line.
    if sent.len() > LONGEST * 8 {
        return None;
    }
    let sent = unwrapped(sent.trim())?;
    // Also behind an entity, which is a character when the markup is gone.
    let flat = flat(&sent).filter(|flat| !has_control(&sent) && !has_control(flat))?;
    let shown: String = flat.chars().filter(|c| c.is_whitespace() || !text::is_invisible(*c)).collect();
    let shown = shown.trim();
    let is_plain = !holds_tag(shown) && !is_disguised(shown);
    (!text::is_blank(shown) && shown.chars().count() <= LONGEST && is_plain).then(|| shown.to_owned())
}

fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Takes the reply out of the fence or the JSON that is wrapped around it.
fn unwrapped(sent: &str) -> Option<String> {
    let inside = match sent.strip_prefix("```") {
        None => sent,
        Some(fenced) => {
            let (language, body) = fenced.strip_suffix("```")?.split_once('\n')?;
            match language.trim() {
                "" | "text" | "plaintext" | "markdown" | "md" | "json" => body.trim(),
                _ => return None,
            }
        }
    };
    if !inside.starts_with(['{', '[']) || inside.starts_with('[') && serde_json::from_str::<Value>(inside).is_err() {
        return Some(inside.to_owned());
    }
    let value: Value = serde_json::from_str(inside).ok()?;
    REPLY_FIELDS.iter().find_map(|field| value[field].as_str()).map(|reply| reply.trim().to_owned())
}

/// Markdown without its markup; nothing when there is HTML or a fence in it.
fn flat(markdown: &str) -> Option<String> {
    let mut flat = Flat::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        flat.read(event)?;
    }
    Some(flat.text)
}

#[derive(Default)]
struct Flat {
    text: String,
    lists: Vec<Option<u64>>,
    links: Vec<String>,
}

impl Flat {
    fn read(&mut self, event: Event<'_>) -> Option<()> {
        match event {
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                return None;
            }
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            Event::SoftBreak | Event::HardBreak => self.text.push('\n'),
            Event::Start(Tag::List(first)) => {
                self.new_line();
                self.lists.push(first);
            }
            Event::Start(Tag::Item) => self.bullet(),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                self.links.push(dest_url.into_string());
            }
            Event::End(TagEnd::Link | TagEnd::Image) => self.end_link(),
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
                self.end_block();
            }
            Event::End(TagEnd::TableCell) => self.text.push_str("  "),
            Event::End(TagEnd::Item | TagEnd::TableRow | TagEnd::TableHead) => self.new_line(),
            Event::End(TagEnd::Paragraph | TagEnd::Heading(_) | TagEnd::CodeBlock) => self.end_block(),
            _ => {}
        }
        Some(())
    }

    fn bullet(&mut self) {
        self.new_line();
        match self.lists.last_mut() {
            Some(Some(number)) => {
                let _ = write!(self.text, "{number}. ");
                *number += 1;
            }
            _ => self.text.push_str("- "),
        }
    }

    /// A link shows where it leads, so that it is checked and can be typed.
    fn end_link(&mut self) {
        let Some(url) = self.links.pop() else { return };
        let shown = url.trim_start_matches("mailto:");
        if !self.text.ends_with(shown) {
            let _ = write!(self.text, " ({shown})");
        }
    }

    fn new_line(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn end_block(&mut self) {
        self.new_line();
        if self.lists.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }
}

/// `<b`, `</b`, `<!--`, `<|`, `<<`, `x="`: also where it was escaped before, once or twice, or is wider.
fn holds_tag(text: &str) -> bool {
    let plain: String = compatible(text).replace("&lt;", "<").replace("&#", "<!");
    let opens = |(at, _)| {
        let behind = plain[at + 1..].chars().next();
        behind.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?' | '|' | '<'))
    };
    plain.match_indices('<').any(opens) || ["|>", "=\"", "[INST]", "[/INST]"].iter().any(|sign| plain.contains(sign))
}

/// Letters of two alphabets in a word, which one takes for another, and letters that are drawn as flags.
fn is_disguised(text: &str) -> bool {
    /// A flag is two of them.
    const A_FLAG: usize = 2;
    let is_latin = |c: char| c.is_ascii_alphabetic() || ('\u{c0}'..='\u{24f}').contains(&c);
    let is_look_alike = |c: char| ('\u{370}'..='\u{52f}').contains(&c) && c.is_alphabetic();
    let mixed = |word: &str| word.contains(is_latin) && word.contains(is_look_alike);
    let letters = |c: &char| ('\u{1f1e6}'..='\u{1f1ff}').contains(c);
    text.split(|c: char| !c.is_alphanumeric()).any(mixed) || text.chars().filter(letters).count() > A_FLAG
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_plain_text() {
        for (sent, shown) in [
            ("**Gold** is `£12/month` [3].", "Gold is £12/month [3]."),
            ("## Plans\n\n- *Gold*\n- Silver\n\nAnything else?", "Plans\n\n- Gold\n- Silver\n\nAnything else?"),
            ("See [our page](https://www.acme.example/pricing).", "See our page (https://www.acme.example/pricing)."),
            ("![x](https://evil.example/?d=1)", "x (https://evil.example/?d=1)"),
            ("1. Pick\n2. Pay", "1. Pick\n2. Pay"),
            ("Write to <help@acme.example>", "Write to help@acme.example"),
            ("It takes < 3 days", "It takes < 3 days"),
            ("5 µs for Ω and 🇬🇧", "5 µs for Ω and 🇬🇧"),
        ] {
            assert_eq!(readable(sent).as_deref(), Some(shown));
        }
    }

    #[test]
    fn a_reply_is_taken_out_of_what_is_wrapped_around_it() {
        for sent in ["{\"reply\": \"Hello.\"}", "```json\n{\"reply\": \"Hello.\"}\n```", "```\nHello.\n```", "Hello."] {
            assert_eq!(readable(sent).as_deref(), Some("Hello."), "{sent}");
        }
    }

    #[test]
    fn what_is_no_text_fails() {
        let long = "word ".repeat(1_000);
        for sent in [
            "",
            " \n",
            "\u{200b}",
            "<b>Hello</b>",
            "Hello <script>alert(1)</script>",
            "Hello &lt;script&gt;",
            "\u{1b}[2J",
            "Hello&#12;there",
            "Hello ＜script＞",
            "Hello &amp;lt;script",
            "Hello <|im_end|>",
            "Hello\" onload=\"alert(1)",
            "It is sеventy-nine",
            "🇭🇦🇨🇰",
            "{\"reply\": \"The Star",
            "{\"other\": 1}",
            "```json\n{\"reply\":",
            "```python\nprint(1)\n```",
            "Look:\n```\ncode\n```",
            long.as_str(),
        ] {
            assert_eq!(readable(sent), None, "{sent:?}");
        }
    }
}
