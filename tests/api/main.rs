//! The service as its callers meet it: real sockets, a real PostgreSQL, real processes.
//!
//! `scripts/test.sh` gives the database; a plain `cargo test` wants `DATABASE_URL`.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod browser;
mod documented;
mod harness;
mod http;
mod planted;
mod process;
mod sessions;
mod signed;
mod site;
mod stand_in;

mod arrivals;
mod attacks;
mod audit;
mod bad_inputs;
mod blocks;
mod chats;
mod deliveries;
mod embeddings;
mod escalations;
mod feedback;
mod floods;
mod gaps;
mod health;
mod idempotency;
mod knowledge;
mod limits;
mod mail;
mod model;
mod openapi;
mod operators;
mod people;
mod private;
mod processes;
mod retention;
mod settings;
mod sign_in;
mod stats;
mod streams;
mod tickets;
mod unanswered;
mod visitors;
mod whatsapp;
