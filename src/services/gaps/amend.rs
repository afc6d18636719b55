//! Amending: a way to ask, or a section, more in the text of a file, and nothing else changed.

use crate::{
    domain::text,
    error::{Error, Result},
    services::{
        answer::{Document, Section, parse},
        faq_loader::Edited,
    },
};

/// A question is shorter; of a longer one the beginning will do.
const LONGEST_PHRASING: usize = 300;
const LONGEST_HEADING: usize = 120;

/// How the comment begins that lists the ways to ask for a section.
const COMMENT: &str = "<!-- also asked as:";
const END_OF_COMMENT: &str = "-->";

/// The heading of a section that may come behind.
const NEXT: &str = "Next";

/// A question as it may stand in that comment: on one line, ending neither itself nor the comment.
pub fn phrasing(question: &str) -> Option<String> {
    let mut phrasing = text::one_line(question, LONGEST_PHRASING).replace('|', "/");
    while phrasing.contains("--") {
        phrasing = phrasing.replace("--", "-");
    }
    let phrasing = phrasing.trim();
    phrasing.contains(char::is_alphanumeric).then(|| phrasing.to_owned())
}

/// The document with one more way to ask for a section.
pub fn with_phrasing(document: &Document, heading: &str, phrasing: &str) -> Result<Edited> {
    let before = sections(document, &document.markdown);
    let target = before.iter().position(|section| section.source.heading == heading);
    let target = target.ok_or_else(|| Error::Invalid {
        field: "heading",
        message: "must be the heading of a section of that file, such as \"Plans > Large\"".into(),
    })?;
    let section = &before[target];
    let markdown = document.markdown.clone();
    if section.aliases.iter().any(|known| known == phrasing) {
        return Ok(Edited { markdown, section: section.clone() });
    }
    let mut wanted = before.clone();
    wanted[target].aliases.push(phrasing.to_owned());
    // Markdown has many ways to write a heading and a comment, so what comes out is read again.
    let tried = places(&markdown, section).into_iter().map(|place| place.fill(&markdown, phrasing));
    let amended = tried.into_iter().find(|tried| say_the_same(&sections(document, tried), &wanted));
    let amended = amended.ok_or_else(|| cannot_take(document))?;
    Ok(Edited { markdown: amended, section: wanted.swap_remove(target) })
}

/// The document with one more section at its end, and a way to ask for it.
pub fn with_section(document: &Document, heading: &str, body: &str, phrasing: Option<&str>) -> Result<Edited> {
    let heading = text::one_line(heading, usize::MAX);
    let is_heading = !heading.is_empty() && heading.chars().count() <= LONGEST_HEADING;
    let newline = newline(&document.markdown);
    let body = body.replace("\r\n", "\n").replace('\r', "\n").trim().replace('\n', newline);
    let comment = phrasing.map(|phrasing| format!("{COMMENT} {phrasing} {END_OF_COMMENT}"));
    let parts = [Some(document.markdown.trim_end().to_owned()), Some(format!("## {heading}")), comment, Some(body)];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let markdown = parts.join(&newline.repeat(2)) + newline;
    let (before, mut after) = (sections(document, &document.markdown), sections(document, &markdown));
    let refused = || Error::Invalid {
        field: "section",
        message: "must have a plain heading, and a text of its own without headings and with nothing left open".into(),
    };
    // What is added later must still be read as a section: no fence and no comment may swallow it.
    let next = sections(document, &format!("{markdown}{newline}## {NEXT}{newline}{NEXT}{newline}"));
    let leaves_nothing_open = next.len() == after.len() + 1 && next.last().is_some_and(|last| last.title == NEXT);
    let added = after.pop().filter(|_| leaves_nothing_open).ok_or_else(refused)?;
    let aliases: Vec<&str> = added.aliases.iter().map(String::as_str).collect();
    if !is_heading || !say_the_same(&after, &before) || added.title != heading || aliases != phrasing.as_slice() {
        return Err(refused());
    }
    match before.into_iter().find(|known| known.source.heading == added.source.heading) {
        None => Ok(Edited { markdown, section: added }),
        // It was added before, and what came after that did not come to its end.
        Some(known) if known.lines == added.lines => Ok(Edited { markdown: document.markdown.clone(), section: known }),
        Some(_) => Err(Error::Conflict("that file has a section of this heading already: give it a phrasing".into())),
    }
}

fn sections(document: &Document, markdown: &str) -> Vec<Section> {
    parse(&document.file, markdown)
}

fn say_the_same(some: &[Section], others: &[Section]) -> bool {
    some.len() == others.len() && some.iter().zip(others).all(|(one, other)| one.says_the_same(other))
}

fn cannot_take(document: &Document) -> Error {
    Error::Conflict(format!(
        "that section of {} is written in a way that takes no phrasing: edit the file",
        document.file
    ))
}

/// Where in a file a phrasing may go, as a byte.
enum Place {
    /// Before the end of a comment that lists phrasings.
    InComment(usize),
    /// Between two lines, in a comment of its own.
    Alone(usize),
}

/// In the section's last list, below its heading, or at its end.
fn places(markdown: &str, section: &Section) -> Vec<Place> {
    let starts: Vec<usize> = [0].into_iter().chain(markdown.match_indices('\n').map(|(at, _)| at + 1)).collect();
    let line = |line: usize| starts.get(line - 1).copied().unwrap_or(markdown.len());
    let (start, end) = (line(section.range.start), line(section.range.end).max(line(section.range.start)));
    // The last section ends with its file, which may end within a line.
    let end = if markdown[end..].contains('\n') { end } else { markdown.len() };
    let text = &markdown[start..end];
    let list = text.rfind(COMMENT).and_then(|from| Some(from + text[from..].find(END_OF_COMMENT)?));
    let in_comment = list.map(|at| Place::InComment(start + at));
    // A heading may be underlined.
    let below = [1, 2].map(|lines| Place::Alone(line(section.range.start + lines).min(end)));
    in_comment.into_iter().chain(below).chain([Place::Alone(end)]).collect()
}

impl Place {
    fn fill(&self, markdown: &str, phrasing: &str) -> String {
        let newline = newline(markdown);
        match *self {
            Self::InComment(at) => format!("{} | {phrasing} {}", markdown[..at].trim_end(), &markdown[at..]),
            Self::Alone(at) => {
                let (above, below) = markdown.split_at(at);
                let comment = format!("{COMMENT} {phrasing} {END_OF_COMMENT}");
                let (above, below) = (above.trim_end(), below.trim_start_matches(['\r', '\n']));
                let gap = newline.repeat(2);
                if below.is_empty() {
                    format!("{above}{gap}{comment}{newline}")
                } else {
                    format!("{above}{gap}{comment}{gap}{below}")
                }
            }
        }
    }
}

/// As the file has them.
fn newline(markdown: &str) -> &'static str {
    if markdown.contains("\r\n") { "\r\n" } else { "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(markdown: &str) -> Document {
        Document { file: "faq.md".into(), markdown: markdown.into() }
    }

    fn phrased(markdown: &str, heading: &str) -> String {
        with_phrasing(&document(markdown), heading, "why?").unwrap().markdown
    }

    #[test]
    fn a_phrasing_ends_neither_itself_nor_its_comment() {
        assert_eq!(phrasing("a|b\n--> <script> ---- c").as_deref(), Some("a/b -> <script> - c"));
        for nothing in ["", " |-->| ", "??"] {
            assert_eq!(phrasing(nothing), None, "{nothing}");
        }
        assert_eq!(phrasing(&"long ".repeat(100)).unwrap().chars().count(), LONGEST_PHRASING);
    }

    #[test]
    fn a_phrasing_joins_the_others_of_its_section() {
        let text = "# T\n\n## A\n\n<!-- also asked as: one | two -->\n\nText.\n\n## B\n\nMore.\n";
        assert_eq!(phrased(text, "A"), text.replace("two -->", "two | why? -->"));
        let once = with_phrasing(&document(text), "A", "two").unwrap();
        assert_eq!((once.markdown.as_str(), once.section.aliases.len()), (text, 2));
    }

    #[test]
    fn the_first_phrasing_stands_below_the_heading() {
        let comment = "<!-- also asked as: why? -->";
        assert_eq!(phrased("## A\nText.\n## B\nMore.", "B"), format!("## A\nText.\n## B\n\n{comment}\n\nMore."));
        assert_eq!(phrased("A\n---\n\nText.\n", "A"), format!("A\n---\n\n{comment}\n\nText.\n"));
        assert_eq!(phrased("## A\r\n\r\nText.\r\n", "A"), format!("## A\r\n\r\n{comment}\r\n\r\nText.\r\n"));
        assert_eq!(phrased("Just text\nin two lines.", "faq"), format!("Just text\nin two lines.\n\n{comment}\n"));
    }

    #[test]
    fn a_comment_within_a_fence_is_none() {
        let text = "## A\n\n```\n<!-- also asked as: one -->\n```\n";
        let edited = with_phrasing(&document(text), "A", "why?").unwrap();
        assert_eq!(edited.section.aliases, ["why?"]);
        assert!(edited.markdown.contains("one -->"), "{}", edited.markdown);
    }

    #[test]
    fn what_is_not_there_takes_nothing() {
        for heading in ["", "B", "A > B", "a"] {
            let refused = with_phrasing(&document("## A\n\nText.\n"), heading, "why?");
            assert!(matches!(refused, Err(Error::Invalid { field: "heading", .. })), "{heading}");
        }
    }

    #[test]
    fn a_section_is_added_at_the_end() {
        let edited = with_section(&document("# T\n\n## A\n\nOne.\n\n"), "B", "Two.\r\n\r\n- three\r\n", Some("why?"));
        let edited = edited.unwrap();
        assert_eq!(edited.markdown, "# T\n\n## A\n\nOne.\n\n## B\n\n<!-- also asked as: why? -->\n\nTwo.\n\n- three\n");
        assert_eq!((edited.section.source.heading.as_str(), edited.section.lines.len()), ("B", 2));

        let again = with_section(&document(&edited.markdown), "B", "Two.\n\n- three", None).unwrap();
        assert_eq!(again.markdown, edited.markdown, "once is enough");
        let other = with_section(&document(&edited.markdown), "B", "Four.", None);
        assert!(matches!(other, Err(Error::Conflict(_))));
    }

    #[test]
    fn a_section_changes_no_other() {
        let text = "## A\n\nOne.\n";
        for (heading, body) in [
            ("", "Two."),
            (&"B".repeat(LONGEST_HEADING + 1), "Two."),
            ("*B*", "Two."),
            ("B", ""),
            ("B", "<!-- nothing to see -->"),
            ("B", "Two.\n\n## C\n\nThree."),
            ("B", "Two.\n\n<!-- also asked as: everything -->"),
        ] {
            let refused = with_section(&document(text), heading, body, Some("why?"));
            assert!(matches!(refused, Err(Error::Invalid { field: "section", .. })), "{heading:?} {body:?}");
        }
        let open = with_section(&document("## A\n\n```\nOne.\n"), "B", "Two.", None);
        assert!(open.is_err(), "it would be code of A");
        for left_open in ["Two.\n\n```\ncode", "Two.\n\n<!--\n\nand"] {
            let open = with_section(&document("## A\n\nOne.\n"), "B", left_open, None);
            assert!(open.is_err(), "{left_open}: the next section would be a part of it");
        }
    }
}
