//! A gate in front of an upstream: open, the traffic goes through; shut in one of the ways in which upstreams
//! fail.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinHandle;

/// How an upstream fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Nobody listens.
    Down,
    /// It takes the connection and the request, and says nothing.
    Slow,
    /// It answers at once, and what it says means nothing.
    Garbage,
    /// It sends us elsewhere.
    Redirecting,
    /// It closes in the middle of its answer.
    ClosingHalfWay,
}

/// Who has come where a redirect leads.
#[derive(Default)]
struct Trapped {
    came: u32,
    with_credentials: u32,
}

/// The gate.
pub(crate) struct Gate {
    address: SocketAddr,
    behind: SocketAddr,
    /// Where a redirect leads.
    trap: SocketAddr,
    trapped: Arc<Mutex<Trapped>>,
    /// Whether it is the upstream that speaks first.
    greets: bool,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Gate {
    /// An open gate in front of that HTTP server.
    pub(crate) async fn before(behind: SocketAddr) -> Self {
        Self::new(behind, false).await
    }

    /// An open gate in front of that mail server, which speaks first.
    pub(crate) async fn before_mail(behind: SocketAddr) -> Self {
        Self::new(behind, true).await
    }

    async fn new(behind: SocketAddr, greets: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let trap = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let trapped = Arc::new(Mutex::new(Trapped::default()));
        let gate = Self {
            address: listener.local_addr().unwrap(),
            behind,
            trap: trap.local_addr().unwrap(),
            trapped: trapped.clone(),
            greets,
            task: Mutex::new(None),
        };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = trap.accept().await {
                let mut request = vec![0; 16 * 1024];
                let read = stream.read(&mut request).await.unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..read]).to_lowercase();
                let mut trapped = trapped.lock().unwrap();
                trapped.came += 1;
                trapped.with_credentials += u32::from(request.contains("authorization:"));
            }
        });
        gate.serve(listener, None);
        gate
    }

    /// Where it stands.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How often somebody has gone where a redirect leads.
    pub(crate) fn followed(&self) -> u32 {
        self.trapped.lock().unwrap().came
    }

    /// How often somebody has gone there and shown what opens the upstream.
    pub(crate) fn betrayed(&self) -> u32 {
        self.trapped.lock().unwrap().with_credentials
    }

    /// Shuts it like that; connections that there are end.
    pub(crate) async fn shut(&self, how: Broken) {
        self.stop().await;
        if how != Broken::Down {
            self.serve(self.listen(), Some(how));
        }
    }

    /// Opens it again.
    pub(crate) async fn open(&self) {
        self.stop().await;
        self.serve(self.listen(), None);
    }

    async fn stop(&self) {
        let task = self.task.lock().unwrap().take();
        if let Some(task) = task {
            task.abort();
            // An aborted task ends with an error, which is what was asked for.
            let _aborted = task.await;
        }
    }

    fn listen(&self) -> TcpListener {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(self.address).unwrap();
        socket.listen(64).unwrap()
    }

    fn serve(&self, listener: TcpListener, broken: Option<Broken>) {
        let (behind, trap, greets) = (self.behind, self.trap, self.greets);
        let task = tokio::spawn(async move {
            // The connections end with the task that accepts them.
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                connections.spawn(async move {
                    match broken {
                        None => through(stream, behind).await,
                        Some(how) => fail(stream, how, trap, greets).await,
                    }
                });
                while connections.try_join_next().is_some() {}
            }
        });
        *self.task.lock().unwrap() = Some(task);
    }
}

async fn through(mut stream: TcpStream, behind: SocketAddr) {
    if let Ok(mut upstream) = TcpStream::connect(behind).await {
        // One side has gone, and then so has the other.
        let _ended = tokio::io::copy_bidirectional(&mut stream, &mut upstream).await;
    }
}

async fn fail(mut stream: TcpStream, how: Broken, trap: SocketAddr, greets: bool) {
    let answer = match how {
        Broken::Down | Broken::Slow => String::new(),
        Broken::Garbage => {
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n\u{1}<<{no: json\u{2}".to_owned()
        }
        Broken::Redirecting => format!(
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: http://{trap}/elsewhere\r\ncontent-length: 0\r\n\r\n"
        ),
        Broken::ClosingHalfWay => {
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{\"half\": \"way".to_owned()
        }
    };
    let mut heard = Vec::new();
    loop {
        if greets || heard.windows(4).any(|four| four == b"\r\n\r\n") {
            let written = stream.write_all(answer.as_bytes()).await;
            if written.is_err() || how == Broken::ClosingHalfWay {
                return;
            }
            heard.clear();
        }
        if !matches!(stream.read_buf(&mut heard).await, Ok(1..)) {
            return;
        }
    }
}
