//! The brief: all that a model is told, and what its answer is held against, decided before anybody is asked.

use chrono::Utc;

use super::{
    Ai, Asked,
    outward::Outward,
    prompt::{self, Parts},
    records,
};
use crate::{
    domain::time,
    integrations::openai::Letter,
    services::{
        check::{self, Grounds},
        faq_loader::Loaded,
    },
};

/// All that asking takes.
pub struct Brief {
    pub letter: Letter,
    /// The sections in it, as places in the knowledge base, in the order of their numbers.
    shown: Vec<usize>,
    /// The customer's records in it, one line each.
    records: Vec<String>,
    /// The message, as it leaves the house.
    asked: check::Asked,
}

impl Ai {
    /// What to ask; nothing where there is nothing to answer from. `is_heard` says whether there is an audience.
    pub fn brief(&self, desk: &Loaded, asked: &Asked<'_>, is_heard: bool) -> Option<Brief> {
        let shown = desk.knowledge.shown(asked.message, asked.earlier, asked.near);
        let records = asked.records.map(records::lines);
        if shown.is_empty() && records.is_none() {
            return None;
        }
        let outward = Outward::of(asked, desk);
        let asked = outward.with(asked);
        let request = Box::new(prompt::request(&Parts {
            asked: &asked,
            sections: &desk.knowledge.handout(&shown),
            records: records.as_deref(),
            today: &time::day(Utc::now()),
            voice: &self.voice,
            canary: &self.canary,
        }));
        let records = records.unwrap_or_default();
        let letter = self.model.letter(request, is_heard);
        Some(Brief { letter, shown, records, asked: check::Asked::of(asked.message) })
    }

    /// What the answer to it is held against.
    pub(super) fn grounds<'a>(&'a self, desk: &'a Loaded, brief: &'a Brief) -> Grounds<'a> {
        Grounds {
            ground: &desk.ground,
            shown: &brief.shown,
            records: &brief.records,
            asked: &brief.asked,
            support_email: &self.voice.support_email,
            canary: &self.canary,
        }
    }
}
