//! A fact: a price, a share, an amount, a date or an address in the one form it is compared in.

/// A checkable statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    Money {
        amount: String,
        currency: &'static str,
        per: Option<Per>,
    },
    Percent(String),
    /// In minutes, or in months.
    Time {
        amount: String,
        months: bool,
        /// Whether only days on which people work count.
        working: bool,
        /// As it was written, whatever the unit.
        written: String,
    },
    /// In minutes since midnight.
    Clock {
        minutes: String,
        written: String,
    },
    /// So many of something, or "unlimited"; the nouns in the singular.
    Count {
        number: String,
        nouns: Vec<String>,
        per: Option<Per>,
    },
    /// A number without anything behind it: "children under 8".
    Number(String),
    Date {
        day: String,
        month: usize,
        year: Option<String>,
    },
    Weekday(usize),
    /// "In August."
    Month(usize),
    /// "Billed monthly".
    Every(Per),
    /// "Prices are in euros".
    Currency(&'static str),
    Link(String),
}

/// What a price buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Per {
    Once,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Term,
    Year,
}

/// What sort of question a fact answers: how much money, how long, how many of these.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    Money,
    Percent,
    Time,
    Count(String),
    Number,
    Date,
    Weekday,
    Month,
    Every,
    Clock,
    Currency,
    Link,
}

impl Fact {
    /// Whether `ground` says the same; it may say more.
    pub fn rests_on(&self, ground: &Self) -> bool {
        match (self, ground) {
            (
                Self::Money { amount, currency, per },
                Self::Money { amount: true_amount, currency: true_currency, per: true_per },
            ) => amount == true_amount && currency == true_currency && same_period(*per, *true_per),
            (
                Self::Count { number, nouns, per },
                Self::Count { number: true_number, nouns: true_nouns, per: true_per },
            ) => {
                let same_thing = nouns.is_empty() || true_nouns.iter().any(|noun| nouns.contains(noun));
                let same_rate = number == "unlimited" || per.is_none() || per == true_per;
                number == true_number && same_thing && same_rate
            }
            (
                Self::Time { amount, months, working, .. },
                Self::Time { amount: true_amount, months: true_months, working: truly_working, .. },
            ) => (amount, months) == (true_amount, true_months) && (!working || *truly_working),
            // "9h" is also how a clock is read.
            (
                Self::Clock { minutes, .. } | Self::Time { amount: minutes, months: false, .. },
                Self::Clock { minutes: true_minutes, .. },
            ) => minutes == true_minutes,
            (Self::Count { number, .. }, Self::Number(other)) => number == other && number != "unlimited",
            (Self::Number(number), ground) => ground.number() == Some(number),
            (Self::Date { day, month, year }, Self::Date { day: true_day, month: true_month, year: true_year }) => {
                (day, month) == (true_day, true_month) && (year.is_none() || true_year.is_none() || year == true_year)
            }
            (Self::Link(link), Self::Link(known)) => {
                link == known || !link.contains(['/', '@']) && known.starts_with(&format!("{link}/"))
            }
            (Self::Month(month), Self::Date { month: known, .. }) => month == known,
            (Self::Currency(currency), ground) => ground.currency() == Some(*currency),
            (Self::Every(every), ground) => ground.per() == Some(*every),
            _ => self == ground,
        }
    }

    /// Whether both answer the same question: how much money, how long, how many of these.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Count { nouns, .. }, Self::Count { nouns: others, .. }) => {
                nouns.iter().any(|noun| others.contains(noun))
            }
            (Self::Every(_), other) => other.per().is_some(),
            (Self::Currency(_), other) => other.currency().is_some(),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// The questions it answers; an amount of several nouns answers one for each.
    pub fn sorts(&self) -> Vec<Sort> {
        match self {
            Self::Money { .. } => vec![Sort::Money],
            Self::Percent(_) => vec![Sort::Percent],
            Self::Time { .. } => vec![Sort::Time],
            Self::Count { nouns, .. } => nouns.iter().cloned().map(Sort::Count).collect(),
            Self::Number(_) => vec![Sort::Number],
            Self::Date { .. } => vec![Sort::Date],
            Self::Weekday(_) => vec![Sort::Weekday],
            Self::Month(_) => vec![Sort::Month],
            Self::Every(_) => vec![Sort::Every],
            Self::Clock { .. } => vec![Sort::Clock],
            Self::Currency(_) => vec![Sort::Currency],
            Self::Link(_) => vec![Sort::Link],
        }
    }

    pub fn per(&self) -> Option<Per> {
        match self {
            Self::Money { per, .. } | Self::Count { per, .. } => *per,
            Self::Every(per) => Some(*per),
            _ => None,
        }
    }

    /// Whether it is often said in passing, and wrong only where another one stands.
    pub fn is_aside(&self) -> bool {
        matches!(self, Self::Every(_) | Self::Currency(_))
    }

    fn currency(&self) -> Option<&'static str> {
        match self {
            Self::Money { currency, .. } | Self::Currency(currency) => Some(currency),
            _ => None,
        }
    }

    fn number(&self) -> Option<&String> {
        match self {
            Self::Money { amount: number, .. }
            | Self::Percent(number)
            | Self::Number(number)
            | Self::Date { day: number, .. }
            | Self::Count { number, .. }
            | Self::Clock { written: number, .. }
            | Self::Time { written: number, .. } => Some(number),
            Self::Weekday(_) | Self::Month(_) | Self::Every(_) | Self::Currency(_) | Self::Link(_) => None,
        }
    }
}

/// A price without a period is a shorter way to say it; a single payment is not a monthly one.
fn same_period(said: Option<Per>, truth: Option<Per>) -> bool {
    match said {
        None => true,
        Some(Per::Once) => matches!(truth, None | Some(Per::Once)),
        Some(_) => said == truth,
    }
}
