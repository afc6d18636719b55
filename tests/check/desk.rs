//! A knowledge base with the check over it, and how replies are counted against it.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path};

use levqor_support::{Asked, Checked, Document, Ground, Grounds, Knowledge, Unfit, Voice, check};

pub const CANARY: &str = "kestrel-4f2a9c";

/// A reply with what was asked before it; `kind` says how it was made.
pub struct Reply {
    pub kind: &'static str,
    pub asked: String,
    pub text: String,
}

pub struct Desk {
    pub knowledge: Knowledge,
    pub ground: Ground,
    /// The other way round than the knowledge base, so that numbers and positions differ.
    shown: Vec<usize>,
    support_email: String,
    records: Vec<String>,
}

impl Desk {
    pub fn shipped() -> Self {
        Self::read("knowledge-base", &["faq.md", "pricing.md", "policies.md"], "support@levqor.ai")
    }

    pub fn of_another_trade() -> Self {
        Self::read("tests/check/other_trade", &["hire.md"], "help@pedalandtide.example")
    }

    pub fn of_a_dentist() -> Self {
        let files = ["practice.md", "treatments.md", "fees.md", "policies.md"];
        Self::read("tests/other_trade/knowledge", &files, "hello@willowlane.example")
    }

    /// One page says all.
    pub fn of_a_small_firm(file: &str, support_email: &str) -> Self {
        Self::read("tests/check/other_trade", &[file], support_email)
    }

    /// What furniture is delivered, assembled and repaired for, in prose.
    pub fn of_a_furniture_shop() -> Self {
        let files = ["aftercare.md", "company.md", "membership.md", "orders.md"];
        Self::read("tests/check/other_trade/furniture", &files, "hello@stillwood.example")
    }

    /// Plans whose prices stand below their names, in lists.
    pub fn of_an_invoicing_tool() -> Self {
        let files = ["help-and-faq.md", "plans-and-pricing.md", "policies.md"];
        Self::read("tests/check/other_trade/invoicing", &files, "help@tallybrook.example")
    }

    fn read(folder: &str, files: &[&str], support_email: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let read = |file: &&str| Document {
            file: (*file).to_owned(),
            markdown: fs::read_to_string(folder.join(file)).unwrap(),
        };
        Self::new(&files.iter().map(read).collect::<Vec<_>>(), support_email)
    }

    pub fn new(documents: &[Document], support_email: &str) -> Self {
        let voice = Voice { company: "Acme".into(), support_email: support_email.into() };
        let knowledge = Knowledge::build(documents, voice);
        let ground = Ground::of(knowledge.sections());
        let shown = (0..knowledge.section_count()).rev().collect();
        Self { knowledge, ground, shown, support_email: support_email.to_owned(), records: Vec::new() }
    }

    /// The mark under which the model was shown a section.
    pub fn mark(&self, section: usize) -> String {
        format!("[{}]", self.shown.iter().position(|at| *at == section).unwrap() + 1)
    }

    /// The same desk, asked by a customer of whom this is known.
    pub fn with_records(self, records: &[&str]) -> Self {
        Self { records: records.iter().map(|&record| record.to_owned()).collect(), ..self }
    }

    pub fn check(&self, asked: &str, reply: &str) -> Result<Checked, Unfit> {
        self.check_cut(asked, reply, false)
    }

    pub fn check_cut(&self, asked: &str, reply: &str, cut: bool) -> Result<Checked, Unfit> {
        let grounds = Grounds {
            ground: &self.ground,
            shown: &self.shown,
            records: &self.records,
            asked: &Asked::of(asked),
            support_email: &self.support_email,
            canary: CANARY,
        };
        check(&self.numbered(reply), cut, &grounds)
    }

    /// `{words of its path}` becomes the mark of a section, `{0}` and `{r}` those of nothing and the records.
    fn numbered(&self, reply: &str) -> String {
        let mut sent = reply.to_owned();
        while let Some((from, to)) = sent.find('{').zip(sent.find('}')).filter(|(from, to)| from < to) {
            let mark = match &sent[from + 1..to] {
                name @ ("0" | "r") => format!("[{name}]"),
                path => {
                    let Some(section) = self.find(path) else { break };
                    self.mark(section)
                }
            };
            sent.replace_range(from..=to, &mark);
        }
        sent
    }

    fn find(&self, path: &str) -> Option<usize> {
        let sections = self.knowledge.sections();
        sections.iter().position(|section| format!("{}#{}", section.source.file, section.source.heading).contains(path))
    }

    /// How many of the replies are as they should be, and which are not.
    pub fn count(&self, name: &str, replies: &[Reply], should_pass: bool) -> Count {
        let mut kinds: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        let mut wrong = String::new();
        for reply in replies {
            let result = self.check(&reply.asked, &reply.text);
            let kind = kinds.entry(reply.kind).or_default();
            kind.1 += 1;
            if result.is_ok() == should_pass {
                kind.0 += 1;
                continue;
            }
            let why = result.err().map(|unfit| format!("\n    {unfit:?}")).unwrap_or_default();
            let _ = write!(wrong, "\n  ({}) {} {why}", reply.kind, self.numbered(&reply.text));
        }
        let right = kinds.values().map(|kind| kind.0).sum();
        let said: Vec<String> = kinds.iter().map(|(kind, (right, all))| format!("{kind} {right}/{all}")).collect();
        Count {
            right,
            all: replies.len(),
            report: format!("{name}: {right}/{} ({}){wrong}", replies.len(), said.join(", ")),
        }
    }
}

pub struct Count {
    right: usize,
    all: usize,
    report: String,
}

impl Count {
    /// At least `floor` of the replies must be as they should be.
    #[expect(clippy::cast_precision_loss, reason = "some hundred replies")]
    pub fn at_least(&self, floor: f64) {
        // For whoever measures: what is still wrong, with `--nocapture`.
        eprintln!("{}", self.report);
        assert!(self.right as f64 >= floor * self.all as f64, "below {floor}: {}", self.report);
    }
}
