//! The settings of the people who work on what waits for a person.

use super::{Secret, reader::Reader};

/// Shorter secrets could be guessed; `openssl rand -hex 16` gives 32.
const SECRET_LENGTH: usize = 32;

/// Longer names are no names.
const LONGEST_NAME: usize = 40;

/// A person of the team, and what they sign in with.
#[derive(Clone, Debug)]
pub struct Operator {
    pub name: String,
    pub secret: Secret,
}

/// `name:secret`, by comma; a name that comes twice has a second secret, while the first is rotated out.
pub(super) fn operators<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Vec<Operator> {
    let listed = reader.list("OPERATORS").unwrap_or_default();
    let read: Vec<Option<Operator>> = listed.iter().map(|item| operator(item)).collect();
    if read.iter().any(Option::is_none) {
        reader.refuse(format!(
            "OPERATORS must be name:secret, separated by commas, each name plain and each secret {SECRET_LENGTH} characters or more (openssl rand -hex {})",
            SECRET_LENGTH / 2
        ));
    }
    read.into_iter().flatten().collect()
}

fn operator(item: &str) -> Option<Operator> {
    let (name, secret) = item.split_once(':')?;
    let (name, secret) = (name.trim(), secret.trim());
    let is_good = is_name(name) && secret.len() >= SECRET_LENGTH;
    is_good.then(|| Operator { name: name.to_owned(), secret: Secret::new(secret.to_owned()) })
}

/// Letters, digits, `-`, `_` and `.`; not `api`, which is what the machine secret acts as.
fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_short = (1..=LONGEST_NAME).contains(&name.chars().count());
    is_short && name.chars().all(is_plain) && !name.eq_ignore_ascii_case("api")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{problems, read};

    #[test]
    fn people_have_plain_names_and_long_secrets() {
        let secret = "s".repeat(32);
        let two = format!("ada:{secret}, grace : {secret}");

        assert_eq!(read(&[("OPERATORS", &two)]).unwrap().operators.len(), 2);
        for wrong in [
            "ada".to_owned(),
            format!(":{secret}"),
            "ada:short".into(),
            format!("api:{secret}"),
            format!("a b:{secret}"),
        ] {
            let problems = problems(&[("OPERATORS", &wrong)]);
            assert_eq!(problems.len(), 1, "{wrong}");
            assert!(!problems[0].contains(&secret), "a secret is not repeated");
        }
    }
}
