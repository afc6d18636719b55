//! What the kernel says a process used: that process alone, none of its children.

use std::fs;

use anyhow::Context;

/// Linux counts processor time for everybody in hundredths of a second, whatever its own clock does.
const MS_PER_TICK: f64 = 10.0;

/// The processor time it took so far, in user and in kernel mode, in milliseconds.
pub fn processor_ms(pid: u32) -> anyhow::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name in parentheses may hold anything, so fields are counted after it.
    let (_, fields) = stat.rsplit_once(')').context("no name in stat")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    let ticks: u32 = ticks.sum::<Result<_, _>>()?;
    Ok(f64::from(ticks) * MS_PER_TICK)
}

/// The memory it holds now, in MiB.
pub fn resident_mib(pid: u32) -> anyhow::Result<f64> {
    status_mib(pid, "VmRSS:")
}

/// The most it ever held, in MiB.
pub fn highest_resident_mib(pid: u32) -> anyhow::Result<f64> {
    status_mib(pid, "VmHWM:")
}

/// Of what it holds, its own: no file of its program.
pub fn anonymous_mib(pid: u32) -> anyhow::Result<f64> {
    status_mib(pid, "RssAnon:")
}

fn status_mib(pid: u32, name: &str) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)).with_context(|| format!("no {name}"))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1_024.0)
}
