//! What the check of model replies is worth: true replies it must let through and corrupted ones
//! it must catch, generated from the knowledge base, written by hand, and of another trade.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod desk;
mod generated;
mod phrases;
mod promises;
mod reckoned;
mod written;
