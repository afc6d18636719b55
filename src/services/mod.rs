//! Decides: no status codes above, no SQL below.

pub mod account;
pub mod ai;
pub mod answer;
pub mod blocks;
pub mod budget;
pub mod chat;
pub mod check;
pub mod context;
pub mod conversations;
pub mod cursor;
pub mod embeddings;
pub mod eval;
pub mod faq_loader;
pub mod feedback;
pub mod following;
pub mod gaps;
pub mod handoff;
pub mod health;
pub mod idempotency;
pub mod limits;
pub mod live;
pub mod notifications;
pub mod operators;
pub mod people;
pub mod stats;
pub mod tickets;
