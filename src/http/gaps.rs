//! `/api/support/gaps`: what people ask and nobody could answer, for the team.

use axum::extract::State;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    extract::{Json, Path, Query},
    problem::Problem,
    team::Admin,
    whole::{Back, PageSize},
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

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::default().routes(routes!(list)).routes(routes!(close))
}

/// List gaps
///
/// What people asked and nobody could answer, by what it means.
#[utoipa::path(get, path = "/api/support/gaps", tag = "Gaps", operation_id = "gaps", params(Back, ListQuery),
    responses((status = 200, description = "Those of most people first.", body = gap::Listed)))]
async fn list(
    State(gaps): State<Gaps>,
    Query(back): Query<Back>,
    Query(query): Query<ListQuery>,
) -> Result<Json<gap::Listed>, Problem> {
    let limit = usize::try_from(query.limit.0).unwrap_or_default();
    Ok(Json(gaps.list(back.days(), limit).await?))
}

/// Close a gap
///
/// By another wording for a section, by a new section, or by saying why it needs none. The questions that led
/// to it are asked again, and it is closed only if they are answered now.
#[utoipa::path(post, path = "/api/support/gaps/{id}/close", tag = "Gaps", operation_id = "close_gap",
    request_body = Described, params(("id" = Uuid, Path, description = "A gap's id.")),
    responses((status = 200, description = "What its questions are answered now.", body = Closing), (status = 409)))]
async fn close(
    State(gaps): State<Gaps>,
    Admin(agent): Admin,
    Path(id): Path<GapId>,
    Json(body): Json<Body>,
) -> Result<Json<Closing>, Problem> {
    Ok(Json(gaps.close(id, body.into_mending()?, &agent).await?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// How many at most; a larger number than 200 is 200.
    #[serde(default)]
    #[param(value_type = i64, minimum = 1, maximum = 9_223_372_036_854_775_807_i64, default = 50, required = false)]
    limit: PageSize,
}

/// How the document tells that it must be one of them.
#[derive(ToSchema)]
#[serde(untagged)]
#[schema(as = ClosingGap, description = "How to close it, by one of these.")]
#[expect(dead_code, reason = "only its schema is used")]
enum Described {
    Alias {
        alias: Alias,
    },
    Section {
        section: Section,
    },
    Dismiss {
        /// Why it needs no answer.
        #[schema(min_length = 1, max_length = 1000)]
        dismiss: String,
    },
}

/// One of these.
#[derive(Deserialize)]
struct Body {
    alias: Option<Alias>,
    section: Option<Section>,
    dismiss: Option<Remark>,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = GapAlias)]
struct Alias {
    file: String,
    heading: String,
    phrasing: Option<Message>,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = GapSection)]
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
