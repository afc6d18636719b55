//! Which of a customer's own affairs a question is about.
//!
//! A wrong yes is worse than a no: it hides what the knowledge base says behind a record nobody
//! asked for. So a topic needs a phrase that leaves no doubt, not just its words.

use crate::services::answer::tokens;

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

impl Topic {
    /// The topic, or nothing when the question is a general one ("how long does delivery take?").
    pub fn of(question: &str) -> Option<Self> {
        let said = Said::new(question);
        if said.is_general() {
            return None;
        }
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

/// What is bought and built, with whose it is in front.
const THING: &[&str] = &[
    "order", "orders", "project", "projects", "workflow", "workflows", "build", "builds", "automation", "automations",
    "package", "purchase", "job",
];
const OWNERS: &[&str] = &["my", "our"];

/// A question that opens like this asks how things work.
const GENERAL: &[&str] = &[
    "how do i", "how do we", "how do you", "how can i", "how can we", "how does", "how long", "how much", "can i",
    "can we", "can you", "could i", "could we", "could you", "do you", "does", "what happens", "what if", "if",
    "is it possible", "would", "should", "who", "why", "what kind", "are there", "is there",
];

/// A question that holds one of these is about something no order record tells.
const OTHER: &[&str] = &[
    "could", "would", "refund", "refunds", "refunded", "payment", "payments", "pay", "paying", "invoice", "invoices",
    "receipt", "card", "price", "prices", "pricing", "cost", "costs", "charge", "charged", "trial", "free", "discount",
    "subscription", "cancel", "upgrade", "downgrade", "change", "encrypted", "secure", "safe", "data", "password",
    "account", "login", "delete", "offer", "include", "includes", "included", "best", "recommend", "difference",
    "compare", "vat", "tax", "policy", "guarantee", "money", "another", "next", "new", "extra", "more",
];

fn is_revisions(said: &Said) -> bool {
    said.any(&["revision", "revisions"]) && said.any(&["left", "remaining", "remain"])
}

fn is_tickets(said: &Said) -> bool {
    said.pair(OWNERS, &["ticket", "tickets"])
}

fn is_intake(said: &Said) -> bool {
    let form = said.any(&["intake"]) && said.any(&["form", "intake"]);
    form && (said.phrase("did you")
        || said.phrase("have you")
        || said.any(&["received", "arrived", "arrive", "reached"]))
}

fn is_files(said: &Said) -> bool {
    said.pair(OWNERS, &["files", "file", "deliverables", "download", "downloads"])
        && said.any(&["where", "wheres", "find", "link", "download", "get", "access"])
}

fn is_deadline(said: &Said) -> bool {
    let date = said.any(&["due", "deadline", "eta"]);
    let ready =
        said.any(&["when", "whens"]) && said.any(&["ready", "finished", "done", "delivered", "complete", "completed"]);
    (date || ready) && (said.owns_thing() || (said.any(&["it"]) && said.len() <= SHORT))
}

fn is_purchases(said: &Said) -> bool {
    let asked = ["what did i", "what did we", "what have i", "what have we", "which did i", "what i", "what we"];
    let bought = said.any(&["buy", "bought", "order", "ordered", "purchase", "purchased"]);
    let on_plan = ["plan am i on", "package am i on", "plan are we on", "plan do i have", "package do i have"];
    let list = said.pair(OWNERS, &["orders", "purchases"]) && said.any(&["what", "list", "show", "see"]);
    let my_plan =
        said.pair(OWNERS, &["plan", "package", "tier"]) && said.any(&["what", "whats", "which"]) && said.len() <= SHORT;
    (asked.iter().any(|phrase| said.opens(phrase)) && bought)
        || on_plan.iter().any(|phrase| said.phrase(phrase))
        || list
        || my_plan
}

fn is_status(said: &Said) -> bool {
    let status = said.any(&["status", "progress", "update", "updates", "news", "stage", "along", "far"]);
    let moving = said.any(&["coming", "going", "getting", "doing"]) && said.any(&["how", "hows"]);
    let over = said.any(&["started", "finished", "ready", "done"]) && said.any(&["is", "has", "have", "are"]);
    let whereabouts = said.any(&["where", "wheres"]);
    let own = said.owns_thing();
    (own && (status || moving || over || whereabouts)) || (status && said.pair(&["the"], THING) && said.len() <= SHORT)
}

/// So few words leave "it" nothing else to mean.
const SHORT: usize = 7;

/// The words of a question, in order.
struct Said(Vec<String>);

impl Said {
    fn new(question: &str) -> Self {
        Self(tokens(question).into_iter().map(|token| token.word).collect())
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn any(&self, words: &[&str]) -> bool {
        self.0.iter().any(|word| words.contains(&word.as_str()))
    }

    /// One of `first` with one of `second` behind it, at most one word between ("my last order").
    fn pair(&self, first: &[&str], second: &[&str]) -> bool {
        let is = |word: &String, words: &[&str]| words.contains(&word.as_str());
        let follows = |at: usize| self.0[at + 1..].iter().take(2).any(|word| is(word, second));
        (0..self.0.len()).any(|at| is(&self.0[at], first) && follows(at))
    }

    fn owns_thing(&self) -> bool {
        self.pair(OWNERS, THING)
    }

    fn phrase(&self, phrase: &str) -> bool {
        let words: Vec<&str> = phrase.split(' ').collect();
        self.0.windows(words.len()).any(|window| window.iter().eq(&words))
    }

    fn opens(&self, phrase: &str) -> bool {
        let words: Vec<&str> = phrase.split(' ').collect();
        self.0.len() >= words.len() && self.0[..words.len()].iter().eq(&words)
    }

    fn is_general(&self) -> bool {
        self.any(OTHER) || GENERAL.iter().any(|opening| self.opens(opening))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn questions_about_ones_own_affairs_are_recognised() {
        for (question, topic) in [
            ("What is the status of my project?", Topic::Status),
            ("how's my build coming along", Topic::Status),
            ("where's my order?", Topic::Status),
            ("any update on my workflow?", Topic::Status),
            ("is my automation finished?", Topic::Status),
            ("how many revisions are left?", Topic::Revisions),
            ("do I have any revisions remaining", Topic::Revisions),
            ("when is it due?", Topic::Deadline),
            ("what's the deadline for my project", Topic::Deadline),
            ("when will my workflow be ready", Topic::Deadline),
            ("what did I buy?", Topic::Purchases),
            ("which plan am I on?", Topic::Purchases),
            ("what have we ordered so far", Topic::Purchases),
            ("where are my files?", Topic::Files),
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
            "What is the deadline for requesting a refund on my order?",
            "how do I complete the intake form?",
            "what is the best plan for my business?",
            "do I get free revisions on Enterprise?",
            "when's my next payment due, the exact date",
            "are my files encrypted?",
            "how do I download my invoice?",
            "Could you kindly explain to me in plain words what your company is?",
            "hello",
        ] {
            assert_eq!(Topic::of(question), None, "{question}");
        }
    }

    /// Questions that the sets ask of the knowledge base and that a customer's records answer better.
    const TAKEN: [&str; 4] = [
        "my build was due on Friday and it's not here",
        "which plan am I on?",
        "has my intake form been received? order name is Okafor",
        "What stage is my build at right now",
    ];

    #[test]
    fn no_question_of_the_sets_is_taken_from_the_knowledge_base() {
        let sets = [
            include_str!("../../../tests/eval/in_scope.jsonl"),
            include_str!("../../../tests/eval/second_set.jsonl"),
            include_str!("../../../tests/eval/third_set.jsonl"),
            include_str!("../../../tests/eval/blind_answers.jsonl"),
            include_str!("../../../tests/eval/out_of_scope.jsonl"),
        ];
        let lines = sets.iter().flat_map(|set| set.lines()).map(|line| serde_json::from_str::<Value>(line).unwrap());
        let asked: Vec<String> = lines.map(|line| line["question"].as_str().unwrap().to_owned()).collect();

        let taken: Vec<&String> = asked.iter().filter(|question| Topic::of(question).is_some()).collect();

        assert_eq!(taken, TAKEN, "what is not in the list belongs to the knowledge base");
    }
}
