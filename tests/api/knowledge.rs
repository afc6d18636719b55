//! The knowledge base is live, and an edit that breaks it takes nothing away.

use std::{
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use sqlx::PgPool;
use uuid::Uuid;

use crate::harness::TestApp;

/// An edit is live within a second; the rest is for a machine that has much else to do.
const LIVE_WITHIN: Duration = Duration::from_secs(20);

/// A folder with one file, which goes with it.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn with(markdown: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("levqor-knowledge-{}", Uuid::new_v4()));
        fs::create_dir(&folder).unwrap();
        let folder = Self(folder);
        folder.write(markdown.as_bytes());
        folder
    }

    fn write(&self, markdown: &[u8]) {
        fs::write(self.0.join("pets.md"), markdown).unwrap();
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn until(app: &TestApp, is_so: impl AsyncFn(&TestApp) -> bool) {
    let started = Instant::now();
    while !is_so(app).await {
        assert!(started.elapsed() < LIVE_WITHIN);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn says(app: &TestApp, words: &str) -> bool {
    app.ask("Which pets are welcome in the office?", "").await["reply"].as_str().unwrap().contains(words)
}

const DOGS: &str = "## Which pets are welcome in the office?\n\nWell-behaved dogs are welcome on Fridays.\n";
const CATS: &str = "## Which pets are welcome in the office?\n\nQuiet cats are welcome on Mondays.\n";

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn an_edit_is_live_without_a_restart(db: PgPool) {
    let folder = Folder::with(DOGS);
    let app = TestApp::with(db, &[("KNOWLEDGE_BASE_DIR", folder.0.to_str().unwrap())]).await;
    assert!(says(&app, "dogs").await);

    folder.write(CATS.as_bytes());

    until(&app, async |app| says(app, "cats").await).await;
}

#[sqlx::test(migrator = "levqor_support::MIGRATOR")]
async fn a_broken_edit_keeps_the_last_good_one_and_health_says_so(db: PgPool) {
    let folder = Folder::with(DOGS);
    let app = TestApp::with(db, &[("KNOWLEDGE_BASE_DIR", folder.0.to_str().unwrap())]).await;

    for broken in [b"\xff\xfe\x00".as_slice(), b"   \n"] {
        folder.write(broken);
        until(&app, async |app| app.get("/api/support/health").await.json()["status"] == "degraded").await;
        assert!(says(&app, "dogs").await);
        folder.write(DOGS.as_bytes());
        until(&app, async |app| app.get("/api/support/health").await.json()["status"] == "ok").await;
    }
}
