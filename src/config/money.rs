//! The settings of money: what a model costs, and how much may be spent on it.

use super::reader::Reader;

/// A currency's billionths, whichever currency the prices are in.
const NANOS: i64 = 1_000_000_000;

/// Digits after the point that are a billionth.
const DECIMALS: usize = 9;

/// What a model's tokens cost, in billionths a million of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    pub prompt: i64,
    pub completion: i64,
}

/// What may be spent, in billionths; nothing set is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Money {
    /// By the model's name.
    pub prices: Vec<(String, Price)>,
    pub per_conversation: Option<i64>,
    /// Of one visitor or customer, a day.
    pub per_visitor: Option<i64>,
    pub per_day: Option<i64>,
    pub per_month: Option<i64>,
}

impl Money {
    pub fn price(&self, model: &str) -> Option<Price> {
        self.prices.iter().find(|(name, _)| name == model).map(|(_, price)| *price)
    }

    /// Whether anything may not be spent.
    pub fn is_bounded(&self) -> bool {
        [self.per_conversation, self.per_visitor, self.per_day, self.per_month].iter().any(Option::is_some)
    }
}

/// `models` are those that may be asked: under a budget each needs a price.
pub(super) fn money<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, models: &[&str]) -> Money {
    let money = Money {
        prices: prices(reader),
        per_conversation: budget(reader, "BUDGET_PER_CONVERSATION"),
        per_visitor: budget(reader, "BUDGET_PER_VISITOR"),
        per_day: budget(reader, "BUDGET_PER_DAY"),
        per_month: budget(reader, "BUDGET_PER_MONTH"),
    };
    if money.is_bounded() {
        for model in models.iter().filter(|model| money.price(model).is_none()) {
            reader.refuse(format!("A budget is set, but MODEL_PRICES has no price for {model}: it would never hold"));
        }
    }
    money
}

fn prices<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>) -> Vec<(String, Price)> {
    let items = reader.list("MODEL_PRICES").unwrap_or_default();
    let read: Option<Vec<_>> = items.iter().map(|item| price(item)).collect();
    read.unwrap_or_else(|| {
        reader.refuse(
            "MODEL_PRICES must be a list such as gpt-4o-mini=0.15/0.60: what a million tokens cost, read and written"
                .into(),
        );
        Vec::new()
    })
}

/// `gpt-4o-mini=0.15/0.60`
fn price(item: &str) -> Option<(String, Price)> {
    // A model's name may hold anything but this.
    let (model, costs) = item.rsplit_once('=')?;
    let (prompt, completion) = costs.split_once('/')?;
    let price = Price { prompt: nanos(prompt)?, completion: nanos(completion)? };
    Some((model.trim().to_owned(), price)).filter(|(model, _)| !model.is_empty())
}

fn budget<F: Fn(&str) -> Option<String>>(reader: &mut Reader<F>, name: &'static str) -> Option<i64> {
    let text = reader.text(name)?;
    let amount = nanos(&text);
    if amount.is_none() {
        reader.refuse(format!("{name} must be an amount of money such as 2.50, in the currency of MODEL_PRICES"));
    }
    amount
}

/// A decimal number without a sign, as billionths; exact, which a float is not.
fn nanos(text: &str) -> Option<i64> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    let is_number = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() || part.len() > DECIMALS || !is_number(whole) || !is_number(part) {
        return None;
    }
    let part: i64 = format!("{part:0<DECIMALS$}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(NANOS)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{problems, read};
    use super::*;

    const PRICES: (&str, &str) = ("MODEL_PRICES", "gpt-4o-mini=0.15/0.60, org/model:7b=0/0");

    #[test]
    fn prices_and_budgets_are_exact() {
        let money =
            read(&[PRICES, ("BUDGET_PER_DAY", "2.5"), ("BUDGET_PER_CONVERSATION", "0.000000001")]).unwrap().money;

        assert_eq!(money.price("gpt-4o-mini"), Some(Price { prompt: 150_000_000, completion: 600_000_000 }));
        assert_eq!(money.price("org/model:7b"), Some(Price { prompt: 0, completion: 0 }));
        assert_eq!((money.per_day, money.per_conversation, money.per_month), (Some(2_500_000_000), Some(1), None));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for wrong in ["-1", "1e3", "1,5", "£2", "0.0000000001", ".5", "99999999999999999999"] {
            assert_eq!(problems(&[("BUDGET_PER_DAY", wrong)]).len(), 1, "{wrong}");
        }
        for wrong in ["gpt-4o-mini", "gpt-4o-mini=1", "=1/2", "gpt-4o-mini=1/x"] {
            assert_eq!(problems(&[("MODEL_PRICES", wrong)]).len(), 1, "{wrong}");
        }
    }

    #[test]
    fn a_budget_without_a_price_is_refused_for_each_model_that_may_be_asked() {
        let on = [("OPENAI_API_KEY", "sk-1"), ("OPENAI_SMALL_MODEL", "nano"), ("BUDGET_PER_DAY", "1")];

        assert_eq!(problems(&on).len(), 2);
        assert_eq!(problems(&[on.as_slice(), &[("MODEL_PRICES", "gpt-4o-mini=1/1,nano=1/1")]].concat()).len(), 0);
        assert_eq!(problems(&[("BUDGET_PER_DAY", "1")]).len(), 0, "without a model nothing is spent");
    }
}
