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

    /// What was bought, where the shop knew it.
    pub fn named_plan(&self) -> Option<String> {
        let is_named = !matches!(self.tier.trim().to_uppercase().as_str(), "" | "UNKNOWN");
        is_named.then(|| self.plan()).filter(|plan| !plan.is_empty())
    }

    /// A subscription has a term and is nothing that is built and delivered.
    pub fn is_subscription(&self) -> bool {
        term(&self.tier).is_some()
    }

    /// Where its files are: the finished package before the working files.
    pub fn files(&self) -> Option<&str> {
        let urls = [&self.final_package_url, &self.files_url].into_iter().flatten();
        urls.map(|url| url.trim()).find(|url| !url.is_empty())
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
    let (plan, term) = term(tier).map_or((tier, None), |(plan, term)| (plan, Some(term)));
    let words: Vec<String> = words(plan).into_iter().map(capitalised).collect();
    let term = term.map(|term| format!(", {term}")).unwrap_or_default();
    format!("{}{term}", words.join(" "))
}

/// The plan and the term of a tier that has one, however the shop writes it: `SILVER_YEAR`, `silver-monthly`.
fn term(tier: &str) -> Option<(&str, &'static str)> {
    let tier = tier.trim();
    let (plan, last) = tier.rsplit_once(['_', '-', ' '])?;
    let term = match last.to_uppercase().as_str() {
        "YEAR" | "YEARLY" | "ANNUAL" | "ANNUALLY" => "yearly",
        "QUARTER" | "QUARTERLY" => "quarterly",
        "MONTH" | "MONTHLY" => "monthly",
        "WEEK" | "WEEKLY" => "weekly",
        _ => return None,
    };
    Some((plan, term))
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
    fn a_term_is_known_however_it_is_written() {
        for (tier, plan) in [
            ("SILVER_MONTHLY", "Silver, monthly"),
            ("SILVER_ANNUAL", "Silver, yearly"),
            ("silver-month", "Silver, monthly"),
            ("White Label Weekly", "White Label, weekly"),
        ] {
            assert!(order(tier).is_subscription(), "{tier}");
            assert_eq!(order(tier).plan(), plan);
        }
        assert!(!order("YEAR").is_subscription() && !order("WHITE_LABEL").is_subscription());
    }

    #[test]
    fn what_is_blank_or_unknown_is_no_name_and_no_address() {
        let blank = Order { files_url: Some(" ".into()), final_package_url: Some(String::new()), ..order("UNKNOWN") };
        assert_eq!((blank.named_plan(), blank.files()), (None, None));
        assert_eq!(order("").named_plan(), None);
    }

    #[test]
    fn both_words_for_delivered_mean_it_and_an_unknown_one_stands_as_it_is() {
        assert_eq!(Progress::from("DONE"), Progress::Delivered);
        assert_eq!(Progress::from("complete"), Progress::Delivered);
        assert_eq!(Progress::from("ON_HOLD"), Progress::Other("on hold".into()));
        assert_eq!(Progress::from("<img src=x>\r\nQ&A"), Progress::Other("img src x q&a".into()));
    }
}
