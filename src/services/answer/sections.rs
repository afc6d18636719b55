//! Sections: markdown becomes the smallest headed pieces, each with its place and its plain lines.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::aliases;
use crate::domain::source::Source;

/// A heading of the second or third level with the text that belongs to it alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Where it stands.
    pub source: Source,
    /// The headings above it, outermost first.
    pub parents: Vec<String>,
    /// Its own heading.
    pub title: String,
    /// Its text, one paragraph, bullet or table row a line, without markup.
    pub lines: Vec<String>,
    /// Other ways to ask for it, from "also asked as" comments.
    pub aliases: Vec<String>,
    /// The lines of the file it covers, counted from 1.
    pub range: Range<usize>,
}

impl Section {
    /// Whether it is the same wherever in its file it stands.
    pub fn says_the_same(&self, other: &Self) -> bool {
        let placed_alike = Self { range: other.range.clone(), ..self.clone() };
        placed_alike == *other
    }
}

/// The leaf sections of one file, in order; a file without headings is one section.
pub fn parse(file: &str, markdown: &str) -> Vec<Section> {
    let mut reader = Reader::new(file, markdown);
    for (event, range) in Parser::new_ext(markdown, Options::ENABLE_TABLES).into_offset_iter() {
        reader.read(event, range);
    }
    reader.finish()
}

struct Reader<'a> {
    file: &'a str,
    markdown: &'a str,
    several_titles: bool,
    path: [Option<String>; 3],
    anchor: String,
    anchors: HashMap<String, usize>,
    /// The line the section starts at.
    started_at: usize,
    /// The byte up to which lines were counted, and the line there.
    position: (usize, usize),
    lines: Vec<String>,
    aliases: Vec<String>,
    sections: Vec<Section>,
    text: String,
    heading: Option<HeadingLevel>,
    lists: Vec<Option<u64>>,
    bullet: Option<String>,
    columns: Vec<String>,
    cells: Vec<String>,
    in_table: bool,
}

impl<'a> Reader<'a> {
    fn new(file: &'a str, markdown: &'a str) -> Self {
        Self {
            file,
            markdown,
            several_titles: markdown.lines().filter(|l| l.starts_with("# ")).count() > 1,
            path: [None, None, None],
            anchor: String::new(),
            anchors: HashMap::new(),
            started_at: 1,
            position: (0, 1),
            lines: Vec::new(),
            aliases: Vec::new(),
            sections: Vec::new(),
            text: String::new(),
            heading: None,
            lists: Vec::new(),
            bullet: None,
            columns: Vec::new(),
            cells: Vec::new(),
            in_table: false,
        }
    }

    fn read(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.open(&tag, range.start),
            Event::End(tag) => self.close(tag),
            Event::Text(text) | Event::Code(text) => self.text.push_str(&text),
            Event::SoftBreak => self.text.push(' '),
            Event::HardBreak => self.end_line(),
            Event::Html(html) | Event::InlineHtml(html) => {
                self.aliases.extend(aliases::in_comment(&html));
            }
            _ => {}
        }
    }

    fn open(&mut self, tag: &Tag<'_>, at: usize) {
        match tag {
            Tag::Heading { level, .. } => {
                self.end_line();
                if *level <= HeadingLevel::H3 {
                    self.end_section(at);
                }
                self.heading = Some(*level);
            }
            Tag::List(first) => {
                self.end_line();
                self.lists.push(*first);
            }
            Tag::Item => self.bullet = Some(self.next_bullet()),
            Tag::Table(_) => {
                self.in_table = true;
                self.columns.clear();
            }
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => self.end_heading(level),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                self.cells.push(cell.trim().to_owned());
            }
            TagEnd::TableHead => self.columns = std::mem::take(&mut self.cells),
            TagEnd::TableRow => self.end_row(),
            TagEnd::Table => self.in_table = false,
            TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock => self.end_line(),
            _ => {}
        }
    }

    fn next_bullet(&mut self) -> String {
        match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "- ".to_owned(),
        }
    }

    /// Ends the paragraph, bullet or code block that was being read.
    fn end_line(&mut self) {
        if self.in_table || self.heading.is_some() {
            return;
        }
        let text = std::mem::take(&mut self.text);
        for (at, line) in text.lines().map(str::trim).filter(|l| !l.is_empty()).enumerate() {
            let bullet = self.bullet.take().filter(|_| at == 0).unwrap_or_default();
            self.lines.push(format!("{bullet}{line}"));
        }
    }

    /// A row reads "Delivery - Basic: slow; Pro: fast", so that each cell keeps its column.
    fn end_row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        let Some((first, rest)) = cells.split_first() else {
            return;
        };
        let rest: Vec<String> = rest
            .iter()
            .zip(self.columns.iter().skip(1))
            .filter(|(cell, _)| !cell.is_empty())
            .map(|(cell, column)| format!("{column}: {cell}"))
            .collect();
        let separator = if rest.is_empty() || first.is_empty() { "" } else { " - " };
        self.lines.push(format!("- {first}{separator}{}", rest.join("; ")));
    }

    fn end_heading(&mut self, level: HeadingLevel) {
        let title = std::mem::take(&mut self.text).trim().to_owned();
        self.heading = None;
        self.bullet = None;
        let depth = level as usize;
        if depth > self.path.len() {
            self.lines.push(title);
            return;
        }
        self.anchor = self.unique_anchor(&title);
        self.path[depth - 1] = Some(title);
        self.path[depth..].fill(None);
    }

    fn unique_anchor(&mut self, title: &str) -> String {
        let anchor = anchor(title);
        let seen = self.anchors.entry(anchor.clone()).or_default();
        *seen += 1;
        match *seen {
            1 => anchor,
            n => format!("{anchor}-{}", n - 1),
        }
    }

    fn end_section(&mut self, at: usize) {
        self.end_line();
        let lines = std::mem::take(&mut self.lines);
        let aliases = std::mem::take(&mut self.aliases);
        let end = self.line_at(at);
        let range = std::mem::replace(&mut self.started_at, end)..end;
        if lines.is_empty() {
            return;
        }
        let mut path = self.heading_path();
        let source = Source { file: self.file.to_owned(), heading: path.join(" > "), anchor: self.anchor.clone() };
        let title = path.pop().unwrap_or_default();
        self.sections.push(Section { source, parents: path, title, lines, aliases, range });
    }

    /// The file's only title is no part of the path; where there are several, they are chapters.
    fn heading_path(&self) -> Vec<String> {
        let below_title = self.path[1..].iter().any(Option::is_some);
        let skipped = usize::from(below_title && !self.several_titles);
        let path: Vec<String> = self.path[skipped..].iter().flatten().cloned().collect();
        if path.is_empty() {
            return vec![self.file.trim_end_matches(".md").to_owned()];
        }
        path
    }

    /// Moves on to a byte further down and tells its line, counted from 1.
    fn line_at(&mut self, byte: usize) -> usize {
        let (seen, line) = self.position;
        let line = line + self.markdown[seen..byte].matches('\n').count();
        self.position = (byte, line);
        line
    }

    fn finish(mut self) -> Vec<Section> {
        self.end_section(self.markdown.len());
        self.sections
    }
}

/// The fragment GitHub gives a heading.
fn anchor(title: &str) -> String {
    title
        .to_lowercase()
        .chars()
        .filter(|&c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_are_the_innermost_headings_with_text() {
        let sections = parse("a.md", "# T\n\n## A\n\nIntro.\n\n### B\n\n- one\n- two\n\n## C\n\nEnd.");
        let headings: Vec<&str> = sections.iter().map(|s| s.source.heading.as_str()).collect();
        assert_eq!(headings, ["A", "A > B", "C"]);
        assert_eq!(sections[1].lines, ["- one", "- two"]);
        assert_eq!(sections[1].range, 7..12);
    }

    #[test]
    fn a_file_without_headings_is_one_section() {
        let sections = parse("notes.md", "Just\r\ntext.\r\n");
        assert_eq!(sections[0].source.heading, "notes");
        assert_eq!(sections[0].lines, ["Just text."]);
    }

    #[test]
    fn an_empty_file_has_no_sections() {
        assert!(parse("a.md", "").is_empty());
        assert!(parse("a.md", "## Only a heading\n").is_empty());
    }

    #[test]
    fn a_hash_inside_a_fence_is_no_heading() {
        let sections = parse("a.md", "## A\n\n```\n## not a heading\n```\n");
        assert_eq!(sections.len(), 1);
        assert_eq!(sections[0].lines, ["## not a heading"]);
    }

    #[test]
    fn a_table_row_names_its_columns() {
        let sections = parse("a.md", "## A\n\n| | X | Y |\n|---|---|---|\n| Cost | 1 | 2 |\n");
        assert_eq!(sections[0].lines, ["- Cost - X: 1; Y: 2"]);
    }

    #[test]
    fn a_comment_lists_aliases_and_is_not_shown() {
        let sections = parse("a.md", "## A\n\n<!-- also asked as: b? | c -->\n\nText.\n");
        assert_eq!(sections[0].aliases, ["b?", "c"]);
        assert_eq!(sections[0].lines, ["Text."]);
    }

    #[test]
    fn anchors_are_like_githubs() {
        assert_eq!(anchor("Basic - €9 (One-Time)"), "basic---9-one-time");
        let twice = parse("a.md", "## A\n\nx\n\n## A\n\ny\n");
        assert_eq!(twice[1].source.anchor, "a-1");
    }

    #[test]
    fn numbered_steps_keep_their_numbers() {
        let sections = parse("a.md", "## A\n\n1. First.\n2. *Second* one.\n");
        assert_eq!(sections[0].lines, ["1. First.", "2. Second one."]);
    }
}
