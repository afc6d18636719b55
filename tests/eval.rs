//! What the answers are worth: the floor below which no change may bring them, on questions
//! written by somebody who had seen neither the program nor its examples.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{fs, path::Path, process::Command};

use serde::Deserialize;

#[derive(Deserialize)]
struct Gold {
    kind: String,
    lang: String,
    /// Parts of the question, each with the sections that answer it.
    expected: Vec<Vec<String>>,
    escalation: serde_json::Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Prediction {
    citations: Vec<Citation>,
    confident: bool,
    escalation_suggested: bool,
}

#[derive(Deserialize)]
struct Citation {
    file: String,
    heading: String,
}

impl Prediction {
    fn is_right(&self, gold: &Gold) -> bool {
        let first = self.citations.first().map(|cited| format!("{}#{}", cited.file, cited.heading));
        first.is_some_and(|first| gold.expected.iter().flatten().any(|section| *section == first))
    }
}

/// Every question of a set with what the program makes of it.
fn answered(name: &str) -> Vec<(Gold, Prediction)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let set = root.join("tests/eval").join(name);
    let output = Command::new(env!("CARGO_BIN_EXE_levqor-support"))
        .args(["ask", "--file", set.to_str().unwrap()])
        .current_dir(root)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let gold = fs::read_to_string(&set).unwrap();
    let predicted = String::from_utf8(output.stdout).unwrap();
    assert_eq!(gold.lines().count(), predicted.lines().count(), "every question is answered");
    gold.lines().zip(predicted.lines()).map(|(gold, predicted)| (read(gold), read(predicted))).collect()
}

fn read<T: for<'de> Deserialize<'de>>(line: &str) -> T {
    serde_json::from_str(line).unwrap()
}

#[expect(clippy::cast_precision_loss, reason = "a few hundred questions")]
fn share(of: &[&(Gold, Prediction)], counts: impl Fn(&(Gold, Prediction)) -> bool) -> f64 {
    of.iter().filter(|pair| counts(pair)).count() as f64 / of.len() as f64
}

#[test]
fn answers_come_from_the_right_section_and_are_seldom_wrong_with_confidence() {
    let all = answered("blind_answers.jsonl");
    let asked = |english: bool| -> Vec<_> {
        all.iter().filter(|(gold, _)| gold.kind == "in" && (gold.lang == "en") == english).collect()
    };
    let strangers: Vec<_> = all.iter().filter(|(gold, _)| gold.kind == "oos").collect();

    let right = |pair: &(Gold, Prediction)| pair.1.is_right(&pair.0);
    let wrong = |pair: &(Gold, Prediction)| pair.1.confident && !pair.1.is_right(&pair.0);
    assert!(share(&asked(true), right) >= 0.72);
    assert!(share(&asked(true), wrong) <= 0.10);
    assert!(share(&asked(false), right) >= 0.60);
    assert!(share(&asked(false), wrong) <= 0.09);
    assert!(share(&strangers, |(_, predicted)| !predicted.confident) >= 0.75);
}

#[test]
fn who_needs_a_person_is_heard_and_who_does_not_is_left_alone() {
    let all = answered("blind_handoff.jsonl");
    let of = |wanted: bool| -> Vec<_> { all.iter().filter(|(gold, _)| gold.escalation == wanted).collect() };
    let look_alikes: Vec<_> = all.iter().filter(|(gold, _)| gold.kind == "lookalike").collect();
    let handed_over: Vec<_> = all.iter().filter(|(_, predicted)| predicted.escalation_suggested).collect();

    let suggested = |(_, predicted): &(Gold, Prediction)| predicted.escalation_suggested;
    assert!(share(&of(true), suggested) >= 0.85);
    assert!(share(&look_alikes, suggested) <= 0.10);
    assert!(share(&handed_over, |(gold, _)| gold.escalation == true) >= 0.90);
}
