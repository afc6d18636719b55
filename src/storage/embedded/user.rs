//! Whom `PostgreSQL` runs as, and whether they can reach a folder.

use super::error::cannot;
use super::{StartError, cluster};
use nix::unistd::{Gid, Uid, User, getegid, geteuid};
use std::collections::hash_map::RandomState;
use std::fs::{self, DirBuilder, Metadata, Permissions};
use std::hash::{BuildHasher, Hasher};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

/// The user `PostgreSQL` runs as: ourselves, unless we are root, which it refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RunAs {
    pub uid: Uid,
    pub gid: Gid,
}

impl RunAs {
    /// As root, the owner of the cluster in `data`, or a system user when there is none yet.
    pub fn for_cluster(data: &Path) -> Result<Self, StartError> {
        let owner = cluster::metadata(data)?.map(|it| Self { uid: it.uid().into(), gid: it.gid().into() });
        let user = match owner {
            Some(owner) if geteuid().is_root() && !owner.uid.is_root() => owner,
            _ => Self::without_cluster()?,
        };
        match owner {
            Some(owner) if owner.uid != user.uid => {
                Err(StartError::WrongOwner { data: data.to_owned(), owner: owner.name(), user: user.name() })
            }
            _ => Ok(user),
        }
    }

    fn without_cluster() -> Result<Self, StartError> {
        if !geteuid().is_root() {
            return Ok(Self { uid: geteuid(), gid: getegid() });
        }
        let known = |name| User::from_name(name).ok().flatten();
        let user = known("postgres").or_else(|| known("nobody")).ok_or(StartError::NoUser)?;
        Ok(Self { uid: user.uid, gid: user.gid })
    }

    pub fn name(self) -> String {
        let user = User::from_uid(self.uid).ok().flatten();
        user.map_or_else(|| self.uid.to_string(), |user| user.name)
    }

    /// A folder that only this user may enter. Fails when anything of that name exists, so nobody
    /// can have prepared it for us.
    pub fn create_private_dir(self, path: &Path) -> io::Result<()> {
        DirBuilder::new().mode(0o700).create(path)?;
        if geteuid().is_root() {
            lchown(path, Some(self.uid.as_raw()), Some(self.gid.as_raw()))?;
        }
        Ok(())
    }

    /// A private folder whose name begins with `prefix` and that nobody could have guessed.
    pub fn create_temporary_dir(self, prefix: &Path) -> io::Result<PathBuf> {
        loop {
            let unguessable = RandomState::new().build_hasher().finish();
            let mut path = prefix.as_os_str().to_owned();
            path.push(format!("{unguessable:016x}"));
            match self.create_private_dir(Path::new(&path)) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                made => return made.map(|()| path.into()),
            }
        }
    }

    /// Lets this user pass through `folder` if it is ours to change; its content stays unlisted.
    pub fn open_door(self, folder: &Path) -> Result<(), StartError> {
        let about = fs::metadata(folder).map_err(cannot("look at", folder))?;
        if self.uid == geteuid() || self.may_pass(&about) || about.uid() != geteuid().as_raw() {
            return Ok(());
        }
        let mode = Permissions::from_mode(about.mode() & 0o7777 | 0o111);
        fs::set_permissions(folder, mode).map_err(cannot("open the door of", folder))
    }

    /// Every folder down to `path` must let this user pass; `PostgreSQL`'s own words for it name
    /// neither the folder nor the reason. Where we are that user, we have just been there.
    pub fn must_pass(self, path: &Path, setting: &'static str) -> Result<(), StartError> {
        if self.uid == geteuid() {
            return Ok(());
        }
        let mut folders: Vec<_> = path.ancestors().collect();
        folders.reverse();
        for folder in folders {
            let about = fs::metadata(folder).map_err(cannot("look at", folder))?;
            if !self.may_pass(&about) {
                return Err(StartError::Impassable { user: self.name(), folder: folder.to_owned(), setting });
            }
        }
        Ok(())
    }

    /// As the kernel decides, for a user without further groups: the first class that fits counts.
    fn may_pass(self, folder: &Metadata) -> bool {
        self.passes(folder.uid(), folder.gid(), folder.mode())
    }

    fn passes(self, owner: u32, group: u32, mode: u32) -> bool {
        let execute = match () {
            () if owner == self.uid.as_raw() => 0o100,
            () if group == self.gid.as_raw() => 0o010,
            () => 0o001,
        };
        mode & execute != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_class_that_fits_decides_who_passes() {
        let user = RunAs { uid: 101.into(), gid: 104.into() };
        assert!(user.passes(0, 0, 0o711));
        assert!(!user.passes(0, 0, 0o700));
        assert!(user.passes(0, 104, 0o710));
        assert!(!user.passes(0, 104, 0o701));
        assert!(!user.passes(101, 104, 0o011));
    }
}
