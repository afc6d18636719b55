//! Which model may be asked, by what was spent and what may be.

use crate::domain::money::Money;

/// The ladder that a budget goes down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rung {
    Model,
    /// Most of the money is gone.
    Smaller,
    /// All of it is: the knowledge base answers, and where it cannot, a person will.
    None,
}

/// A budget, and what is gone of it, with what is being spent right now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purse {
    pub limit: Money,
    pub spent: Money,
}

/// `cost` is the most that one turn may come to, with the usual model and with the smaller one.
pub fn rung(purses: &[Purse], cost: Money, smaller_cost: Option<Money>) -> Rung {
    let holds = |cost: Money| purses.iter().all(|purse| purse.spent + cost <= purse.limit);
    let is_ample = purses.iter().all(|purse| purse.spent + cost <= purse.limit.most_of());
    match smaller_cost {
        Some(_) if is_ample => Rung::Model,
        Some(smaller) if holds(smaller) => Rung::Smaller,
        None if holds(cost) => Rung::Model,
        _ => Rung::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn purse(limit: i64, spent: i64) -> Purse {
        Purse { limit: Money(limit), spent: Money(spent) }
    }

    #[test]
    fn without_a_budget_the_model_is_asked() {
        assert_eq!(rung(&[], Money(10), Some(Money(1))), Rung::Model);
    }

    #[test]
    fn the_ladder_goes_down_as_the_money_goes() {
        let at = |spent| rung(&[purse(100, spent)], Money(10), Some(Money(1)));

        assert_eq!((at(0), at(70)), (Rung::Model, Rung::Model));
        assert_eq!((at(71), at(99)), (Rung::Smaller, Rung::Smaller));
        assert_eq!((at(100), at(10_000)), (Rung::None, Rung::None));
    }

    #[test]
    fn without_a_smaller_model_the_usual_one_has_all_of_it_and_never_more() {
        let at = |spent| rung(&[purse(100, spent)], Money(10), None);

        assert_eq!((at(90), at(91)), (Rung::Model, Rung::None));
    }

    #[test]
    fn the_emptiest_purse_decides() {
        assert_eq!(rung(&[purse(100, 0), purse(100, 95), purse(100, 100)], Money(1), Some(Money(1))), Rung::None);
    }
}
