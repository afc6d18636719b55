//! What texts of the knowledge base mean to a model, as rows that any instance may use.

use sqlx::PgExecutor;

use crate::{domain::vector::Vector, error::Result};

/// A text by its hash.
pub type TextHash = [u8; 32];

/// A model, and the server that it was asked at.
#[derive(Clone, Copy)]
pub struct Model<'a> {
    pub server: &'a str,
    pub name: &'a str,
}

/// Those of the texts that have a vector; one that cannot be read is none.
pub async fn of(db: impl PgExecutor<'_>, model: Model<'_>, texts: &[TextHash]) -> Result<Vec<(TextHash, Vector)>> {
    let rows = sqlx::query!(
        r#"
        select text_hash, vector
        from support.embeddings
        where server = $1
          and model = $2
          and text_hash = any($3)
        "#,
        model.server,
        model.name,
        &bytes(texts),
    )
    .fetch_all(db)
    .await?;
    let read = |(hash, vector): (Vec<u8>, Vec<u8>)| Some((hash.try_into().ok()?, Vector::from_bytes(&vector)?));
    Ok(rows.into_iter().filter_map(|row| read((row.text_hash, row.vector))).collect())
}

/// Keeps vectors for whoever needs them next; of two instances that had the same made, the last one's stay. They
/// write in one order, so that neither waits for the other's end.
pub async fn keep(db: impl PgExecutor<'_>, model: Model<'_>, vectors: &[(TextHash, Vector)]) -> Result<()> {
    let (texts, vectors): (Vec<TextHash>, Vec<Vec<u8>>) =
        vectors.iter().map(|(text, vector)| (*text, vector.to_bytes())).unzip();
    sqlx::query!(
        r#"
        insert into support.embeddings (server, model, text_hash, vector)
        select $1, $2, text_hash, vector
        from unnest($3::bytea[], $4::bytea[]) made (text_hash, vector)
        order by text_hash
        on conflict (server, model, text_hash) do update
        set vector = excluded.vector, used_at = now()
        "#,
        model.server,
        model.name,
        &bytes(&texts),
        &vectors,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Says that these are in use, at most once a day each. What another instance is about to say is left to it.
pub async fn used(db: impl PgExecutor<'_>, model: Model<'_>, texts: &[TextHash]) -> Result<()> {
    sqlx::query!(
        r#"
        update support.embeddings
        set used_at = now()
        where (server, model, text_hash) in (
            select server, model, text_hash
            from support.embeddings
            where server = $1
              and model = $2
              and text_hash = any($3)
              and used_at < now() - interval '1 day'
            for update skip locked
        )
        "#,
        model.server,
        model.name,
        &bytes(texts),
    )
    .execute(db)
    .await?;
    Ok(())
}

/// Lets go of all that a model said, as when it says it otherwise now.
pub async fn forget(db: impl PgExecutor<'_>, model: Model<'_>) -> Result<()> {
    sqlx::query!("delete from support.embeddings where server = $1 and model = $2", model.server, model.name)
        .execute(db)
        .await?;
    Ok(())
}

fn bytes(texts: &[TextHash]) -> Vec<Vec<u8>> {
    texts.iter().map(|hash| hash.to_vec()).collect()
}
