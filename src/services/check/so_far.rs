//! A reply that is still being said: the sentences that are complete, judged as a reply of their own.

use super::{
    Checked, Grounds, Unfit, check_readable, plain, repeats,
    sentences::{self, Sentence},
    text,
};

/// Markup that is still open, or brackets that may become a link: more words may make another text
/// of it.
const OPEN: [char; 8] = ['*', '_', '`', '~', '|', '<', '[', '\\'];

/// What a sentence can end with, and what may stand between its end and the next.
const ENDS: [char; 10] = ['.', '!', '?', '।', '…', ')', '"', '”', ']', '\n'];

/// A reply is a handful of sentences. Each is judged with all before it, so a model that says one word at a
/// time for ever is heard out first.
const MOST_JUDGED: usize = 30;

/// What was judged of a reply so far. Whatever it lets through would be let through if the model had
/// said no more, so nothing is shown that the whole check would not show.
#[derive(Default)]
pub struct SoFar {
    judged: String,
    /// Where the last end stood when it was looked at with words behind it.
    looked_at: Option<usize>,
    times: usize,
    checked: Option<Checked>,
    goes_round: bool,
}

impl SoFar {
    /// Judges what was `sent` so far, and returns what may be shown when there is something new. What
    /// cannot be judged yet waits for the check of the whole reply.
    pub fn judge(&mut self, sent: &str, grounds: &Grounds<'_>) -> Result<Option<&Checked>, Unfit> {
        if self.times >= MOST_JUDGED || !self.may_end(sent) {
            return Ok(None);
        }
        let Some(readable) = text::readable(sent) else { return Ok(None) };
        let complete = sentences::complete(&readable).trim_end();
        if complete.is_empty() || complete == self.judged {
            return Ok(None);
        }
        let sentences = sentences::sentences(complete);
        if may_become_another(complete, &sentences, grounds.canary) {
            // What closes it is no end, and must be looked at.
            self.looked_at = None;
            return Ok(None);
        }
        self.times += 1;
        self.goes_round |= repeats::goes_round(&sentences);
        let checked = match check_readable(complete, &sentences, grounds) {
            Ok(checked) => checked,
            Err(Unfit::Unshowable) => return Ok(None),
            Err(unfit) => {
                *self = Self::default();
                return Err(unfit);
            }
        };
        complete.clone_into(&mut self.judged);
        if checked.text.is_empty() {
            return Ok(None);
        }
        Ok(Some(self.checked.insert(checked)))
    }

    /// Whether a sentence may be complete that was not before. Words in the middle of one, as most are that
    /// come, need no look at all that was said.
    fn may_end(&mut self, sent: &str) -> bool {
        let Some((end, sign)) = sent.char_indices().rfind(|(_, c)| ENDS.contains(c)) else { return false };
        // Markup alone is no word.
        let goes_on = sent[end + sign.len_utf8()..].contains(char::is_alphanumeric);
        let is_known = goes_on && self.looked_at == Some(end);
        self.looked_at = goes_on.then_some(end);
        !is_known
    }

    /// Whether one sentence is said again and again: more of it says no more.
    pub fn goes_round(&self) -> bool {
        self.goes_round
    }

    /// What may be shown, where no more is said.
    pub fn into_checked(self) -> Option<Checked> {
        self.checked
    }
}

/// Also where it ends like the secret reference begins, which the next sentence could end.
fn may_become_another(complete: &str, sentences: &[Sentence], canary: &str) -> bool {
    let (said, canary) = (plain(complete), plain(canary));
    let mut beginnings = canary.char_indices().skip(1).map(|(at, _)| &canary[..at]);
    sentences.iter().any(|sentence| sentence.text.contains(OPEN))
        || beginnings.any(|beginning| said.ends_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::{
        answer::{Document, Knowledge, Voice},
        check::{Asked, Ground},
    };

    const KNOWLEDGE: &str =
        "# Acme\n\n## Gold - £12/month\n\n- 100 tasks\n- E-mail support\n\n## Refunds\n\nWithin 14 days.\n";

    fn with_grounds<T>(judge: impl FnOnce(&Grounds<'_>) -> T) -> T {
        let voice = Voice { company: "Acme".into(), support_email: "help@acme.example".into() };
        let document = Document { file: "a.md".into(), markdown: KNOWLEDGE.into() };
        let knowledge = Knowledge::build(&[document], voice);
        let ground = Ground::of(knowledge.sections());
        let (shown, records) = ((0..knowledge.section_count()).collect::<Vec<_>>(), Vec::new());
        judge(&Grounds {
            ground: &ground,
            shown: &shown,
            records: &records,
            asked: &Asked::of(""),
            support_email: "help@acme.example",
            canary: "kestrel-1",
        })
    }

    /// What is shown after each character of a reply that is new then, up to an invention.
    fn heard(reply: &str) -> (Vec<String>, Option<Unfit>) {
        with_grounds(|grounds| {
            let (mut so_far, mut heard) = (SoFar::default(), Vec::new());
            for end in (1..=reply.len()).filter(|end| reply.is_char_boundary(*end)) {
                match so_far.judge(&reply[..end], grounds) {
                    Ok(checked) => heard.extend(checked.map(|checked| checked.text.clone())),
                    Err(unfit) => return (heard, Some(unfit)),
                }
            }
            (heard, None)
        })
    }

    #[test]
    fn a_sentence_is_shown_when_its_mark_or_the_next_has_come() {
        for reply in ["Gold is £12/month [1]. You get 100 tasks", "Gold is £12/month. [1] You get 100 tasks"] {
            assert_eq!(heard(reply), (vec!["Gold is £12/month.".to_owned()], None), "{reply}");
        }
        assert_eq!(heard("Gold is £12/month [1]").0, Vec::<String>::new(), "it may go on");
    }

    #[test]
    fn an_invention_ends_it_and_is_never_shown() {
        let (heard, unfit) = heard("Gold is £12/month [1]. Refunds take 79 days [2]. Gold has 100 tasks [1].");

        assert_eq!(heard, ["Gold is £12/month."]);
        assert!(matches!(unfit, Some(Unfit::Unsupported(_))));
    }

    #[test]
    fn a_list_grows_entry_by_entry_behind_its_lead() {
        let (heard, _) = heard("Gold is £12/month [1]. It has:\n- 100 tasks [1]\n- E-mail support [1]\n\nBye");

        assert_eq!(heard.last().unwrap(), "Gold is £12/month. It has:\n\n- 100 tasks\n- E-mail support");
        assert!(heard.windows(2).all(|pair| pair[1].starts_with(&pair[0])), "{heard:?}");
    }

    #[test]
    fn what_may_become_another_text_waits() {
        for reply in [
            "**Gold is £12/month [1]. You get 100 tasks [1]. And",
            "Gold is £12/month [1] [see our page. And more",
            "{\"reply\": \"Gold is £12/month [1]. You get",
            "```\nGold is £12/month [1]. You get",
            "Gold is £12/month, not a kestrel [1].",
            "Gold is £12/month&#12; [1]. You get",
        ] {
            assert_eq!(heard(reply), (Vec::new(), None), "{reply}");
        }
        for reply in
            ["**Gold** is £12/month [1]. You", "**Gold is £12/month [1].** You get", "Gold is £12/month [1].\n- 1"]
        {
            assert_eq!(heard(reply).0, ["Gold is £12/month."], "{reply}");
        }
    }

    #[test]
    fn what_never_ends_is_not_judged_for_ever() {
        assert_eq!(heard(&"Gold has 100 tasks [1]. It is £12/month [1]. ".repeat(50)).0.len(), MOST_JUDGED);
    }

    #[test]
    fn what_goes_round_is_heard_once_and_no_more() {
        let said = |times: usize| {
            let mut so_far = SoFar::default();
            let shown = with_grounds(|grounds| {
                so_far.judge(&"Gold has 100 tasks [1]. ".repeat(times), grounds).unwrap().map(|seen| seen.text.clone())
            });
            (shown.unwrap(), so_far.goes_round())
        };

        assert_eq!(said(2), ("Gold has 100 tasks.".to_owned(), false));
        assert_eq!(said(3), ("Gold has 100 tasks.".to_owned(), true));
    }

    #[test]
    fn the_reference_is_not_given_away_in_two_sentences() {
        assert!(heard("Gold is £12/month [1]. Gold is a kestrel. 1 task").0.iter().all(|text| !text.contains("kes")));
    }
}
