//! A reply in sentences, each with the sections it cites; the marks are taken out of what is shown.

/// What a mark names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A section by its number, counted from 1.
    Section(usize),
    /// The customer's records.
    Records,
    /// Nothing: the information does not say it.
    Nothing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Without marks.
    pub text: String,
    pub marks: Vec<Mark>,
    /// Whether it is an entry of a list, which goes on with what stands above it.
    pub goes_on: bool,
    /// Whether it ends like one, and was not cut off.
    pub is_whole: bool,
    /// The line it stands in.
    pub line: usize,
}

/// The sentences of a readable reply.
pub fn sentences(reply: &str) -> Vec<Sentence> {
    let mut sentences: Vec<Sentence> = Vec::new();
    for (at, line) in reply.lines().enumerate() {
        for read in of_line(line) {
            // Marks behind the full stop belong to the sentence before.
            if let Some(last) = sentences.last_mut() {
                last.marks.extend(read.behind);
            }
            sentences.extend(read.sentence.map(|sentence| Sentence { line: at, ..sentence }));
        }
    }
    sentences
}

/// The reply as it is shown: the sentences that `is_kept` names by their place.
pub fn shown(reply: &str, is_kept: &dyn Fn(usize) -> bool) -> String {
    let (mut shown, mut at) = (String::new(), 0);
    for line in reply.lines() {
        let mut kept = Vec::new();
        let sentences: Vec<Sentence> = of_line(line).into_iter().filter_map(|read| read.sentence).collect();
        for sentence in &sentences {
            kept.extend(is_kept(at).then(|| tidy(&sentence.text)));
            at += 1;
        }
        // An empty line parts paragraphs; one that was emptied leaves nothing.
        if !kept.is_empty() || sentences.is_empty() && !shown.ends_with("\n\n") {
            shown.push_str(&kept.join(" "));
            shown.push('\n');
        }
    }
    shown.trim().to_owned()
}

/// A piece of a line: the marks of the sentence before it, and its own sentence.
struct Piece {
    behind: Vec<Mark>,
    sentence: Option<Sentence>,
}

fn of_line(line: &str) -> Vec<Piece> {
    let mut opens_line = true;
    let read = split(line).into_iter().map(|piece| {
        let (behind, piece) = leading_marks(piece);
        let (text, marks) = without_marks(piece);
        if text.trim().is_empty() {
            return Piece { behind: [behind, marks].concat(), sentence: None };
        }
        let is_whole = text.trim_end().ends_with(['.', '!', '?', '।', ':', ')', '…']);
        let goes_on = std::mem::take(&mut opens_line) && is_entry(line);
        Piece { behind, sentence: Some(Sentence { text, marks, goes_on, is_whole, line: 0 }) }
    });
    read.collect()
}

/// Everything up to the end of the last sentence that has one.
pub fn whole(text: &str) -> Option<String> {
    if sentences(text).last()?.is_whole {
        return Some(text.to_owned());
    }
    let ends = |(at, c): &(usize, char)| {
        matches!(c, '.' | '!' | '?' | '।') && text[at + c.len_utf8()..].starts_with([' ', '\n'])
    };
    let (at, end) = text.char_indices().rfind(ends)?;
    Some(text[..at + end.len_utf8()].to_owned())
}

/// Everything up to the end of the last sentence that is complete in a reply that goes on: its mark
/// has come, or the next one has begun.
pub fn complete(reply: &str) -> &str {
    let (mut end, mut at) = (0, 0);
    for line in reply.split_inclusive('\n') {
        for piece in split(line) {
            let (_, rest) = leading_marks(piece);
            let own = rest.trim_start();
            // What opens like a mark may still be one, of the sentence before.
            if !own.is_empty() && !own.starts_with('[') {
                end = at + piece.len() - own.len();
            }
            at += piece.len();
        }
    }
    let is_end = |c: char| matches!(c, '.' | '!' | '?' | '।' | '…');
    let said = reply.trim_end();
    let is_marked = |text: &str| text.rfind('[').filter(|_| text.ends_with(']')).filter(|at| is_mark(&text[*at..]));
    let is_marked_before = || said.ends_with(is_end) && is_marked(said.trim_end_matches(is_end)).is_some();
    let is_marked_behind = || is_marked(said).is_some_and(|at| said[..at].trim_end().ends_with(is_end));
    if is_marked_before() || is_marked_behind() { said } else { &reply[..end] }
}

fn is_mark(bracket: &str) -> bool {
    marks_in(bracket.trim_start_matches('[').trim_end_matches(']')).is_some()
}

/// Cuts behind a full stop that is followed by a space.
fn split(line: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut ended = false;
    for (at, c) in line.char_indices() {
        if ended && c.is_whitespace() && !is_abbreviation(&line[start..at], &line[at..]) {
            pieces.push(&line[start..at]);
            start = at;
        }
        ended = matches!(c, '.' | '!' | '?' | '।') && at > start || ended && matches!(c, ')' | '"' | '”');
    }
    pieces.push(&line[start..]);
    pieces
}

/// "e.g.", "1.", "no. 5": the sentence goes on.
fn is_abbreviation(text: &str, behind: &str) -> bool {
    let last = text.trim().rsplit(char::is_whitespace).next().unwrap_or_default();
    let number = last.trim_end_matches('.');
    let is_numbered =
        || last.eq_ignore_ascii_case("no.") && behind.trim_start().starts_with(|c: char| c.is_ascii_digit());
    ["e.g.", "i.e.", "approx.", "vs."].contains(&last.to_lowercase().as_str())
        || is_numbered()
        || (last == text.trim() && !number.is_empty() && number.chars().all(|c| c.is_ascii_digit()))
}

/// "- one" or "1. one".
fn is_entry(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    line.starts_with("- ") || (number.len() < line.len() && number.starts_with(". "))
}

/// The marks a piece begins with, and the rest of it; where there is no sentence before them,
/// they are read with the rest.
fn leading_marks(piece: &str) -> (Vec<Mark>, &str) {
    let (mut marks, mut rest) = (Vec::new(), piece);
    while let Some((inside, after)) = rest.trim_start().strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let Some(found) = marks_in(inside) else { break };
        marks.extend(found);
        rest = after;
    }
    (marks, rest)
}

/// Takes out `[3]`, `[3, 4]`, `[3][4]`, `[r]` and `[0]`.
fn without_marks(text: &str) -> (String, Vec<Mark>) {
    let (mut kept, mut marks, mut rest) = (String::new(), Vec::new(), text);
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let inside = from[1..].split_once(']').and_then(|(inside, after)| Some((marks_in(inside)?, after)));
        if let Some((found, after)) = inside {
            marks.extend(found);
            rest = after;
        } else {
            kept.push('[');
            rest = &from[1..];
        }
    }
    kept.push_str(rest);
    (kept, marks)
}

fn marks_in(inside: &str) -> Option<Vec<Mark>> {
    let names =
        inside.split([',', ';', ' ']).map(|name| name.trim().trim_start_matches('n')).filter(|name| !name.is_empty());
    let marks: Option<Vec<Mark>> = names
        .map(|name| match name {
            "r" | "R" => Some(Mark::Records),
            "0" => Some(Mark::Nothing),
            _ if name.len() <= 4 => name.parse().ok().map(Mark::Section),
            _ => None,
        })
        .collect();
    marks.filter(|marks| !marks.is_empty())
}

/// No space before a full stop, no two in a row.
fn tidy(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
    let mut tidy = String::new();
    for word in words {
        let closes = word.chars().all(|c| matches!(c, '.' | ',' | ';' | ':' | '!' | '?' | ')'));
        if !tidy.is_empty() && !closes {
            tidy.push(' ');
        }
        tidy.push_str(word);
    }
    tidy
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_belong_to_their_sentence_and_are_not_shown() {
        let reply = "Gold is £12/month [3]. It has e.g. 100 tasks. [4, r]\n- Ask us [0]";

        let marks: Vec<Vec<Mark>> = sentences(reply).into_iter().map(|sentence| sentence.marks).collect();

        assert_eq!(
            marks,
            [vec![Mark::Section(3)], vec![Mark::Section(4), Mark::Records], vec![Mark::Nothing]],
            "{:?}",
            sentences(reply)
        );
        assert_eq!(shown(reply, &|_| true), "Gold is £12/month. It has e.g. 100 tasks.\n- Ask us");
    }

    #[test]
    fn what_is_left_out_leaves_no_gap() {
        let reply = "Hi! Gold is £12.\n\nHope this helps.\n\n- One\n- Two";

        assert_eq!(shown(reply, &|at| at != 0 && at != 2), "Gold is £12.\n\n- One\n- Two");
    }

    #[test]
    fn other_brackets_stay() {
        assert_eq!(shown("See [our page] and [12345]", &|_| true), "See [our page] and [12345]");
    }
}
