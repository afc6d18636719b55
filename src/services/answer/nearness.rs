//! Nearness: how much each section means what a question means, by vectors that somebody else made.

use super::sections::Section;
use crate::domain::vector::Vector;

/// Some models read no more of a text than about so many bytes, and refuse a longer one.
const READ_BYTES: usize = 1_500;
/// Of a section with more lines, the first ones and the whole stand for the rest.
const MOST_LINES: usize = 40;
/// Of a knowledge base with more lines than this, none has a vector of its own: they would fill the memory.
const MOST_PASSAGES: usize = 20_000;
/// So many headings show what is near and what is far; more would tell the same.
const MOST_SAMPLES: usize = 48;
/// A model to which headings are hardly nearer to their own section than to others knows nothing of these.
const LEAST_SPREAD: f32 = 0.02;

/// The texts of a section that have a vector each.
#[derive(Clone, Debug, PartialEq)]
pub struct Texts {
    whole: String,
    title: String,
    /// Its lines below its heading, and the other ways to ask for it.
    passages: Vec<String>,
}

impl Texts {
    /// Of every section, in their order.
    pub fn of(sections: &[Section]) -> Vec<Self> {
        let lines: usize = sections.iter().map(|section| section.lines.len().min(MOST_LINES)).sum();
        let with_passages = lines <= MOST_PASSAGES;
        sections.iter().map(|section| Self::of_section(section, with_passages)).collect()
    }

    fn of_section(section: &Section, with_passages: bool) -> Self {
        let headings = section.parents.iter().chain([&section.title]).map(String::as_str);
        let path = headings.collect::<Vec<_>>().join(" > ");
        let lines = section.lines.iter().take(MOST_LINES).map(|line| format!("{}: {line}", section.title));
        let passages = lines.chain(section.aliases.iter().cloned()).filter(|_| with_passages);
        let whole = beginning(&format!("{path}\n{}", section.lines.join("\n")));
        Self {
            // Servers refuse an empty text.
            title: if section.title.is_empty() { whole.clone() } else { beginning(&section.title) },
            whole,
            passages: passages.map(|passage| beginning(&passage)).collect(),
        }
    }

    pub fn all(&self) -> impl Iterator<Item = &str> {
        [&self.whole, &self.title].into_iter().chain(&self.passages).map(String::as_str)
    }
}

/// As much of a text as every model reads.
pub fn beginning(text: &str) -> String {
    text[..text.floor_char_boundary(READ_BYTES)].to_owned()
}

/// What the sections of a knowledge base mean, in their order.
pub struct Vectors {
    sections: Vec<SectionVectors>,
    scale: Scale,
}

struct SectionVectors {
    whole: Vector,
    title: Vector,
    passages: Vec<Vector>,
}

/// Every model has its own measure: what it says of a heading and a section of another, and what of
/// a heading and its own.
#[derive(Clone, Copy, Debug, Default)]
struct Scale {
    far: f32,
    near: f32,
}

/// How near every section is to each wording of a question, 0 to 1; empty where nobody knows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Nearness(Vec<Vec<f32>>);

impl Nearness {
    /// Whether anything is known.
    pub fn is_known(&self) -> bool {
        !self.0.is_empty()
    }

    /// Of the wording at this place, to the sections in their order.
    pub fn of(&self, wording: usize) -> Option<&[f32]> {
        self.0.get(wording).map(Vec::as_slice)
    }
}

impl Vectors {
    /// Nothing unless each text has its vector, and all are as long.
    pub fn build(texts: &[Texts], vector: impl Fn(&str) -> Option<Vector>) -> Option<Self> {
        let of_section = |texts: &Texts| {
            Some(SectionVectors {
                whole: vector(&texts.whole)?,
                title: vector(&texts.title)?,
                passages: texts.passages.iter().map(|passage| vector(passage)).collect::<Option<_>>()?,
            })
        };
        let sections: Vec<SectionVectors> = texts.iter().map(of_section).collect::<Option<_>>()?;
        let length = sections.first().map(|section| section.whole.numbers());
        let is_alike = |vector: &Vector| Some(vector.numbers()) == length;
        let are_alike = sections.iter().flat_map(SectionVectors::all).all(is_alike);
        are_alike.then(|| Self { scale: Scale::of(&sections), sections })
    }

    /// How near the sections are to what each of the wordings means; nothing of vectors of another model.
    pub fn nearness(&self, wordings: &[Vector]) -> Option<Nearness> {
        let length = self.sections.first()?.whole.numbers();
        let to_each = |wording: &Vector| {
            let nearness = |section: &SectionVectors| self.scale.place(section.nearness(wording));
            (wording.numbers() == length).then(|| self.sections.iter().map(nearness).collect())
        };
        wordings.iter().map(to_each).collect::<Option<_>>().map(Nearness)
    }
}

impl SectionVectors {
    fn all(&self) -> impl Iterator<Item = &Vector> {
        [&self.whole, &self.title].into_iter().chain(&self.passages)
    }

    /// The whole of it and the best of its parts count the same.
    fn nearness(&self, wording: &Vector) -> f32 {
        let title = wording.cosine(&self.title);
        f32::midpoint(wording.cosine(&self.whole), self.best_passage(wording).map_or(title, |best| best.max(title)))
    }

    /// The same to a heading, which may be its own.
    fn nearness_to_heading(&self, heading: &Vector) -> f32 {
        let whole = heading.cosine(&self.whole);
        f32::midpoint(whole, self.best_passage(heading).unwrap_or(whole))
    }

    fn best_passage(&self, wording: &Vector) -> Option<f32> {
        self.passages.iter().map(|passage| wording.cosine(passage)).reduce(f32::max)
    }
}

impl Scale {
    /// By some headings, from all over the knowledge base, against every section.
    fn of(sections: &[SectionVectors]) -> Self {
        let step = sections.len().div_ceil(MOST_SAMPLES).max(1);
        let (mut far, mut near) = (Vec::new(), Vec::new());
        for (at, sample) in sections.iter().enumerate().step_by(step) {
            for (other, section) in sections.iter().enumerate() {
                let found = section.nearness_to_heading(&sample.title);
                if at == other { near.push(found) } else { far.push(found) }
            }
        }
        Self { far: mean(&far), near: mean(&near) }
    }

    fn place(self, nearness: f32) -> f32 {
        let spread = self.near - self.far;
        if spread < LEAST_SPREAD { 0.0 } else { ((nearness - self.far) / spread).clamp(0.0, 1.0) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a count of headings and sections")]
fn mean(of: &[f32]) -> f32 {
    of.iter().sum::<f32>() / of.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::super::sections;
    use super::*;

    const SHOP: &str = "## Plans\n\n### Small\n<!-- also asked as: cheapest? -->\n\n- One user.\n\n## Hours\n\nDaily.";

    /// A model to which a text is its words, each a direction of its own.
    fn vector(text: &str) -> Option<Vector> {
        let words = ["plans", "small", "cheapest", "user", "hours", "daily"];
        let text = text.to_lowercase();
        let numbers = words.map(|word| if text.contains(word) { 1.0 } else { 0.0 });
        Vector::towards(&[&numbers[..], &[0.1]].concat())
    }

    fn shop() -> Vectors {
        Vectors::build(&Texts::of(&sections::parse("shop.md", SHOP)), vector).unwrap()
    }

    #[test]
    fn a_section_has_its_whole_its_heading_its_lines_and_its_phrasings() {
        let texts = Texts::of(&sections::parse("shop.md", SHOP));

        let all: Vec<&str> = texts[0].all().collect();
        assert_eq!(all, ["Plans > Small\n- One user.", "Small", "Small: - One user.", "cheapest?"]);
    }

    #[test]
    fn no_text_is_empty() {
        let texts = Texts::of(&sections::parse("shop.md", "##\n\nDaily."));

        assert!(texts[0].all().all(|text| !text.trim().is_empty()), "{texts:?}");
    }

    #[test]
    fn a_long_text_is_cut_between_two_characters() {
        let cut = beginning(&"€".repeat(1_000));

        assert!(cut.len() <= READ_BYTES && cut.chars().all(|c| c == '€'));
    }

    #[test]
    fn who_asks_as_a_heading_does_is_near_and_a_stranger_is_far() {
        let wordings = ["hours?", "small", "the weather"].map(|text| vector(text).unwrap());

        let nearness = shop().nearness(&wordings).unwrap();

        let of = |wording: usize| nearness.of(wording).unwrap();
        assert_eq!((of(0)[1], of(1)[0]), (1.0, 1.0));
        assert!([of(0)[0], of(1)[1], of(2)[0], of(2)[1]].iter().all(|far| *far < 0.2), "{nearness:?}");
        assert_eq!(nearness.of(3), None);
    }

    #[test]
    fn a_model_that_finds_all_alike_moves_nothing() {
        let same = |_: &str| Vector::towards(&[1.0, 1.0]);
        let vectors = Vectors::build(&Texts::of(&sections::parse("shop.md", SHOP)), same).unwrap();

        assert_eq!(vectors.nearness(&[same("").unwrap()]).unwrap().of(0).unwrap(), [0.0, 0.0]);
    }

    #[test]
    fn what_lacks_a_vector_or_has_one_of_another_model_is_nothing() {
        let texts = Texts::of(&sections::parse("shop.md", SHOP));
        let lacking = |text: &str| vector(text).filter(|_| !text.contains("Hours"));
        let mixed = |text: &str| if text.contains("Hours") { Vector::towards(&[1.0]) } else { vector(text) };

        assert!(Vectors::build(&texts, lacking).is_none());
        assert!(Vectors::build(&texts, mixed).is_none());
        assert_eq!(shop().nearness(&[Vector::towards(&[1.0]).unwrap()]), None);
    }

    #[test]
    fn one_section_or_none_is_no_scale() {
        let one = Vectors::build(&Texts::of(&sections::parse("a.md", "## A\n\nx")), vector).unwrap();
        let none = Vectors::build(&[], vector).unwrap();

        assert_eq!(one.nearness(&[vector("a").unwrap()]).unwrap().of(0).unwrap().len(), 1);
        assert_eq!(none.nearness(&[vector("a").unwrap()]), None);
    }
}
