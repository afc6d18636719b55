//! What the answers are worth: the floor below which no change may bring them, on questions
//! written by somebody who had seen neither the program nor its examples.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn eval(knowledge: &str, arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(env!("CARGO_BIN_EXE_levqor-support"))
        .arg("eval")
        .args(arguments)
        .env("KNOWLEDGE_BASE_DIR", root.join(knowledge))
        .current_dir(root)
        .output()
        .unwrap()
}

fn hold(set: &str, bounds: &str) {
    hold_on("knowledge-base", &format!("tests/eval/{set}.jsonl"), bounds);
}

fn hold_on(knowledge: &str, set: &str, bounds: &str) {
    let output = eval(knowledge, &[set, "--verbose", "--fail-under", bounds]);
    let [figures, missed] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    assert!(output.status.success(), "{figures}{missed}");
}

#[test]
fn answers_come_from_the_right_section_and_are_seldom_wrong_with_confidence() {
    hold("blind_answers", "A1=0.78,A6=0.06,A7=0.85,A8=0.09,B1=0.85,B2=0.85,C1=1");
}

#[test]
fn strangers_are_turned_away() {
    hold("second_blind_answers", "A1=0.70,A6=0.10,B1=0.90");
}

#[test]
fn every_language_finds_its_section() {
    hold("blind_languages", "A7=0.85,A8=0.05");
}

/// A dentist's, whose questions were written before the program had seen its pages.
#[test]
fn another_trade_needs_no_code() {
    let bounds = "A1=0.72,A5=0.45,A6=0.09,A7=0.60,A8=0.09,B1=0.85,D1=0.90,D3=0.10";
    hold_on("tests/other_trade/knowledge", "tests/other_trade/questions.jsonl", bounds);
}

#[test]
fn who_needs_a_person_is_heard_and_who_does_not_is_left_alone() {
    hold("blind_handoff", "D1=0.92,D2=0.92,D3=0.10");
    hold("second_blind_handoff", "D1=0.95,D2=0.92,D3=0.05");
    hold("third_blind_handoff", "D1=0.90,D2=0.92,D3=0.07");
}

#[test]
fn what_is_not_good_enough_fails_and_says_by_how_much() {
    let set = Path::new(env!("CARGO_TARGET_TMPDIR")).join("one_stranger.jsonl");
    let question = r#"{"id":"1","kind":"oos","question":"Who won the football match?","escalation":true}"#;
    fs::write(&set, question).unwrap();
    let set = set.to_str().unwrap();

    let missed = eval("knowledge-base", &[set, "--fail-under", "D1=0.5,B1=1"]);
    assert!(!missed.status.success());
    assert_eq!(String::from_utf8_lossy(&missed.stderr), "Not good enough: D1 is 0.000, below 0.5\n");
    assert!(String::from_utf8_lossy(&missed.stdout).contains("1.000  (1/1)"), "the figures are told all the same");
    assert!(eval("knowledge-base", &[set, "--fail-under", "B1=1"]).status.success());
    assert!(!eval("knowledge-base", &[set, "--fail-under", "A1=0.1"]).status.success(), "of no question");
}

#[test]
fn who_only_looks_writes_nothing() {
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("nothing_here");
    let _ = fs::remove_dir_all(&empty);
    fs::create_dir(&empty).unwrap();
    let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/eval/lookalikes.jsonl");
    for arguments in [&["eval", set.to_str().unwrap()][..], &["ask", "How much is Growth?"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_levqor-support"));
        let output = command.args(arguments).env_remove("KNOWLEDGE_BASE_DIR").current_dir(&empty).output().unwrap();

        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(fs::read_dir(&empty).unwrap().count(), 0, "{arguments:?}");
    }
}
