//! A client of the carrier's API, as a gateway has one.

use dutyline::exchange::serve::router;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::world::{ACCOUNT, TOKEN, World};

/// A client of the API.
pub(super) struct Api {
    pub(super) base: String,
    pub(super) http: Client,
    pub(super) user: &'static str,
    pub(super) token: &'static str,
}

impl Api {
    pub(super) async fn of(world: &World) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Self::at(&format!("http://{}", listener.local_addr().unwrap()));
        let router = router(&world.exchange);
        tokio::spawn(async move { axum::serve(listener, router).await });
        api
    }

    /// The API of an exchange that is served there.
    pub(super) fn at(exchange: &str) -> Self {
        let base = format!("{exchange}/2010-04-01/Accounts/{ACCOUNT}");
        Self { base, http: http(), user: ACCOUNT, token: TOKEN }
    }

    pub(super) async fn ask(&self, method: Method, path: &str, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = self.http.request(method, format!("{}/{path}", self.base));
        let reply = request.basic_auth(self.user, Some(self.token)).form(form).send().await.unwrap();
        let status = reply.status();
        let body = reply.text().await.unwrap();
        (status, serde_json::from_str(&body).unwrap_or(Value::Null))
    }

    pub(super) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask(Method::GET, path, &[]).await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    pub(super) async fn created(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let (status, body) = self.ask(Method::POST, path, form).await;
        assert_eq!(status, StatusCode::CREATED, "{path}: {body}");
        body
    }

    pub(super) async fn refused(&self, method: Method, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        let (status, body) = self.ask(method, path, form).await;
        assert_eq!(body["status"], json!(status.as_u16()), "{path}: {body}");
        assert!(body["message"].is_string() && body["more_info"].is_string(), "{path}: {body}");
        (status.as_u16(), body["code"].clone())
    }
}

#[expect(clippy::disallowed_methods, reason = "the test speaks to the carrier as a gateway's client does")]
pub(super) fn http() -> Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    Client::new()
}
