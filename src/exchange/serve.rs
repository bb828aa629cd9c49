//! The exchange on the network: the API for the gateway and the phones on one port, the mailboxes on another.

use std::{future::Future, io};

use axum::Router;
use tokio::{net::TcpListener, sync::watch};

use super::{carrier::Exchange, phone, rest, smtp};

/// Everything that the exchange answers over HTTP.
pub fn router(exchange: &Exchange) -> Router {
    rest::router(exchange.clone()).merge(phone::router(exchange.clone()))
}

/// Serves phones, API and mailboxes and keeps the exchange running in real time until `stop` is ready.
///
/// Fails when HTTP can't be served, and when a listener is not on the loopback interface: the exchange is a
/// workbench, not a public service.
pub async fn serve(
    exchange: Exchange,
    http: TcpListener,
    mail: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    for listener in [&http, &mail] {
        if !listener.local_addr()?.ip().is_loopback() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the exchange listens on loopback only"));
        }
    }
    let (stopping, stopped) = watch::channel(false);
    let until_stopped = |mut stopped: watch::Receiver<bool>| async move {
        // An error means that the sender is gone, which is a stop as well.
        drop(stopped.wait_for(|stopped| *stopped).await);
    };
    tokio::spawn(async move {
        stop.await;
        stopping.send_replace(true);
    });
    let mailboxes = tokio::spawn(smtp::serve(exchange.clone(), mail, until_stopped(stopped.clone())));
    let router = router(&exchange);
    tokio::select! {
        served = async { axum::serve(http, router).await } => served?,
        () = exchange.run(until_stopped(stopped)) => {}
    }
    mailboxes.abort();
    Ok(())
}
