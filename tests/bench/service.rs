//! Processes that serve: the desk, and this program again as something else.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use axum::{Router, serve::ListenerExt};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::stats;

/// How long a start or an end may take before the bench gives up.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a start is asked whether it is ready.
const LOOK_EVERY: Duration = Duration::from_millis(1);

/// A running process, in a group of its own, so that Ctrl-C reaches us alone. Dropping it ends it, and
/// waits for that.
pub struct Service {
    child: Child,
    pub address: SocketAddr,
}

impl Service {
    /// The release program with `folder` for its data, and how many milliseconds it took until it
    /// was ready. Its log goes to a file, as it is by default.
    pub fn desk(program: &Path, folder: &Path, settings: &[(&str, &str)]) -> anyhow::Result<(Self, f64)> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = File::options().create(true).append(true).open(folder.join("desk.log"))?;
        let mut command = Command::new(program);
        command.arg("serve").current_dir(folder).env_clear().env("PATH", env!("PATH"));
        command.env("PORT", address.port().to_string()).env("RATE_LIMITS", "off").envs(settings.iter().copied());
        command.env("KNOWLEDGE_BASE_DIR", Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge-base"));
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).process_group(0);
        let started = Instant::now();
        let mut service = Self { child: command.spawn()?, address };
        while !is_ready(address) {
            if service.child.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                bail!("the desk does not start: {}", fs::read_to_string(folder.join("desk.log"))?);
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok((service, stats::milliseconds(started.elapsed())))
    }

    /// This program with other arguments; it says where it listens.
    pub fn of_ourselves(arguments: &[&str]) -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child =
            command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0).spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("it has an output")?).read_line(&mut line)?;
        let address = line.trim().parse().with_context(|| format!("{arguments:?} did not start"))?;
        Ok(Self { child, address })
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How many milliseconds the end takes once it is asked for.
    pub fn stop(mut self) -> anyhow::Result<f64> {
        let asked = Instant::now();
        self.end()?;
        Ok(stats::milliseconds(asked.elapsed()))
    }

    fn end(&mut self) -> anyhow::Result<()> {
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        kill(Pid::from_raw(self.child.id().cast_signed()), Signal::SIGTERM)?;
        let asked = Instant::now();
        while self.child.try_wait()?.is_none() {
            if asked.elapsed() > PATIENCE {
                self.child.kill()?;
                self.child.wait()?;
                bail!("a process did not end by itself");
            }
            thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Err(error) = self.end() {
            say(&format!("{error:#}"));
        }
    }
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> io::Result<[u8; 12]> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut status = [0; 12];
        stream.read_exact(&mut status)?;
        Ok(status)
    };
    ask().is_ok_and(|status| status.ends_with(b"200"))
}

/// Serves on a free port, says which, and ends with the process that started this one.
pub async fn serve(router: Router) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    writeln!(io::stdout(), "{}", listener.local_addr()?)?;
    thread::spawn(|| {
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}

/// What is not the table goes beside it.
pub fn say(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
