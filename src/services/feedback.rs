//! Ratings of answers, by those who got them.

use sqlx::PgPool;
use tracing::info;

use crate::{
    domain::{
        contact::Email,
        feedback::{Rating, Remark},
        message::MessageId,
        token::VisitorToken,
    },
    error::{Error, Result},
    storage::feedback,
};

#[derive(Clone)]
pub struct Feedback {
    pub db: PgPool,
}

impl Feedback {
    /// Keeps a rating; the last one counts. Somebody else's answer is told from none by nothing.
    pub async fn rate(
        &self,
        message: MessageId,
        owner: Option<&Email>,
        visitor: Option<&VisitorToken>,
        rating: Rating,
        reason: Option<&Remark>,
    ) -> Result<()> {
        if !feedback::keep(&self.db, message, owner, visitor, rating, reason).await? {
            return Err(Error::NotFound("message"));
        }
        info!(message.id = %message.0, ?rating, "an answer was rated");
        Ok(())
    }
}
