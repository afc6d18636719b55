//! POST `/api/support/messages/{id}/feedback`: whoever got an answer says whether it was one.

use axum::{Router, extract::State, routing::post};
use serde::{Deserialize, Serialize};

use super::{
    auth::Asker,
    extract::{Json, Path},
    problem::Problem,
};
use crate::{
    domain::{
        client::Client,
        feedback::{Rating, Remark},
        message::MessageId,
    },
    services::{
        feedback::Feedback,
        limits::{Limits, Pace},
    },
    state::AppState,
};

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/support/messages/{id}/feedback", post(rate))
}

async fn rate(
    State(feedback): State<Feedback>,
    State(limits): State<Limits>,
    client: Client,
    Asker { customer, visitor }: Asker,
    Path(id): Path<MessageId>,
    Json(body): Json<Body>,
) -> Result<(Pace, Json<Rated>), Problem> {
    let pace = limits.vote(client, customer.as_ref()).await.map_err(Problem::too_many)?;
    feedback.rate(id, customer.as_ref(), visitor.as_ref(), body.rating, body.reason.as_ref()).await?;
    Ok((pace, Json(Rated { message_id: id, rating: body.rating })))
}

#[derive(Deserialize)]
struct Body {
    rating: Rating,
    #[serde(default)]
    reason: Option<Remark>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rated {
    message_id: MessageId,
    rating: Rating,
}
