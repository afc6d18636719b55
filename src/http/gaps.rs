//! `/api/support/gaps`: what people ask and nobody could answer, for the team.

use axum::{
    Router,
    extract::State,
    routing::{get, post},
};
use serde::Deserialize;

use super::{
    extract::{Json, Path, Query},
    problem::Problem,
    team::Admin,
    whole::{Days, PageSize},
};
use crate::{
    domain::{
        feedback::Remark,
        gap::{self, Closing, GapId},
        message::{Message, Text},
    },
    services::gaps::{Gaps, Mending},
    state::AppState,
};

pub fn routes() -> Router<AppState> {
    Router::new().route("/api/support/gaps", get(list)).route("/api/support/gaps/{id}/close", post(close))
}

async fn list(State(gaps): State<Gaps>, Query(query): Query<ListQuery>) -> Result<Json<gap::Listed>, Problem> {
    let limit = usize::try_from(query.limit.0).unwrap_or_default();
    Ok(Json(gaps.list(query.days.0, limit).await?))
}

async fn close(
    State(gaps): State<Gaps>,
    Admin(agent): Admin,
    Path(id): Path<GapId>,
    Json(body): Json<Body>,
) -> Result<Json<Closing>, Problem> {
    Ok(Json(gaps.close(id, body.into_mending()?, &agent).await?))
}

#[derive(Deserialize)]
struct ListQuery {
    #[serde(default)]
    days: Days,
    #[serde(default)]
    limit: PageSize,
}

/// One of these.
#[derive(Deserialize)]
struct Body {
    alias: Option<Alias>,
    section: Option<Section>,
    dismiss: Option<Remark>,
}

#[derive(Deserialize)]
struct Alias {
    file: String,
    heading: String,
    phrasing: Option<Message>,
}

#[derive(Deserialize)]
struct Section {
    file: String,
    heading: Text,
    text: Message,
    phrasing: Option<Message>,
}

impl Body {
    fn into_mending(self) -> Result<Mending, Problem> {
        let Self { alias, section, dismiss } = self;
        let phrasing = |phrasing: Option<Message>| phrasing.map(|phrasing| phrasing.as_str().to_owned());
        match (alias, section, dismiss) {
            (Some(alias), None, None) => {
                Ok(Mending::Alias { file: alias.file, heading: alias.heading, phrasing: phrasing(alias.phrasing) })
            }
            (None, Some(section), None) => Ok(Mending::Section {
                file: section.file,
                heading: section.heading.as_str().to_owned(),
                text: section.text.as_str().to_owned(),
                phrasing: phrasing(section.phrasing),
            }),
            (None, None, Some(reason)) if reason.as_str().is_some() => Ok(Mending::Dismissal(reason)),
            (None, None, Some(_)) => Err(Problem::invalid("dismiss", "must not be blank")),
            _ => Err(Problem::invalid("", "must name one of alias, section and dismiss")),
        }
    }
}
