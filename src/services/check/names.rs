//! Names: what plans and policies are called, and which of them are told apart in one place, so
//! that a figure of one cannot pass for a figure of its neighbour.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{
    called::{LONGEST_LABEL, aliases, is_priced_below, label, name_words, shorten, title_before_price},
    pieces::{Kind, Piece, pieces},
    sentences,
    statements::parts_of_line,
    words::{is_known_to_all, is_verbal, singular},
};
use crate::services::answer::Section;

/// The place of a name in [`Names`].
pub type Name = usize;

/// A mention of a name in a text.
#[derive(Clone, Debug)]
pub struct Mention {
    pub name: Name,
    pub from: usize,
    pub to: usize,
}

#[derive(Debug, Default)]
pub struct Names {
    by_alias: HashMap<Vec<String>, Name>,
    /// Names of priced headings and of those above them, rather than of labels.
    headings: HashSet<Name>,
    /// First words of names, so that most places of a text are passed quickly.
    starts: HashSet<String>,
    /// The groups a name is told apart in.
    groups: Vec<Vec<usize>>,
    /// How many names a group has.
    group_sizes: Vec<usize>,
    /// Names that count in lower case too: headings above priced ones, such as "subscription".
    families: HashSet<Name>,
    /// What headings beside each other, or above them, are all called: "bike".
    kinds: HashSet<String>,
    /// Words that stand in lower case in the texts, so that a name of this one word needs its capital.
    common: HashSet<String>,
}

/// A name that is told apart in more groups is told apart nowhere.
const MOST_GROUPS: usize = 32;

impl Names {
    /// The names of priced headings, of the headings above them, and of labels before figures.
    pub fn of(sections: &[Section]) -> Self {
        let mut names = Self { common: common(sections), ..Self::default() };
        names.add_headings(sections);
        names.add_priced_below(sections);
        for section in sections {
            let lines = section.lines.iter().flat_map(|line| parts_of_line(line));
            let told = lines.flat_map(|line| sentences::sentences(&line)).map(|sentence| sentence.text);
            let labels: Vec<String> = told.filter_map(|told| label(told.trim())).collect();
            names.add_group(labels.iter().map(|label| aliases(label, &[])));
        }
        names
    }

    /// Where names stand; `any_case` hears "privacy" where only "Privacy" is one.
    pub fn mentions(&self, pieces: &[Piece], any_case: bool) -> Vec<Mention> {
        let mut mentions = Vec::new();
        let mut at = 0;
        while at < pieces.len() {
            if pieces[at].kind != Kind::Word || !self.starts.contains(&singular(&pieces[at].text)) {
                at += 1;
                continue;
            }
            let found = (1..=LONGEST_LABEL).rev().find_map(|length| {
                let (words, to) = words_from(pieces, at, length)?;
                let name = *self.by_alias.get(&words)?;
                let mention = Mention { name, from: at, to };
                (any_case || self.is_meant(&mention, pieces)).then_some(mention)
            });
            at = found.as_ref().map_or(at + 1, |mention| mention.to);
            mentions.extend(found);
        }
        mentions
    }

    pub fn in_text(&self, text: &str) -> Vec<Name> {
        self.mentions(&pieces(text), false).into_iter().map(|mention| mention.name).collect()
    }

    pub fn is_heading(&self, name: Name) -> bool {
        self.headings.contains(&name)
    }

    /// Whether it is one of several that are priced, rather than what all of them are.
    pub fn is_plan(&self, name: Name) -> bool {
        self.is_heading(name) && !self.families.contains(&name)
    }

    /// Whether something about `others` is about a neighbour of one of `names` and not about it.
    pub fn are_beside(&self, names: &[Name], others: &HashSet<Name>) -> bool {
        names.iter().any(|name| !others.contains(name) && others.iter().any(|other| self.are_siblings(*name, *other)))
    }

    /// Whether a name is told apart from others at all.
    pub fn has_siblings(&self, name: Name) -> bool {
        self.groups[name].iter().any(|group| self.group_sizes[*group] > 1)
    }

    pub fn are_siblings(&self, one: Name, other: Name) -> bool {
        one != other && self.groups[one].iter().any(|group| self.groups[other].contains(group))
    }

    /// Whether a word says what several names are: "every bike".
    pub fn is_kind(&self, word: &str) -> bool {
        self.kinds.contains(&singular(word))
    }

    /// A name of one word is meant where it has its capital, or is no word of everything else.
    pub fn is_meant(&self, mention: &Mention, pieces: &[Piece]) -> bool {
        let Mention { name, from, to } = *mention;
        if to > from + 1 {
            return true;
        }
        let is_hours = pieces.get(to).is_some_and(|next| next.is(&["day", "days", "hour", "hours"]));
        let is_common = || self.common.contains(&singular(&pieces[from].text)) || is_known_to_all(&pieces[from]);
        (pieces[from].capital || !is_common() || self.families.contains(&name)) && !is_hours
    }

    fn add_headings(&mut self, sections: &[Section]) {
        let mut parents: Vec<(&str, &[String])> = Vec::new();
        let mut titles: HashMap<(&str, &[String]), Vec<&str>> = HashMap::new();
        for section in sections {
            let Some(title) = title_before_price(&section.title) else { continue };
            let parent = (section.source.file.as_str(), section.parents.as_slice());
            let beside = titles.entry(parent).or_default();
            if beside.is_empty() {
                parents.push(parent);
            }
            beside.push(title);
        }
        let last = |parent: &(&str, &[String])| parent.1.last().map(|last| aliases(last, &[])).unwrap_or_default();
        for (_, above) in &parents {
            let words = above.last().map(|heading| name_words(heading)).unwrap_or_default();
            self.kinds.extend(words.into_iter().filter(|word| word.len() > 3 && !is_verbal(word)));
        }
        let families = self.add_group(parents.iter().map(last));
        self.headings.extend(&families);
        self.families.extend(families);
        for parent in parents {
            let family = last(&parent);
            let names = self.add_group(titles[&parent].iter().map(|title| aliases(title, &family)));
            self.headings.extend(names);
        }
    }

    /// "Gold", with "£12 per month" below it, beside "Silver" with its own price.
    fn add_priced_below(&mut self, sections: &[Section]) {
        let mut beside: BTreeMap<(&str, &[String]), Vec<&str>> = BTreeMap::new();
        for section in sections.iter().filter(|section| is_priced_below(section)) {
            let parent = (section.source.file.as_str(), section.parents.as_slice());
            beside.entry(parent).or_default().push(&section.title);
        }
        for titles in beside.values().filter(|titles| titles.len() > 1) {
            let names = self.add_group(titles.iter().map(|title| aliases(title, &[])));
            self.headings.extend(names);
        }
    }

    /// Names that stand beside each other; one that is known already keeps its siblings.
    fn add_group(&mut self, group: impl Iterator<Item = Vec<Vec<String>>>) -> Vec<Name> {
        let mut members: Vec<Name> = Vec::new();
        let mut group: Vec<Vec<Vec<String>>> = group.filter(|aliases| !aliases.is_empty()).collect();
        shorten(&mut group);
        for aliases in group {
            let known = aliases.iter().find_map(|alias| self.by_alias.get(alias).copied());
            let name = known.unwrap_or_else(|| {
                self.groups.push(Vec::new());
                self.groups.len() - 1
            });
            for alias in aliases {
                self.starts.extend(alias.first().cloned());
                self.by_alias.entry(alias).or_insert(name);
            }
            // "Price" may stand before a figure in every section; a few groups tell what it is beside.
            if self.groups[name].len() < MOST_GROUPS {
                self.groups[name].push(self.group_sizes.len());
            }
            members.push(name);
        }
        self.group_sizes.push(members.len());
        members
    }
}

/// Up to `length` words from `at`, hyphens and figures between them left out, and where they end.
fn words_from(pieces: &[Piece], at: usize, length: usize) -> Option<(Vec<String>, usize)> {
    let (mut words, mut to) = (Vec::new(), at);
    while words.len() < length {
        let piece = pieces.get(to)?;
        match piece.kind {
            // "With the SLA add-on" is called so without its article.
            Kind::Word if !words.is_empty() && piece.is(&["the", "our", "your", "a", "an"]) => {}
            Kind::Word => words.push(singular(&piece.text)),
            // "SLA 99.9% Guarantee" is one name.
            _ if (piece.is(&["-", "%"]) || piece.is_number()) && !words.is_empty() => {}
            _ => return None,
        }
        to += 1;
    }
    Some((words, to))
}

fn common(sections: &[Section]) -> HashSet<String> {
    let lines = sections.iter().flat_map(|section| &section.lines);
    let words = lines.flat_map(|line| pieces(line)).filter(|piece| piece.kind == Kind::Word && !piece.capital);
    words.map(|piece| singular(&piece.text)).collect()
}
