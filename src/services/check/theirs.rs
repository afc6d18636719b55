//! What is theirs: figures that the visitor told us, and numbers that only count what was spoken of, need
//! no ground.

use super::{
    clauses::Read,
    facts::{Fact, Stated, currency, is_measure},
    pieces::Piece,
    polarity::{Stretch, denies_at},
    reader::Reader,
    vocabulary::is_offered,
};

impl Reader<'_> {
    /// What is counted nowhere ("3 websites") is compared by its number alone; spelled out
    /// ("one of them") it is no fact.
    pub(super) fn of_known_things(
        &self,
        mut stated: Stated,
        rests_on_records: bool,
        pieces: &[Piece],
    ) -> Option<Stated> {
        // "You get two rounds": so many of what is given; "these two", "the three of you" were spoken of.
        let at = stated.from;
        let is_new = pieces[at].is_number() && pieces[at].text != "1" && is_offered(pieces, at, false);
        // "We have two kinds:" counts the list below it.
        let is_new = is_new && !pieces.last().is_some_and(|last| last.is(&[":"]));
        // "All four of them."
        if matches!(stated.fact, Fact::Number(_)) && stated.is_spelled {
            return None;
        }
        // "Join a single class for £8" says what one costs; "includes a single visit" limits them.
        let is_priced = || pieces.iter().skip(stated.to).any(|piece| currency(piece).is_some());
        if pieces[at].is(&["single"]) && !is_offered(pieces, at, false) && is_priced() {
            return None;
        }
        if let Fact::Count { number, nouns, per } = &mut stated.fact {
            let counted = &self.grounds.ground.counted;
            nouns.retain(|noun| counted.contains(noun) || self.counted.contains(noun) || is_measure(noun));
            if nouns.is_empty() && number == "unlimited" {
                return Some(Stated { fact: Fact::Number("unlimited".into()), ..stated });
            }
            // "Three times: before, on the day and after" counts them too.
            let is_lead = pieces.iter().skip(stated.to).take(2).any(|piece| piece.is(&[":"]));
            if nouns.iter().all(|noun| noun == "time") && stated.is_spelled && is_lead {
                return None;
            }
            if nouns.is_empty() && stated.is_spelled && per.is_none() && !rests_on_records && !is_new {
                return None;
            }
        }
        Some(stated)
    }

    /// "For your 3 websites …", when the visitor has told us of 3 websites. What the knowledge base
    /// counts too is theirs only before any plan is named.
    pub(super) fn is_visitors_own(&self, stated: &Stated, read: &Read<'_>) -> bool {
        // "Your 14-year-old", "since you bought it 10 days ago".
        let is_your = stated.from.checked_sub(1).is_some_and(|before| read.pieces[before].is(&["your"]));
        // "6 days ago", "il y a 6 jours", "my 6-year-old".
        let is_past = read.pieces.iter().skip(stated.to).take(3).any(|piece| piece.is(&["ago", "old"]))
            || matches!(&read.pieces[..stated.from], [.., y, a] if y.is(&["y"]) && a.is(&["a"]))
            || matches!(&read.pieces[..stated.from], [.., since] if since.is(&["vor", "hace"]));
        let is_asked_time = |asked: &Stated| match (&stated.fact, &asked.fact) {
            (Fact::Time { written, .. }, Fact::Number(number)) => is_past && written == number,
            (said, asked) => said == asked,
        };
        if (is_your || is_past)
            && matches!(stated.fact, Fact::Time { .. })
            && self.grounds.asked.facts.iter().any(is_asked_time)
        {
            return true;
        }
        let is_count = matches!(stated.fact, Fact::Count { .. } | Fact::Number(_));
        let told = |asked: &Stated| match (&asked.fact, &stated.fact) {
            (Fact::Count { number, nouns, .. }, Fact::Count { number: said, nouns: things, .. }) => {
                number == said && (things.is_empty() || nouns.iter().any(|noun| things.contains(noun)))
            }
            (Fact::Count { number, .. } | Fact::Number(number), Fact::Number(said))
            | (Fact::Number(number), Fact::Count { number: said, .. }) => number == said,
            _ => false,
        };
        let named_before = read.mentions.iter().any(|mention| mention.from < stated.from);
        let is_ours = named_before && matches!(&stated.fact, Fact::Count { nouns, .. } if !nouns.is_empty());
        let marked = self.theirs.is_some_and(|at| at < stated.from) || is_supposed_of_them(stated, read.pieces);
        if self.is_asked_in_not_knowing(stated, read) {
            return true;
        }
        is_count
            && marked
            && !is_ours
            && !matches!(&stated.fact, Fact::Number(word) if word == "unlimited" || word == "free")
            && self.grounds.asked.facts.iter().any(told)
    }

    /// "I don't know whether it has a SOC 2 certificate", to somebody who asked about SOC 2: a figure of what
    /// is not known, as far as the sentence says so.
    fn is_asked_in_not_knowing(&self, stated: &Stated, read: &Read<'_>) -> bool {
        if !self.is_admission || matches!(stated.fact, Fact::Money { .. } | Fact::Percent(_) | Fact::Link(_)) {
            return false;
        }
        let holds = |stretch: &Stretch| (stretch.from..stretch.to).contains(&stated.from);
        let Some(at) = read.stretches.iter().position(holds) else { return false };
        let is_unknown = |stretch: &Stretch| {
            let said = &read.pieces[stretch.from..stretch.to];
            stretch.denies && said.iter().any(|piece| piece.is(&NOT_KNOWING))
        };
        let before = at.checked_sub(1).filter(|_| read.stretches[at].is_condition);
        let is_asked = |number: &str| {
            self.grounds.asked.pieces.iter().any(|asked| {
                asked.text == number || asked.is_word() && asked.text.trim_start_matches(char::is_alphabetic) == number
            })
        };
        (is_unknown(&read.stretches[at]) || before.is_some_and(|before| is_unknown(&read.stretches[before])))
            && read.pieces[stated.from..stated.to]
                .iter()
                .filter(|piece| piece.is_number())
                .all(|piece| is_asked(&piece.text))
    }
}

/// "That isn't stated in my information": whatever it names, it says only that nothing is known of it.
pub fn speaks_of_information(read: &Read<'_>) -> bool {
    /// "Isn't mentioned in our current information."
    const WITHIN: usize = 5;
    /// "I'm sorry, our information …"
    const OPENING: usize = 5;
    let is_ours = |at: usize| {
        let before = |n: usize| at.checked_sub(n).map(|before| &read.pieces[before]);
        let is_held = before(1).is_some_and(|piece| piece.is(&["my", "our", "the", "current", "available"]));
        let is_place = (2..=3).any(|n| before(n).is_some_and(|piece| piece.is(&["in", "by", "from", "within"])));
        read.pieces[at].is(&INFORMATION) && is_held && (is_place || at < OPENING)
    };
    let is_near = |denial: usize, at: usize| denial.abs_diff(at) <= WITHIN && is_ours(at);
    let tells_of_it = |stretch: &Stretch| {
        let mut denials = (stretch.from..stretch.to).filter(|at| denies_at(read.pieces, *at));
        let is_telling = |denial: usize| read.pieces.iter().skip(denial + 1).take(2).any(|piece| piece.is(&TELLS));
        denials.any(|denial| is_telling(denial) && (stretch.from..stretch.to).any(|at| is_near(denial, at)))
    };
    // Nothing else is said beside.
    let is_sorry = |stretch: &Stretch| {
        read.pieces[stretch.from..stretch.to].iter().any(|piece| piece.is(&["sorry", "afraid", "apologies"]))
    };
    let said =
        || read.stretches.iter().filter(|stretch| stretch.asserts && !stretch.is_condition && !is_sorry(stretch));
    read.facts.is_empty() && said().count() == 1 && said().all(|stretch| stretch.denies && tells_of_it(stretch))
}

/// What information does, or what is done in it.
const TELLS: [&str; 16] = [
    "in", "say", "mention", "mentioned", "state", "stated", "specify", "specified", "list", "listed", "cover",
    "covered", "contain", "give", "given", "found",
];

/// What a reply calls what it knows.
const INFORMATION: [&str; 6] = ["information", "info", "details", "documentation", "knowledge", "sources"];

/// How a reply says that it does not know.
const NOT_KNOWING: [&str; 10] =
    ["i", "know", "say", "mention", "mentioned", "specify", "specified", "state", "stated", "says"];

/// "So 250 would be too many", "as you have 25".
fn is_supposed_of_them(stated: &Stated, pieces: &[Piece]) -> bool {
    let is_would = pieces.get(stated.from + 1).is_some_and(|next| next.is(&["would", "wouldnt"]));
    let is_had = match &pieces[..stated.from] {
        [.., since, you, has] => {
            since.is(&["as", "since", "because", "given", "if"]) && you.is(&["you"]) && has.is(&["have", "are"])
        }
        _ => false,
    };
    is_would || is_had
}
