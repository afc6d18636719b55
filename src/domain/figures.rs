//! How the desk is doing: counts, and shares of them that are null where there is nothing to share.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

/// Over the last `days`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Figures {
    pub days: i64,
    /// Chats that were opened.
    pub conversations: i64,
    /// Those who opened them, as far as they can be told apart.
    pub people: i64,
    pub resolution: Resolution,
    pub answers: Answers,
    pub ratings: Ratings,
    pub hand_over: HandOver,
    pub tickets: Tickets,
}

/// What became of the conversations with a question in them.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ResolutionFigures)]
pub struct Resolution {
    /// Answered in the end, without a person, and left at that for a week.
    pub resolved: i64,
    pub unresolved: i64,
    /// Their week is not over.
    pub pending: i64,
    /// Of those whose week is over.
    pub rate: Option<f64>,
}

/// What the desk said, by what it was worth and by who said it.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
#[schema(as = AnswersFigures)]
pub struct Answers {
    pub total: i64,
    pub by_outcome: BTreeMap<String, i64>,
    pub by_answered_by: BTreeMap<String, i64>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = RatingsFigures)]
pub struct Ratings {
    pub up: i64,
    pub down: i64,
    /// Rated down although we were sure.
    pub wrong_answers: i64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = HandOverFigures)]
pub struct HandOver {
    /// Conversations that led to a ticket.
    pub conversations: i64,
    pub rate: Option<f64>,
    /// Of all tickets that were opened.
    pub reasons: BTreeMap<String, i64>,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = TicketsFigures)]
pub struct Tickets {
    pub opened: i64,
    pub closed: i64,
    /// Now, whenever they were opened.
    pub open: i64,
    pub oldest_open_hours: Option<f64>,
    /// From opening until a person first replied or closed, of those opened where one did.
    pub first_reply_hours: Spread,
}

#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = SpreadFigures)]
pub struct Spread {
    pub median: Option<f64>,
    pub p90: Option<f64>,
}

/// Nothing of nothing is no share.
#[expect(clippy::cast_precision_loss, reason = "nobody has 2^52 conversations")]
pub fn share(part: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_nothing_is_no_share() {
        assert_eq!((share(0, 0), share(0, 2), share(1, 2)), (None, Some(0.0), Some(0.5)));
    }
}
