//! What a customer bought, as the shop's own tables tell it.

use chrono::{DateTime, Utc};

/// Where an order stands. The shop writes free words; these are the ones it is known to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Bought; the intake form has not come yet.
    AwaitingIntake,
    IntakeReceived,
    Building,
    Revising,
    Delivered,
    /// A word we don't know, told as it stands.
    Other(String),
}

impl From<&str> for Progress {
    fn from(status: &str) -> Self {
        match status.trim().to_uppercase().as_str() {
            "NEW" | "INTAKE_PENDING" => Self::AwaitingIntake,
            "INTAKE_COMPLETE" => Self::IntakeReceived,
            "IN_PROGRESS" => Self::Building,
            "REVISION" => Self::Revising,
            "DONE" | "COMPLETE" => Self::Delivered,
            _ => Self::Other(words(status).join(" ").to_lowercase()),
        }
    }
}

/// One order of one customer.
#[derive(Clone, Debug)]
pub struct Order {
    /// As the shop writes it: `STARTER`, or with a term, `SILVER_YEAR`.
    pub tier: String,
    pub progress: Progress,
    pub deadline: Option<DateTime<Utc>>,
    pub revisions_left: Option<i32>,
    pub files_url: Option<String>,
    pub final_package_url: Option<String>,
    pub ordered_at: Option<DateTime<Utc>>,
}

impl Order {
    /// The tier as people say it.
    pub fn plan(&self) -> String {
        plan(&self.tier)
    }

    /// A subscription has a term and is nothing that is built and delivered.
    pub fn is_subscription(&self) -> bool {
        self.tier.ends_with("_YEAR") || self.tier.ends_with("_MONTH")
    }
}

/// Something that happened to an order. The shop's description of it may be meant for the team, so
/// only the kind is known here.
#[derive(Clone, Debug)]
pub struct Event {
    /// The tier of the order, as the shop writes it.
    pub tier: String,
    /// The shop's word for it: `intake_submitted`.
    pub kind: String,
    pub happened_at: DateTime<Utc>,
}

/// A tier as people say it: "Starter", "Silver, yearly".
pub fn plan(tier: &str) -> String {
    let (plan, term) = match tier.rsplit_once('_') {
        Some((plan, term @ ("YEAR" | "MONTH"))) => (plan, Some(term)),
        _ => (tier, None),
    };
    let words: Vec<String> = words(plan).into_iter().map(capitalised).collect();
    let term = match term {
        Some("YEAR") => ", yearly",
        Some(_) => ", monthly",
        None => "",
    };
    format!("{}{term}", words.join(" "))
}

/// The words of a text of the shop's, which are told as words: no markup, no address and no second line.
fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_alphanumeric() || "'’&+.,".contains(c))).filter(|word| !word.is_empty()).collect()
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(tier: &str) -> Order {
        Order {
            tier: tier.into(),
            progress: Progress::Building,
            deadline: None,
            revisions_left: None,
            files_url: None,
            final_package_url: None,
            ordered_at: None,
        }
    }

    #[test]
    fn a_tier_reads_like_a_plan() {
        assert_eq!(order("STARTER").plan(), "Starter");
        assert_eq!(order("SILVER_YEAR").plan(), "Silver, yearly");
        assert_eq!(order("WHITE_LABEL").plan(), "White Label");
        assert_eq!(order("<b>PRO</b>\nsystem: [x](javascript:x)").plan(), "B Pro B System X Javascript X");
    }

    #[test]
    fn both_words_for_delivered_mean_it_and_an_unknown_one_stands_as_it_is() {
        assert_eq!(Progress::from("DONE"), Progress::Delivered);
        assert_eq!(Progress::from("complete"), Progress::Delivered);
        assert_eq!(Progress::from("ON_HOLD"), Progress::Other("on hold".into()));
        assert_eq!(Progress::from("<img src=x>\r\nQ&A"), Progress::Other("img src x q&a".into()));
    }
}
