//! What a knowledge base states, taken apart so that it can be said again in other words.

use std::collections::HashSet;

use levqor_support::Section;

/// A section whose heading names a price: a plan or a package.
pub struct Plan {
    pub at: usize,
    pub name: String,
    /// "DFY Pricing", "Subscription Pricing".
    pub family: Vec<String>,
    pub amount: String,
    pub is_monthly: bool,
    pub features: Vec<String>,
}

/// "Backups: 30 days" of a section.
pub struct Labelled {
    pub at: usize,
    pub label: String,
    pub value: String,
}

pub fn plans(sections: &[Section]) -> Vec<Plan> {
    let priced = sections.iter().enumerate().filter_map(|(at, section)| {
        let (name, price) = section.title.split_once(" - £")?;
        let amount = price.chars().take_while(char::is_ascii_digit).collect();
        let uses = section.lines.iter().position(|line| line.starts_with("Typical")).unwrap_or(section.lines.len());
        let features = section.lines[..uses].iter().filter_map(|line| line.strip_prefix("- ")).map(small).collect();
        let is_monthly = price.contains("month");
        Some(Plan { at, name: name.to_owned(), family: section.parents.clone(), amount, is_monthly, features })
    });
    priced.collect()
}

pub fn labelled(sections: &[Section]) -> Vec<Labelled> {
    let mut found = Vec::new();
    for (at, section) in sections.iter().enumerate() {
        for line in section.lines.iter().filter_map(|line| line.strip_prefix("- ")) {
            let Some((label, value)) = line.split_once(": ") else { continue };
            if !line.contains(" - ") && (value.contains(|c: char| c.is_ascii_digit()) || value.contains('@')) {
                found.push(Labelled { at, label: label.to_owned(), value: value.to_owned() });
            }
        }
    }
    found
}

/// "Monitoring dashboard" inside a sentence; "SLA" stays as it is.
pub fn small(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().unwrap();
    let is_word = chars.clone().next().is_some_and(char::is_lowercase);
    if is_word { first.to_lowercase().chain(chars).collect() } else { text.to_owned() }
}

pub fn words(text: &str) -> HashSet<String> {
    let cut = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1 || word.parse::<u8>().is_ok());
    cut.map(|word| word.to_lowercase().trim_end_matches('s').to_owned()).collect()
}

pub fn all_words(section: &Section) -> HashSet<String> {
    section.lines.iter().chain([&section.title]).flat_map(|line| words(line)).collect()
}

/// Every whole number of a text with its place, "500+" and "2" of "SOC 2" included.
pub fn numbers(text: &str) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
        match found.last_mut().filter(|(_, end)| *end == at || (*end + 1 == at && text[*end..at].contains([',', '.'])))
        {
            Some((_, end)) => *end = at + 1,
            None => found.push((at, at + 1)),
        }
    }
    found
}
