//! stub
use crate::domain::turn::Turn;
use serde::Serialize;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    CustomerRequest,
    Frustrated,
    Blocked,
    NoAnswer,
    Policy,
    LowConfidence,
    Error,
    Budget,
}
impl Reason {
    pub fn as_str(self) -> &'static str {
        "x"
    }
}
pub fn judge(message: &str, _earlier: &[Turn]) -> Option<Reason> {
    message.contains("human").then_some(Reason::CustomerRequest)
}
