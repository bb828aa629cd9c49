//! The processes: an exchange that stays, and gateways that are killed.

use dutyline::domain::access::TokenHash;
use dutyline::exchange::phone_client::PhoneClient;
use serde_json::Value;
use std::fmt::Write as _;
use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const TOKEN: &str = "tests only";
const KEY: &str = "dl_tests_only";

/// An exchange and its gateway, or several on one database: the exchange calls the first.
pub(super) struct Pair {
    exchange: Child,
    gateways: Vec<Gateway>,
    exchange_url: String,
    gateway_url: String,
    http: reqwest::Client,
    _folder: TempDir,
}

struct Gateway {
    settings: PathBuf,
    process: Child,
}

impl Pair {
    /// A gateway with a database in a file. `speed`: how fast is spoken. `more`: what the settings say besides.
    pub(super) async fn start(speed: f64, more: &str) -> Self {
        Self::start_on(None, 1, speed, more).await
    }

    /// So many gateways on that `PostgreSQL` database; `None`: with a file.
    pub(super) async fn start_on(postgres: Option<&str>, gateways: usize, speed: f64, more: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let [gateway_port, exchange_port, mail_port] = free_ports();
        let mut text = text(speed, gateway_port, exchange_port, mail_port);
        text.push_str(&more.replace("{mail}", &mail_port.to_string()));
        if let Some(url) = postgres {
            write!(text, "[store]\npostgres_url = \"{url}\"\n").unwrap();
        }
        let listens = format!("listen = \"127.0.0.1:{gateway_port}\"");
        let gateways: Vec<_> = (0..gateways)
            .map(|n| {
                let settings = folder.path().join(format!("settings{n}.toml"));
                let [own_port, _, _] = free_ports();
                let listens_too = if n == 0 {
                    listens.clone()
                } else {
                    listens.replace(&gateway_port.to_string(), &own_port.to_string())
                };
                std::fs::write(&settings, text.replacen(&listens, &listens_too, 1)).unwrap();
                Gateway { process: run("serve", &settings), settings }
            })
            .collect();
        let exchange = run("exchange", &gateways[0].settings);
        let http = dutyline::adapters::http_client::build(Duration::from_secs(5)).unwrap();
        let pair = Self {
            exchange,
            gateways,
            exchange_url: format!("http://127.0.0.1:{exchange_port}"),
            gateway_url: format!("http://127.0.0.1:{gateway_port}"),
            http,
            _folder: folder,
        };
        pair.answers(&format!("{}/ready", pair.gateway_url)).await;
        pair.answers(&pair.exchange_url).await;
        pair
    }

    pub(super) fn phone(&self) -> PhoneClient {
        PhoneClient::new(&self.exchange_url, TOKEN).unwrap()
    }

    /// SIGKILL: nothing is said, nothing is finished.
    pub(super) fn kill_gateway(&mut self, n: usize) {
        self.gateways[n].process.kill().unwrap();
        self.gateways[n].process.wait().unwrap();
    }

    pub(super) fn start_gateway(&mut self, n: usize) {
        self.gateways[n].process = run("serve", &self.gateways[n].settings);
    }

    /// The carrier comes to a halt: what is sent to it waits.
    pub(super) fn halt_exchange(&self) {
        self.signal("STOP");
    }

    /// The carrier goes on, with what was sent to it meanwhile.
    pub(super) fn resume_exchange(&self) {
        self.signal("CONT");
    }

    fn signal(&self, name: &str) {
        let id = self.exchange.id().to_string();
        let done = Command::new("kill").args(["-s", name, &id]).status().unwrap();
        assert!(done.success());
    }

    /// Lets real time pass.
    pub(super) async fn pause(&self, time: Duration) {
        #[expect(clippy::disallowed_methods, reason = "processes are killed in real time")]
        tokio::time::sleep(time).await;
    }

    pub(super) async fn alerts(&self) -> Vec<Value> {
        self.answers(&format!("{}/ready", self.gateway_url)).await;
        self.pages("alerts").await
    }

    /// Every call with what came of it.
    pub(super) async fn calls(&self) -> Vec<Value> {
        self.answers(&format!("{}/ready", self.gateway_url)).await;
        let mut calls = vec![];
        for call in self.pages("calls").await {
            calls.push(self.ask(&format!("/api/calls/{}", call["id"].as_str().unwrap())).await);
        }
        calls
    }

    /// A URL of the first gateway.
    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.gateway_url)
    }

    /// Everything of a list of the API.
    pub(super) async fn pages(&self, what: &str) -> Vec<Value> {
        let (mut found, mut after) = (vec![], String::new());
        loop {
            let page = self.ask(&format!("/api/{what}?limit=100&after={after}")).await;
            found.extend(page[what].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(next) => next.clone_into(&mut after),
                None => return found,
            }
        }
    }

    pub(super) async fn ask(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.gateway_url)).bearer_auth(KEY);
        request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap()
    }

    /// Waits until a URL answers anything.
    async fn answers(&self, url: &str) {
        for _ in 0..300 {
            if self.http.get(url).send().await.is_ok() {
                return;
            }
            self.pause(Duration::from_millis(50)).await;
        }
        let log = self.gateways[0].settings.with_extension("log");
        let log = std::fs::read_to_string(log).unwrap_or_default();
        panic!("{url} does not answer; the processes say:\n{log}");
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        let gateways = self.gateways.iter_mut().map(|gateway| &mut gateway.process);
        for process in gateways.chain([&mut self.exchange]) {
            let _it_may_be_gone = process.kill();
            let _it_may_be_gone = process.wait();
        }
    }
}

fn run(command: &str, settings: &Path) -> Child {
    let log = File::options().create(true).append(true).open(settings.with_extension("log")).unwrap();
    Command::new(env!("CARGO_BIN_EXE_dutyline"))
        .args([command, "--settings"])
        .arg(settings)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap()
}

/// Three ports that nobody listens on, at least for the moment.
fn free_ports() -> [u16; 3] {
    let listeners = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn text(speed: f64, gateway: u16, exchange: u16, mail: u16) -> String {
    format!(
        r#"
[server]
listen = "127.0.0.1:{gateway}"
public_url = "http://127.0.0.1:{gateway}"
[carrier]
account_sid = "ACtest00000000000000000000000000ab"
auth_token = "{TOKEN}"
api_url = "http://127.0.0.1:{exchange}"
number = "+15550100"
calls_per_number = 10000
[exchange]
listen = "127.0.0.1:{exchange}"
smtp_listen = "127.0.0.1:{mail}"
speed = {speed:.1}
transcription_seconds = 1
voice = "tone"
[sms]
per_number = 10000
[limits]
calls_per_number_per_minute = 10000
requests_per_source_per_minute = 10000
[[api.key]]
name = "test"
hash = "{}"
scopes = ["read"]
"#,
        TokenHash::of(KEY)
    )
}
