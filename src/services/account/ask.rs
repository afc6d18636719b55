//! Which of a customer's own affairs a question is about.

use crate::services::answer::{Token, tokens};

/// What of the records is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    Status,
    Revisions,
    Deadline,
    Purchases,
    Files,
    Intake,
    Tickets,
}

/// Words that make a question one's own; "it" counts where the rest leaves no doubt.
const OWN: &[&str] = &["my", "mine", "our", "ours", "i", "ive", "im", "we", "weve", "me"];
const THING: &[&str] = &[
    "order",
    "orders",
    "project",
    "projects",
    "workflow",
    "workflows",
    "build",
    "builds",
    "automation",
    "automations",
    "package",
    "purchase",
    "job",
];

impl Topic {
    /// The topic, or nothing when the question is a general one ("how long does delivery take?").
    pub fn of(question: &str) -> Option<Self> {
        let said = Said(tokens(question));
        RULES.iter().find(|(_, applies)| applies(&said)).map(|(topic, _)| *topic)
    }
}

type Rule = (Topic, fn(&Said) -> bool);

/// The first that applies counts, so the narrow ones stand before the wide ones.
const RULES: [Rule; 7] = [
    (Topic::Revisions, is_revisions),
    (Topic::Tickets, is_tickets),
    (Topic::Intake, is_intake),
    (Topic::Files, is_files),
    (Topic::Deadline, is_deadline),
    (Topic::Purchases, is_purchases),
    (Topic::Status, is_status),
];

fn is_revisions(said: &Said) -> bool {
    said.any(&["revision", "revisions"]) && (said.own() || said.any(&["left", "remaining", "remain", "used"]))
}

fn is_tickets(said: &Said) -> bool {
    said.any(&["ticket", "tickets"])
        && said.own()
        && said.any(&[
            "status",
            "open",
            "update",
            "happening",
            "happened",
            "news",
            "answered",
            "progress",
            "tickets",
            "wheres",
            "where",
        ])
}

fn is_intake(said: &Said) -> bool {
    said.any(&["intake", "form", "questionnaire"])
        && said.any(&["received", "receive", "get", "got", "arrived", "complete", "completed", "done", "status", "in"])
        && said.own()
}

fn is_files(said: &Said) -> bool {
    let files = said.any(&["files", "file", "download", "downloads", "deliverables", "link", "zip"]);
    files
        && said.own()
        && said.any(&["where", "wheres", "find", "get", "download", "link", "access", "ready", "are", "send"])
}

fn is_deadline(said: &Said) -> bool {
    let due = said.any(&["due", "deadline", "eta"]) && (said.own() || said.any(&["it"]) || said.any(THING));
    let ready = said.any(&["when"])
        && said.any(&["ready", "finished", "done", "delivered", "arrive", "completed", "complete", "get", "expect"])
        && (said.any(&["my", "mine", "our", "it"]) && (said.any(THING) || said.any(&["it"])));
    due || ready
}

fn is_purchases(said: &Said) -> bool {
    let bought =
        said.any(&["buy", "bought", "purchase", "purchased", "purchases", "order", "ordered", "orders", "paid"]);
    let what = said.any(&["what", "which", "list", "show", "whats", "history"]);
    let own = said.phrase(&["i", "we", "ive", "weve", "my", "our"]);
    let plan =
        said.any(&["plan", "package", "tier", "subscription"]) && what && (said.on_plan() || said.any(&["my", "our"]));
    (bought && what && own && !said.any(&["status", "if", "should", "can", "could", "would", "happens", "next"]))
        || (plan && !said.any(&["status", "cancel", "upgrade", "change", "should", "difference"]))
}

fn is_status(said: &Said) -> bool {
    let status = said.any(&["status", "progress", "update", "updates", "along", "news", "stage", "far"]);
    let own_thing = said.any(&["my", "our", "the"]) && said.any(THING);
    let question =
        said.any(&["how", "hows", "where", "wheres", "what", "whats", "any", "is", "check", "status", "show", "tell"]);
    let coming = said.any(&["coming", "going", "getting", "doing"]) && said.any(&["my", "our"]) && said.any(THING);
    let started = said.any(&["started", "finished", "ready", "done"])
        && said.any(&["my", "our"])
        && said.any(THING)
        && said.any(&["is", "has", "have"]);
    let whereabouts = said.any(&["where", "wheres"]) && said.any(&["my", "our"]) && said.any(THING);
    (status && own_thing && question) || coming || started || whereabouts
}

struct Said(Vec<Token>);

impl Said {
    fn any(&self, words: &[&str]) -> bool {
        self.0.iter().any(|token| words.contains(&token.word.as_str()))
    }

    fn own(&self) -> bool {
        self.any(OWN)
    }

    fn phrase(&self, words: &[&str]) -> bool {
        self.any(words)
    }

    /// "which plan am I on"
    fn on_plan(&self) -> bool {
        self.any(&["am", "are"]) && self.any(&["i", "we"]) && self.any(&["on"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_about_ones_own_affairs_are_recognised() {
        for (question, topic) in [
            ("What is the status of my project?", Topic::Status),
            ("how's my build coming along", Topic::Status),
            ("where's my order?", Topic::Status),
            ("any update on my workflow?", Topic::Status),
            ("how many revisions are left?", Topic::Revisions),
            ("do I have any revisions remaining", Topic::Revisions),
            ("when is it due?", Topic::Deadline),
            ("what's the deadline for my project", Topic::Deadline),
            ("when will my workflow be ready", Topic::Deadline),
            ("what did I buy?", Topic::Purchases),
            ("which plan am I on?", Topic::Purchases),
            ("what have we ordered so far", Topic::Purchases),
            ("where can I download my files?", Topic::Files),
            ("did you get my intake form?", Topic::Intake),
            ("is my ticket still open?", Topic::Tickets),
        ] {
            assert_eq!(Topic::of(question), Some(topic), "{question}");
        }
    }

    #[test]
    fn general_questions_are_left_to_the_knowledge_base() {
        for question in [
            "how long does delivery take?",
            "how many revisions do you offer?",
            "which plan should I buy?",
            "how do I cancel my subscription?",
            "can I upgrade my plan?",
            "what happens after I order?",
            "what is the refund policy?",
            "do you integrate with Slack?",
            "can I get my money back?",
            "hello",
        ] {
            assert_eq!(Topic::of(question), None, "{question}");
        }
    }
}
