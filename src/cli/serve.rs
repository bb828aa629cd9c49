//! `serve` and `exchange`: a gateway, and a carrier of our own, that run until they are stopped.

use super::signals::{reload_on_signal, stop_on_signal};
use super::{Failed, SettingsFile, WrongSettings, block_on, say};
use clap::Args;
use dutyline::exchange::audio::Audio;
use dutyline::exchange::carrier::{Config, Exchange};
use dutyline::exchange::leg::Pace;
use dutyline::exchange::phone_client::PhoneClient;
use dutyline::exchange::{serve as exchange_on, terminal};
use dutyline::logging;
use dutyline::settings::{self, Loaded, Settings};
use dutyline::start::{self, Ground, Source};
use jiff::SignedDuration;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Options of `serve`.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    file: SettingsFile,
}

/// Options of `exchange`.
#[derive(Debug, Args)]
pub(crate) struct ExchangeOnly {
    #[command(flatten)]
    file: SettingsFile,
}

impl Serve {
    pub(super) fn run(self) -> Result<(), Failed> {
        let source = Source::File(self.file.settings);
        let loaded = load(&source)?;
        logging::begin(loaded.settings.log);
        warn(&loaded);
        block_on(async {
            let listen = loaded.settings.server.listen;
            let listener = listen_on(listen).await?;
            let ground = Ground::real(source, listener.local_addr()?);
            let store = start::open_store(&loaded.settings, ground.ids.clone()).await?;
            let app = start::assemble(loaded, store.clone(), ground)?;
            tracing::info!(%listen, public_url = %app.public_url, "serving");
            let stop = stop_on_signal();
            reload_on_signal(&app);
            Ok(start::run(app, store, listener, stop).await?)
        })
    }
}

impl ExchangeOnly {
    pub(super) fn run(self) -> Result<(), Failed> {
        let loaded = load(&Source::File(self.file.settings))?;
        logging::begin(loaded.settings.log);
        block_on(async {
            let (exchange, http, mail) = exchange(&loaded.settings, None).await?;
            print_arrivals(&loaded.settings, http.local_addr()?)?;
            let (api, mailboxes) = (http.local_addr()?, mail.local_addr()?);
            say(&format!(
                "The exchange is running: its API and phones on http://{api}, its mailboxes on {mailboxes}."
            ));
            say("Short messages and mails appear below. Ctrl-C ends it.");
            let mut stop = stop_on_signal();
            Ok(exchange_on::serve(
                exchange,
                http,
                mail,
                async move { drop(stop.wait_for(|stop| *stop).await) },
            )
            .await?)
        })
    }
}

pub(super) fn load(source: &Source) -> Result<Loaded, Failed> {
    Ok(source.load().map_err(|problems| WrongSettings(problems.to_string()))?)
}

/// What is legal in the settings but hardly meant so goes into the log.
pub(super) fn warn(loaded: &Loaded) {
    for warning in &loaded.warnings {
        tracing::warn!("{warning}");
    }
}

pub(super) async fn listen_on(address: SocketAddr) -> Result<TcpListener, start::StartError> {
    TcpListener::bind(address).await.map_err(|error| start::StartError::Listen(address, error))
}

/// The built-in carrier of the settings and its two ports. `gateway`: where the gateway is, when the settings
/// leave that to us.
pub(super) async fn exchange(
    settings: &Settings,
    gateway: Option<&str>,
) -> Result<(Exchange, TcpListener, TcpListener), Failed> {
    let Some(own) = &settings.exchange else {
        return Err(WrongSettings("the settings have no [exchange] section".to_owned()).into());
    };
    let (http, mail) = (listen_on(own.listen).await?, listen_on(own.smtp_listen).await?);
    let configured = settings.server.public_url.as_ref().map(url::Url::as_str);
    let beside = format!("http://{}/", settings.server.listen);
    let gateway = configured.or(gateway).unwrap_or(&beside);
    let carrier = &settings.carrier;
    let config = Config {
        status_url: Some(format!("{gateway}voice/status")),
        sms_url: Some(format!("{gateway}sms")),
        pace: Pace { characters_per_second: 15.0, speed: own.speed },
        transcription_delay: SignedDuration::try_from(own.transcription)?,
        audio: match own.voice {
            settings::ExchangeVoice::Espeak => Audio::Spoken,
            settings::ExchangeVoice::Tone => Audio::Tone,
        },
        api_key: carrier.api_key.as_ref().map(|key| (key.sid.clone(), key.secret.expose().to_owned())),
        ..Config::new(
            &carrier.account_sid,
            exchange_token(settings)?,
            carrier.number.as_str(),
            &format!("{gateway}voice"),
            &format!("http://{}", http.local_addr()?),
        )
    };
    Ok((Exchange::new(config, start::real_clock()), http, mail))
}

/// What the built-in carrier signs with, and what opens its phones.
pub(super) fn exchange_token(settings: &Settings) -> Result<&str, Failed> {
    let token = settings.carrier.auth_token.as_ref();
    Ok(token
        .ok_or_else(|| WrongSettings("the built-in carrier needs carrier.auth_token".to_owned()))?
        .expose())
}

/// Shows the messages that arrive at the exchange.
pub(super) fn print_arrivals(settings: &Settings, exchange: SocketAddr) -> Result<(), Failed> {
    let phone = PhoneClient::new(&format!("http://{exchange}"), exchange_token(settings)?)?;
    tokio::spawn(async move {
        if let Err(error) = terminal::print_messages(&phone, tokio::io::stdout()).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "messages are shown no longer");
        }
    });
    Ok(())
}
