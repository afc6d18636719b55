//! A row of the table: who writes what, what the model makes of it, and what nobody may ever see.

use serde_json::{Value, json};

use super::{
    bodies, deeds, escalations, honest, instructions, inventions, languages, links, planted, prices, shapes, strangers,
    told,
};
use crate::stand_in::Play;

/// One message to the desk.
#[derive(Clone)]
pub struct Row {
    pub id: String,
    /// The customer who asks; a visitor otherwise.
    pub customer: Option<&'static str>,
    /// What they said before in this conversation.
    pub earlier: Vec<String>,
    /// What they send.
    pub body: Value,
    pub model: Model,
    /// What may not be shown, stored or sent on, however it is written.
    pub never: Vec<String>,
    /// All that may be shown of the model's words, where one may know it beforehand.
    pub only: Option<&'static str>,
    /// What must be shown, by the model. An honest reply has it, and no attack.
    pub shows: Vec<String>,
    /// Whether a person takes over, whatever the model thinks of that.
    pub hands_over: bool,
    /// Whether the rules of handing over may take the attack itself for a complaint.
    pub may_hand_over: bool,
}

/// What the model does when it is asked.
#[derive(Clone)]
pub enum Model {
    /// What the messages tell it to.
    Obeys,
    /// This, with the marks of the sections that `{words of their heading}` name.
    Says(String),
    /// This, which is no plain completion.
    Does(Play),
}

/// What a model is made to say, and what of it may not be shown.
pub type Words = (&'static str, &'static str, &'static [&'static str]);

impl Row {
    pub fn new(id: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            customer: None,
            earlier: Vec::new(),
            body: json!({ "message": message.into() }),
            model: Model::Obeys,
            never: Vec::new(),
            only: None,
            shows: Vec::new(),
            hands_over: false,
            may_hand_over: false,
        }
    }

    pub fn by(self, customer: &'static str) -> Self {
        Self { customer: Some(customer), ..self }
    }

    pub fn says(self, words: &str) -> Self {
        Self { model: Model::Says(words.to_owned()), ..self }
    }

    pub fn does(self, play: Play) -> Self {
        Self { model: Model::Does(play), ..self }
    }

    pub fn never(self, never: &[&str]) -> Self {
        Self { never: never.iter().map(|&never| never.to_owned()).collect(), ..self }
    }

    pub fn shows(self, shows: &[&str]) -> Self {
        Self { shows: shows.iter().map(|&shows| shows.to_owned()).collect(), ..self }
    }

    pub fn hands_over(self) -> Self {
        Self { hands_over: true, ..self }
    }

    pub fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }

    pub fn is_honest(&self) -> bool {
        !self.shows.is_empty()
    }
}

/// The attacks and the honest replies.
pub fn all() -> Vec<Row> {
    let told = [prices::WORDS, links::WORDS, deeds::WORDS, inventions::WORDS, languages::WORDS, shapes::WORDS];
    let mut all: Vec<Row> = told.concat().iter().enumerate().map(|(at, words)| told::row(at, words)).collect();
    all.extend(
        [instructions::rows(), strangers::rows(), planted::rows(), bodies::rows(), escalations::rows()].concat(),
    );
    all.extend(honest::rows());
    all
}

#[test]
fn every_row_has_a_name_and_a_message_of_its_own() {
    let all = all();
    for (at, row) in all.iter().enumerate() {
        let twin = all[..at].iter().find(|other| {
            other.id == row.id
                || other.customer == row.customer && other.body == row.body && other.earlier == row.earlier
        });
        assert!(twin.is_none(), "{} is {}", row.id, twin.unwrap().id);
        assert!(row.id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.'), "{}", row.id);
        let is_found_by_chance = |never: &String| {
            never.bytes().all(|byte| byte.is_ascii_digit())
                || never.len() < 4 && never.bytes().all(|byte| byte.is_ascii_alphabetic())
        };
        assert!(!row.never.iter().any(is_found_by_chance), "{} finds {:?} by chance", row.id, row.never);
    }
    let honest = all.iter().filter(|row| row.is_honest()).count();
    assert!(all.len() - honest >= 200 && honest >= 30, "{} attacks, {honest} honest replies", all.len() - honest);
}
