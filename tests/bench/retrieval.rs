//! P10: how long it takes to find the sections that answer a question, here and among thousands.

use std::{fmt::Write as _, fs, path::Path, time::Instant};

use levqor_support::{Document, Ground, Knowledge, Nearness, Voice};
use serde_json::Value;

use super::{
    stats::{milliseconds, quantile},
    table::{Goal, Row, Table},
};

/// How many sections a large knowledge base has.
const MANY: usize = 5_000;

/// As many as a model is shown.
const BEST: usize = 12;

/// Question sets of different kinds; what they ask does not matter here.
const QUESTIONS: [&str; 3] = ["in_scope", "out_of_scope", "blind_languages"];

pub struct Retrieval {
    questions: Vec<String>,
    small_ms: Vec<f64>,
    large_ms: Vec<f64>,
    load_ms: Vec<f64>,
}

impl Retrieval {
    pub fn new() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut questions = Vec::new();
        for set in QUESTIONS {
            let set = fs::read_to_string(root.join(format!("tests/eval/{set}.jsonl")))?;
            for line in set.lines() {
                let gold: Value = serde_json::from_str(line)?;
                questions.extend(gold["question"].as_str().map(str::to_owned));
            }
        }
        Ok(Self { questions, small_ms: Vec::new(), large_ms: Vec::new(), load_ms: Vec::new() })
    }

    /// Loads both knowledge bases and asks each of them everything.
    pub fn round(&mut self) -> anyhow::Result<()> {
        let here = shipped()?;
        let small = Knowledge::build(&here, voice());
        self.small_ms.push(self.slowest_of_a_hundred(&small));
        let many = many_like(&here);
        let begun = Instant::now();
        let large = Knowledge::build(&many, voice());
        let ground = Ground::of(large.sections());
        self.load_ms.push(milliseconds(begun.elapsed()));
        drop(ground);
        self.large_ms.push(self.slowest_of_a_hundred(&large));
        Ok(())
    }

    pub fn report(self, table: &mut Table) {
        let small = Row::new("P10", "to find sections in this knowledge base, p99", "ms", self.small_ms);
        let large = Row::new("P10", "to find sections among 5,000, p99", "ms", self.large_ms);
        let load = Row::new("P10", "to load 5,000 sections", "ms", self.load_ms);
        table.add(small.goal(Goal::AtMost(1.0)));
        table.add(large.goal(Goal::AtMost(15.0)));
        table.add(load.goal(Goal::AtMost(2_000.0)));
    }

    fn slowest_of_a_hundred(&self, knowledge: &Knowledge) -> f64 {
        let took = |question: &String| {
            let begun = Instant::now();
            let found = knowledge.best_sections(question, &[], &Nearness::default(), BEST);
            assert!(found.len() <= BEST);
            milliseconds(begun.elapsed())
        };
        // Once unmeasured: tables that are made at first use are made.
        let _ = self.questions.first().map(took);
        let took: Vec<f64> = self.questions.iter().map(took).collect();
        quantile(&took, 0.99)
    }
}

fn voice() -> Voice {
    Voice { company: "Acme".into(), support_email: "help@acme.example".into() }
}

fn shipped() -> anyhow::Result<Vec<Document>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge-base");
    let mut documents = Vec::new();
    for file in ["faq.md", "pricing.md", "policies.md"] {
        documents.push(Document { file: file.into(), markdown: fs::read_to_string(folder.join(file))? });
    }
    Ok(documents)
}

/// As many sections as a large company has, of words as frequent as here, each with some of its own.
fn many_like(documents: &[Document]) -> Vec<Document> {
    let words: Vec<&str> = documents.iter().flat_map(|document| document.markdown.split_whitespace()).collect();
    let words: Vec<&str> = words.into_iter().filter(|word| word.chars().all(char::is_alphanumeric)).collect();
    let mut at = 0;
    let mut next = |count: usize| -> String {
        let taken: Vec<&str> = (0..count)
            .map(|_| {
                at = (at + 7_919) % words.len();
                words[at]
            })
            .collect();
        taken.join(" ")
    };
    let mut markdown = String::new();
    for section in 0..MANY {
        let (title, first, second, third) = (next(3), next(12), next(9), next(6));
        let own = format!("item{} code{}", section, section % 97);
        let asked = format!("<!-- also asked as: {third}? -->");
        let _ = write!(markdown, "## {title} {own}\n\n{asked}\n\n{first}.\n\n- {second}\n- {own}\n\n");
    }
    vec![Document { file: "many.md".into(), markdown }]
}
