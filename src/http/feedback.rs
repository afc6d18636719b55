//! POST `/api/support/messages/{id}/feedback`: whoever got an answer says whether it was one.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

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

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(rate))
}

/// Rate an answer
///
/// For whoever it was given to, by what shows that; the last word counts.
#[utoipa::path(post, path = "/api/support/messages/{id}/feedback", tag = "Chat", operation_id = "rate",
    request_body = Body, params(("id" = Uuid, Path, description = "A `messageId`.")),
    security((), ("visitorToken" = []), ("bearer" = []), ("siteSession" = [])),
    responses((status = 200, description = "It counts.", body = Rated), (status = 401), (status = 429)))]
async fn rate(
    State(feedback): State<Feedback>,
    State(limits): State<Limits>,
    client: Client,
    Asker { customer, visitor }: Asker,
    Path(id): Path<MessageId>,
    Json(body): Json<Body>,
) -> Result<(Pace, Json<Rated>), Problem> {
    let pace = limits.vote(client, customer.as_ref(), id).await.map_err(Problem::too_many)?;
    feedback.rate(id, customer.as_ref(), visitor.as_ref(), body.rating, body.reason.as_ref()).await?;
    Ok((pace, Json(Rated { message_id: id, rating: body.rating })))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = RatingOfAnswer)]
struct Body {
    rating: Rating,
    /// What was wrong with it, or right.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 1000)]
    reason: Option<Remark>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Rated {
    #[schema(value_type = Uuid)]
    message_id: MessageId,
    rating: Rating,
}
