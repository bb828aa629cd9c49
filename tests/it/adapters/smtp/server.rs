//! A mail server that does what a test tells it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What it says on connection, and to each command.
#[derive(Clone)]
pub(super) struct Manners {
    pub(super) greeting: &'static str,
    pub(super) ehlo: &'static str,
    pub(super) auth: &'static str,
    pub(super) rcpt: &'static str,
    pub(super) taken: &'static str,
}

impl Default for Manners {
    fn default() -> Self {
        Self {
            greeting: "220 mail.example\r\n",
            ehlo: "250-mail.example\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n",
            auth: "235 ok\r\n",
            rcpt: "250 ok\r\n",
            taken: "250 ok\r\n",
        }
    }
}

/// What it has heard, over all connections.
#[derive(Default)]
pub(super) struct Heard {
    /// Commands as they came.
    pub(super) commands: Vec<String>,
    /// Messages as they came.
    pub(super) mails: Vec<String>,
}

/// Where it listens, and what it hears.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    pub(super) heard: Arc<Mutex<Heard>>,
}

impl Server {
    pub(super) async fn start(manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let ears = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                // A client that hangs up in the middle is what some tests are about.
                let _over = talk(connection, &manners, &ears).await;
            }
        });
        Self { address, heard }
    }
}

async fn talk(connection: TcpStream, manners: &Manners, heard: &Mutex<Heard>) -> std::io::Result<()> {
    let (read, mut write) = connection.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(manners.greeting.as_bytes()).await?;
    while let Some(line) = lines.next_line().await? {
        heard.lock().unwrap().commands.push(line.clone());
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "EHLO" => manners.ehlo,
            "AUTH" => manners.auth,
            "MAIL" | "NOOP" => "250 ok\r\n",
            "RCPT" => manners.rcpt,
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut mail = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    mail.push_str(&line);
                    mail.push_str("\r\n");
                }
                heard.lock().unwrap().mails.push(mail);
                manners.taken
            }
            "QUIT" => "221 bye\r\n",
            _ => "500 what?\r\n",
        };
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
