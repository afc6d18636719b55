//! Topics: what a knowledge base is about, by its own headings.

use super::sections::Section;

/// More headings than these are no greeting.
const MOST: usize = 5;
/// A longer heading is a sentence.
const LONGEST: usize = 5;

/// The first headings of every file in turn, without those that are questions.
pub fn of(sections: &[Section]) -> Vec<&str> {
    let mut files: Vec<(&str, Vec<&str>)> = Vec::new();
    for section in sections {
        let file = section.source.file.as_str();
        let topic = section.parents.first().unwrap_or(&section.title).as_str();
        if topic.ends_with('?') || topic.split_whitespace().count() > LONGEST {
            continue;
        }
        match files.iter_mut().find(|(name, _)| *name == file) {
            Some((_, topics)) if topics.contains(&topic) => {}
            Some((_, topics)) => topics.push(topic),
            None => files.push((file, vec![topic])),
        }
    }
    let deepest = files.iter().map(|(_, topics)| topics.len()).max().unwrap_or_default();
    let in_turn = (0..deepest).flat_map(|at| files.iter().filter_map(move |(_, topics)| topics.get(at)));
    in_turn.copied().take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::*;

    #[test]
    fn every_file_has_its_turn() {
        let mut all =
            sections::parse("a.md", "## Prices\n\nx\n\n### Small\n\nx\n\n## Is it open?\n\nx\n\n## Parking\n\nx");
        all.extend(sections::parse("b.md", "## Dogs\n\nx"));
        assert_eq!(of(&all), ["Prices", "Dogs", "Parking"]);
    }
}
