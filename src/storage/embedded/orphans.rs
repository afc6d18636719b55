//! Ends what an earlier `PostgreSQL` left running, and proves that nobody uses the cluster.

use super::StartError;
use super::cluster::open_lock;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::fs::{self, File, Metadata};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

/// A checkpoint onto a slow disk may take this long; then it is cut short, which costs no commit.
const POLITE: Duration = Duration::from_secs(10);
/// `PostgreSQL` itself waits 5 s between asking its processes to quit and killing them.
const FIRM: Duration = Duration::from_secs(16);
const GIVE_UP: Duration = Duration::from_secs(25);
const PAUSE: Duration = Duration::from_millis(20);

/// The proof that no process uses the cluster: a locked file, which the next postmaster gets as its
/// standard input. All its children inherit that, and the kernel unlocks it when the last is gone.
/// Unlike a look through `/proc`, this cannot overlook anybody, not even in a container that hides
/// other users' processes from root.
#[derive(Debug)]
pub(super) struct Vacancy(File);

impl Vacancy {
    pub fn into_stdin(self) -> Stdio {
        self.0.into()
    }
}

/// Ends every process of the cluster in `data`. The caller holds the lock of `root`, so that nobody
/// starts another meanwhile.
pub(super) fn clear(root: &Path, data: &Path) -> Result<Vacancy, StartError> {
    let file = open_lock(&root.join("postgres.lock"))?;
    let began = Instant::now();
    loop {
        let users = users(data);
        if users.is_empty() && file.try_lock().is_ok() {
            forget_stale_pid(data);
            return Ok(Vacancy(file));
        }
        if began.elapsed() > GIVE_UP {
            return Err(StartError::StillInUse { data: data.to_owned(), pids: users });
        }
        let postmaster = recorded_pid(data).filter(|pid| users.contains(pid));
        let signal = signal_after(began.elapsed(), postmaster.is_some());
        // While the postmaster lives it ends its own children, and in the right order.
        for pid in postmaster.map_or(users, |pid| vec![pid]) {
            let _ = kill(Pid::from_raw(pid), signal);
        }
        sleep(PAUSE);
    }
}

/// Without their postmaster, backends have nothing left to save: what they committed is in the
/// write-ahead log, and the next start recovers anyway.
fn signal_after(waited: Duration, postmaster_lives: bool) -> Signal {
    match postmaster_lives {
        true if waited < POLITE => Signal::SIGINT,
        true if waited < FIRM => Signal::SIGQUIT,
        false if waited < POLITE => Signal::SIGQUIT,
        _ => Signal::SIGKILL,
    }
}

/// Kills whoever works in `dir`, which is about to be thrown away.
pub(super) fn kill_users(dir: &Path) {
    let began = Instant::now();
    while began.elapsed() < POLITE {
        let users = users(dir);
        if users.is_empty() {
            return;
        }
        for pid in users {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
        }
        sleep(PAUSE);
    }
}

/// The process that `postmaster.pid` names; the file outlives a killed one.
pub(super) fn recorded_pid(data: &Path) -> Option<i32> {
    let text = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// `PostgreSQL` refuses to start while the recorded process exists, though it be a zombie or a stranger
/// that got its number. A file whose process is gone it judges and removes better than we could.
fn forget_stale_pid(data: &Path) {
    if recorded_pid(data).is_some_and(|pid| Path::new(&format!("/proc/{pid}")).exists()) {
        let _ = fs::remove_file(data.join("postmaster.pid"));
    }
}

/// The `PostgreSQL` processes in `dir`: all of them work there. Somebody's shell may too, and is left alone.
fn users(dir: &Path) -> Vec<i32> {
    let Ok(about) = fs::metadata(dir) else {
        return Vec::new();
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|&pid| is_postgres(pid) && uses(pid, dir, &about)).collect()
}

fn is_postgres(pid: i32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|name| name.contains("postgres") || name == "initdb\n")
}

/// By inode, because a path may have been moved or mounted elsewhere since. Where we may not see the
/// working directory (root in a container without ptrace), a postmaster's arguments still name it.
fn uses(pid: i32, dir: &Path, about: &Metadata) -> bool {
    let works_in = fs::metadata(format!("/proc/{pid}/cwd"));
    works_in.is_ok_and(|cwd| (cwd.dev(), cwd.ino()) == (about.dev(), about.ino()))
        || fs::read(format!("/proc/{pid}/cmdline"))
            .is_ok_and(|line| line.split(|&byte| byte == 0).any(|word| word == dir.as_os_str().as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_postmaster_is_asked_before_it_is_forced() {
        let after = |seconds| signal_after(Duration::from_secs(seconds), true);
        assert_eq!([after(0), after(12), after(20)], [Signal::SIGINT, Signal::SIGQUIT, Signal::SIGKILL]);
    }

    #[test]
    fn orphaned_backends_quit_at_once() {
        assert_eq!(signal_after(Duration::ZERO, false), Signal::SIGQUIT);
    }
}
