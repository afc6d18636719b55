//! Composing: the plain text a visitor reads, made of knowledge-base lines and fixed sentences only.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::Voice;
use super::language::Language;
use super::sections::Section;
use super::smalltalk::Pleasantry;

/// An answer that is read at one glance.
const ANSWER_CHARS: usize = 600;
/// Two answers in one message stay together on a screen.
const PART_CHARS: usize = 450;
/// Of a section that may be the wrong one, only so much.
const GLIMPSE_LINES: usize = 2;
const GLIMPSE_CHARS: usize = 280;

/// A section with its lines in the order in which they answer the question.
#[derive(Clone, Copy)]
pub struct Cited<'a> {
    /// The section.
    pub section: &'a Section,
    /// Positions of its lines, most telling first.
    pub lines: &'a [usize],
}

/// Speaks with the company's voice in one language.
#[derive(Clone, Copy)]
pub struct Speaker<'a> {
    /// The names that the fixed sentences need.
    pub voice: &'a Voice,
    /// The visitor's language.
    pub language: Language,
    /// Whether the knowledge base is in another one.
    pub translated: bool,
}

impl Speaker<'_> {
    /// The answer to each question, and what else may matter.
    pub fn answer(&self, parts: &[Cited<'_>], related: &[Cited<'_>]) -> String {
        let room = if parts.len() > 1 { PART_CHARS } else { ANSWER_CHARS };
        let mut pieces: Vec<String> = parts.iter().map(|part| part.excerpt(room, usize::MAX)).collect();
        if self.translated {
            pieces.insert(0, self.say("answer"));
        }
        if !related.is_empty() {
            let topics: Vec<String> = related.iter().map(|r| label(r.section)).collect();
            pieces.push(self.say("see_also").replace("{topics}", &topics.join("; ")));
        }
        pieces.join("\n\n")
    }

    /// The sections that come closest, each with a line or two.
    pub fn closest(&self, sections: &[Cited<'_>]) -> String {
        let mut pieces = vec![self.say("closest")];
        pieces.extend(sections.iter().map(Cited::glimpse));
        pieces.push(self.say("closest_end"));
        pieces.join("\n\n")
    }

    /// That we do not know, and who does.
    pub fn unknown(&self) -> String {
        self.say("unknown")
    }

    /// A pleasantry returned.
    pub fn pleasantry(&self, pleasantry: Pleasantry) -> String {
        self.say(match pleasantry {
            Pleasantry::Greeting => "greeting",
            Pleasantry::Thanks => "thanks",
            Pleasantry::Farewell => "farewell",
            Pleasantry::Nod => "nod",
            Pleasantry::Machine => "machine",
        })
    }

    fn say(&self, key: &str) -> String {
        sentence(self.language, key, self.voice)
    }
}

/// The words of a hand-over: the answer where one is known, that a person will reply, and where.
pub fn handed_over(known: Option<&str>, language: Language, voice: &Voice, has_address: bool) -> String {
    let say = |key| sentence(language, key, voice);
    let address = if has_address { "has_address" } else { "ask_address" };
    let mut text = format!("{} {}", say("handed_over"), say(address));
    if let Some(known) = known {
        let _ = write!(text, "\n\n{}\n\n{known}", say("handed_over_also"));
    }
    text
}

/// That nobody's orders are seen where nobody is known.
pub fn unseen(language: Language, voice: &Voice) -> String {
    sentence(language, "unseen", voice)
}

/// That a telephone number has reached the team.
pub fn phone_noted(language: Language, voice: &Voice) -> String {
    sentence(language, "phone_noted", voice)
}

impl Cited<'_> {
    /// The whole text where there is room, else the most telling lines in their order.
    fn excerpt(&self, room: usize, most_lines: usize) -> String {
        let title = Some(&self.section.title).filter(|t| !t.ends_with('?')).map(|_| label(self.section) + ":");
        let mut left = room.saturating_sub(title.as_ref().map_or(0, |t| t.chars().count() + 1));
        let mut shown: BTreeSet<usize> = BTreeSet::new();
        let mut lines = 0;
        for &at in self.lines {
            let wanted = self.with_opening(at);
            let cost: usize = wanted.iter().filter(|at| !shown.contains(at)).map(|&at| self.cost(at)).sum();
            if lines < most_lines && cost <= left {
                left -= cost;
                lines += 1;
                shown.extend(wanted);
            }
        }
        if shown.is_empty() {
            return self.cut(title, left);
        }
        let lines = shown.into_iter().map(|at| self.section.lines[at].clone());
        title.into_iter().chain(lines).collect::<Vec<_>>().join("\n")
    }

    fn glimpse(&self) -> String {
        let lines: Vec<usize> = self.lines.iter().copied().filter(|&at| !self.opens_list(at)).collect();
        let few = Cited { section: self.section, lines: &lines };
        let excerpt = few.excerpt(GLIMPSE_CHARS, GLIMPSE_LINES);
        if self.section.title.ends_with('?') {
            return format!("{}\n{excerpt}", self.section.title);
        }
        excerpt
    }

    /// A bullet is shown with the line that opens its list ("What we never collect:").
    fn with_opening(&self, at: usize) -> Vec<usize> {
        let lines = &self.section.lines;
        let opening = (0..at).rev().find(|&before| !is_bullet(&lines[before]));
        let opening = opening.filter(|&before| is_bullet(&lines[at]) && lines[before].ends_with(':'));
        opening.into_iter().chain([at]).collect()
    }

    fn opens_list(&self, at: usize) -> bool {
        let lines = &self.section.lines;
        lines[at].ends_with(':') && lines.get(at + 1).is_some_and(|next| is_bullet(next))
    }

    fn cost(&self, at: usize) -> usize {
        self.section.lines[at].chars().count() + 1
    }

    /// Even the best line is too long: its beginning, up to the last whole word.
    fn cut(&self, title: Option<String>, room: usize) -> String {
        let line = self.lines.first().map_or("", |&at| self.section.lines[at].as_str());
        let beginning: String = line.chars().take(room.saturating_sub(2)).collect();
        let whole = beginning.rsplit_once(' ').map_or(beginning.as_str(), |(whole, _)| whole);
        title.into_iter().chain([format!("{whole} …")]).collect::<Vec<_>>().join("\n")
    }
}

/// A heading of few words needs the one above it to be understood.
fn label(section: &Section) -> String {
    /// "Process" says nothing alone, "Data Retention" does.
    const SPEAKS_ALONE: usize = 2;
    match section.parents.last() {
        Some(parent) if section.title.split_whitespace().count() < SPEAKS_ALONE => {
            format!("{parent}: {}", section.title)
        }
        _ => section.title.clone(),
    }
}

fn is_bullet(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with("- ") || (rest.len() < line.len() && rest.starts_with(". "))
}

fn sentence(language: Language, key: &str, voice: &Voice) -> String {
    static SENTENCES: LazyLock<HashMap<Language, HashMap<&str, &str>>> = LazyLock::new(|| {
        HashMap::from([
            (Language::English, table(include_str!("compose/en.txt"))),
            (Language::Spanish, table(include_str!("compose/es.txt"))),
            (Language::French, table(include_str!("compose/fr.txt"))),
            (Language::German, table(include_str!("compose/de.txt"))),
            (Language::Hindi, table(include_str!("compose/hi.txt"))),
        ])
    });
    let sentence = SENTENCES.get(&language).and_then(|table| table.get(key)).copied().unwrap_or_default();
    sentence.replace("{company}", &voice.company).replace("{email}", &voice.support_email)
}

fn table(lines: &'static str) -> HashMap<&'static str, &'static str> {
    lines.lines().filter_map(|line| line.split_once(" =")).map(|(key, words)| (key, words.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::*;

    fn voice() -> Voice {
        Voice { company: "Acme".into(), support_email: "help@acme.test".into() }
    }

    #[test]
    fn every_language_has_every_sentence() {
        for language in [Language::Spanish, Language::French, Language::German, Language::Hindi] {
            for key in table(include_str!("compose/en.txt")).keys() {
                assert!(!sentence(language, key, &voice()).is_empty(), "{language:?} {key}");
            }
        }
    }

    #[test]
    fn a_hand_over_asks_for_an_address_only_when_none_is_known() {
        let unknown = handed_over(None, Language::English, &voice(), false);
        let known = handed_over(None, Language::English, &voice(), true);
        assert!(unknown.contains("your e-mail address") && unknown.contains("help@acme.test"));
        assert!(!known.contains("your e-mail address") && known.contains("help@acme.test"));
    }

    #[test]
    fn a_bullet_brings_the_line_that_opens_its_list() {
        let section = &sections::parse("a.md", "## Data we never take\n\nNever:\n\n- Keys\n- Cards\n")[0];
        let cited = Cited { section, lines: &[2] };
        assert_eq!(cited.excerpt(100, 1), "Data we never take:\nNever:\n- Cards");
    }

    #[test]
    fn a_line_too_long_is_cut_at_a_word() {
        let long = format!("## Is it long?\n\n{}", "word ".repeat(400));
        let section = &sections::parse("a.md", &long)[0];
        let text = Cited { section, lines: &[0] }.excerpt(ANSWER_CHARS, usize::MAX);
        assert!(text.ends_with("word …") && text.chars().count() <= ANSWER_CHARS);
    }
}
