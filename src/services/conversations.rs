//! Conversations as their customers read them.

use sqlx::PgPool;

use crate::{
    domain::{
        contact::Email,
        token::{Handle, VisitorToken},
    },
    error::{Error, Result},
    storage::threads::{self, Transcript},
};

#[derive(Clone)]
pub struct Conversations {
    pub db: PgPool,
}

impl Conversations {
    /// What was said, for whoever may read it. Somebody else's is told from none by nothing.
    pub async fn read(
        &self,
        handle: &Handle,
        owner: Option<&Email>,
        visitor: Option<&VisitorToken>,
    ) -> Result<Transcript> {
        let transcript = threads::transcript(&self.db, handle, owner, visitor).await?;
        transcript.ok_or(Error::NotFound("conversation"))
    }
}
