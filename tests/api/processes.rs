//! The program as a process: killed, stopped, started where it cannot work.

use std::{
    fs,
    io::Write,
    net::{SocketAddr, TcpListener, TcpStream},
    time::{Duration, Instant},
};

use nix::sys::signal::{Signal, kill};
use tokio::sync::watch;

use crate::{
    http::request,
    process::{Folder, Process, acknowledged, escalate, postgres_of},
};

/// Rounds of killing.
const ROUNDS: usize = 20;

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_ticket_is_there_after_kill_9_under_load() {
    let folder = Folder::new();
    let mut tickets = Vec::new();
    for round in 0..ROUNDS {
        let process = Process::start(&folder, &[]);
        let (count, mut counted) = watch::channel(0);
        let posts: Vec<_> = (0..4)
            .map(|poster| tokio::spawn(post_until_killed(process.address, round, poster, count.clone())))
            .collect();
        // Where all of them stopped early there is nothing to wait for.
        drop(count);
        // Killed in the middle of it, after another number of tickets each round.
        counted.wait_for(|count| *count > round).await.unwrap();
        // In every other round PostgreSQL is killed too, before it hears that we are gone.
        if round % 2 == 1 {
            for pid in postgres_of(&folder) {
                let _ = kill(pid, Signal::SIGKILL);
            }
        }
        process.kill();
        for post in posts {
            tickets.extend(post.await.unwrap());
        }
    }

    let process = Process::start(&folder, &[]);
    for code in &tickets {
        assert!(process.has_ticket(code).await, "{code} was acknowledged and is gone");
    }
}

/// Opens tickets until nobody answers, and returns those that were acknowledged.
async fn post_until_killed(
    address: SocketAddr,
    round: usize,
    poster: usize,
    count: watch::Sender<usize>,
) -> Vec<String> {
    let (mut tickets, mut number) = (Vec::new(), 0);
    while let Some(answer) = escalate(address, &format!("round {round}, poster {poster}, number {number}")).await {
        if let Some(code) = acknowledged(&answer) {
            tickets.push(code);
            count.send_modify(|count| *count += 1);
        }
        number += 1;
    }
    tickets
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_dies_comes_back_without_a_restart_of_ours() {
    let folder = Folder::new();
    let process = Process::start(&folder, &[]);
    let before = process.open_ticket("before").await.unwrap();

    for pid in postgres_of(&folder) {
        let _ = kill(pid, Signal::SIGKILL);
    }

    let started = Instant::now();
    let after = loop {
        if let Some(code) = process.open_ticket("after").await {
            break code;
        }
        assert!(started.elapsed() < Duration::from_secs(40));
    };
    assert!(process.has_ticket(&before).await && process.has_ticket(&after).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_with_zero_although_a_connection_is_half_open() {
    let folder = Folder::new();
    let mut process = Process::start(&folder, &[("HEADER_READ_SECONDS", "2"), ("DRAIN_SECONDS", "20")]);
    let mut half_open = TcpStream::connect(process.address).unwrap();
    half_open.write_all(b"POST /api/support/public HTTP/1.1\r\nHost: x\r\n").unwrap();
    let idle = TcpStream::connect(process.address).unwrap();

    let started = Instant::now();
    process.signal(Signal::SIGTERM);
    let status = process.child.wait().unwrap();

    assert!(status.success(), "{status}");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert!(postgres_of(&folder).is_empty(), "the database stopped with us");
    drop((half_open, idle));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sigterm_ends_at_once() {
    let folder = Folder::new();
    let mut process = Process::start(&folder, &[("HEADER_READ_SECONDS", "60")]);
    let mut half_open = TcpStream::connect(process.address).unwrap();
    half_open.write_all(b"GET / HTTP/1.1\r\n").unwrap();
    // Accepting it is the only sign of it there is.
    assert_eq!(process.send(&request("GET", "/health", &[], b"")).await.unwrap().status, 200);

    process.signal(Signal::SIGTERM);
    let closed = Instant::now();
    while TcpStream::connect(process.address).is_ok() {
        assert!(closed.elapsed() < Duration::from_secs(15), "the port closes when draining begins");
    }
    process.signal(Signal::SIGTERM);

    let started = Instant::now();
    process.child.wait().unwrap();
    assert!(started.elapsed() < Duration::from_secs(15));
}

#[test]
fn every_wrong_setting_is_told_at_once() {
    let said = Folder::new().refused(&[
        ("PORT", "eighty"),
        ("INTERNAL_API_SECRET", "short"),
        ("TELEGRAM_API_URL", "http://169.254.169.254"),
    ]);

    for name in ["PORT", "INTERNAL_API_SECRET", "TELEGRAM_API_URL"] {
        assert!(said.contains(name), "{said}");
    }
}

#[test]
fn a_taken_port_and_an_unreachable_database_and_missing_knowledge_are_told_together() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let settings = [
        ("PORT", port.as_str()),
        ("DATABASE_URL", "postgresql://u:hunter2@127.0.0.1:1/d"),
        ("KNOWLEDGE_BASE_DIR", "nowhere"),
    ];

    let said = Folder::new().refused(&settings);

    for part in [&format!("Port {port}"), "127.0.0.1:1", "nowhere"] {
        assert!(said.contains(part), "{said}");
    }
    assert!(!said.contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_copy_on_the_same_data_is_refused() {
    let folder = Folder::new();
    let _first = Process::start(&folder, &[]);

    let said = folder.refused(&[]);

    assert!(said.contains("another"), "{said}");
}

#[test]
fn a_public_start_without_a_secret_is_refused() {
    let folder = Folder::new();
    let output = folder.command(&[("HOST", "0.0.0.0")]).env_remove("INTERNAL_API_SECRET").output().unwrap();

    assert!(!output.status.success());
    assert!(String::from_utf8(output.stderr).unwrap().contains("INTERNAL_API_SECRET"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_is_killed_leaves_a_folder_that_opens() {
    for moment in [".initdb-", ".initdb-*/PG_VERSION", "postgres", "postgres/postmaster.pid"] {
        let folder = Folder::new();
        let mut first = folder.command(&[]).spawn().unwrap();
        folder.wait_for(moment).await;
        first.kill().unwrap();
        first.wait().unwrap();

        let process = Process::start(&folder, &[]);
        assert!(process.open_ticket("help").await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_folder_with_a_long_path_works() {
    let folder = Folder::new();
    let long = folder.0.join("a-folder-with-a-long-name".repeat(6));
    fs::create_dir(&long).unwrap();

    let process = Process::start(&folder, &[("DATA_DIR", long.to_str().unwrap())]);

    assert!(process.open_ticket("help").await.is_some());
}

#[test]
fn a_wrong_folder_of_programs_is_told_and_nothing_else_is_tried() {
    let said = Folder::new().refused(&[("PG_BIN_DIR", "/nowhere")]);

    assert!(said.contains("PG_BIN_DIR") && said.contains("/nowhere"), "{said}");
}
