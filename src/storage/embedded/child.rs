//! The hidden subcommand that becomes `PostgreSQL`: another user, tied to our life.

use super::user::RunAs;
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::{Gid, Uid, geteuid, getppid, setgid, setgroups, setuid};
use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// The hidden subcommand's name; `main` hands what follows it to [`run_child`].
pub const CHILD_COMMAND: &str = "postgres-child";

/// Nothing else of our environment reaches `PostgreSQL`: our keys are not its business, and a stray
/// `PGDATA` or `PGOPTIONS` would change what it does.
const ENVIRONMENT: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "TZ", "TMPDIR"];

/// Starts programs as `PostgreSQL`'s user. Safe Rust cannot run code between fork and exec, so we start
/// ourselves and do it there.
#[derive(Debug, Clone)]
pub(super) struct Launcher {
    pub reexec: PathBuf,
    pub user: RunAs,
}

impl Launcher {
    /// The program works in `dir` from its first moment, so that [`super::orphans`] can find it. In a
    /// process group of its own, because a Ctrl-C in the terminal is for us to hear first.
    pub fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(&self.reexec);
        command.arg(CHILD_COMMAND);
        command.args([self.user.uid.to_string(), self.user.gid.to_string(), std::process::id().to_string()]);
        command.arg("--").arg(program).current_dir(dir).process_group(0).env_clear().env("LC_ALL", "C.UTF-8");
        command.envs(ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        command
    }
}

/// The hidden subcommand `postgres-child <uid> <gid> <parent pid> -- <program> <args…>`, given what
/// follows its name. Returns only when the program could not be started.
pub fn run_child(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let problem = become_program(args.into_iter()).unwrap_or_else(|problem| problem);
    eprintln!("could not start PostgreSQL: {problem}");
    ExitCode::FAILURE
}

fn become_program(mut args: impl Iterator<Item = OsString>) -> io::Result<io::Error> {
    let uid = Uid::from_raw(number(args.next())?);
    let gid = Gid::from_raw(number(args.next())?);
    let parent = number(args.next())?;
    let program = args.nth(1).ok_or_else(usage)?;
    if geteuid().is_root() {
        setgroups(&[])?;
        setgid(gid)?;
        setuid(uid)?;
    }
    die_with(parent)?;
    Ok(Command::new(program).args(args).exec())
}

/// When our parent is killed, the kernel sends us SIGINT: to `PostgreSQL` that means disconnect everybody
/// and close in order, so the next start has nothing to recover; SIGTERM would wait for clients, SIGQUIT
/// would leave the work to recovery. `initdb` tidies up on it. The kernel forgets the wish when the user
/// changes, hence after `setuid`, and keeps it over `exec`. A parent that died before we asked is one that
/// `getppid` no longer shows.
fn die_with(parent: u32) -> io::Result<()> {
    set_pdeathsig(Signal::SIGINT)?;
    if u32::try_from(getppid().as_raw()) == Ok(parent) {
        return Ok(());
    }
    Err(io::Error::other("the service that wanted it has ended"))
}

fn number(arg: Option<OsString>) -> io::Result<u32> {
    arg.and_then(|arg| arg.to_str()?.parse().ok()).ok_or_else(usage)
}

fn usage() -> io::Error {
    io::Error::other("postgres-child is for Levqor Support's own use")
}
