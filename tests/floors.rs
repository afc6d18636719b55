//! Nobody calls upstairs: a module uses its own floor's rules and the floors below, never those above.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The house, from the top. Rooms of one floor may talk, in one direction: to those on their right.
const FLOORS: [&[&str]; 7] = [
    &["main", "lib", "cli", "run"],
    &["http", "worker"],
    &["state"],
    &["services"],
    &["storage", "integrations"],
    &["domain"],
    &["error", "config"],
];

/// Who may ask whom among the services; nobody answers back.
const NEIGHBOURS: [(&str, &[&str]); 26] = [
    ("chat", &["account", "ai", "answer", "budget", "context", "embeddings", "faq_loader", "handoff", "tickets"]),
    ("ai", &["answer", "check", "context", "faq_loader", "handoff"]),
    ("budget", &["ai"]),
    ("account", &["answer", "context"]),
    ("context", &[]),
    ("tickets", &["cursor", "handoff", "notifications"]),
    ("health", &["embeddings", "faq_loader"]),
    ("embeddings", &["ai", "answer", "budget", "faq_loader"]),
    ("faq_loader", &["answer", "check"]),
    ("check", &["answer"]),
    ("handoff", &["answer"]),
    ("answer", &[]),
    ("conversations", &[]),
    ("cursor", &[]),
    ("eval", &[]),
    ("feedback", &[]),
    ("gaps", &["account", "answer", "faq_loader"]),
    ("idempotency", &[]),
    ("blocks", &[]),
    ("limits", &["blocks"]),
    ("live", &[]),
    ("following", &["blocks"]),
    ("notifications", &[]),
    ("operators", &["limits"]),
    ("people", &[]),
    ("stats", &[]),
];

#[test]
fn nobody_calls_upstairs() {
    let mut complaints = Vec::new();
    for file in sources() {
        let room = room_of(&file);
        let Some(floor) = floor_of(&room) else { panic!("{room} has no floor") };
        for used in used_rooms(&file) {
            // The wiring knows every room below it; a room that is handed a part of it asks by type.
            let is_wiring = used == "state" && floor == 1;
            let below = floor_of(&used).is_none_or(|other| other > floor || used == room || is_wiring);
            if !(below || floor == 0 || may_talk(&room, &used)) {
                complaints.push(format!("{} uses {used}", file.display()));
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn services_ask_in_one_direction() {
    let mut complaints = Vec::new();
    for file in sources().iter().filter(|file| room_of(file) == "services") {
        let Some(service) = service_of(file) else { continue };
        let (_, allowed) = NEIGHBOURS
            .iter()
            .find(|(name, _)| *name == service)
            .unwrap_or_else(|| panic!("{service} is new: say whom it may ask"));
        for asked in paths_after(file, "services::").into_iter().chain(siblings(file)) {
            if asked != service
                && NEIGHBOURS.iter().any(|(name, _)| *name == asked)
                && !allowed.contains(&asked.as_str())
            {
                complaints.push(format!("{service} asks {asked}"));
            }
        }
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn sql_stands_in_storage_and_status_codes_in_http() {
    for file in sources() {
        let (room, text) = (room_of(&file), fs::read_to_string(&file).unwrap());
        let tested = text.split("#[cfg(test)]").next().unwrap_or_default();
        let holds_sql = ["sqlx::query", "begin_with"].iter().any(|sign| tested.contains(sign));
        assert!(room == "storage" || !holds_sql, "{} holds SQL", file.display());
        let knows_status = tested.contains("StatusCode");
        assert!(
            !knows_status || ["http", "integrations"].contains(&room.as_str()),
            "{} knows status codes",
            file.display()
        );
    }
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![source_root()];
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            match path.extension() {
                Some(extension) if extension == "rs" => found.push(path),
                _ if path.is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    found
}

fn source_root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The room a file belongs to: the first part of its path below `src`.
fn room_of(file: &Path) -> String {
    part_of(file, 0).expect("every source has a room")
}

fn service_of(file: &Path) -> Option<String> {
    part_of(file, 1).filter(|name| name != "mod")
}

fn part_of(file: &Path, depth: usize) -> Option<String> {
    let below = file.strip_prefix(source_root()).ok()?;
    let part = below.iter().nth(depth)?.to_string_lossy().into_owned();
    Some(part.trim_end_matches(".rs").to_owned())
}

fn floor_of(room: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&room))
}

/// Rooms of one floor talk to those on their right only.
fn may_talk(room: &str, used: &str) -> bool {
    let Some(floor) = FLOORS.iter().find(|floor| floor.contains(&room)) else { return false };
    let place = |name: &str| floor.iter().position(|other| *other == name);
    matches!((place(room), place(used)), (Some(from), Some(to)) if from < to)
}

/// The rooms a file names by `crate::`.
fn used_rooms(file: &Path) -> Vec<String> {
    paths_after(file, "crate::")
}

/// What follows `prefix` wherever it stands, also in a braced list.
fn paths_after(file: &Path, prefix: &str) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap();
    let mut names = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        let rest = &text[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(first_names(list)),
            None => names.extend(first_name(rest)),
        }
    }
    names
}

/// The siblings a service names by `super::`.
fn siblings(file: &Path) -> Vec<String> {
    if file.parent().is_some_and(|folder| folder.ends_with("services")) {
        paths_after(file, "super::")
    } else {
        Vec::new()
    }
}

fn first_name(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// The first name of each entry of a braced list, not of the lists inside it.
fn first_names(list: &str) -> Vec<String> {
    let (mut depth, mut names, mut at_start) = (0, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => at_start = true,
            c if depth == 0 && at_start && !c.is_whitespace() => {
                names.extend(first_name(&list[at..]));
                at_start = false;
            }
            _ => {}
        }
    }
    names
}
