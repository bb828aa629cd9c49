//! Turns over connections in memory, in one process: what an instruction counter can look at. Kernel and network
//! have no part in it, and one thread takes all turns, so that the figure hardly moves from run to run.

use super::Failed;
use super::carrier::{Phone, Reply};
use super::load::Connection;
use super::settings::Gateway;
use axum::Extension;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use clap::Args;
use dutyline::http::router;
use dutyline::logging;
use dutyline::start::{Ground, Source, assemble, open_store};
use std::net::SocketAddr;
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Takes turns.
#[derive(Debug, Args)]
pub(super) struct Instructions {
    /// How many turns each connection takes.
    turns: usize,
    /// Connections in memory.
    #[arg(long, default_value_t = 64)]
    connections: usize,
}

/// Connections that are handed over in the process.
struct Inside(mpsc::UnboundedReceiver<DuplexStream>);

impl Listener for Inside {
    type Io = DuplexStream;
    type Addr = ();

    async fn accept(&mut self) -> (DuplexStream, ()) {
        match self.0.recv().await {
            Some(connection) => (connection, ()),
            // Nobody connects any more; what is connected goes on.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Instructions {
    pub(super) fn run(self) -> Result<(), Failed> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(self.take())
    }

    async fn take(self) -> Result<(), Failed> {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
        let nowhere = SocketAddr::from(([127, 0, 0, 1], 9));
        let gateway = Gateway { listen: nowhere, folder: folder.path(), postgres: None, carrier: nowhere };
        let source = Source::File(gateway.write()?);
        let loaded = source.load().map_err(|problems| problems.to_string())?;
        logging::begin(loaded.settings.log);
        let ground = Ground::real(source, nowhere);
        let store = open_store(&loaded.settings, ground.ids.clone()).await?;
        let app = assemble(loaded, store.clone(), ground)?;
        let (connect, connections) = mpsc::unbounded_channel();
        let service = router(app).layer(Extension(ConnectInfo(nowhere)));
        let server = tokio::spawn(async move { axum::serve(Inside(connections), service).await });
        let mut callers = JoinSet::new();
        for number in 0..self.connections {
            let (ours, theirs) = tokio::io::duplex(64 * 1024);
            connect.send(theirs)?;
            callers.spawn(call(Connection::over(ours), number, self.turns));
        }
        while let Some(done) = callers.join_next().await {
            done??;
        }
        server.abort();
        store.close().await;
        Ok(())
    }
}

/// One call of so many turns.
async fn call(mut connection: Connection<DuplexStream>, number: usize, turns: usize) -> Result<(), Failed> {
    let phone = Phone::new("0", number);
    let first = Reply::to(connection.ask(&phone.announce()).await?)?;
    for turn in 0..turns {
        let request = phone.press(&first.later(turn)?, if turn % 2 == 0 { "1" } else { "*" });
        connection.ask(&request).await?;
    }
    Ok(())
}
