//! The program as a process: killed, stopped, started where it cannot work.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    harness::SECRET,
    http::{Answer, exchange, request},
};

/// Rounds of killing.
const ROUNDS: usize = 20;

/// A start that cannot work is told within seconds.
const TOLD_WITHIN: Duration = Duration::from_secs(15);

/// A folder for the data of one test, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("levqor-test-{}", Uuid::new_v4().simple()));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    fn command(&self, settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_levqor-support"));
        command.arg("serve").current_dir(&self.0).env_clear();
        command.env("PATH", env!("PATH")).env("PORT", "0").env("LOG_FORMAT", "json").env("INTERNAL_API_SECRET", SECRET);
        command.env("KNOWLEDGE_BASE_DIR", Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge-base"));
        command.envs(settings.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a start that is expected to be refused, and returns what it said.
    fn refused(&self, settings: &[(&str, &str)]) -> String {
        let started = Instant::now();
        let Output { status, stderr, .. } = self.command(settings).output().unwrap();
        assert!(!status.success());
        assert!(started.elapsed() < TOLD_WITHIN);
        String::from_utf8(stderr).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running server.
struct Process {
    child: Child,
    address: SocketAddr,
}

impl Process {
    fn start(folder: &Folder, settings: &[(&str, &str)]) -> Self {
        let mut child = folder.command(settings).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let line: Value = serde_json::from_str(&line).expect("every line of the log is JSON");
            line["address"].as_str().and_then(|address| address.parse().ok())
        });
        // Somebody must go on reading, or the log would stop the server.
        std::thread::spawn(move || lines.for_each(drop));
        let Some(address) = address else {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("no start: {said}");
        };
        Self { child, address }
    }

    fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
    }

    /// Ends as a power cut would, and waits until it is gone.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    async fn send(&self, bytes: &[u8]) -> Option<Answer> {
        exchange(self.address, bytes).await
    }

    /// Opens a ticket; `None` unless it was acknowledged.
    async fn open_ticket(&self, message: &str) -> Option<String> {
        let body = json!({ "email": "ada@example.com", "message": message }).to_string();
        let bytes = request("POST", "/api/support/escalate", &[("Content-Type", "application/json")], body.as_bytes());
        let answer = self.send(&bytes).await?;
        (answer.status == 200).then(|| answer.json()["ticketId"].as_str().unwrap().to_owned())
    }

    async fn has_ticket(&self, code: &str) -> bool {
        let bytes = request("GET", &format!("/api/support/tickets/{code}"), &[("X-Internal-Secret", SECRET)], b"");
        self.send(&bytes).await.unwrap().status == 200
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The processes of PostgreSQL whose cluster lies in `folder`.
fn postgres_of(folder: &Folder) -> Vec<Pid> {
    let cluster = folder.0.join("data/postgres");
    let number = |entry: fs::DirEntry| entry.file_name().to_string_lossy().parse::<i32>().ok();
    let lives_there = |pid: &i32| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == cluster);
    fs::read_dir("/proc").unwrap().flatten().filter_map(number).filter(lives_there).map(Pid::from_raw).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_acknowledged_ticket_is_there_after_kill_9() {
    let folder = Folder::new();
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let process = Process::start(&folder, &[]);
        for number in 0..5 {
            acknowledged.extend(process.open_ticket(&format!("round {round}, number {number}")).await);
        }
        // In every other round PostgreSQL is killed too, before it hears that we are gone.
        if round % 2 == 1 {
            for pid in postgres_of(&folder) {
                let _ = kill(pid, Signal::SIGKILL);
            }
        }
        process.kill();
    }

    let process = Process::start(&folder, &[]);
    assert_eq!(acknowledged.len(), ROUNDS * 5);
    for code in &acknowledged {
        assert!(process.has_ticket(code).await, "{code} was acknowledged and is gone");
    }
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
        assert!(started.elapsed() < Duration::from_secs(20));
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
        assert!(closed.elapsed() < Duration::from_secs(5), "the port closes when draining begins");
    }
    process.signal(Signal::SIGTERM);

    let started = Instant::now();
    process.child.wait().unwrap();
    assert!(started.elapsed() < Duration::from_secs(5));
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
    let said = Folder::new().refused(&[("HOST", "0.0.0.0"), ("INTERNAL_API_SECRET", "")]);

    assert!(said.contains("INTERNAL_API_SECRET"), "{said}");
}
