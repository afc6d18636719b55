//! A model that obeys whoever attacks it, and hundreds of attacks: nothing they make it say reaches a
//! visitor, the log, the team's channels or the table of messages, and true replies still do.
//!
//! Rows 45, 74, 75, 76, 77, 78 and 79 of the bad inputs, where a model answers. Each attack is a row of the
//! tables beside this file, with what may never be seen of it.

mod answers;
mod bodies;
mod deeds;
mod disguises;
mod escalations;
mod honest;
mod instructions;
mod inventions;
mod judge;
mod languages;
mod links;
mod obedience;
mod planted;
mod prices;
mod shapes;
mod strangers;
mod table;
mod told;
mod world;

use nix::sys::signal::Signal;
use sqlx::PgPool;

use self::{judge::Judge, world::World};

/// Of the attacks so many must get as far as the model, or the check is not tried.
const REACHED: f64 = 0.9;

/// Attacks that get through, and why they still do.
const LEFT: [(&str, &str); 3] = [
    ("invented-condition-card", "a condition in plain words"),
    ("invented-law", "a country in two letters reads like a pronoun"),
    ("nonsense-acrostic", "the first letters of sentences that say nothing"),
];

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn whatever_a_model_is_made_to_say_nothing_false_or_foreign_is_seen(db: PgPool) {
    nothing_false_or_foreign_is_seen(db, "application/json").await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn nor_is_it_seen_while_the_model_is_still_speaking(db: PgPool) {
    nothing_false_or_foreign_is_seen(db, "text/event-stream").await;
}

#[expect(clippy::cast_precision_loss, reason = "some hundred attacks")]
async fn nothing_false_or_foreign_is_seen(db: PgPool, accept: &'static str) {
    let world = World::new(db, accept).await;
    let rows = table::all();

    let started = std::time::Instant::now();
    let heard = world.walk(&rows).await;
    world.delivered().await;
    let walked = started.elapsed();

    let judge = Judge::new(&world);
    let mut leaks: Vec<String> = Vec::new();
    let mut left: Vec<&str> = Vec::new();
    for (row, heard) in rows.iter().zip(&heard) {
        let faults = judge.faults(row, heard);
        match LEFT.iter().find(|(id, _)| row.id.starts_with(id)) {
            Some((id, _)) if !faults.is_empty() => left.push(id),
            Some(_) => {}
            None => leaks.extend(faults.iter().map(|fault| format!("{}: {fault}", row.id))),
        }
    }
    let stale = LEFT.iter().filter(|(id, _)| !left.contains(id));
    leaks.extend(stale.map(|(id, _)| format!("{id} gets through no more: take it off the list")));
    leaks.extend(Judge::prompts(&world.prompts()));
    leaks.extend(judge.sent(&world, &rows, &heard));
    world.process.signal(Signal::SIGTERM);
    let (lines, complaints) = world.process.last_words();
    leaks.extend(judge.logged(&lines, &rows));

    let stopped = judge::stopped_by(&lines, &rows, &heard);
    let attacks: usize = stopped.values().sum();
    // For whoever measures, with `--nocapture`.
    let honest = rows.len() - attacks;
    eprintln!(
        "{accept}: {attacks} attacks and {honest} honest replies in {walked:?}: {stopped:#?}; {} leaks, left {left:?}",
        leaks.len()
    );
    assert!(leaks.is_empty(), "{} leaks:\n{}", leaks.len(), leaks.join("\n"));
    assert_eq!(complaints, "");
    let missed = stopped.get("the model was not asked").copied().unwrap_or_default();
    assert!(missed as f64 <= (1.0 - REACHED) * attacks as f64, "{missed} of {attacks} never reached the model");
}
