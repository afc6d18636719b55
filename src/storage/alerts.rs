//! How many alerts may still go to the team, and what it was not told one by one, as rows.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, PgExecutor};

use crate::error::Result;

/// Takes one of the places for alerts in ten minutes, or tells that there is none to take. Nobody
/// waits for anybody; a place goes back when the transaction does.
pub async fn take_place(db: &mut PgConnection, per_ten_minutes: i32) -> Result<bool> {
    let taken = sqlx::query!(
        r#"
        with free as (
            select number
            from support.alert_places
            where number <= $1
              and taken_at <= now() - interval '10 minutes'
            order by number
            limit 1
            for update skip locked
        )
        update support.alert_places place
        set taken_at = now()
        from free
        where place.number = free.number
        "#,
        per_ten_minutes,
    )
    .execute(db)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// Keeps something for the summary: so many of a kind, perhaps all from one place.
pub async fn withhold(db: impl PgExecutor<'_>, kind: &str, count: i64, place: Option<&str>) -> Result<()> {
    sqlx::query!(
        r#"
        insert into support.withheld_alerts (kind, count, place)
        values ($1, $2, $3)
        "#,
        kind,
        count,
        place,
    )
    .execute(db)
    .await?;
    Ok(())
}

/// What the team has not been told.
pub struct Withheld {
    pub opened: i64,
    pub extended: i64,
    pub turned_away: i64,
    /// Where most of those came from.
    pub place: Option<String>,
    pub since: DateTime<Utc>,
}

/// Takes all that is withheld, once the oldest of it is ten minutes old. Of two who do so together
/// each gets its own rows, so that nothing is told twice.
pub async fn take_withheld(db: &mut PgConnection) -> Result<Option<Withheld>> {
    let row = sqlx::query!(
        r#"
        with taken as (
            delete from support.withheld_alerts
            where exists (
                select
                from support.withheld_alerts
                where created_at <= now() - interval '10 minutes'
            )
            returning kind, count, place, created_at
        )
        select min(created_at) as since,
               coalesce(sum(count) filter (where kind = 'ticket_opened'), 0)::bigint as "opened!",
               coalesce(sum(count) filter (where kind = 'ticket_extended'), 0)::bigint as "extended!",
               coalesce(sum(count) filter (where kind = 'turned_away'), 0)::bigint as "turned_away!",
               (
                   select place
                   from taken
                   where place is not null
                   group by place
                   order by sum(count) desc
                   limit 1
               ) as place
        from taken
        "#,
    )
    .fetch_one(db)
    .await?;
    let (opened, extended, turned_away, place) = (row.opened, row.extended, row.turned_away, row.place);
    Ok(row.since.map(|since| Withheld { opened, extended, turned_away, place, since }))
}
