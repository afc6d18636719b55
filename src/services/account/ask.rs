//! Which of a customer's own affairs a question is about.
//!
//! A wrong yes is worse than a no: it hides what the knowledge base says behind a record nobody
//! asked for. So a topic needs a phrase that leaves no doubt, not just its words.

use super::abroad;

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
    /// Theirs as well, but in no record we read: what they paid, what they used.
    Unrecorded,
}

impl Topic {
    /// The topic, or nothing when the question is a general one ("how long does delivery take?").
    pub fn of(question: &str) -> Option<Self> {
        let said = Said::new(question);
        if is_unrecorded(&said) {
            return Some(Self::Unrecorded);
        }
        if is_account(&said) {
            return Some(Self::Purchases);
        }
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

/// "How much did I pay?", "how many tasks do I have left this month?"
fn is_unrecorded(said: &Said) -> bool {
    let paid = ["did i pay", "did we pay", "have i paid", "have we paid"].iter().any(|phrase| said.phrase(phrase));
    let has =
        ["do i have", "do we have", "have i got", "have we got", "have i"].iter().any(|phrase| said.phrase(phrase));
    let amount = ["how much", "how many", "what"].iter().any(|phrase| said.opens(phrase));
    let rest = said.any(&["left", "remaining", "used"]) && has && !is_revisions(said);
    amount && !said.any(&["if"]) && (paid || rest)
}

/// "Show me my account", and no more.
fn is_account(said: &Said) -> bool {
    said.pair(OWNERS, &["account"])
        && said.all(&["show", "see", "view", "open", "me", "my", "our", "account", "please"])
}

fn is_tickets(said: &Said) -> bool {
    let has = said.phrase("do i have") || said.phrase("do we have");
    said.pair(OWNERS, &["ticket", "tickets"]) || (has && said.any(&["ticket", "tickets"]) && said.any(&["open", "any"]))
}

fn is_intake(said: &Said) -> bool {
    let form = said.any(&["intake"]) && said.any(&["form", "intake"]);
    form && (said.phrase("did you")
        || said.phrase("have you")
        || said.any(&["received", "arrived", "arrive", "reached"]))
}

fn is_files(said: &Said) -> bool {
    let files = said.pair(OWNERS, &["files", "file", "deliverables", "download", "downloads"])
        && said.any(&["where", "wheres", "find", "link", "download", "get", "access"]);
    let download = said.any(&["download", "downloads"]);
    files || (download && said.owns_thing()) || (download && said.any(&["link"]) && said.len() <= FEW)
}

fn is_deadline(said: &Said) -> bool {
    let date = said.any(&["due", "deadline", "eta"]);
    let ready = said.any(&["when", "whens"])
        && said.any(&[
            "ready", "finished", "done", "delivered", "complete", "completed", "get", "receive", "arrive", "come",
        ]);
    let own = said.owns_thing() || said.pair(OWNERS, &["deadline", "delivery"]);
    (date && said.len() <= 2) || ((date || ready) && (own || (said.any(&["it"]) && said.len() <= SHORT)))
}

fn is_purchases(said: &Said) -> bool {
    let asked = ["what i", "what we"].iter().any(|phrase| said.opens(phrase))
        || (["what", "which", "when"].iter().any(|word| said.opens(word))
            && ["did i", "did we", "have i", "have we"].iter().any(|phrase| said.phrase(phrase)));
    let bought = said.any(&["buy", "bought", "order", "ordered", "purchase", "purchased"]);
    let on_plan = ["plan am i on", "package am i on", "plan are we on", "plan do i have", "package do i have"]
        .iter()
        .any(|phrase| said.phrase(phrase))
        || (["am i on", "are we on"].iter().any(|phrase| said.opens(phrase)) && said.any(&["plan", "package", "tier"]));
    let list = said.pair(OWNERS, &["orders", "purchases"]) && said.any(&["what", "list", "show", "see"]);
    let my_plan =
        said.pair(OWNERS, &["plan", "package", "tier"]) && said.any(&["what", "whats", "which"]) && said.len() <= SHORT;
    (asked && bought) || on_plan || list || my_plan
}

fn is_status(said: &Said) -> bool {
    let status = said.any(&["status", "progress", "update", "updates", "news", "stage", "along", "far"]);
    let moving = said.any(&["coming", "going", "getting", "doing"]) && said.any(&["how", "hows"]);
    let over = said.any(&["started", "finished", "ready", "done"]) && said.any(&["is", "has", "have", "are"]);
    let whereabouts = said.any(&["where", "wheres"]);
    let tracking = said.any(&["track", "tracking", "show", "see"]);
    let own = said.owns_thing();
    let nothing_else = status && said.len() <= FEW && said.all(STATUS_ONLY);
    nothing_else
        || (own && (status || moving || over || whereabouts || tracking))
        || (status && said.pair(&["the"], THING) && said.len() <= SHORT)
}

/// So few words leave "it" nothing else to mean.
const SHORT: usize = 7;

/// So few are a search for one's own.
const FEW: usize = 4;

/// What "any progress?" may consist of.
const STATUS_ONLY: &[&str] = &[
    "any", "status", "progress", "update", "updates", "news", "on", "it", "the", "please", "yet", "order", "project",
    "whats", "is", "there", "hi", "hello", "my",
];

/// The words of a question, in order.
struct Said(Vec<String>);

impl Said {
    fn new(question: &str) -> Self {
        Self(abroad::words(question))
    }

    fn len(&self) -> usize {
        self.0.len()
    }

    fn any(&self, words: &[&str]) -> bool {
        self.0.iter().any(|word| words.contains(&word.as_str()))
    }

    fn all(&self, words: &[&str]) -> bool {
        self.0.iter().all(|word| words.contains(&word.as_str()))
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
            ("when do I get my workflow?", Topic::Deadline),
            ("when will I get it", Topic::Deadline),
            ("deadline?", Topic::Deadline),
            ("when is my deadline", Topic::Deadline),
            ("status?", Topic::Status),
            ("any progress?", Topic::Status),
            ("track my order", Topic::Status),
            ("which package did I buy", Topic::Purchases),
            ("show me my account", Topic::Purchases),
            ("when did I order", Topic::Purchases),
            ("am I on the Silver plan?", Topic::Purchases),
            ("do I have any open tickets", Topic::Tickets),
            ("where can I download my final package", Topic::Files),
            ("download link please", Topic::Files),
            ("how much did I pay", Topic::Unrecorded),
            ("how many tasks do I have left this month", Topic::Unrecorded),
        ] {
            assert_eq!(Topic::of(question), Some(topic), "{question}");
        }
    }

    #[test]
    fn other_languages_ask_for_the_same() {
        for (question, topic) in [
            ("wann ist mein Projekt fertig?", Topic::Deadline),
            ("wo ist meine Bestellung?", Topic::Status),
            ("¿cuándo estará listo mi pedido?", Topic::Deadline),
            ("¿dónde está mi pedido?", Topic::Status),
            ("¿cómo va mi pedido?", Topic::Status),
            ("où en est ma commande ?", Topic::Status),
            ("mera order kab milega", Topic::Deadline),
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
