//! Arithmetic: a figure that follows exactly from figures that were said of the same thing, and that stand,
//! needs to stand nowhere itself. Every operand has to be said in so many words: what a number counts is a
//! multiplier only where the reply counts things with a price, or the visitor did.

use super::{
    clauses::{Read, refers_back},
    facts::{Fact, Per, Stated},
    names::Name,
    pieces::Piece,
    reader::Reader,
    statements::Statement,
};

/// How a reply says what it has reckoned.
const SUM: [&str; 12] =
    ["plus", "+", "total", "subtotal", "altogether", "together", "sum", "means", "so", "come", "comes", "brings"];
const DIFFERENCE: [&str; 8] = ["more", "less", "cheaper", "dearer", "difference", "save", "saves", "saving"];
/// What a difference is told with, where the other price is not said.
const COMPARES: [&str; 8] = ["than", "difference", "between", "compared", "instead", "save", "saves", "saving"];
const EACH: [&str; 3] = ["each", "per", "works"];
const TIMES: [&str; 14] = [
    "would", "total", "altogether", "deducted", "means", "each", "so", "come", "comes", "cost", "adds", "over", "×",
    "x",
];
/// A part of a price, and what is left of it without that.
const PART: [&str; 6] = ["save", "saves", "saving", "deducted", "deposit", "back"];
const LEFT: [&str; 10] = ["down", "would", "instead", "so", "becomes", "youd", "pay", "comes", "means", "off"];
const YEAR: [&str; 8] = ["year", "years", "yearly", "annual", "annually", "annum", "months", "jahr"];

const MONTHS_OF_YEAR: u64 = 12;

/// Of more figures nobody reckons, nor with larger prices, nor by hand with more things.
const MOST: usize = 16;
const LARGEST: u64 = 1_000_000_000;
const MANY: u64 = 1_000;

/// A price in the smallest coin, and what it is for.
#[derive(Clone, Copy)]
struct Price {
    pence: u64,
    per: Option<Per>,
}

impl Price {
    fn of(fact: &Fact, of: &str) -> Option<Self> {
        let Fact::Money { amount, currency, per } = fact else { return None };
        let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
        let part = format!("{part:0<2}");
        let pence = whole.parse::<u64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)?;
        // So that whatever is made of it fits.
        (*currency == of && part.len() == 2 && pence < LARGEST).then_some(Self { pence, per: *per })
    }
}

impl Reader<'_> {
    /// "£49 plus £18, so £67": what follows from figures that were said beside it.
    pub(super) fn is_reckoned(&self, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        match &stated.fact {
            _ if read.facts.len() > MOST => false,
            Fact::Money { .. } => self.is_price_reckoned(stated, read, cited) || self.is_spent(stated, read, cited),
            // "Twelve months come to £348."
            Fact::Time { months: true, amount, .. } => {
                let is_year = amount.parse() == Ok(MONTHS_OF_YEAR) && is_period(stated, read.pieces);
                is_year && read.facts.iter().any(|other| self.is_of_a_year(other, read, cited))
            }
            Fact::Count { number, .. } | Fact::Number(number) => {
                number.parse().is_ok_and(|count| self.is_count_reckoned(count, stated, read, cited))
            }
            _ => false,
        }
    }

    /// A sum or a difference of prices, a price for each of some things, as many times a price as there are
    /// things, a part of a price or what is left of it.
    fn is_price_reckoned(&self, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        let Fact::Money { currency, .. } = stated.fact else { return false };
        let Some(Price { pence: result, per }) = Price::of(&stated.fact, currency) else { return false };
        let says = |words: &[&str]| read.pieces.iter().any(|piece| words.contains(&&*piece.text));
        let names = self.spoken_here(stated, read);
        let proven = self.proven_here(stated, read, cited, &names);
        let prices: Vec<Price> = proven.iter().filter_map(|fact| Price::of(fact, currency)).collect();
        let parts: Vec<u64> = proven.iter().filter_map(|fact| share(fact)).collect();
        let counts: Vec<u64> = proven.iter().filter_map(|fact| count(fact)).filter(|count| *count > 1).collect();
        let theirs: Vec<u64> = self.grounds.asked.facts.iter().filter_map(|asked| count(&asked.fact)).collect();
        let things = things(read);
        let standing = cited.iter().flat_map(|at| &self.grounds.ground.places[*at].statements);
        let standing: Vec<&Statement> = standing.collect();
        let own = || {
            let is_own = |known: &&&Statement| known.names.iter().any(|name| self.is_plan_of(*name, &names));
            let own = standing.iter().filter(is_own).flat_map(|known| &known.facts);
            own.filter_map(|fact| Price::of(fact, currency))
        };
        let beside = || standing.iter().flat_map(|known| &known.facts).filter_map(|fact| Price::of(fact, currency));
        let before = || self.proven.iter().rev().take(MOST).filter_map(|(fact, _)| Price::of(fact, currency));
        let is_sum = |at: usize| {
            let mut others =
                prices.iter().enumerate().filter(|(other, price)| *other != at && (per.is_none() || price.per == per));
            says(&SUM) && others.any(|(_, other)| prices[at].pence + other.pence == result)
        };
        let is_difference = |one: u64| {
            let is_so = |other: &Price| one.abs_diff(other.pence) == result;
            says(&DIFFERENCE)
                && (prices.iter().any(is_so) || says(&COMPARES) && beside().chain(before()).any(|other| is_so(&other)))
        };
        // To the penny.
        let is_of_each = |one: u64| says(&EACH) && counts.iter().any(|n| (result * n).abs_diff(one) * 2 <= *n);
        let is_of_all = |one: &Price| {
            // What is paid by the month is not paid by the piece.
            let theirs = theirs.iter().filter(|_| matches!(one.per, None | Some(Per::Once)));
            says(&TIMES) && theirs.chain(&things).any(|n| *n > 1 && *n <= MANY && one.pence * n == result)
        };
        let is_part = |one: u64| says(&PART) && parts.iter().any(|part| one * part == result * 100);
        let is_left =
            |one: u64| says(&LEFT) && !says(&PART) && parts.iter().any(|part| one * (100 - part) == result * 100);
        let is_paid_once = own().any(|price| price.per == Some(Per::Once));
        let is_of_price = |(at, one): (usize, &Price)| {
            let fits = per.is_none() || per == one.per;
            let is_monthly = one.per == Some(Per::Month) && !is_paid_once;
            let is_yearly = is_monthly && matches!(per, None | Some(Per::Year)) && says(&YEAR);
            let (pence, year) = (one.pence, one.pence * MONTHS_OF_YEAR);
            let is_of_one = || is_difference(pence) || is_of_each(pence) || is_part(pence) || is_left(pence);
            fits && (is_sum(at) || is_of_all(one) || is_of_one())
                || is_yearly && (year == result || is_part(year) || is_left(year))
        };
        // "Three packages would cost £297", where one costs £99.
        let is_of_things =
            || says(&TIMES) && per.is_none() && own().any(|one| things.iter().any(|n| one.pence * n == result));
        prices.iter().enumerate().any(is_of_price) || is_of_things()
    }

    /// Whether a name is one of these plans.
    fn is_plan_of(&self, name: Name, names: &[Name]) -> bool {
        self.grounds.ground.names.is_plan(name) && names.contains(&name)
    }

    /// "10 % of your £2,000 order": what the visitor spends is theirs to tell, as the whole of a part that is
    /// told of it, and where no plan of ours is spoken of.
    fn is_spent(&self, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        let Fact::Money { currency, .. } = stated.fact else { return false };
        if read.mentions.iter().any(|mention| self.grounds.ground.names.is_plan(mention.name)) {
            return false;
        }
        let proven = self.proven_here(stated, read, cited, &self.spoken_here(stated, read));
        let parts: Vec<u64> = proven.iter().filter_map(|fact| share(fact)).collect();
        let pence = |stated: &Stated| Price::of(&stated.fact, currency).map(|price| price.pence);
        let is_whole = |whole: &Stated| {
            let is_order = |piece: &Piece| piece.is(&["order", "purchase", "basket", "budget"]);
            read.pieces.get(whole.to).is_some_and(is_order)
                && self.grounds.asked.facts.iter().any(|asked| whole.fact.rests_on(&asked.fact))
        };
        let is_part_of = |part: &Stated, whole: &Stated| {
            let both = pence(part).zip(pence(whole));
            both.is_some_and(|(part, whole)| parts.iter().any(|share| whole * share == part * 100))
        };
        read.facts
            .iter()
            .any(|other| is_whole(other) && is_part_of(stated, other) || is_whole(stated) && is_part_of(other, stated))
    }

    fn is_of_a_year(&self, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        let Fact::Money { currency, .. } = stated.fact else { return false };
        let proven = self.proven_here(stated, read, cited, &self.spoken_here(stated, read));
        let mut monthly = proven.iter().filter_map(|fact| Price::of(fact, currency));
        let result = Price::of(&stated.fact, currency).map(|price| price.pence);
        monthly.any(|one| one.per == Some(Per::Month) && Some(one.pence * MONTHS_OF_YEAR) == result)
    }

    /// "7 workflows and 3 workflows, so 10 workflows".
    fn is_count_reckoned(&self, result: u64, stated: &Stated, read: &Read<'_>, cited: &[usize]) -> bool {
        let names: Vec<Name> = read.mentions.iter().map(|mention| mention.name).collect();
        let says_sum = read.pieces.iter().any(|piece| piece.is(&SUM));
        let proven = self.proven_here(stated, read, cited, &names);
        let alike: Vec<u64> =
            proven.iter().filter(|fact| fact.is_like(&stated.fact)).filter_map(|fact| count(fact)).collect();
        says_sum
            && alike
                .iter()
                .enumerate()
                .any(|(at, one)| alike[at + 1..].iter().any(|other| one.checked_add(*other) == Some(result)))
    }

    /// What a figure is said of: the plan named last before it, with the labels of its sentence; where none is
    /// named, or the sentence goes on with it, what was spoken of.
    fn spoken_here(&self, stated: &Stated, read: &Read<'_>) -> Vec<Name> {
        let is_plan = |name: Name| self.grounds.ground.names.is_plan(name);
        let before = read.mentions.iter().rev().find(|mention| mention.from < stated.from && is_plan(mention.name));
        let plan = before.or_else(|| read.mentions.iter().find(|mention| is_plan(mention.name)));
        let labels = read.mentions.iter().filter(|mention| !is_plan(mention.name));
        let mut names: Vec<Name> = labels.chain(plan).map(|mention| mention.name).collect();
        if plan.is_none() || refers_back(read.pieces) {
            names.extend(&self.opening);
        }
        // "Together that makes £78": of all that was spoken of.
        if plan.is_none() && read.pieces.iter().take(2).any(|piece| piece.is(&["together", "both", "altogether"])) {
            names.extend(self.proven.iter().flat_map(|(_, of)| of));
        }
        names
    }

    /// The figures to reckon with: those of this sentence that stand in what it rests on, and those that were
    /// found true before, each of what is spoken of here. What does not stand itself proves nothing.
    fn proven_here<'a>(
        &'a self,
        stated: &'a Stated,
        read: &'a Read<'_>,
        cited: &[usize],
        names: &[Name],
    ) -> Vec<&'a Fact> {
        let ground = self.grounds.ground;
        let is_of_these = |of: &mut dyn Iterator<Item = &Name>| {
            let mut plans = of.filter(|name| ground.names.is_plan(**name)).peekable();
            plans.peek().is_none() || plans.any(|name| names.contains(name))
        };
        // As it stands, which says what a price is for.
        let standing = |said: &Stated| {
            let known = cited.iter().flat_map(|at| &ground.places[*at].statements);
            let mut known = known.filter(|known| is_of_these(&mut known.names.iter())).flat_map(|known| &known.facts);
            known.find(|fact| said.fact.rests_on(fact))
        };
        let here = read.facts.iter().filter(|said| said.fact != stated.fact).filter_map(standing);
        let before = self
            .proven
            .iter()
            .rev()
            .take(MOST)
            .filter(|(fact, of)| *fact != stated.fact && is_of_these(&mut of.iter()));
        let mut proven: Vec<&Fact> = Vec::new();
        for fact in here.chain(before.map(|(fact, _)| fact)) {
            if !proven.iter().any(|known| known.rests_on(fact) || fact.rests_on(known)) {
                proven.push(fact);
            }
        }
        proven
    }

    /// Remembers a figure that was found true, and of what.
    pub(super) fn prove(&mut self, stated: &Stated, read: &Read<'_>) {
        let names = self.spoken_here(stated, read);
        self.proven.push((stated.fact.clone(), names));
    }
}

/// "Over twelve months", "twelve months come to"; not "comes with 12 months of support".
fn is_period(stated: &Stated, pieces: &[Piece]) -> bool {
    let leads = stated.from.checked_sub(1).is_some_and(|before| pieces[before].is(&["for", "over", "so", "in"]));
    let behind = pieces[stated.from..].iter().skip(2).take(2);
    leads || behind.into_iter().any(|piece| piece.is(&["come", "comes", "cost", "costs", "add", "adds", "at"]))
}

/// How many things a sentence counts that are called by their name, or that it multiplies: "three Gold plans",
/// "2 × £65".
fn things(read: &Read<'_>) -> Vec<u64> {
    /// "Three of the Gold plans".
    const WITHIN: usize = 2;
    let is_counted = |at: usize| {
        let is_called = read.mentions.iter().any(|mention| (at + 1..=at + WITHIN).contains(&mention.from));
        is_called || read.pieces.get(at + 1).is_some_and(|next| matches!(next.text.as_str(), "×" | "x" | "*"))
    };
    let is_price = |at: usize| {
        // "All 3 Gold lessons" counts what is in one.
        let is_count = |fact: &Fact| match fact {
            Fact::Count { nouns, .. } => nouns.is_empty(),
            fact => matches!(fact, Fact::Number(_)),
        };
        read.facts.iter().any(|stated| (stated.from..stated.to).contains(&at) && !is_count(&stated.fact))
    };
    let numbers = (0..read.pieces.len()).filter(|at| read.pieces[*at].is_number() && is_counted(*at) && !is_price(*at));
    numbers.filter_map(|at| read.pieces[at].text.parse().ok()).filter(|n| (2..=MANY).contains(n)).collect()
}

fn count(fact: &Fact) -> Option<u64> {
    let (Fact::Count { number, .. } | Fact::Number(number)) = fact else { return None };
    number.parse().ok().filter(|count| *count <= MANY * MANY)
}

fn share(fact: &Fact) -> Option<u64> {
    let Fact::Percent(share) = fact else { return None };
    share.parse().ok().filter(|share| *share <= 100)
}
