//! What a turn is compared with: a handler that does nothing, on the same web framework.

use crate::Failed;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::routing::{get, post};
use clap::Args;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Serves the bare handler.
#[derive(Debug, Args)]
pub(super) struct Bare {
    /// Where.
    listen: SocketAddr,
}

/// A document of 600 bytes.
const DOCUMENT: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?><Response><Gather input="dtmf" action="https://dutyline.example.co"#,
    r#"m/voice/calls/01900000-0000-7000-8000-000000000001/legs/01900000-0000-7000-8000-000000000002/documents/1"#,
    r#"" method="POST" numDigits="1" finishOnKey="" timeout="5"><Say voice="Polly.Joanna-Neural" language="en-U"#,
    r#"S">Please press 1 to alert a group.</Say><Say voice="Polly.Joanna-Neural" language="en-US">Press 2 to ca"#,
    r#"ll a group into a conference.</Say></Gather><Redirect method="POST">https://dutyline.example.com/voice/c"#,
    r#"alls/01900000-0000-7000-8000-000000000001/legs/documents/1</Redirect></Response>"#,
);
const _: () = assert!(DOCUMENT.len() == 600, "the document has 600 bytes");

impl Bare {
    pub(super) fn run(self) -> Result<(), Failed> {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
            let listener = TcpListener::bind(self.listen).await?;
            let handler = || post(async || ([(CONTENT_TYPE, "text/xml")], DOCUMENT));
            let router = Router::new()
                .route("/voice/calls/{call}/legs/{leg}/documents/{document}", handler())
                .route("/voice/calls/{call}/legs/{leg}/status", handler())
                .route("/health", get(async || "ok"));
            Ok(axum::serve(listener, router).await?)
        })
    }
}
