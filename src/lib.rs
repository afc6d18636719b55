//! A company's whole support desk in one program: it answers from the company's own markdown,
//! hands over to people, and owes every message until it is delivered.

mod cli;
mod config;
mod domain;
mod error;
mod http;
mod integrations;
mod run;
mod services;
mod state;
mod storage;
mod worker;

pub use cli::main;
pub use config::Config;
pub use domain::privacy::{private_masked, secrets_masked};
/// The OpenAPI document.
pub use http::document as openapi;
pub use run::{Server, StartRefused};
/// The knowledge base in sections, and the check of what a model says about it.
pub use services::{
    answer::{Document, Knowledge, Nearness, Section, Voice},
    check::{Asked, Checked, Ground, Grounds, Unfit, check},
};
pub use storage::MIGRATOR;
