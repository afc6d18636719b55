//! The list itself: each of its rows is tried somewhere, or it is said here why it is not.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use super::{table, texts};

/// The rows of the list.
const ROWS: u8 = 87;

/// Rows there is nothing to try on, and why.
const NOT_YET: [(u8, &str); 9] = [
    (36, "no query takes a date"),
    (43, "nothing is exported as a sheet"),
    (54, "there is no table of users to delete one from: a session is good until it expires"),
    (62, "no webhook is received"),
    (63, "no webhook is received"),
    (64, "no webhook is received"),
    (65, "no webhook is received"),
    (66, "no webhook is received"),
    (67, "no webhook is received"),
];

#[test]
fn every_row_is_tried_or_said_not_to_be_yet() {
    let mut tried: BTreeSet<u8> = table::cases().iter().chain(&texts::cases()).map(|case| case.row).collect();
    for file in sources() {
        tried.extend(rows_of(&fs::read_to_string(file).unwrap()));
    }
    let excused: BTreeSet<u8> = NOT_YET.iter().map(|(row, _)| *row).collect();

    let forgotten: Vec<u8> = (1..=ROWS).filter(|row| !tried.contains(row) && !excused.contains(row)).collect();
    assert_eq!(forgotten, [0; 0], "neither tried nor excused");
    assert_eq!(tried.intersection(&excused).collect::<Vec<_>>(), [&0; 0], "tried by now: no excuse is needed");
    assert_eq!(tried.range(ROWS + 1..).collect::<Vec<_>>(), [&0; 0], "no such row");
    assert!(NOT_YET.iter().all(|(_, reason)| !reason.is_empty()));
}

fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut files, mut folders) = (Vec::new(), vec![root.join("src"), root.join("tests/api")]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files
}

/// The rows that a file tries: those in the doc comments of its tests, and, where it has tests, those in
/// its own.
fn rows_of(source: &str) -> BTreeSet<u8> {
    let (mut rows, mut of_file, mut comment, mut has_tests, mut is_test) =
        (BTreeSet::new(), String::new(), String::new(), false, false);
    for line in source.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("//!") {
            of_file += words;
        } else if let Some(words) = line.strip_prefix("///") {
            comment += words;
        } else if line.starts_with("#[") {
            is_test |= line.contains("test]") || line.contains("test(");
        } else {
            if is_test && line.contains("fn ") {
                has_tests = true;
                rows.extend(rows_in(&comment));
            }
            comment.clear();
            is_test = false;
        }
    }
    if has_tests {
        rows.extend(rows_in(&of_file));
    }
    rows
}

/// The numbers after "Row" or "Rows": "47", "49, 50 and 51", "74 to 80".
fn rows_in(comment: &str) -> BTreeSet<u8> {
    let mut rows = BTreeSet::new();
    for (at, word) in comment.match_indices("Row") {
        let mut is_range = false;
        let mut last = 0;
        for word in comment[at + word.len()..].trim_start_matches('s').split_whitespace() {
            match word.trim_end_matches([',', ':', '.', ';']).parse::<u8>() {
                Ok(row) => {
                    rows.extend(if is_range { last..=row } else { row..=row });
                    last = row;
                    is_range = false;
                }
                Err(_) if word == "to" => is_range = true,
                Err(_) if word == "and" => {}
                Err(_) => break,
            }
            if word.ends_with([':', '.', ';']) {
                break;
            }
        }
    }
    rows
}

#[test]
fn numbers_are_read_as_they_are_written() {
    let rows = |comment| rows_in(comment).into_iter().collect::<Vec<_>>();

    assert_eq!(rows(" Row 47: who"), [47]);
    assert_eq!(rows(" Rows 49, 50 and 51: a token, 5 of them"), [49, 50, 51]);
    assert_eq!(rows(" Rows 45 and 74 to 76 where"), [45, 74, 75, 76]);
    assert_eq!(rows(" Row 40 of the bad inputs, too."), [40]);
    assert_eq!(rows(" A row of 7. Rows of beans, as in (rows 8)"), [0; 0]);
}

#[test]
fn only_what_stands_above_a_test_counts() {
    let source = "//! Row 1.\n\n/// Row 2.\n#[test]\nfn two() {}\n\n/// Row 3.\nfn three() {}\n";

    assert_eq!(rows_of(source).into_iter().collect::<Vec<_>>(), [1, 2]);
    assert!(rows_of("//! Row 1.\n/// Row 3.\nfn three() {}\n").is_empty());
}
