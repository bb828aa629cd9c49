//! A server as a process of its own, and what the system says of it.

use super::Failed;
use super::load::Connection;
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often the system counts CPU time, a second (`USER_HZ`, which Linux keeps at 100 for all programs).
const TICKS: f64 = 100.0;

/// A running server. It is stopped when this is dropped.
#[derive(Debug)]
pub(super) struct Server {
    child: Child,
    /// Where it listens.
    pub(super) address: SocketAddr,
}

/// Memory that is resident, in bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    /// Now.
    pub(super) resident: u64,
    /// At most so far.
    pub(super) peak: u64,
}

impl Server {
    /// Starts the gateway, with its log in a file of that folder, and waits until it answers.
    pub(super) async fn gateway(settings: &Path, folder: &Path, address: SocketAddr) -> Result<Self, Failed> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dutyline"));
        command.arg("serve").arg("--settings").arg(settings);
        command.stderr(File::create(folder.join("log"))?);
        Self::start(command, address).await
    }

    /// Starts the bare handler, and waits until it answers.
    pub(super) async fn bare(address: SocketAddr) -> Result<Self, Failed> {
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("bare").arg(address.to_string());
        Self::start(command, address).await
    }

    async fn start(mut command: Command, address: SocketAddr) -> Result<Self, Failed> {
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        let mut server = Self { child, address };
        server.answers().await?;
        Ok(server)
    }

    /// Waits for the first answer.
    async fn answers(&mut self) -> Result<(), Failed> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("the server ended with {status}").into());
            }
            if let Ok(mut connection) = Connection::open(self.address).await {
                connection.ask(b"GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n").await?;
                return Ok(());
            }
            rest(Duration::from_millis(1)).await;
        }
        Err("the server did not answer for twenty seconds".into())
    }

    /// CPU time that the process has used, its user's and the system's, in seconds.
    pub(super) fn cpu(&self) -> Result<f64, Failed> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let (_, after) = stat.rsplit_once(')').ok_or("a process without a name")?;
        let fields: Vec<_> = after.split_whitespace().collect();
        // Of the whole line, these are fields 14 and 15 (proc(5)); the first two were cut off.
        let ticks = |field: usize| -> Result<f64, Failed> {
            Ok(fields.get(field).ok_or("a process without CPU time")?.parse()?)
        };
        Ok((ticks(11)? + ticks(12)?) / TICKS)
    }

    /// Memory of the process.
    pub(super) fn memory(&self) -> Result<Memory, Failed> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let bytes = |name: &str| -> Result<u64, Failed> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.and_then(|line| line.split_whitespace().next());
            Ok(kilobytes.ok_or("a process without memory")?.parse::<u64>()? * 1024)
        };
        Ok(Memory { resident: bytes("VmRSS:")?, peak: bytes("VmHWM:")? })
    }

    /// Asks the process to end, and waits for that.
    pub(super) fn stop(mut self) -> Result<(), Failed> {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status()?;
        let status = self.child.wait()?;
        if asked.success() && status.success() {
            Ok(())
        } else {
            Err(format!("it ended with {status}").into())
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It has ended before, where it was asked to.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An address of this machine that nobody listens on.
pub(super) fn free_address() -> Result<SocketAddr, Failed> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

#[expect(clippy::disallowed_methods, reason = "who measures from outside has to wait")]
pub(super) async fn rest(time: Duration) {
    tokio::time::sleep(time).await;
}
