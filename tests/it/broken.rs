//! Somebody else's service, broken in each of the ways in which services break.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// How it is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Nobody is there.
    Refused,
    /// It takes the request and says nothing.
    Silent,
    /// It answers, and not what was asked for.
    Garbage,
    /// It sends us elsewhere.
    Elsewhere,
    /// It promises more than it sends.
    CutOff,
    /// It says that it failed.
    Failing,
}

impl Way {
    pub(crate) const ALL: [Self; 6] =
        [Self::Refused, Self::Silent, Self::Garbage, Self::Elsewhere, Self::CutOff, Self::Failing];
}

/// A service that is broken.
pub(crate) struct Broken {
    /// Its address, with a trailing slash.
    pub(crate) url: String,
    /// Keeps the port from everybody else where nobody listens.
    _nobody: Option<TcpSocket>,
    asked: Arc<AtomicUsize>,
    elsewhere: Arc<AtomicUsize>,
}

impl Broken {
    pub(crate) async fn start(way: Way) -> Self {
        let (asked, elsewhere) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        if way == Way::Refused {
            let nobody = TcpSocket::new_v4().unwrap();
            nobody.bind("127.0.0.1:0".parse().unwrap()).unwrap();
            let url = format!("http://{}/", nobody.local_addr().unwrap());
            return Self { url, _nobody: Some(nobody), asked, elsewhere };
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let there = format!("http://{}/there", other.local_addr().unwrap());
        tokio::spawn(count(other, elsewhere.clone()));
        tokio::spawn({
            let asked = asked.clone();
            async move {
                loop {
                    let (connection, _) = listener.accept().await.unwrap();
                    asked.fetch_add(1, Ordering::Relaxed);
                    tokio::spawn(answer(connection, way, there.clone()));
                }
            }
        });
        Self { url, _nobody: None, asked, elsewhere }
    }

    /// How many connections there were.
    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    /// How many followed where they were sent.
    pub(crate) fn followed(&self) -> usize {
        self.elsewhere.load(Ordering::Relaxed)
    }
}

async fn count(listener: TcpListener, connections: Arc<AtomicUsize>) {
    loop {
        let (_closed_at_once, _) = listener.accept().await.unwrap();
        connections.fetch_add(1, Ordering::Relaxed);
    }
}

/// Reads what comes and answers its head; a body may still be on its way then.
async fn answer(mut connection: TcpStream, way: Way, there: String) {
    let mut request = vec![0; 64 * 1024];
    let _read = connection.read(&mut request).await;
    let welcome = "welcome to the hotel's network";
    let head = match way {
        Way::Refused => return,
        Way::Silent => return std::future::pending().await,
        Way::Garbage => {
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{welcome}", welcome.len())
        }
        Way::Elsewhere => format!("HTTP/1.1 302 Found\r\nLocation: {there}\r\nContent-Length: 0\r\n\r\n"),
        Way::CutOff => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"te".to_owned(),
        Way::Failing => "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n".to_owned(),
    };
    let _written = connection.write_all(head.as_bytes()).await;
    let _closed = connection.shutdown().await;
    // The rest of the request is taken, so that the answer is not lost to a reset.
    while let Ok(1..) = connection.read(&mut request).await {}
}
