//! The program as a process, on a folder of its own.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    slice,
    thread::{self, JoinHandle},
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
    http::{Answer, request, try_exchange},
    planted,
};

/// A start that cannot work is told within seconds; the rest is for a busy machine.
const TOLD_WITHIN: Duration = Duration::from_secs(40);

/// A folder for the data of one test, which goes with it.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let folder = std::env::temp_dir().join(format!("levqor-test-{}", Uuid::new_v4().simple()));
        fs::create_dir(&folder).unwrap();
        Self(folder)
    }

    pub fn command(&self, settings: &[(&str, &str)]) -> Command {
        self.program(&["serve"], settings)
    }

    /// Runs another command of the program beside it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.program(arguments, &[]).output().unwrap()
    }

    fn program(&self, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_levqor-support"));
        command.args(arguments).current_dir(&self.0).env_clear();
        command.env("PATH", env!("PATH")).env("PORT", "0").env("LOG_FORMAT", "json").env("INTERNAL_API_SECRET", SECRET);
        command.env("KNOWLEDGE_BASE_DIR", Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge-base"));
        // As much as any test asks.
        command.env("ADDRESS_ESCALATIONS_PER_HOUR", "100000").env("EMAIL_TICKETS_PER_HOUR", "100000");
        command.envs(settings.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Waits until something of that name is in the data folder: `.initdb-` is how one begins whose
    /// name ends in another word each time.
    pub async fn wait_for(&self, name: &str) {
        let started = Instant::now();
        while !self.has(name) {
            assert!(started.elapsed() < TOLD_WITHIN, "never {name}");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn has(&self, name: &str) -> bool {
        let data = self.0.join("data");
        let Some(rest) = name.strip_prefix(".initdb-") else { return data.join(name).exists() };
        let entries = fs::read_dir(data).into_iter().flatten().flatten();
        let mut staging = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(".initdb-"));
        staging.any(|entry| entry.path().join(rest.trim_start_matches("*/")).exists())
    }

    /// Runs a start that is expected to be refused, and returns what it said.
    pub fn refused(&self, settings: &[(&str, &str)]) -> String {
        let mut child = self.command(settings).spawn().unwrap();
        let started = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if started.elapsed() > TOLD_WITHIN {
                child.kill().unwrap();
            }
            thread::sleep(Duration::from_millis(5));
        }
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        assert_eq!(status.code(), Some(1), "refused, and told in time");
        String::from_utf8(stderr).unwrap()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A running server.
pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
    log: Option<JoinHandle<Vec<String>>>,
}

impl Process {
    pub fn start(folder: &Folder, settings: &[(&str, &str)]) -> Self {
        planted::plant_settings(settings);
        let mut child = folder.command(settings).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.by_ref().map_while(Result::ok).find_map(|line| {
            planted::keep_log(slice::from_ref(&line));
            let line: Value = serde_json::from_str(&line).expect("every line of the log is JSON");
            line["address"].as_str().and_then(|address| address.parse().ok())
        });
        // Somebody must go on reading, or the log would stop the server.
        let log = thread::spawn(move || {
            let lines: Vec<String> = lines.map_while(Result::ok).collect();
            planted::keep_log(&lines);
            lines
        });
        let Some(address) = address else {
            let mut said = String::new();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            panic!("no start: {said}");
        };
        Self { child, address, log: Some(log) }
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.child.id().cast_signed()), signal).unwrap();
    }

    /// Ends as a power cut would, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for the end, and returns what it logged since it listened and what it complained of.
    pub fn last_words(mut self) -> (Vec<String>, String) {
        let mut complaints = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut complaints).unwrap();
        self.child.wait().unwrap();
        (self.log.take().unwrap().join().unwrap(), complaints)
    }

    pub async fn send(&self, bytes: &[u8]) -> Option<Answer> {
        try_exchange(self.address, bytes).await
    }

    /// Opens a ticket; `None` unless it was acknowledged.
    pub async fn open_ticket(&self, message: &str) -> Option<String> {
        escalate(self.address, message).await.as_ref().and_then(acknowledged)
    }

    pub async fn has_ticket(&self, code: &str) -> bool {
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

/// Asks for a ticket; `None` when nobody answers.
pub async fn escalate(address: SocketAddr, message: &str) -> Option<Answer> {
    let body = json!({ "email": "ada@example.com", "message": message }).to_string();
    let bytes = request("POST", "/api/support/escalate", &[("Content-Type", "application/json")], body.as_bytes());
    try_exchange(address, &bytes).await
}

/// The ticket that an answer acknowledges.
pub fn acknowledged(answer: &Answer) -> Option<String> {
    (answer.status == 200).then(|| answer.json()["ticketId"].as_str().unwrap().to_owned())
}

/// The processes of PostgreSQL whose cluster lies in `folder`.
pub fn postgres_of(folder: &Folder) -> Vec<Pid> {
    let cluster = folder.0.join("data/postgres");
    let number = |entry: fs::DirEntry| entry.file_name().to_string_lossy().parse::<i32>().ok();
    let lives_there = |pid: &i32| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|cwd| cwd == cluster);
    fs::read_dir("/proc").unwrap().flatten().filter_map(number).filter(lives_there).map(Pid::from_raw).collect()
}
