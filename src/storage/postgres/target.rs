//! Where to connect, and what each connection is told first.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::Client;
use tokio_postgres::config::{Config, Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::fault::{Fault, Silent, of_control};
use super::{OpenError, PostgresOptions, tls};

/// Where to connect to, and how.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) config: Config,
    pub(super) tls: MakeRustlsConnect,
    /// Hosts, ports and database: what may be shown of it.
    pub(super) place: Arc<str>,
    pub(super) patience: Duration,
}

impl Target {
    pub(super) fn of(options: &PostgresOptions) -> Result<Self, OpenError> {
        let mut config: Config = options.url.parse().map_err(|_may_quote_it| OpenError::Url)?;
        // The rest of a password with an @ in it would be taken for the host, and shown.
        if config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(name) if name.contains('@'))) {
            return Err(OpenError::Url);
        }
        if config.get_application_name().is_none() {
            config.application_name("dutyline");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(options.patience);
        }
        // A server that is gone without a word is found out, also by a connection that nobody waits on.
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(options.patience * 4);
        }
        config.keepalives_idle(Duration::from_secs(30));
        let over_network = config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(_)));
        if !over_network {
            config.ssl_mode(SslMode::Disable);
        }
        let tls = tls::connector(config.get_ssl_mode(), options.ca_file.as_deref())?;
        Ok(Self { place: place(&config).into(), config, tls, patience: options.patience })
    }

    /// A new connection, told nothing yet.
    pub(super) async fn connect(&self) -> Result<Client, Fault> {
        let connecting = self.config.connect(self.tls.clone());
        // The timeout of the configuration is for each host, and ends before the server has said a word.
        let connected = timeout(self.patience * 2, connecting).await;
        let (client, connection) =
            connected.map_err(|_elapsed| Silent(self.patience * 2).fault())?.map_err(of_control)?;
        tokio::spawn(async move {
            // Whoever waits for an answer over it gets the same error.
            if let Err(error) = connection.await {
                let cause = of_control(error).error;
                tracing::debug!(cause = &cause as &dyn std::error::Error, "a connection to PostgreSQL ended");
            }
        });
        Ok(client)
    }

    /// What every connection is told first. A statement that takes too long ends; the locks of a process that
    /// has gone without a word are let go.
    pub(super) fn manners(&self) -> String {
        let (lock, statement) = (self.patience.as_millis(), (self.patience * 2).as_millis());
        let idle = (self.patience * 4).as_millis();
        format!(
            "set lock_timeout = {lock}; set statement_timeout = {statement}; \
             set idle_in_transaction_session_timeout = {idle}"
        )
    }
}

/// What may be shown of it: hosts, ports and database.
fn place(config: &Config) -> String {
    let ports = config.get_ports();
    let port = |index: usize| ports.get(index).or(ports.first()).copied().unwrap_or(5432);
    let host = |(index, host): (usize, &Host)| match host {
        Host::Tcp(name) => format!("{name}:{}", port(index)),
        Host::Unix(folder) => format!("{}:{}", folder.display(), port(index)),
    };
    let hosts: Vec<_> = config.get_hosts().iter().enumerate().map(host).collect();
    format!("{}, database {}", hosts.join(", "), config.get_dbname().unwrap_or("of the user's name"))
}
