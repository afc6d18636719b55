//! What everybody has taken, in a bounded table: when it is full, those who took least are forgotten,
//! never those who took most.

use std::{
    collections::HashMap,
    hash::{BuildHasher, Hash, RandomState},
    sync::LazyLock,
    time::Duration,
};

use super::{
    Pace,
    rate::{Rate, Standing},
};

/// A cell is 40 bytes with its key, and the map leaves every second place free: some 11 MB at most.
const MOST_CELLS: usize = 100_000;

/// How much is made free when it is full; then it is not full again for as many newcomers.
const FREED: usize = MOST_CELLS / 4;

/// What one request costs at one key.
pub struct Charge {
    pub key: u64,
    pub soft: Option<Rate>,
    pub hard: Option<Rate>,
}

/// The moments from which each of the two is free again.
#[derive(Clone, Copy, Default)]
struct Cell {
    soft: Duration,
    hard: Duration,
}

pub struct Table {
    cells: HashMap<u64, Cell>,
}

/// A key in the table. Nobody outside can make two that are the same.
pub fn hash(key: &impl Hash) -> u64 {
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    STATE.hash_one(key)
}

impl Table {
    pub fn new() -> Self {
        Self { cells: HashMap::new() }
    }

    /// Takes from every key, or from none of them when one has nothing left. What is spared the model
    /// costs the soft rates nothing, so that it returns as soon as they allow.
    pub fn take(&mut self, charges: &[Charge], now: Duration) -> Result<Pace, Standing> {
        let cells: Vec<Cell> =
            charges.iter().map(|charge| self.cells.get(&charge.key).copied().unwrap_or_default()).collect();
        let hard = charges.iter().zip(&cells).filter_map(|(charge, cell)| Some((charge.hard?, cell.hard)));
        let refused = hard.filter(|(rate, free_at)| rate.take(*free_at, now).is_err());
        let refused = refused.map(|(rate, free_at)| rate.standing(free_at, now));
        if let Some(standing) = refused.max_by_key(|standing| standing.wait) {
            return Err(standing);
        }
        let mut soft = charges.iter().zip(&cells).filter_map(|(charge, cell)| Some((charge.soft?, cell.soft)));
        let spares_model = soft.any(|(rate, free_at)| rate.take(free_at, now).is_err());
        let mut nearest: Option<Standing> = None;
        for (charge, mut cell) in charges.iter().zip(cells) {
            if let Some(rate) = charge.soft.filter(|_| !spares_model) {
                cell.soft = rate.take(cell.soft, now).unwrap_or(cell.soft);
            }
            if let Some(rate) = charge.hard {
                cell.hard = rate.take(cell.hard, now).unwrap_or(cell.hard);
                let standing = rate.standing(cell.hard, now);
                nearest = nearest.into_iter().chain([standing]).min_by_key(|standing| standing.remaining);
            }
            self.keep(charge.key, cell, now);
        }
        Ok(Pace { spares_model, standing: nearest })
    }

    fn keep(&mut self, key: u64, cell: Cell, now: Duration) {
        if self.cells.len() >= MOST_CELLS && !self.cells.contains_key(&key) {
            self.forget(now);
        }
        self.cells.insert(key, cell);
    }

    /// Forgets those for whom everything is free, and where that is too few, those for whom most is.
    fn forget(&mut self, now: Duration) {
        self.cells.retain(|_, cell| cell.debt() > now);
        let Some(too_many) = self.cells.len().checked_sub(MOST_CELLS - FREED).filter(|count| *count > 0) else {
            return;
        };
        let mut debts: Vec<Duration> = self.cells.values().map(Cell::debt).collect();
        let (_, least, _) = debts.select_nth_unstable(too_many - 1);
        let least = *least;
        // Where many took the same, no more of them go than must.
        let mut left = too_many;
        self.cells.retain(|_, cell| {
            let goes = left > 0 && cell.debt() <= least;
            left -= usize::from(goes);
            !goes
        });
    }
}

impl Cell {
    fn debt(&self) -> Duration {
        self.soft.max(self.hard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000);

    fn charge(key: u64, soft: u32, hard: u32) -> Charge {
        let rate = |count| Some(Rate::new(count, Duration::from_mins(1)));
        Charge { key, soft: rate(soft), hard: rate(hard) }
    }

    #[test]
    fn first_the_model_is_spared_and_then_nothing_is_taken() {
        let mut table = Table::new();
        let taken: Vec<_> = (0..6).map(|_| table.take(&[charge(1, 2, 4)], NOW)).collect();

        let spares: Vec<_> = taken.iter().map(|taken| taken.as_ref().ok().map(|pace| pace.spares_model)).collect();
        assert_eq!(spares, [Some(false), Some(false), Some(true), Some(true), None, None]);
        let told = Standing { limit: 4, remaining: 0, reset: Duration::from_mins(1), wait: Duration::from_secs(15) };
        assert_eq!(taken[5], Err(told));
        assert!(table.take(&[charge(2, 2, 4)], NOW).is_ok(), "somebody else is not concerned");
    }

    #[test]
    fn what_one_key_refuses_costs_the_others_nothing() {
        let mut table = Table::new();
        assert!(table.take(&[charge(1, 1, 1)], NOW).is_ok());
        for _ in 0..10 {
            assert!(table.take(&[charge(1, 1, 1), charge(2, 1, 2)], NOW).is_err());
        }

        assert_eq!(table.take(&[charge(2, 1, 2)], NOW).unwrap().standing.unwrap().remaining, 1);
    }

    /// 1,000,000 addresses take the room of 100,000, less than 11 MB.
    #[test]
    fn a_million_places_take_a_bounded_room_and_free_nobody_who_took_too_much() {
        let mut table = Table::new();
        while table.take(&[charge(u64::MAX, 60, 300)], NOW).is_ok() {}

        for key in 0..1_000_000 {
            assert!(table.take(&[charge(key, 60, 300)], NOW).is_ok());
            assert!(table.cells.len() <= MOST_CELLS);
        }

        assert!(table.take(&[charge(u64::MAX, 60, 300)], NOW).is_err());
        assert!(table.cells.capacity() * size_of::<(u64, Cell)>() < 11 * 1024 * 1024, "{}", table.cells.capacity());
    }
}
