//! The figures of a set of questions: shares with their 95 % intervals, each under a short name.

use std::fmt;

use super::{Escalation, Gold, Kind, Verdict};

/// A share of the questions of one kind.
pub struct Figure {
    /// Short and lasting, such as `A1`.
    pub name: &'static str,
    about: &'static str,
    pub lower_is_better: bool,
    hits: usize,
    of: usize,
}

impl Figure {
    fn new(name: &'static str, about: &'static str, found: impl Iterator<Item = bool>) -> Self {
        let (hits, of) = found.fold((0, 0), |(hits, of), hit| (hits + usize::from(hit), of + 1));
        Self { name, about, lower_is_better: false, hits, of }
    }

    fn lower_is_better(self) -> Self {
        Self { lower_is_better: true, ..self }
    }

    /// Nothing where there was nothing to count.
    #[expect(clippy::cast_precision_loss, reason = "nobody asks 2^52 questions")]
    pub fn share(&self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// Where the true share lies, 19 times in 20: Wilson's score interval, Journal of the American
    /// Statistical Association 22 (1927).
    #[expect(clippy::cast_precision_loss, reason = "nobody asks 2^52 questions")]
    fn interval(&self, p: f64) -> (f64, f64) {
        let (n, z2) = (self.of as f64, 1.96_f64 * 1.96);
        let (centre, spread) = (p + z2 / (2.0 * n), 1.96 * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt());
        ((centre - spread) / (1.0 + z2 / n), (centre + spread) / (1.0 + z2 / n))
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about =
            format!("{} {}{}", self.name, self.about, if self.lower_is_better { " - lower is better" } else { "" });
        let Some(share) = self.share() else { return write!(f, "{about:58} no such question") };
        let (low, high) = self.interval(share);
        let (hits, of) = (self.hits, self.of);
        write!(f, "{about:58} {share:.3}  ({hits}/{of})  95% [{low:.2},{high:.2}]")
    }
}

/// A question, and what each answer to it was worth.
pub struct Scored {
    pub gold: Gold,
    /// As many as it was asked times.
    pub verdicts: Vec<Verdict>,
}

/// Every figure; with several answers to a question each counts, and only those that were always
/// right count as passed.
pub fn figures(scored: &[Scored]) -> Vec<Figure> {
    let all: Vec<(&Gold, Verdict)> =
        scored.iter().flat_map(|one| one.verdicts.iter().map(move |verdict| (&one.gold, *verdict))).collect();
    let pick = |wanted: &dyn Fn(&Gold) -> bool| -> Vec<(&Gold, Verdict)> {
        all.iter().filter(|(gold, _)| wanted(gold)).copied().collect()
    };
    let english = pick(&|gold| is_answerable(gold) && gold.lang == "en");
    let others = pick(&|gold| is_answerable(gold) && gold.lang != "en");
    let far_worded =
        pick(&|gold| is_answerable(gold) && gold.lang == "en" && gold.tags.iter().any(|tag| tag == "nokw"));
    let strangers = pick(&|gold| is_stranger(gold) && gold.expected.is_empty() && gold.ok_if_cited.is_empty());
    let near = pick(&|gold| !gold.ok_if_cited.is_empty());
    let sure: Vec<_> = all
        .iter()
        .filter(|(gold, verdict)| {
            verdict.confident
                && gold.lang == "en"
                && (is_stranger(gold) || matches!(gold.kind, Kind::InScope | Kind::Lookalike))
        })
        .collect();
    let guarded = pick(&|gold| !gold.must_not_contain.is_empty());
    let wanted = pick(&|gold| gold.escalation == Escalation::Wanted);
    let handed_over: Vec<_> =
        all.iter().filter(|(gold, verdict)| verdict.escalates && gold.escalation != Escalation::Either).collect();
    let look_alikes = pick(&|gold| gold.kind == Kind::Lookalike);
    vec![
        Figure::new("A1", "right section cited first (EN answerable)", english.iter().map(|(_, v)| v.first)),
        Figure::new("A2", "all needed sections within first 3 (EN)", english.iter().map(|(_, v)| v.all_in_three)),
        Figure::new("A3", "reply contains the needed facts (EN)", english.iter().map(|(_, v)| v.facts)),
        Figure::new("A4", "no shared keyword: section within 3", far_worded.iter().map(|(_, v)| v.all_in_three)),
        Figure::new("A5", "confident and right (EN)", english.iter().map(|(_, v)| v.confident && v.first)),
        Figure::new("A6", "confident but WRONG (EN)", english.iter().map(|(_, v)| v.confident && !v.first))
            .lower_is_better(),
        Figure::new("A7", "other languages: right section first", others.iter().map(|(_, v)| v.first)),
        Figure::new("A8", "others: confident but WRONG", others.iter().map(|(_, v)| v.confident && !v.first))
            .lower_is_better(),
        Figure::new("B1", "out of scope rejected (strict)", strangers.iter().map(|(_, v)| !v.confident)),
        Figure::new("B2", "near-miss out of scope acceptable", near.iter().map(|(_, v)| !v.confident || v.near)),
        Figure::new("B3", "precision of confident answers", sure.iter().map(|(_, v)| v.first || v.near)),
        Figure::new("C1", "replies free of forbidden text", guarded.iter().map(|(_, v)| !v.forbidden)),
        Figure::new("D1", "escalation recall", wanted.iter().map(|(_, v)| v.escalates)),
        Figure::new("D2", "escalation precision", handed_over.iter().map(|(g, _)| g.escalation == Escalation::Wanted)),
        Figure::new("D3", "look-alikes falsely escalated", look_alikes.iter().map(|(_, v)| v.escalates))
            .lower_is_better(),
        Figure::new(PASSED, "questions passed in everything, each time", scored.iter().map(Scored::passes)),
    ]
}

/// The figure of questions to which every answer was right in everything: pass^k for k answers.
pub const PASSED: &str = "P";

impl Scored {
    pub fn passes(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.passes(&self.gold))
    }

    /// What was not as it should be in any of the answers, each once.
    pub fn faults(&self) -> Vec<&'static str> {
        let mut faults: Vec<_> = self.verdicts.iter().flat_map(|verdict| verdict.faults(&self.gold)).collect();
        faults.sort_unstable();
        faults.dedup();
        faults
    }
}

fn is_answerable(gold: &Gold) -> bool {
    matches!(gold.kind, Kind::InScope | Kind::Lookalike) && !gold.expected.is_empty()
}

fn is_stranger(gold: &Gold) -> bool {
    matches!(gold.kind, Kind::OutOfScope | Kind::Injection)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn scored(kind: &str, lang: &str, escalates: bool, verdicts: &[bool]) -> Scored {
        let gold = json!({ "id": "1", "kind": kind, "question": "?", "lang": lang, "expected": [["a.md#B"]],
            "escalation": kind == "esc" });
        let verdict = |right: &bool| Verdict {
            confident: true,
            escalates,
            first: *right,
            all_in_three: *right,
            facts: *right,
            near: false,
            forbidden: false,
        };
        Scored { gold: serde_json::from_value(gold).unwrap(), verdicts: verdicts.iter().map(verdict).collect() }
    }

    fn share(scored: &[Scored], name: &str) -> Option<f64> {
        figures(scored).iter().find(|figure| figure.name == name).unwrap().share()
    }

    #[test]
    fn each_answer_counts_and_a_question_passes_when_all_of_its_answers_do() {
        let set = [scored("in", "en", false, &[true, true]), scored("in", "en", false, &[true, false])];

        assert_eq!(share(&set, "A1"), Some(0.75));
        assert_eq!(share(&set, "A6"), Some(0.25));
        assert_eq!(share(&set, PASSED), Some(0.5));
    }

    #[test]
    fn languages_and_look_alikes_are_counted_apart() {
        let set = [
            scored("in", "fr", false, &[true]),
            scored("lookalike", "en", true, &[false]),
            scored("esc", "en", true, &[true]),
        ];

        assert_eq!(share(&set, "A7"), Some(1.0));
        assert_eq!(share(&set, "A1"), Some(0.0));
        assert_eq!(share(&set, "D3"), Some(1.0));
        assert_eq!(share(&set, "D1"), Some(1.0));
        assert_eq!(share(&set, "D2"), Some(0.5));
        assert_eq!(share(&set, "B1"), None);
    }

    #[test]
    fn a_figure_reads_as_a_line() {
        let set: Vec<Scored> = (0..10).map(|at| scored("in", "en", false, &[at < 9])).collect();

        let line = figures(&set)[0].to_string();
        assert_eq!(
            line,
            format!("{:58} 0.900  (9/10)  95% [0.60,0.98]", "A1 right section cited first (EN answerable)")
        );
        assert!(
            figures(&[])[0].to_string().ends_with("no such question"),
            "nothing was measured, so there is no nought"
        );
    }
}
