//! Edits of the knowledge base by the desk itself: one file at a time, whole or not at all, and in
//! service before anybody is told.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::Write,
    path::Path,
    sync::Arc,
    time::Duration,
};

use tokio::{task, time::timeout};
use tracing::info;
use uuid::Uuid;

use super::{KnowledgeBase, LONGEST_FILE, Loaded, document, files};
use crate::{
    error::{Error, Result},
    services::answer::{Document, Section},
};

/// An edit is in service within a second; the rest is for a machine that has much else to do.
const IN_SERVICE_WITHIN: Duration = Duration::from_secs(10);

/// A file as it shall be, and the section by which its edit is known.
pub struct Edited {
    pub markdown: String,
    pub section: Section,
}

impl KnowledgeBase {
    /// Puts what `edit` makes of a file in its place, and waits until that is in service. Only files
    /// that are knowledge already are edited, whatever `file` says.
    pub async fn edit(
        &self,
        file: &str,
        edit: impl FnOnce(&Document) -> Result<Edited> + Send + 'static,
    ) -> Result<(Section, Arc<Loaded>)> {
        let _alone = self.editing.lock().await;
        if let Some(fault) = self.health().fault {
            return Err(Error::Conflict(format!("the knowledge base is broken ({fault}): mend that first")));
        }
        let (folder, file) = (Arc::clone(&self.folder), file.to_owned());
        let write = task::spawn_blocking(move || {
            let before = read(&folder, &file)?;
            let edited = edit(&before)?;
            if edited.markdown != before.markdown {
                replace(&folder, &before, &edited.markdown)?;
                info!(file, "the knowledge base was edited");
            }
            Ok::<_, Error>(edited.section)
        });
        let section = write.await.map_err(|error| Error::Internal(error.into()))??;
        let loaded = self.once_in_service(&section).await?;
        Ok((section, loaded))
    }

    async fn once_in_service(&self, section: &Section) -> Result<Arc<Loaded>> {
        let mut state = self.state.clone();
        let holds = |loaded: &Loaded| loaded.knowledge.sections().iter().any(|known| known.says_the_same(section));
        let looked = timeout(IN_SERVICE_WITHIN, state.wait_for(|state| state.fault.is_some() || holds(&state.loaded)));
        let Ok(Ok(state)) = looked.await else {
            return Err(Error::Conflict("the edit is written and not in service yet: look again in a moment".into()));
        };
        match &state.fault {
            Some(fault) if !holds(&state.loaded) => {
                Err(Error::Conflict(format!("the edit is written, but the knowledge base is broken now: {fault}")))
            }
            _ => Ok(Arc::clone(&state.loaded)),
        }
    }
}

/// A file of the folder by its name; a path leads nowhere.
fn read(folder: &Path, file: &str) -> Result<Document> {
    let found = files(folder).into_iter().find(|path| path.file_name() == Some(OsStr::new(file)));
    let unknown =
        || Error::Invalid { field: "file", message: "must be the name of a file of the knowledge base".into() };
    let path = found.ok_or_else(unknown)?;
    if path.is_symlink() {
        return Err(Error::Conflict(format!("{file} is a link: edit it where it lies")));
    }
    document(&path).map_err(|error| Error::Conflict(format!("{error:#}")))
}

fn replace(folder: &Path, before: &Document, markdown: &str) -> Result<()> {
    let file = &before.file;
    if markdown.len() as u64 > LONGEST_FILE {
        return Err(Error::Conflict(format!("{file} would be longer than {LONGEST_FILE} bytes")));
    }
    // Hidden and no .md: no reader of the folder takes it for knowledge.
    let draft = folder.join(format!(".{file}.{}.draft", Uuid::new_v4().simple()));
    let written = write(&draft, &folder.join(file), before, markdown);
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map_err(|why| Error::Conflict(format!("{file} cannot be written: {why}")))
}

/// A crash at any moment leaves the old file or the new one.
fn write(draft: &Path, path: &Path, before: &Document, markdown: &str) -> Result<(), String> {
    let tell = |error: std::io::Error| error.kind().to_string();
    let mut new = File::options().write(true).create_new(true).open(draft).map_err(tell)?;
    new.set_permissions(fs::metadata(path).map_err(tell)?.permissions()).map_err(tell)?;
    new.write_all(markdown.as_bytes()).and_then(|()| new.sync_all()).map_err(tell)?;
    if fs::read(path).map_err(tell)? != before.markdown.as_bytes() {
        return Err("somebody else changed it at this moment".into());
    }
    fs::rename(draft, path).map_err(tell)?;
    // What the folder holds is on disk only when it is itself.
    let folder = path.parent().map(File::open);
    folder.transpose().and_then(|folder| folder.map_or(Ok(()), |folder| folder.sync_all())).map_err(tell)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let folder = std::env::temp_dir().join(format!("levqor-edit-{}", Uuid::new_v4().simple()));
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("faq.md"), "## A\n\nOne.\n").unwrap();
            fs::write(folder.join(".hidden.md"), "## A\n\nOne.\n").unwrap();
            fs::write(folder.join("notes.txt"), "## A\n\nOne.\n").unwrap();
            Self(folder)
        }

        fn names(&self) -> Vec<String> {
            let entries = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<String> = entries.map(|name| name.into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn only_knowledge_of_the_folder_is_edited() {
        let folder = Folder::new();
        std::os::unix::fs::symlink("/etc/hostname", folder.0.join("link.md")).unwrap();

        assert_eq!(read(&folder.0, "faq.md").unwrap().markdown, "## A\n\nOne.\n");
        let outside = format!("../{}/faq.md", folder.0.file_name().unwrap().to_string_lossy());
        for other in ["", ".", "..", "none.md", ".hidden.md", "notes.txt", "/etc/passwd", "./faq.md", &outside] {
            assert!(matches!(read(&folder.0, other), Err(Error::Invalid { field: "file", .. })), "{other}");
        }
        assert!(matches!(read(&folder.0, "link.md"), Err(Error::Conflict(_))));
    }

    #[test]
    fn a_file_is_replaced_whole_or_not_at_all() {
        let folder = Folder::new();
        let before = read(&folder.0, "faq.md").unwrap();
        let names = folder.names();

        replace(&folder.0, &before, "## B\n\nTwo.\n").unwrap();
        assert_eq!(fs::read_to_string(folder.0.join("faq.md")).unwrap(), "## B\n\nTwo.\n");

        let late = replace(&folder.0, &before, "## C\n\nThree.\n").unwrap_err();
        assert!(late.to_string().contains("somebody else"), "{late}");
        assert_eq!(fs::read_to_string(folder.0.join("faq.md")).unwrap(), "## B\n\nTwo.\n");
        assert_eq!(folder.names(), names);
    }
}
