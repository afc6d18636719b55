//! The knowledge base in memory: read at start, live within a second of an edit, and the last
//! good one kept when an edit breaks it.

mod edit;

use std::{
    collections::HashSet,
    fs, future,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant, SystemTime},
};

use anyhow::{Context, bail, ensure};
use tokio::sync::{Mutex, watch};
use tracing::{info, warn};

pub use self::edit::Edited;
use super::{
    answer::{Document, Knowledge, Voice},
    check::Ground,
};
use crate::{
    config::KnowledgeFolder,
    domain::{contact::Email, privacy},
};

/// How often the folder is looked at. Looking is a few system calls, works on every file system
/// and outlives a folder that is replaced as a whole, which change notifications do not.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// A longer file is a mistake rather than something people wrote.
const LONGEST_FILE: u64 = 8 * 1024 * 1024;

/// The files the desk expects, in the order in which they are read; others follow by name.
const FIRST: [(&str, &str); 3] = [
    ("faq.md", include_str!("../../knowledge-base/faq.md")),
    ("pricing.md", include_str!("../../knowledge-base/pricing.md")),
    ("policies.md", include_str!("../../knowledge-base/policies.md")),
];

/// What the desk knows: something to ask, and the addresses that are the company's own.
pub struct Loaded {
    pub knowledge: Knowledge,
    /// Addresses and numbers that stand in it.
    own: HashSet<String>,
    /// What its sections state, for the check of what a model says of it.
    pub ground: Ground,
}

impl Loaded {
    /// An address that stands in the knowledge base is nobody's who asks.
    pub fn is_own(&self, email: &Email) -> bool {
        self.own.contains(&email.folded())
    }

    /// The same of an e-mail address, a phone number or an IP address found in a text.
    pub fn is_own_contact(&self, found: &str) -> bool {
        self.own.contains(found)
    }

    fn build(documents: &[Document], voice: Voice) -> Self {
        let texts = documents.iter().map(|document| document.markdown.as_str()).chain([voice.support_email.as_str()]);
        let own = texts.flat_map(own).collect();
        let knowledge = Knowledge::build(documents, voice);
        Self { ground: Ground::of(knowledge.sections()), knowledge, own }
    }
}

/// The ways to reach somebody that a text tells.
fn own(text: &str) -> impl Iterator<Item = String> {
    Email::all_in(text).map(|email| email.folded()).chain(privacy::contacts(text))
}

/// What the folder held when it was last good, and what is wrong with it now.
#[derive(Clone)]
struct State {
    loaded: Arc<Loaded>,
    loaded_at: Instant,
    fault: Option<String>,
}

/// The knowledge base; cheap to clone, always the newest good one.
#[derive(Clone)]
pub struct KnowledgeBase {
    state: watch::Receiver<State>,
    folder: Arc<Path>,
    /// Of two edits the second begins with what the first left.
    editing: Arc<Mutex<()>>,
}

/// How the knowledge base is doing.
pub struct Health {
    pub sections: usize,
    pub seconds_since_load: u64,
    pub fault: Option<String>,
}

impl KnowledgeBase {
    /// Reads the folder, or says why nothing can be answered from it, and keeps watching it. What a default
    /// folder misses is written.
    pub fn open(folder: &KnowledgeFolder, voice: Voice) -> anyhow::Result<Self> {
        if folder.is_default {
            write_missing(&folder.path)?;
        }
        Self::watch(folder, voice, read)
    }

    /// The same for who only looks: nothing is written, and what a default folder misses is known all the same.
    pub fn look(folder: &KnowledgeFolder, voice: Voice) -> anyhow::Result<Self> {
        Self::watch(folder, voice, if folder.is_default { read_with_missing } else { read })
    }

    fn watch(folder: &KnowledgeFolder, voice: Voice, read: Read) -> anyhow::Result<Self> {
        let seen = fingerprint(&folder.path);
        let loaded = Arc::new(load(&folder.path, &voice, read)?);
        info!(sections = loaded.knowledge.section_count(), "knowledge base loaded");
        let (state, current) = watch::channel(State { loaded, loaded_at: Instant::now(), fault: None });
        let path = folder.path.clone();
        thread::Builder::new().name("knowledge-base".into()).spawn(move || {
            follow(&path, seen, &state, || load(&path, &voice, read));
        })?;
        Ok(Self { state: current, folder: folder.path.as_path().into(), editing: Arc::default() })
    }

    pub fn current(&self) -> Arc<Loaded> {
        Arc::clone(&self.state.borrow().loaded)
    }

    /// Waits until something else is known than `before`.
    pub async fn moved_on_from(&mut self, before: &Arc<Loaded>) {
        let moved_on = self.state.wait_for(|state| !Arc::ptr_eq(&state.loaded, before)).await.is_ok();
        if !moved_on {
            // Nobody watches the folder any more.
            future::pending::<()>().await;
        }
    }

    pub fn health(&self) -> Health {
        let state = self.state.borrow();
        Health {
            sections: state.loaded.knowledge.section_count(),
            seconds_since_load: state.loaded_at.elapsed().as_secs(),
            fault: state.fault.clone(),
        }
    }
}

/// What tells one state of the folder from another without reading it.
type Fingerprint = Vec<(PathBuf, Option<SystemTime>, u64)>;

/// How a folder is read.
type Read = fn(&Path) -> anyhow::Result<Vec<Document>>;

fn follow(
    path: &Path,
    mut loaded: Fingerprint,
    state: &watch::Sender<State>,
    load: impl Fn() -> anyhow::Result<Loaded>,
) {
    let mut before = loaded.clone();
    while !state.is_closed() {
        thread::sleep(LOOK_EVERY);
        let now = fingerprint(path);
        // Only what stood still for one look is read: editors empty a file before they fill it. A
        // fault may be mended without a trace in the folder (by its rights), so it is looked at again.
        let is_faulty = state.borrow().fault.is_some();
        if now == before && (now != loaded || is_faulty) {
            reload(load(), state);
            loaded.clone_from(&now);
        }
        before = now;
    }
}

fn reload(loaded: anyhow::Result<Loaded>, state: &watch::Sender<State>) {
    match loaded {
        Ok(loaded) => {
            info!(sections = loaded.knowledge.section_count(), "knowledge base loaded again");
            state.send_replace(State { loaded: Arc::new(loaded), loaded_at: Instant::now(), fault: None });
        }
        Err(error) => {
            let fault = format!("{error:#}");
            if state.borrow().fault.as_ref() != Some(&fault) {
                warn!(fault, "the edit to the knowledge base is broken: the last good one stays");
            }
            state.send_modify(|state| state.fault = Some(fault));
        }
    }
}

/// Reads and understands the folder. Text that breaks the reader is a broken edit like any other.
fn load(path: &Path, voice: &Voice, read: Read) -> anyhow::Result<Loaded> {
    let documents = read(path)?;
    let built = panic::catch_unwind(AssertUnwindSafe(|| Loaded::build(&documents, voice.clone())));
    built.map_err(|_| anyhow::anyhow!("the text of the knowledge base cannot be understood"))
}

fn write_missing(folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("The folder {} cannot be made", folder.display()))?;
    for (name, text) in FIRST {
        let path = folder.join(name);
        if !path.exists() {
            fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))?;
            info!(file = name, "a missing file of the knowledge base was written");
        }
    }
    Ok(())
}

/// All documents of the folder, and those it misses as they would be written.
fn read_with_missing(folder: &Path) -> anyhow::Result<Vec<Document>> {
    let documents = files(folder).iter().map(|path| document(path)).collect::<anyhow::Result<Vec<_>>>()?;
    let (expected, others): (Vec<_>, Vec<_>) =
        documents.into_iter().partition(|document| FIRST.iter().any(|(name, _)| document.file == *name));
    let first = FIRST.map(|(name, text)| {
        let there = expected.iter().find(|document| document.file == name).cloned();
        there.unwrap_or_else(|| Document { file: name.into(), markdown: text.into() })
    });
    Ok(first.into_iter().chain(others).collect())
}

/// All documents of the folder, each of them readable and with something in it.
fn read(folder: &Path) -> anyhow::Result<Vec<Document>> {
    ensure!(folder.is_dir(), "The knowledge base folder {} does not exist", folder.display());
    let documents = files(folder).iter().map(|path| document(path)).collect::<anyhow::Result<Vec<_>>>()?;
    if documents.is_empty() {
        bail!("The knowledge base folder {} holds no .md file", folder.display());
    }
    Ok(documents)
}

fn document(path: &Path) -> anyhow::Result<Document> {
    let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let length = fs::metadata(path).with_context(|| format!("{file} cannot be read"))?.len();
    ensure!(length <= LONGEST_FILE, "{file} is longer than {LONGEST_FILE} bytes");
    let bytes = fs::read(path).with_context(|| format!("{file} cannot be read"))?;
    let markdown = String::from_utf8(bytes).ok().with_context(|| format!("{file} is not UTF-8 text"))?;
    ensure!(!markdown.trim().is_empty(), "{file} is empty");
    ensure!(!markdown.contains('\0'), "{file} is not text");
    Ok(Document { file, markdown })
}

/// The markdown files of a folder: the expected ones first, then by name; hidden ones are not
/// knowledge (editors leave them).
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = entries.filter(|path| is_knowledge(path)).collect();
    files.sort_by_key(|path| (rank(path), path.clone()));
    files
}

fn is_knowledge(path: &Path) -> bool {
    let hidden = path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'));
    !hidden && path.extension().is_some_and(|extension| extension == "md") && path.is_file()
}

fn rank(path: &Path) -> usize {
    FIRST.iter().position(|(name, _)| path.ends_with(name)).unwrap_or(FIRST.len())
}

fn fingerprint(folder: &Path) -> Fingerprint {
    let describe = |path: PathBuf| {
        let metadata = fs::metadata(&path).ok();
        let modified = metadata.as_ref().and_then(|metadata| metadata.modified().ok());
        (path, modified, metadata.map_or(0, |metadata| metadata.len()))
    };
    files(folder).into_iter().map(describe).collect()
}
