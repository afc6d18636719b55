//! The private folder of the Unix socket, and the address that leads there.

use super::StartError;
use super::cluster::SUPERUSER;
use super::error::cannot;
use super::user::RunAs;
use std::fmt::Write;
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// The kernel keeps 108 bytes for a socket's path, the closing NUL included.
const LONGEST_PATH_BYTES: usize = 107;
/// `PostgreSQL` names its socket after a port, also when it opens none.
const SOCKET: &str = ".s.PGSQL.5432";

/// A folder that only `PostgreSQL`'s user (and root) may enter: being able to is the password.
#[derive(Debug)]
pub(super) struct SocketDir(PathBuf);

impl SocketDir {
    /// `run` beside the cluster, made anew; a private folder in `/tmp` where that path is too long.
    pub fn new(root: &Path, user: RunAs) -> Result<Self, StartError> {
        let run = root.join("run");
        if run.join(SOCKET).as_os_str().len() > LONGEST_PATH_BYTES {
            // Others may write to `/tmp`, but not into a folder that did not exist before we made it.
            let made = user.create_temporary_dir(Path::new("/tmp/levqor-support-"));
            return made.map(Self).map_err(cannot("make a folder in", Path::new("/tmp")));
        }
        remove(&run).and_then(|()| user.create_private_dir(&run)).map_err(cannot("make anew", &run))?;
        Ok(Self(run))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn url(&self) -> String {
        url(&self.0)
    }
}

fn url(dir: &Path) -> String {
    format!("postgresql://{SUPERUSER}@{}/postgres", percent_encoded(dir))
}

/// Where the server of this cluster listens, as it says itself while it runs.
pub(super) fn running(data: &Path) -> Option<String> {
    /// Of `postmaster.pid`: process, data, start, port, and this.
    const SOCKET_DIR: usize = 4;
    let told = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    told.lines().nth(SOCKET_DIR).filter(|dir| !dir.is_empty()).map(|dir| url(Path::new(dir)))
}

impl Drop for SocketDir {
    fn drop(&mut self) {
        let _ = remove(&self.0);
    }
}

/// Only what is ours: `DATA_DIR` may be set to a folder such as `/`, whose `run` is somebody else's.
fn remove(dir: &Path) -> io::Result<()> {
    let gone = |removed: io::Result<()>| match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    };
    if fs::symlink_metadata(dir).is_ok_and(|about| about.is_dir()) {
        gone(fs::remove_file(dir.join(SOCKET)))?;
        gone(fs::remove_file(dir.join(format!("{SOCKET}.lock"))))?;
    }
    gone(fs::remove_dir(dir))
}

fn percent_encoded(path: &Path) -> String {
    path.as_os_str().as_bytes().iter().fold(String::new(), |mut text, &byte| {
        if byte.is_ascii_alphanumeric() || b"-_.".contains(&byte) {
            text.push(byte.into());
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_host_that_urls_accept() {
        assert_eq!(percent_encoded(Path::new("/srv/my data/ü")), "%2Fsrv%2Fmy%20data%2F%C3%BC");
    }
}
