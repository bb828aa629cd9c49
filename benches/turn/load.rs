//! The load generator: HTTP/1.1 over connections that stay open, one request after the other on each, and as
//! little of its own work as that takes.

use super::Failed;
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// A connection that stays open.
#[derive(Debug)]
pub(super) struct Connection<S> {
    stream: S,
    buffer: Vec<u8>,
}

impl Connection<TcpStream> {
    /// Connects.
    pub(super) async fn open(to: SocketAddr) -> Result<Self, Failed> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self::over(stream))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// Speaks HTTP over that.
    pub(super) fn over(stream: S) -> Self {
        Self { stream, buffer: vec![0; 256 * 1024] }
    }

    /// Sends a request and waits for the whole answer; its body. An answer other than 200 or 204 is a failure.
    pub(super) async fn ask(&mut self, request: &[u8]) -> Result<&[u8], Failed> {
        self.stream.write_all(request).await?;
        let mut filled = 0;
        loop {
            let room = self.buffer.get_mut(filled..).filter(|room| !room.is_empty());
            let read = self.stream.read(room.ok_or("an answer is too long")?).await?;
            if read == 0 {
                return Err("the server closed a connection".into());
            }
            filled += read;
            let answer = self.buffer.get(..filled).unwrap_or_default();
            if let Some(body) = whole(answer)? {
                return Ok(self.buffer.get(body..filled).unwrap_or_default());
            }
        }
    }
}

/// Where the body of an answer begins, once all of it is there.
fn whole(answer: &[u8]) -> Result<Option<usize>, Failed> {
    const LENGTH: &[u8] = b"\r\ncontent-length: ";
    let Some(head) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(None) };
    let (body, head) = (head + 4, answer.get(..head).unwrap_or_default());
    let status = head.get(9..12).unwrap_or_default();
    if !matches!(status, b"200" | b"201" | b"204") {
        return Err(format!("the server answered {}", String::from_utf8_lossy(head)).into());
    }
    let length = head.windows(LENGTH.len()).position(|window| window == LENGTH);
    let digits = length.and_then(|at| head.get(at + LENGTH.len()..)).unwrap_or_default();
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    let length = digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'));
    Ok((answer.len() >= body + length).then_some(body))
}

/// What came of sending everything.
#[derive(Debug)]
pub(super) struct Sent {
    /// From the first byte to the last.
    pub(super) took: Duration,
    /// How long each answer took.
    pub(super) latencies: Vec<Duration>,
}

impl Sent {
    /// Requests a second.
    pub(super) fn rate(&self) -> f64 {
        f64::from(u32::try_from(self.latencies.len()).unwrap_or(u32::MAX)) / self.took.as_secs_f64()
    }

    /// The latency that so many percent of the answers kept to, in milliseconds.
    pub(super) fn percentile(&mut self, percent: usize) -> f64 {
        self.latencies.sort_unstable();
        let at = (self.latencies.len() * percent / 100).min(self.latencies.len().saturating_sub(1));
        self.latencies.get(at).map_or(0.0, |latency| latency.as_secs_f64() * 1_000.0)
    }
}

/// Sends each list over a connection of its own, all at the same time. Each answer's body must begin so.
pub(super) async fn send(
    to: SocketAddr,
    lists: Vec<Vec<Vec<u8>>>,
    begins: &'static [u8],
) -> Result<(Sent, Vec<Vec<Vec<u8>>>), Failed> {
    let mut connections = open(to, lists.len()).await?;
    send_over(&mut connections, lists, begins).await
}

/// So many connections.
pub(super) async fn open(to: SocketAddr, count: usize) -> Result<Vec<Connection<TcpStream>>, Failed> {
    let mut connections = Vec::with_capacity(count);
    for _ in 0..count {
        connections.push(Connection::open(to).await?);
    }
    Ok(connections)
}

/// Sends each list over one of the connections, all at the same time. They stay open. Each
/// answer's body must begin so.
pub(super) async fn send_over(
    connections: &mut Vec<Connection<TcpStream>>,
    lists: Vec<Vec<Vec<u8>>>,
    begins: &'static [u8],
) -> Result<(Sent, Vec<Vec<Vec<u8>>>), Failed> {
    let mut tasks = JoinSet::new();
    let started = Instant::now();
    for (mut connection, list) in connections.drain(..).zip(lists) {
        tasks.spawn(async move {
            let mut latencies = Vec::with_capacity(list.len());
            for request in &list {
                let sent = Instant::now();
                let body = connection.ask(request).await?;
                latencies.push(sent.elapsed());
                if !body.starts_with(begins) {
                    return Err(format!("the answer is not a turn: {}", String::from_utf8_lossy(body)).into());
                }
            }
            Ok::<_, Failed>((latencies, list, connection))
        });
    }
    let mut all = Vec::new();
    let mut lists = Vec::new();
    while let Some(done) = tasks.join_next().await {
        let (latencies, list, connection) = done??;
        all.extend(latencies);
        lists.push(list);
        connections.push(connection);
    }
    Ok((Sent { took: started.elapsed(), latencies: all }, lists))
}
