//! What the audit found, for people, on the screen and in a file.

use std::{fmt::Write as _, fs, path::Path, time::Duration};

use anyhow::Context;

use super::Check;

const BEGIN: &str = "<!-- audit -->";
const END: &str = "<!-- /audit -->";

/// A line for each check, the verdict, and what to know beside it; `settings` says what is on, what
/// is off, and what it takes.
pub fn summary(checks: &[Check], settings: &[String], took: Duration) -> String {
    let mut text = String::new();
    for check in checks {
        let _ = match &check.result {
            Ok(detail) => writeln!(text, "- ok: {}: {detail}", check.name),
            Err(fault) => writeln!(text, "- FAILED: {}: {fault}", check.name),
        };
    }
    let failed = checks.iter().filter(|check| check.result.is_err()).count();
    let verdict =
        if failed == 0 { "Everything works".to_owned() } else { format!("{failed} of {} checks failed", checks.len()) };
    let _ = write!(
        text,
        "\n{verdict}, after {:.1} s.\n\n\
         - Endpoints: POST `/api/support/public`, `/api/support/private`, `/api/support/escalate`; GET `/api/support/tickets`, `/api/support/health`.\n\
         - Tickets are stored in PostgreSQL, in the table `support.tickets`.\n\
         - Run this again with `scripts/backend-self-audit.sh`.",
        took.as_secs_f32()
    );
    for setting in settings {
        let _ = write!(text, "\n- {setting}");
    }
    text
}

/// Puts the summary between the marks of a markdown file.
pub fn write(path: &Path, summary: &str) -> anyhow::Result<()> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let written =
        between_marks(&text, summary).with_context(|| format!("{} has no {BEGIN} … {END}", path.display()))?;
    fs::write(path, written).with_context(|| format!("{} cannot be written", path.display()))
}

fn between_marks(text: &str, summary: &str) -> Option<String> {
    let (before, rest) = text.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{summary}\n\n{END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_check_is_loud() {
        let checks = [
            Check { name: "one".into(), result: Ok("fine".into()) },
            Check { name: "two".into(), result: Err("gone".into()) },
        ];

        let summary = summary(&checks, &["model: off".into()], Duration::from_secs(3));

        assert!(summary.contains("- FAILED: two: gone") && summary.contains("1 of 2 checks failed"), "{summary}");
        assert!(summary.ends_with("- model: off"), "{summary}");
    }

    #[test]
    fn only_what_stands_between_the_marks_is_replaced() {
        let text = "a\n<!-- audit -->old<!-- /audit -->\nb";

        assert_eq!(between_marks(text, "new").unwrap(), "a\n<!-- audit -->\n\nnew\n\n<!-- /audit -->\nb");
        assert!(between_marks("no marks", "new").is_none());
    }
}
