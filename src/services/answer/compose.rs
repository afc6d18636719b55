//! Composing: the plain text a visitor reads, made of knowledge-base lines and fixed sentences only.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::LazyLock;

use super::Voice;
use super::language::Language;
use super::sections::Section;
use super::smalltalk::Pleasantry;
use crate::domain::turn::Outcome;

/// An answer that is read at one glance.
const ANSWER_CHARS: usize = 600;
/// Two answers in one message stay together on a screen, and all of them do in a message.
const PART_CHARS: usize = 450;
const PARTS_CHARS: usize = 1_100;
/// Of a section that may be the wrong one, only so much.
const GLIMPSE_CHARS: usize = 360;

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

/// What a question is answered with.
#[derive(Clone, Copy)]
pub enum Told<'a> {
    /// The lines of a section.
    Lines(Cited<'a>),
    /// The headings of priced sections, each below the one it stands under.
    Prices(&'a [&'a Section]),
}

impl Told<'_> {
    fn excerpt(&self, room: usize) -> String {
        match self {
            Self::Lines(cited) => cited.excerpt(room),
            Self::Prices(sections) => price_list(sections, room),
        }
    }
}

/// "Plans:" with each of its headings below; what has no more room is left out from the end.
fn price_list(sections: &[&Section], room: usize) -> String {
    let mut list = String::new();
    let mut above: Option<&[String]> = None;
    for section in sections {
        let heading = section.parents.last().filter(|_| above != Some(section.parents.as_slice()));
        let gap = if list.is_empty() { "" } else { "\n" };
        let heading = heading.map(|heading| format!("{gap}{heading}:\n")).unwrap_or_default();
        let line = format!("{heading}- {}\n", section.title);
        if list.chars().count() + line.chars().count() > room {
            break;
        }
        list.push_str(&line);
        above = Some(&section.parents);
    }
    list.trim_end().to_owned()
}

fn part_chars(parts: usize) -> usize {
    PART_CHARS.min(PARTS_CHARS / parts.max(1))
}

fn glimpse_chars(sections: usize) -> usize {
    GLIMPSE_CHARS.min(PARTS_CHARS / sections.max(1))
}

impl Speaker<'_> {
    /// The answer to each question, and what else may matter.
    pub fn answer(&self, parts: &[Told<'_>], related: &[Cited<'_>]) -> String {
        let room = if parts.len() > 1 { part_chars(parts.len()) } else { ANSWER_CHARS };
        let mut pieces: Vec<String> = parts.iter().map(|part| part.excerpt(room)).collect();
        if self.translated {
            pieces.insert(0, self.say("answer"));
        }
        if !related.is_empty() {
            let topics: Vec<String> = related.iter().map(|r| label(r.section)).collect();
            pieces.push(self.say("see_also").replace("{topics}", &topics.join("; ")));
        }
        pieces.join("\n\n")
    }

    /// The sections that come closest, each with the lines that speak of it most; a single one is shown whole.
    pub fn closest(&self, sections: &[Cited<'_>]) -> String {
        let (opening, shown): (&str, Vec<String>) = match sections {
            [only] => ("closest_one", vec![only.glimpse(ANSWER_CHARS)]),
            _ => ("closest", sections.iter().map(|section| section.glimpse(glimpse_chars(sections.len()))).collect()),
        };
        let pieces = [self.say(opening)].into_iter().chain(shown).chain([self.say("closest_end")]);
        pieces.collect::<Vec<_>>().join("\n\n")
    }

    /// The answers that are known, what comes closest to the other questions, and which of them found nothing; each
    /// question is told by its place, never by its words.
    pub fn partly(&self, parts: &[(Outcome, Option<Told<'_>>)]) -> String {
        let room = part_chars(parts.len());
        let of = |wanted: Outcome| (1..).zip(parts).filter(move |(_, (outcome, _))| *outcome == wanted);
        let numbers =
            |wanted| of(wanted).map(|(number, _): (usize, _)| number.to_string()).collect::<Vec<_>>().join(", ");
        let shown = |wanted| of(wanted).filter_map(|(_, (_, told))| told.as_ref()).map(|told| told.excerpt(room));
        let mut pieces: Vec<String> = shown(Outcome::Answer).collect();
        if self.translated && !pieces.is_empty() {
            pieces.insert(0, self.say("answer"));
        }
        if of(Outcome::Closest).next().is_some() {
            pieces.push(self.say("closest_to").replace("{numbers}", &numbers(Outcome::Closest)));
            pieces.extend(shown(Outcome::Closest));
        }
        if of(Outcome::Unknown).next().is_some() {
            pieces.push(self.say("nothing_on").replace("{numbers}", &numbers(Outcome::Unknown)));
        }
        pieces.push(self.say("closest_end"));
        pieces.join("\n\n")
    }

    /// That we do not know, and who does.
    pub fn unknown(&self) -> String {
        self.say("unknown")
    }

    /// A pleasantry returned; a greeting says what may be asked about.
    pub fn pleasantry(&self, pleasantry: Pleasantry, topics: &[&str]) -> String {
        match pleasantry {
            Pleasantry::Greeting if topics.is_empty() => self.say("greeting"),
            Pleasantry::Greeting => {
                let topics = self.say("greeting_topics").replace("{topics}", &topics.join("; "));
                format!("{}\n\n{topics}", self.say("greeting"))
            }
            Pleasantry::Thanks => self.say("thanks"),
            Pleasantry::Farewell => self.say("farewell"),
            Pleasantry::Nod => self.say("nod"),
            Pleasantry::Machine => self.say("machine"),
        }
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
    fn excerpt(&self, room: usize) -> String {
        let title = Some(&self.section.title).filter(|t| !t.ends_with('?')).map(|_| label(self.section) + ":");
        let mut left = room.saturating_sub(title.as_ref().map_or(0, |t| t.chars().count() + 1));
        let mut shown: BTreeSet<usize> = BTreeSet::new();
        let is_whole = (0..self.section.lines.len()).map(|at| self.cost(at)).sum::<usize>() <= left;
        let lines = self.lines.iter().copied().filter(|&at| is_whole || !self.opens_list(at));
        for at in lines {
            let wanted = self.with_opening(at);
            let cost: usize = wanted.iter().filter(|at| !shown.contains(at)).map(|&at| self.cost(at)).sum();
            if cost <= left {
                left -= cost;
                shown.extend(wanted);
            }
        }
        if shown.is_empty() {
            return self.cut(title, left);
        }
        let lines = shown.into_iter().map(|at| self.section.lines[at].clone());
        title.into_iter().chain(lines).collect::<Vec<_>>().join("\n")
    }

    fn glimpse(&self, room: usize) -> String {
        let title = &self.section.title;
        if title.ends_with('?') {
            return format!("{title}\n{}", self.excerpt(room.saturating_sub(title.chars().count() + 1)));
        }
        self.excerpt(room)
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
        assert_eq!(cited.excerpt(45), "Data we never take:\nNever:\n- Cards");
    }

    #[test]
    fn a_list_of_prices_ends_where_the_room_does() {
        let sections = sections::parse(
            "a.md",
            "## Plans\n\n### Mini - €5\n\nx\n\n### Max - €50\n\nx\n\n## Other\n\n### Last - €9\n\nx\n",
        );
        let all: Vec<&Section> = sections.iter().collect();
        assert_eq!(Told::Prices(&all).excerpt(100), "Plans:\n- Mini - €5\n- Max - €50\n\nOther:\n- Last - €9");
        assert_eq!(Told::Prices(&all).excerpt(25), "Plans:\n- Mini - €5");
    }

    #[test]
    fn a_single_or_short_section_is_shown_whole() {
        let lines: Vec<String> = (1..20).map(|n| format!("- line number {n}")).collect();
        let text = format!("## Short\n\n- one\n- two\n- three\n\n## Long\n\n{}\n", lines.join("\n"));
        let sections = sections::parse("a.md", &text);
        let all: Vec<usize> = (0..19).collect();
        let (short, long) =
            (Cited { section: &sections[0], lines: &[2, 0, 1] }, Cited { section: &sections[1], lines: &all });
        let voice = voice();
        let speaker = Speaker { voice: &voice, language: Language::English, translated: false };
        assert!(speaker.closest(&[short, short]).contains("Short:\n- one\n- two\n- three"));
        assert!(
            speaker.closest(&[long]).contains("line number 19")
                && speaker.closest(&[long]).contains("this is what you mean")
        );
    }

    #[test]
    fn questions_without_an_answer_are_told_by_their_place() {
        let section = &sections::parse("a.md", "## Pay\n\nBy card.\n")[0];
        let cited = Cited { section, lines: &[0] };
        let voice = voice();
        let speaker = Speaker { voice: &voice, language: Language::English, translated: false };
        let parts = [(Outcome::Answer, Some(Told::Lines(cited))), (Outcome::Unknown, None), (Outcome::Unknown, None)];
        let text = speaker.partly(&parts);
        assert!(text.starts_with("Pay:\nBy card.") && text.contains("question 2, 3"), "{text}");
    }

    #[test]
    fn a_line_too_long_is_cut_at_a_word() {
        let long = format!("## Is it long?\n\n{}", "word ".repeat(400));
        let section = &sections::parse("a.md", &long)[0];
        let text = Cited { section, lines: &[0] }.excerpt(ANSWER_CHARS);
        assert!(text.ends_with("word …") && text.chars().count() <= ANSWER_CHARS);
    }
}
