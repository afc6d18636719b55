//! What the desk costs and how much it carries, beside what could be expected of it: printed, never
//! asserted.
//!
//! `scripts/bench.sh` runs it. The desk is the release program as a child; the model and the
//! reference are this program again, as processes of their own, so that everybody's time is apart.
#![expect(clippy::cast_precision_loss, reason = "counts and times here are far below what a float holds exactly")]

mod capacity;
mod escalations;
mod latency;
mod lifecycle;
mod load;
mod machine;
mod memory;
mod pgbench;
mod proxy;
mod retrieval;
mod service;
mod statements;
mod stats;
mod steady;
mod streams;
mod stub;
mod table;
mod usage;
mod wire;
mod world;

use std::{path::PathBuf, process::ExitCode, time::Instant};

use clap::Parser;

use self::{
    capacity::Capacity, escalations::Escalations, latency::Latency, lifecycle::Lifecycle, memory::Memory,
    retrieval::Retrieval, service::say, steady::Steady, streams::Streams, table::Table, world::World,
};

#[derive(Parser)]
struct Arguments {
    /// How often everything is measured.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The release program; what cargo built for this is nearly the same.
    #[arg(long, default_value = env!("CARGO_BIN_EXE_levqor-support"))]
    desk: PathBuf,
    /// Where `PostgreSQL`'s programs lie.
    #[arg(long)]
    bin_dir: Option<PathBuf>,
    /// What `cargo bench` says, and `cargo test --benches` does not.
    #[arg(long, hide = true)]
    bench: bool,
    /// Only how long it takes to find what answers a question, which needs no database.
    #[arg(long)]
    retrieval: bool,
    /// Only what is added to the first sentence of a stream.
    #[arg(long)]
    streams: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let ended = match arguments.first().map(String::as_str) {
        Some(stub::COMMAND) => stub::serve().await,
        Some(proxy::COMMAND) => proxy::serve(&arguments[1..]).await,
        _ => measure_unless_stopped(&Arguments::parse()).await,
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("The bench could not go on: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Ctrl-C ends the children too, and with them the throw-away PostgreSQL.
async fn measure_unless_stopped(arguments: &Arguments) -> anyhow::Result<()> {
    if !arguments.bench {
        say("This measures, and takes minutes: run scripts/bench.sh.");
        return Ok(());
    }
    tokio::select! {
        ended = measure(arguments) => ended,
        _ = tokio::signal::ctrl_c() => anyhow::bail!("it was stopped"),
    }
}

async fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    let (started, rounds) = (Instant::now(), arguments.rounds.max(1));
    let took = || format!("{rounds} rounds, {} s", started.elapsed().as_secs());
    if arguments.retrieval {
        let (mut retrieval, mut table) = (Retrieval::new()?, Table::new(true, None));
        for _ in 0..rounds {
            retrieval.round()?;
        }
        retrieval.report(&mut table);
        table.print("this machine", &took());
        return Ok(());
    }
    let world = World::start(&arguments.desk, arguments.bin_dir.as_deref()).await?;
    let mut streams = Streams::default();
    if arguments.streams {
        let mut table = Table::new(world.warm_up().await?, None);
        for round in 0..rounds {
            world.empty_the_database().await?;
            streams.round(&world, round).await?;
        }
        streams.report(&mut table);
        table.print(&machine::describe(&world).await?, &took());
        return Ok(());
    }
    let mut retrieval = Retrieval::new()?;
    let mut memory = Memory::of_idle(&world).await?;
    let machine = machine::describe(&world).await?;
    let model_is_asked = world.warm_up().await?;
    let same_statements = statements::compare(&world).await?;
    let (mut latency, mut steady, mut capacity) = (Latency::default(), Steady::default(), Capacity::default());
    let mut lifecycle = Lifecycle::default();
    let (mut quiet, mut busy) = (Escalations::on("empty database"), Escalations::on("after the round's chats"));
    for round in 0..rounds {
        say(&format!("Round {} of {rounds} …", round + 1));
        world.empty_the_database().await?;
        quiet.round(&world, round).await?;
        latency.round(&world, round).await?;
        streams.round(&world, round).await?;
        steady.round(&world, round).await?;
        capacity.round(&world, round, model_is_asked).await?;
        busy.round(&world, round).await?;
        memory.after_round(&world).await?;
        world.settle().await?;
        lifecycle.round(&world).await?;
        tokio::task::block_in_place(|| retrieval.round())?;
    }
    memory.after_all(&world).await?;

    let mut table = Table::new(model_is_asked, same_statements);
    latency.report(&mut table);
    capacity.report(&mut table);
    streams.report(&mut table);
    quiet.report(&mut table);
    busy.report(&mut table);
    steady.report(&mut table);
    quiet.report_cost(&mut table);
    memory.report(&mut table, &steady, &lifecycle);
    lifecycle.report(&mut table, &world.program);
    retrieval.report(&mut table);
    table.print(&machine, &took());
    Ok(())
}
