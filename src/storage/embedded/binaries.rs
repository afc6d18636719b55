//! Finds the `PostgreSQL` that is installed, and its major version.

use super::StartError;
use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Below this, features that our SQL and our switches use are missing.
const FLOOR: u32 = 15;

/// A folder with `postgres` and `initdb` of one major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binaries {
    pub dir: PathBuf,
    pub major: u32,
}

/// The version an existing cluster wants, if there is one.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub data: PathBuf,
    pub major: u32,
}

/// `bin_dir` alone when it is set; else the first of what is installed that fits.
pub(super) fn find(bin_dir: Option<&Path>, wanted: Option<&Wanted>) -> Result<Binaries, StartError> {
    let found = match bin_dir.map(|dir| in_dir(dir).ok_or_else(|| StartError::NotInBinDir(dir.to_owned()))) {
        Some(named) => vec![named?],
        None => installed(),
    };
    choose(found, wanted)
}

fn choose(found: Vec<Binaries>, wanted: Option<&Wanted>) -> Result<Binaries, StartError> {
    let Some(newest) = found.iter().max_by_key(|it| it.major).cloned() else {
        return Err(StartError::NoBinaries);
    };
    if let Some(Wanted { data, major }) = wanted {
        let all: Vec<_> = found.iter().map(|it| it.major.to_string()).collect();
        return found.into_iter().find(|it| it.major == *major).ok_or_else(|| StartError::WrongMajor {
            data: data.clone(),
            cluster: *major,
            found: all.join(", "),
        });
    }
    found.into_iter().find(|it| it.major >= FLOOR).ok_or(StartError::TooOld {
        found: newest.major,
        dir: newest.dir,
        floor: FLOOR,
    })
}

/// `PATH` first, then where Debian keeps them: outside `PATH`, one folder a version, newest first.
fn installed() -> Vec<Binaries> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<_> = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().collect();
    versions.sort_by_key(|entry| std::cmp::Reverse(leading_number(&entry.file_name().to_string_lossy())));
    let dirs = std::env::split_paths(&path).chain(versions.iter().map(|entry| entry.path().join("bin")));
    let mut seen = HashSet::new();
    dirs.filter_map(|dir| in_dir(&dir)).filter(|it| seen.insert(it.dir.clone())).collect()
}

/// Follows links first: `/usr/bin/postgres` is often one, and its siblings lie beside the target.
fn in_dir(dir: &Path) -> Option<Binaries> {
    let postgres = dir.join("postgres").canonicalize().ok()?;
    let dir = postgres.parent()?.to_owned();
    let answer = Command::new(&postgres).arg("--version").output().ok()?;
    let major = version(&String::from_utf8_lossy(&answer.stdout))?;
    dir.join("initdb").is_file().then_some(Binaries { dir, major })
}

/// The 15 in `postgres (PostgreSQL) 15.14 (Debian …)`; the 18 in `18beta1`.
fn version(said: &str) -> Option<u32> {
    leading_number(said.split_once("(PostgreSQL)")?.1.trim_start())
}

/// The number that `text` begins with.
pub(super) fn leading_number(text: &str) -> Option<u32> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(major: u32) -> Binaries {
        Binaries { dir: format!("/pg/{major}").into(), major }
    }

    fn cluster(major: u32) -> Wanted {
        Wanted { data: "/data/postgres".into(), major }
    }

    #[test]
    fn a_version_is_read_from_releases_and_betas() {
        assert_eq!(version("postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n"), Some(15));
        assert_eq!(version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(version("something else 9\n"), None);
    }

    #[test]
    fn an_existing_cluster_chooses_the_binaries_that_made_it() {
        let chosen = choose(vec![at(17), at(15)], Some(&cluster(15)));
        assert_eq!(chosen.expect("15 is there"), at(15));
    }

    #[test]
    fn a_cluster_of_another_major_version_is_refused_with_both_named() {
        let refusal = choose(vec![at(17), at(16)], Some(&cluster(15))).expect_err("15 is not there").to_string();
        assert!(refusal.contains("made by PostgreSQL 15") && refusal.contains("17, 16"), "{refusal}");
    }

    #[test]
    fn versions_below_the_floor_are_passed_over() {
        assert_eq!(choose(vec![at(13), at(16)], None).expect("16 is there"), at(16));
        assert!(matches!(choose(vec![at(13)], None), Err(StartError::TooOld { found: 13, .. })));
    }
}
