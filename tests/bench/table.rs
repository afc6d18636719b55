//! The table: each number, what it is held against, and whether the goal is met, in plain words.

use std::{
    fmt::Write as _,
    io::{self, Write as _},
};

use super::stats::median;

#[derive(Clone, Copy)]
pub enum Goal {
    AtMost(f64),
    RatioAtMost(f64),
    RatioAtLeast(f64),
    /// For the reader to judge.
    About(&'static str),
}

/// One line: what was measured of the desk and of its reference, round by round.
pub struct Row {
    id: &'static str,
    what: String,
    unit: &'static str,
    desk: Vec<f64>,
    reference: Option<(&'static str, Vec<f64>)>,
    goals: Vec<Goal>,
    /// Why the goals cannot be judged this time.
    withheld: bool,
}

impl Row {
    pub fn new(id: &'static str, what: impl Into<String>, unit: &'static str, desk: Vec<f64>) -> Self {
        Self { id, what: what.into(), unit, desk, reference: None, goals: Vec::new(), withheld: false }
    }

    pub fn against(mut self, name: &'static str, values: Vec<f64>) -> Self {
        self.reference = Some((name, values));
        self
    }

    pub fn goal(mut self, goal: Goal) -> Self {
        self.goals.push(goal);
        self
    }

    /// The median of the rounds' ratios: what slows the machine for a while slows both.
    fn ratio(&self) -> Option<f64> {
        let (_, reference) = self.reference.as_ref()?;
        if self.desk.len() != reference.len() {
            return None;
        }
        let ratios: Vec<f64> = self.desk.iter().zip(reference).map(|(desk, reference)| desk / reference).collect();
        let ratio = median(&ratios);
        ratio.is_finite().then_some(ratio)
    }

    fn verdict(&self, goal: Goal) -> &'static str {
        let desk = Some(median(&self.desk)).filter(|desk| desk.is_finite());
        let is_met = match goal {
            _ if self.withheld => None,
            Goal::AtMost(most) => desk.map(|desk| desk <= most),
            Goal::RatioAtMost(most) => self.ratio().map(|ratio| ratio <= most),
            Goal::RatioAtLeast(least) => self.ratio().map(|ratio| ratio >= least),
            Goal::About(_) => return "to judge",
        };
        match is_met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "not known",
        }
    }

    fn cells(&self) -> [String; 8] {
        let reference = self.reference.as_ref();
        let goals: Vec<String> = self.goals.iter().map(|goal| goal.words(self.unit)).collect();
        let verdicts: Vec<&str> = self.goals.iter().map(|goal| self.verdict(*goal)).collect();
        [
            self.id.to_owned(),
            self.what.clone(),
            self.unit.to_owned(),
            number(median(&self.desk)),
            reference.map(|(name, values)| format!("{} {name}", number(median(values)))).unwrap_or_default(),
            self.ratio().map(|ratio| format!("{ratio:.2}")).unwrap_or_default(),
            goals.join("; "),
            verdicts.join("; "),
        ]
    }

    fn rounds(&self) -> String {
        let list = |values: &[f64]| values.iter().map(|value| number(*value)).collect::<Vec<_>>().join(" ");
        let mut line = format!("  {} {} ({}): {}", self.id, self.what, self.unit, list(&self.desk));
        if let Some((name, values)) = &self.reference {
            let _ = write!(line, " | {name}: {}", list(values));
        }
        line
    }
}

impl Goal {
    fn words(self, unit: &str) -> String {
        match self {
            Self::AtMost(most) => format!("≤ {most} {unit}"),
            Self::RatioAtMost(most) => format!("≤ {most} ×"),
            Self::RatioAtLeast(least) => format!("≥ {least} ×"),
            Self::About(what) => format!("about {what}"),
        }
    }
}

/// Three digits that matter, and a dash where nothing was measured.
fn number(value: f64) -> String {
    match value {
        value if !value.is_finite() => "-".into(),
        0.0 => "0".into(),
        value if value.abs() >= 100.0 => format!("{value:.0}"),
        value if value.abs() >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

pub struct Table {
    rows: Vec<Row>,
    notes: Vec<String>,
    chats_compare: bool,
    escalations_compare: bool,
}

impl Table {
    pub fn new(model_is_asked: bool, differing_statements: Option<String>) -> Self {
        let mut table = Self {
            rows: Vec::new(),
            notes: Vec::new(),
            chats_compare: model_is_asked,
            escalations_compare: differing_statements.is_none(),
        };
        if !model_is_asked {
            let note = "!! THE DESK DOES NOT ASK THE MODEL, which the proxy does: the goals of chats are not judged";
            table.note(note.into());
        }
        if let Some(differing) = differing_statements {
            table.note(format!("!! P5 COMPARES DIFFERENT WORK and is not judged: {differing}"));
        }
        table
    }

    pub fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// A row about chats, whose goals mean chats that a model answers.
    pub fn add_chat(&mut self, row: Row) {
        self.rows.push(Row { withheld: !self.chats_compare, ..row });
    }

    /// A row about escalations, whose goals mean the same statements on both sides.
    pub fn add_escalation(&mut self, row: Row) {
        self.rows.push(Row { withheld: !self.escalations_compare, ..row });
    }

    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    pub fn note_failures(&mut self, id: &str, failed: usize) {
        if failed > 0 {
            self.note(format!("!! {id}: {failed} requests FAILED, so its numbers are of those that did not"));
        }
    }

    pub fn print(&self, machine: &str, run: &str) {
        let heads = ["", "what", "unit", "desk", "reference", "ratio", "goal", "verdict"].map(str::to_owned);
        let lines: Vec<[String; 8]> = std::iter::once(heads).chain(self.rows.iter().map(Row::cells)).collect();
        let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or_default();
        let widths: Vec<usize> = (0..8).map(width).collect();
        let mut text =
            format!("\n{machine}\n{run}; every number is the median of the rounds, every ratio of their ratios\n\n");
        for line in &lines {
            let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
            let _ = writeln!(text, "{}", cells.join("  ").trim_end());
        }
        let _ = writeln!(text);
        for note in &self.notes {
            let _ = writeln!(text, "{note}");
        }
        let _ = writeln!(text, "\nRound by round:");
        for row in &self.rows {
            let _ = writeln!(text, "{}", row.rounds());
        }
        let _ = io::stdout().write_all(text.as_bytes());
    }
}
