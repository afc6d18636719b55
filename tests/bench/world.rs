//! Everybody who takes part: the desk with its own durable PostgreSQL, the model, the reference.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    str::FromStr,
    sync::OnceLock,
};

use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection as _, postgres::PgConnectOptions};
use uuid::Uuid;

use super::{
    load::{self, Target},
    proxy,
    service::{Service, say},
    stub,
    wire::{self, Connection},
};

/// Something the knowledge base answers and a model is asked.
pub const QUESTION: &str = "How much is the Growth plan?";

/// What the desk gives the model to read, in bytes. Everybody gives it as much: reading takes the model time,
/// which is nobody else's.
static READ: OnceLock<usize> = OnceLock::new();

/// Stands once in the log for every request.
const ANSWERED: &[u8] = b"\"answered\"";

pub struct World {
    // Fields drop in this order: whoever uses the database ends before it.
    reference: Service,
    pub desk: Service,
    model: Service,
    folder: Folder,
    /// The release program.
    pub program: PathBuf,
    pub bin_dir: Option<PathBuf>,
}

impl World {
    /// The measured desk owns the database that everybody uses: the embedded default, which commits
    /// to disk.
    pub async fn start(program: &Path, bin_dir: Option<&Path>) -> anyhow::Result<Self> {
        let (folder, program, bin_dir) = (Folder::new()?, program.canonicalize()?, bin_dir.map(Path::to_owned));
        let model = Service::of_ourselves(&[stub::COMMAND])?;
        let bytes = read_by_model(&program, &model, bin_dir.as_deref()).await?;
        let bytes = READ.get_or_init(|| bytes);
        let (desk, _) = start_desk(&program, folder.path(), &model, bin_dir.as_deref())?;
        let socket = folder.path().join("data/run");
        let (socket, address) = (socket.to_string_lossy(), model.address.to_string());
        let arguments = [proxy::COMMAND, &socket, &address, &bytes.to_string()];
        let reference = Service::of_ourselves(&arguments)?;
        Ok(Self { reference, desk, model, folder, program, bin_dir })
    }

    /// Another desk in a folder of its own, and how many milliseconds it took to be ready.
    pub fn another_desk(&self, folder: &Folder) -> anyhow::Result<(Service, f64)> {
        start_desk(&self.program, folder.path(), &self.model, self.bin_dir.as_deref())
    }

    pub fn reference_pid(&self) -> u32 {
        self.reference.pid()
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("data/run")
    }

    pub fn scratch(&self) -> &Path {
        self.folder.path()
    }

    pub fn database(&self) -> PgConnectOptions {
        proxy::database(&self.socket())
    }

    pub fn database_log(&self) -> anyhow::Result<String> {
        Ok(fs::read_to_string(self.folder.path().join("data/postgres.log"))?)
    }

    /// Every round begins with the same database: an empty one.
    pub async fn empty_the_database(&self) -> anyhow::Result<()> {
        let mut database = self.database().connect().await?;
        sqlx::query("truncate support.conversations cascade").execute(&mut database).await?;
        Ok(database.close().await?)
    }

    /// What the load left to write is on disk after this, so that nobody measured next waits for it.
    pub async fn settle(&self) -> anyhow::Result<()> {
        let mut database = self.database().connect().await?;
        sqlx::query("checkpoint").execute(&mut database).await?;
        Ok(database.close().await?)
    }

    /// How many conversations everybody has opened since then.
    pub async fn conversations(&self) -> anyhow::Result<f64> {
        let mut database = self.database().connect().await?;
        let count = "select count(*)::float8 from support.conversations";
        Ok(sqlx::query_scalar(count).fetch_one(&mut database).await?)
    }

    /// How many requests the desk has answered, by its log.
    pub fn requests_of_desk(&self) -> anyhow::Result<f64> {
        let log = fs::read(self.folder.path().join("desk.log"))?;
        let answered = log.windows(ANSWERED.len()).filter(|window| *window == ANSWERED).count();
        Ok(answered as f64)
    }

    pub fn chats_of_desk(&self) -> Target {
        Target { address: self.desk.address, request: chat }
    }

    pub fn chats_of_reference(&self) -> Target {
        Target { address: self.reference.address, request: chat }
    }

    pub fn streams_of_desk(&self) -> Target {
        Target { address: self.desk.address, request: |number| wire::for_events(&chat(number)) }
    }

    pub fn streams_of_reference(&self) -> Target {
        Target { address: self.reference.address, request: |number| wire::for_events(&chat(number)) }
    }

    pub fn streams_of_model(&self) -> Target {
        Target { address: self.model.address, request: streamed_completion }
    }

    pub fn escalations_of_desk(&self) -> Target {
        Target { address: self.desk.address, request: escalation }
    }

    pub fn escalations_of_reference(&self) -> Target {
        Target { address: self.reference.address, request: escalation }
    }

    /// The model without anybody in between.
    pub fn model(&self) -> Target {
        Target { address: self.model.address, request: completion }
    }

    /// How often the model was asked so far.
    pub async fn model_asked(&self) -> anyhow::Result<f64> {
        counted(&self.model, "/asked").await
    }

    /// Everybody does everything a few times; tells whether the desk asked the model.
    pub async fn warm_up(&self) -> anyhow::Result<bool> {
        let asked = self.model_asked().await?;
        let chats = load::sequence(self.chats_of_desk(), 200).await;
        let is_asked = self.model_asked().await? - asked >= 0.99 * chats.good();
        anyhow::ensure!(chats.failed == 0, "the desk refused {} of 200 chats", chats.failed);
        for target in [self.chats_of_reference(), self.escalations_of_desk(), self.escalations_of_reference()] {
            let outcome = load::sequence(target, 100).await;
            anyhow::ensure!(outcome.failed == 0, "{} of 100 requests to {} failed", outcome.failed, target.address);
        }
        Ok(is_asked)
    }
}

fn start_desk(
    program: &Path,
    folder: &Path,
    model: &Service,
    bin_dir: Option<&Path>,
) -> anyhow::Result<(Service, f64)> {
    let base_url = format!("http://{}/v1", model.address);
    let bin_dir = bin_dir.map(|dir| dir.to_string_lossy());
    let mut settings = vec![("OPENAI_BASE_URL", base_url.as_str()), ("OPENAI_MODEL", "stub")];
    settings.extend(bin_dir.as_deref().map(|dir| ("PG_BIN_DIR", dir)));
    Service::desk(program, folder, &settings)
}

/// How much a desk gives the model to read: another than the one that is measured, which is idle until then.
async fn read_by_model(program: &Path, model: &Service, bin_dir: Option<&Path>) -> anyhow::Result<usize> {
    let folder = Folder::new()?;
    let (desk, _) = start_desk(program, folder.path(), model, bin_dir)?;
    let first = Connection::open(desk.address).await?.exchange(&chat(0)).await?;
    let first: Value = serde_json::from_slice(&first.body)?;
    say(&format!("The desk's first answer, by {}: {}", first["answeredBy"], first["reply"]));
    let bytes: usize = counted(model, "/longest").await?;
    say(&format!("The model is given {bytes} bytes to read."));
    Ok(bytes)
}

/// A new conversation each time, and another text: a database in which everybody said the same is
/// none that exists. The gaps between the words spell the number, so that all of them mean the same.
fn chat(number: u64) -> Vec<u8> {
    let mut rest = number;
    let spaced = QUESTION.split(' ').map(|word| {
        let gap = usize::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        format!("{word} {}", " ".repeat(gap))
    });
    wire::post("/api/support/public", &json!({ "message": spaced.collect::<String>().trim_end() }))
}

/// Another one each time, because the same words from the same address are one ticket.
fn escalation(number: u64) -> Vec<u8> {
    let message = format!("the bench waits for a person, number {number}");
    let body = json!({ "email": format!("bench-{number}@example.com"), "message": message });
    wire::post("/api/support/escalate", &body)
}

fn completion(_: u64) -> Vec<u8> {
    wire::post("/v1/chat/completions", &json!({ "model": "stub", "messages": messages() }))
}

fn streamed_completion(_: u64) -> Vec<u8> {
    wire::post("/v1/chat/completions", &json!({ "model": "stub", "stream": true, "messages": messages() }))
}

fn messages() -> Value {
    let knowledge = proxy::knowledge(READ.get().copied().unwrap_or_default());
    json!([{ "role": "system", "content": knowledge }, { "role": "user", "content": QUESTION }])
}

/// What the model counts there.
async fn counted<T: FromStr<Err: Into<anyhow::Error>>>(model: &Service, path: &str) -> anyhow::Result<T> {
    let answer = Connection::open(model.address).await?.exchange(&wire::get(path)).await?;
    String::from_utf8(answer.body)?.parse().map_err(Into::into)
}

/// A folder that goes with the value. PostgreSQL's user must be able to pass through it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> anyhow::Result<Self> {
        let path = std::env::temp_dir().join(format!("levqor-bench-{}", Uuid::new_v4().simple()));
        fs::create_dir(&path)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o711))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
