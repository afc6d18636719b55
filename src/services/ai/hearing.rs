//! Hearing a model while it speaks: what is checked is passed on at once, and an invention ends it.

use std::mem;

use super::{Said, supported, wish};
use crate::{
    integrations::openai::Wanted,
    services::{
        answer::Section,
        check::{Grounds, SoFar, Unfit},
        handoff::Reason,
    },
};

/// Whoever hears an answer while it is being made: all of it that may be shown so far.
pub type Audience<'a> = &'a mut (dyn FnMut(&str) + Send);

/// What was heard of an answer, and who hears it on.
pub struct Hearing<'g, 'a> {
    grounds: &'g Grounds<'g>,
    audience: Option<Audience<'a>>,
    so_far: SoFar,
    unfit: Option<Unfit>,
}

impl<'g, 'a> Hearing<'g, 'a> {
    pub fn new(grounds: &'g Grounds<'g>, audience: Option<Audience<'a>>) -> Self {
        Self { grounds, audience, so_far: SoFar::default(), unfit: None }
    }

    pub fn has_audience(&self) -> bool {
        self.audience.is_some()
    }

    /// Passes on what is checked of what was `said` so far, and tells what is wanted of the rest.
    pub fn hear(&mut self, said: &str) -> Wanted {
        match (self.so_far.judge(&wish::without_mark(said), self.grounds), &mut self.audience) {
            (Ok(Some(checked)), Some(audience)) => audience(&checked.text),
            (Ok(_), _) => {}
            (Err(unfit), _) => {
                self.unfit = Some(unfit);
                return Wanted::Call;
            }
        }
        if self.so_far.goes_round() { Wanted::Nothing } else { Wanted::Everything }
    }

    /// What all that was said comes to: an invention is the verdict on all words around it, and none on the
    /// wish for a person, which may come behind them.
    pub fn verdict(
        &mut self,
        wanted: Option<Reason>,
        of_whole: impl FnOnce() -> Result<Said, Unfit>,
    ) -> Result<Said, Unfit> {
        let verdict = match (self.unfit.take(), wanted) {
            (None, _) => of_whole(),
            (Some(_), Some(_)) => Ok(Said { hand_over: wanted, ..Said::default() }),
            (Some(unfit), None) => Err(unfit),
        };
        verdict.inspect_err(|_| self.so_far = SoFar::default())
    }

    /// What stands of an answer that broke off, or that nobody waits for any more: its sentences are
    /// as true as those of a whole one, and they are a part of it.
    pub fn broken_off(&mut self, sections: &[Section]) -> Said {
        let answer = mem::take(&mut self.so_far).into_checked().and_then(|checked| supported(checked, sections));
        Said { answer: answer.map(|answer| super::Supported { is_partial: true, ..answer }), ..Said::default() }
    }
}
