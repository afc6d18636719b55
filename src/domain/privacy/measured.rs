//! How much is found, and how much is taken for what it is not; `--nocapture` prints the figures.

mod hostile;
mod made;
mod written;

use super::{Kind, private_masked};
use made::Made;

const PASSWORDS: &str = include_str!("measured/passwords.txt");

/// Of harmless texts, one in so many may be masked.
const ONE_IN: usize = 1000;
/// Of numbers that nothing tells from a card, Luhn's check lets one in ten pass; so many in a hundred
/// begin like one, too.
const LIKE_A_CARD: usize = 4;

#[test]
fn secrets_and_private_data_are_found() {
    let secrets =
        ["hunter2", "Sωωωωω20##!", "ωωωω#ψψψ", "tr0ub4dor&3", "ψψψψψψψ#a", "ωω$ωωωω_1", "αωωωω-##-ωωω", "Qw3rty#ωω"];
    let made = |kind: &str, times| made::texts(kind, &["any", kind], times);
    for (name, kind, texts) in [
        ("card", Kind::Card, made("card", 1)),
        ("iban", Kind::Iban, made("iban", 2)),
        ("key", Kind::Key, made("key", 2)),
        ("password", Kind::Password, made::filled(PASSWORDS, "secret", &secrets.repeat(2))),
        ("email", Kind::Email, made("email", 3)),
        ("ip", Kind::Ip, made("ip", 3)),
        ("phone", Kind::Phone, made("phone", 1)),
        ("called", Kind::Phone, made::texts("called", &["called"], 6)),
    ] {
        let is_missed = |made: &&Made| private_masked(&made.text(), |_| false) != made.with(kind.placeholder());
        let missed: Vec<String> = texts.iter().filter(is_missed).map(Made::text).collect();
        eprintln!("{name:>10}: {} of {} missed {missed:?}", missed.len(), texts.len());
        assert!(texts.len() >= 400 && missed.is_empty(), "{name}");
    }
}

#[test]
fn harmless_numbers_stay() {
    let (mut all, mut wrong) = (0, 0);
    for kind in ["price", "date", "order", "tracking", "id", "version", "count"] {
        let texts = made::texts(kind, &["any", "harmless"], 4);
        (all, wrong) = (all + texts.len(), wrong + masked(kind, texts.iter().map(Made::text)));
    }
    for kind in ["numbered", "order", "tracking", "id"] {
        let texts = made::texts(kind, &["numbered"], 4);
        (all, wrong) = (all + texts.len(), wrong + masked("numbered", texts.iter().map(Made::text)));
    }
    wrong += masked("password", made::lines(PASSWORDS, "harmless").map(str::to_owned));
    all += made::lines(PASSWORDS, "harmless").count();
    eprintln!("{wrong} of {all} masked wrongly");
    assert!(all >= 2000 && wrong * ONE_IN <= all);
}

#[test]
fn a_bare_number_of_sixteen_digits_mostly_stays() {
    let texts = made::texts("bare", &["any"], 100);
    let wrong = masked("bare", texts.iter().map(Made::text));
    assert!(wrong * 100 <= texts.len() * LIKE_A_CARD);
}

/// How many of these texts lose something; the first few are printed.
fn masked(name: &str, texts: impl Iterator<Item = String>) -> usize {
    let all: Vec<String> = texts.collect();
    let wrong: Vec<&String> = all.iter().filter(|text| private_masked(text, |_| false) != **text).collect();
    eprintln!("{name:>10}: {} of {} masked {:?}", wrong.len(), all.len(), wrong.iter().take(3).collect::<Vec<_>>());
    wrong.len()
}
