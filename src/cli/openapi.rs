//! `openapi`: prints what the service answers, as the running one tells it at `/openapi.json`.

use std::{
    io::{Write, stdout},
    process::ExitCode,
};

use crate::http;

pub fn run() -> ExitCode {
    match writeln!(stdout(), "{:#}", http::document()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
