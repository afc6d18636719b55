//! Runs stock `PostgreSQL` as our own child: one folder, one Unix socket, nothing to set up.

use std::path::{Path, PathBuf};

mod binaries;
mod child;
mod cluster;
mod error;
mod orphans;
mod postmaster;
mod socket;
mod supervisor;
mod user;

pub use child::{CHILD_COMMAND, run_child};
pub use error::StartError;

use cluster::Lock;
use postmaster::Cluster;
use socket::SocketDir;
use supervisor::Supervisor;
use user::RunAs;

/// Where the embedded database lives and how careful it is.
#[derive(Debug, Clone)]
pub struct Options {
    /// Holds everything: the cluster, the socket's folder, the log and the lock. Made when missing.
    pub data_dir: PathBuf,
    /// The folder of `postgres` and `initdb` (`PG_BIN_DIR`). When set, nothing else is looked at.
    pub bin_dir: Option<PathBuf>,
    /// Whether commits must survive a power cut.
    pub durability: Durability,
    /// The program that understands [`CHILD_COMMAND`]: ourselves, but in tests the built binary.
    pub reexec: PathBuf,
}

/// Whether commits must survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Every acknowledged commit is on disk.
    Full,
    /// Nothing waits for the disk: only for clusters that are thrown away after a test.
    None,
}

impl Options {
    /// A durable database in `data_dir`, run by the `PostgreSQL` that is installed.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            bin_dir: None,
            durability: Durability::Full,
            // The kernel's own link: it works where the user we drop to cannot reach our path, and
            // still after an update has replaced the file.
            reexec: PathBuf::from("/proc/self/exe"),
        }
    }
}

/// A running `PostgreSQL` of our own. Dropping it stops the server and waits until it has ended, so
/// in async code hand it to `spawn_blocking` for that.
#[derive(Debug)]
pub struct Embedded {
    url: String,
    // Fields drop in this order: the server ends, its socket's folder goes, others may have the lock.
    _supervisor: Supervisor,
    _socket_dir: SocketDir,
    _lock: Lock,
}

impl Embedded {
    /// Opens the database in `options.data_dir`, making it first when there is none. Blocks until
    /// connections are welcome: well under a second, longer only when a crash left much to recover.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let root = cluster::make_data_dir(&options.data_dir)?;
        let data = root.join("postgres");
        let user = RunAs::for_cluster(&data)?;
        let lock = Lock::take(&root)?;
        let wanted = cluster::major(&data)?;
        let binaries = binaries::find(options.bin_dir.as_deref(), wanted.as_ref())?;
        let launcher = child::Launcher { reexec: options.reexec, user };
        let user = launcher.user;

        user.open_door(&root)?;
        user.must_pass(&root, "DATA_DIR")?;
        user.must_pass(&binaries.dir, "PG_BIN_DIR")?;
        cluster::clear_staging(&root);
        if wanted.is_none() {
            cluster::create(&data, &binaries, &launcher, options.durability)?;
        }
        let socket_dir = SocketDir::new(&root, user)?;
        let url = socket_dir.url();
        let cluster = Cluster {
            data: canonical(&data)?,
            root,
            program: binaries.dir.join("postgres"),
            socket_dir: socket_dir.path().to_owned(),
            launcher,
            durability: options.durability,
        };
        let supervisor = Supervisor::start(cluster)?;
        Ok(Self { url, _supervisor: supervisor, _socket_dir: socket_dir, _lock: lock })
    }

    /// Where to connect to the database in `data_dir` while another copy of this service runs it.
    pub fn running(data_dir: &Path) -> Option<String> {
        socket::running(&data_dir.join("postgres"))
    }

    /// Where to connect: a Unix socket, the same for as long as this value lives, also when the
    /// server behind it had to be started again.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends the server: at once for whoever is still connected, with everything committed on disk.
    /// Blocks until its last process is gone.
    pub fn stop(self) {
        drop(self);
    }
}

fn canonical(path: &Path) -> Result<PathBuf, StartError> {
    path.canonicalize().map_err(error::cannot("find", path))
}
