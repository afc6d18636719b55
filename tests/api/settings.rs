//! `.env.example` and the program agree on every name.

use std::{collections::BTreeSet, fs, path::Path};

use levqor_support::Config;

#[test]
fn the_example_names_every_setting_and_no_other() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".env.example");
    let text = fs::read_to_string(path).unwrap();

    let named: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.trim_start_matches(['#', ' ']).split_once('='))
        .map(|(name, _)| name)
        .filter(|name| is_name(name))
        .collect();

    assert_eq!(named, Config::names());
}

#[test]
fn the_example_holds_no_secret() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".env.example");
    let text = fs::read_to_string(path).unwrap();

    assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "every line is commented out");
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
}
