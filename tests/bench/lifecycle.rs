//! P9: how long the desk takes to be there and to be gone, and how large it is.

use std::{fs, path::Path, time::Duration};

use tokio::{task::block_in_place, time::sleep};

use super::{
    memory,
    table::{Goal, Row, Table},
    usage,
    world::{Folder, World},
};

/// After this a start has settled.
const SETTLED: Duration = Duration::from_secs(1);

#[derive(Default)]
pub struct Lifecycle {
    first_ms: Vec<f64>,
    later_ms: Vec<f64>,
    stop_ms: Vec<f64>,
    /// Memory of a desk that just started, and what a connection adds.
    pub idle_mib: Vec<f64>,
    pub connection_kib: Vec<f64>,
}

impl Lifecycle {
    /// A desk with the embedded database it makes itself, started twice.
    pub async fn round(&mut self, world: &World) -> anyhow::Result<()> {
        let folder = Folder::new()?;
        let (desk, first_ms) = block_in_place(|| world.another_desk(&folder))?;
        self.first_ms.push(first_ms);
        sleep(SETTLED).await;
        self.stop_ms.push(block_in_place(|| desk.stop())?);
        let (desk, later_ms) = block_in_place(|| world.another_desk(&folder))?;
        self.later_ms.push(later_ms);
        sleep(SETTLED).await;
        self.idle_mib.push(usage::resident_mib(desk.pid())?);
        self.connection_kib.push(memory::of_a_connection(&desk).await?);
        sleep(SETTLED).await;
        self.stop_ms.push(block_in_place(|| desk.stop())?);
        Ok(())
    }

    pub fn report(self, table: &mut Table, program: &Path) {
        let second = Goal::AtMost(1_000.0);
        table.add(Row::new("P9", "start to ready, first (makes the database)", "ms", self.first_ms).goal(second));
        table.add(Row::new("P9", "start to ready, later", "ms", self.later_ms).goal(second));
        table.add(Row::new("P9", "SIGTERM to end, idle", "ms", self.stop_ms).goal(second));
        let size = fs::metadata(program).map(|file| file.len() as f64 / 1e6);
        table.add(Row::new("P9", "the binary", "MB", size.into_iter().collect()).goal(Goal::AtMost(20.0)));
    }
}
