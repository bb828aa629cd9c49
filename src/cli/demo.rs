//! `demo`: everything on this machine, with a team to try it with.

use super::client::{Client, Exchange};
use super::serve::{exchange, exchange_token, listen_on, load, print_arrivals, warn};
use super::signals::{reload_on_signal, stop_on_signal};
use super::{Failed, block_on, say};
use clap::Args;
use dutyline::domain::access::Scope;
use dutyline::domain::directory::device::Device;
use dutyline::exchange::script::{self, remote::Contacts};
use dutyline::exchange::serve as exchange_on;
use dutyline::logging;
use dutyline::ports::store::KeyStore;
use dutyline::service::keys;
use dutyline::settings::Settings;
use dutyline::start::{self, Ground, Source};
use dutyline::storage::SqlStore;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;

/// Options of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// A settings file with an [exchange] section; left out: a small on-call team that is part of the program.
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
}

impl Demo {
    pub(super) fn run(self) -> Result<(), Failed> {
        let (source, name) = match self.settings {
            Some(path) => {
                let name =
                    path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                (Source::File(path), name)
            }
            None => (Source::Demo(PathBuf::new()), script::USUAL_SETTINGS.to_owned()),
        };
        let loaded = load(&source)?;
        logging::begin(loaded.settings.log);
        warn(&loaded);
        block_on(async {
            let settings = loaded.settings.clone();
            let listener = listen_on(settings.server.listen).await?;
            let ground = Ground::real(source, listener.local_addr()?);
            let store = start::open_store(&settings, ground.ids.clone()).await?;
            let key = demo_key(&store, &ground).await?;
            let app = start::assemble(loaded, store.clone(), ground)?;
            let (exchange, http, mail) = exchange(&settings, Some(app.public_url.as_str())).await?;
            let client = client(&settings, name, &listener, &http, key)?;
            let folder = settings.store.database.parent().unwrap_or(Path::new("."));
            let place = folder.join("client.toml");
            client.write(&place)?;
            introduce(&settings, &client, &place);
            print_arrivals(&settings, http.local_addr()?)?;
            let stop = stop_on_signal();
            reload_on_signal(&app);
            let mut until = stop.clone();
            let carrier = tokio::spawn(exchange_on::serve(exchange, http, mail, async move {
                drop(until.wait_for(|stop| *stop).await);
            }));
            start::run(app, store, listener, stop).await?;
            carrier.await??;
            Ok(())
        })
    }
}

/// A fresh key for this run of the demo; that of the run before opens nothing any more.
async fn demo_key(store: &SqlStore, ground: &Ground) -> Result<String, Failed> {
    store.revoke_key("demo").await?;
    let scopes = Scope::ALL.into_iter().collect();
    Ok(keys::add(store, &*ground.ids, ground.clock.now(), "demo", scopes, None).await?)
}

fn client(
    settings: &Settings,
    name: String,
    gateway: &TcpListener,
    exchange: &TcpListener,
    api_key: String,
) -> Result<Client, Failed> {
    let voice_number = |devices: &[Device]| {
        devices.iter().find_map(|device| match device {
            Device::Voice(number) => Some(number.as_str().to_owned()),
            Device::Sms(_) | Device::Email(_) | Device::Webhook(_) => None,
        })
    };
    let address = |device: &Device| match device {
        Device::Voice(number) | Device::Sms(number) => number.as_str().to_owned(),
        Device::Email(address) => address.as_str().to_owned(),
        Device::Webhook(url) => url.as_str().to_owned(),
    };
    let people = settings.directory.people.iter().map(|person| {
        let contacts = Contacts {
            number: voice_number(&person.devices),
            addresses: person.devices.iter().map(address).collect(),
        };
        (person.id.0.clone(), contacts)
    });
    Ok(Client {
        url: format!("http://{}", gateway.local_addr()?),
        api_key,
        exchange: Some(Exchange {
            url: format!("http://{}", exchange.local_addr()?),
            token: exchange_token(settings)?.to_owned(),
            settings: name,
            number: settings.carrier.number.as_str().to_owned(),
            speed: settings.exchange.as_ref().map_or(1.0, |exchange| exchange.speed),
            people: people.collect(),
        }),
    })
}

/// What a newcomer needs to know.
fn introduce(settings: &Settings, client: &Client, place: &Path) {
    let Some(exchange) = &client.exchange else { return };
    let option = if place == Path::new("dutyline-demo/client.toml") {
        String::new()
    } else {
        format!(" --client {}", place.display())
    };
    say("Dutyline is running, with a carrier of its own. Nothing leaves this machine.");
    say("");
    say(&format!("  Number to call   {}", exchange.number));
    say(&format!("  API and pages    {}", client.url));
    say(&format!("  API key          {}", client.api_key));
    say(&format!("  Data             {}", place.parent().unwrap_or(place).display()));
    say("");
    say("Next, in a second terminal in this folder:");
    say("");
    if let Some((person, _)) = exchange.people.iter().find(|(_, contacts)| contacts.number.is_some()) {
        let name =
            settings.directory.people.iter().find(|one| one.id.0 == *person).map_or("", |one| &one.name);
        say(&format!("  cargo run --release -- call{option}                 a phone: you are {name}"));
    }
    say(&format!("  cargo run --release -- alerts{option}               the alerts"));
    say(&format!("  curl -H 'Authorization: Bearer {}' {}/api/alerts", client.api_key, client.url));
    say("");
    say("Text messages and mails to the team appear below. Ctrl-C ends the demo.");
    say("");
}
