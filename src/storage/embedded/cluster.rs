//! The data folder: one user at a time, and a database cluster in it that is whole or not there.

use super::binaries::{Binaries, Wanted, leading_number};
use super::child::Launcher;
use super::error::{cannot, last_lines};
use super::{Durability, StartError, canonical, orphans};
use std::fs::{self, DirBuilder, File, Metadata, TryLockError};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// The role that owns the cluster and that we connect as.
pub(super) const SUPERUSER: &str = "support";
/// A cluster in the making; a kill during `initdb` leaves one.
const STAGING: &str = ".initdb-";

pub(super) fn make_data_dir(path: &Path) -> Result<PathBuf, StartError> {
    DirBuilder::new().recursive(true).mode(0o711).create(path).map_err(cannot("make the DATA_DIR", path))?;
    canonical(path)
}

/// Ours for as long as the value lives; the kernel gives it back when we die.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "an open file is the lock")] File);

impl Lock {
    pub fn take(root: &Path) -> Result<Self, StartError> {
        let path = root.join("levqor-support.lock");
        let file = open_lock(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StartError::Locked(root.to_owned())),
            Err(TryLockError::Error(source)) => Err(cannot("lock", &path)(source)),
        }
    }
}

pub(super) fn open_lock(path: &Path) -> Result<File, StartError> {
    // Whoever can open a file can lock it, so nobody else may.
    File::options().create(true).truncate(false).write(true).mode(0o600).open(path).map_err(cannot("open", path))
}

/// What the system knows about the cluster in `data`, if there is one. Its content may be closed to us.
pub(super) fn metadata(data: &Path) -> Result<Option<Metadata>, StartError> {
    let names: Vec<_> = match fs::read_dir(data) {
        Ok(entries) => entries.flatten().map(|entry| entry.file_name()).collect(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) if error.kind() == ErrorKind::PermissionDenied => vec!["PG_VERSION".into()],
        Err(error) => return Err(cannot("read", data)(error)),
    };
    if names.iter().any(|name| name == "PG_VERSION") {
        return fs::metadata(data).map(Some).map_err(cannot("look at", data));
    }
    if names.is_empty() { Ok(None) } else { Err(StartError::NotACluster(data.to_owned())) }
}

/// The version of the cluster in `data`; none when there is no cluster yet.
pub(super) fn major(data: &Path) -> Result<Option<Wanted>, StartError> {
    let file = data.join("PG_VERSION");
    match fs::read_to_string(&file) {
        Ok(text) => match leading_number(&text) {
            Some(major) => Ok(Some(Wanted { data: data.to_owned(), major })),
            None => Err(StartError::NotACluster(data.to_owned())),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot("read", &file)(error)),
    }
}

/// Makes a cluster in a folder of its own and moves it into place when it is whole: whatever kills
/// us on the way, the next start finds either a cluster or none.
pub(super) fn create(
    data: &Path,
    binaries: &Binaries,
    launcher: &Launcher,
    durability: Durability,
) -> Result<(), StartError> {
    let root = data.parent().unwrap_or(data);
    let prefix = root.join(STAGING);
    let staging = launcher.user.create_temporary_dir(&prefix).map_err(cannot("make", &prefix))?;
    initdb(&staging, data, binaries, launcher, durability)?;
    fs::rename(&staging, data).map_err(cannot("make", data))?;
    // A rename is on disk only when its folder is.
    File::open(root).and_then(|root| root.sync_all()).map_err(cannot("save", root))
}

fn initdb(
    staging: &Path,
    data: &Path,
    binaries: &Binaries,
    launcher: &Launcher,
    durability: Durability,
) -> Result<(), StartError> {
    let mut command = launcher.command(&binaries.dir.join("initdb"), staging);
    command.args(["--auth=trust", "--encoding=UTF8", "--data-checksums", "-U", SUPERUSER, "-D"]).arg(staging);
    // The same order of text on every machine; the built-in provider does not even depend on its C library.
    match binaries.major {
        ..17 => command.arg("--locale=C.UTF-8"),
        17.. => command.args(["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]),
    };
    if durability == Durability::None {
        command.arg("--no-sync");
    }
    let ended = command.stdin(Stdio::null()).output().map_err(cannot("run", &binaries.dir.join("initdb")))?;
    if ended.status.success() {
        return Ok(());
    }
    let said = last_lines(&String::from_utf8_lossy(&ended.stderr));
    Err(StartError::Initdb { data: data.to_owned(), status: ended.status, said })
}

/// Throws away what killed first starts left, with whoever still writes there. What resists is
/// only litter: the next staging folder has another name.
pub(super) fn clear_staging(root: &Path) {
    for entry in fs::read_dir(root).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(STAGING) {
            orphans::kill_users(&entry.path());
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}
