//! `demo`: everything on this machine, with a team to try it with.

use super::client::{Client, Exchange};
use super::serve::{exchange, exchange_token, listen_on, load, print_arrivals, warn};
use super::signals::{reload_on_signal, stop_on_signal};
use super::{Failed, block_on, say};
use clap::Args;
use dutyline::domain::access::Scope;
use dutyline::domain::directory::device::{Device, DeviceKind};
use dutyline::domain::directory::person::Person;
use dutyline::domain::directory::resolve;
use dutyline::domain::voice::action::Action;
use dutyline::domain::voice::menu::Offer;
use dutyline::exchange::script::{self, remote::Contacts};
use dutyline::exchange::serve as exchange_on;
use dutyline::logging;
use dutyline::ports::store::KeyStore;
use dutyline::service::intake::WayIn;
use dutyline::service::keys;
use dutyline::settings::Settings;
use dutyline::start::{self, Ground, Source};
use dutyline::storage::SqlStore;
use jiff::Timestamp;
use std::path::{Path, PathBuf};
use tokio::net::TcpListener;

/// Of a menu with several groups these are offered first: a key each.
const KEYS: usize = 8;

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
            let now = ground.clock.now();
            let store = start::open_store(&settings, ground.ids.clone()).await?;
            let key = demo_key(&store, &ground).await?;
            let app = start::assemble(loaded, store.clone(), ground)?;
            let (exchange, http, mail) = exchange(&settings, Some(app.public_url.as_str())).await?;
            let client = client(&settings, name, &listener, &http, key)?;
            let folder = settings.store.database.parent().unwrap_or(Path::new("."));
            let place = folder.join("client.toml");
            client.write(&place)?;
            introduce(&settings, &client, &place, now);
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

/// The secret of a way in of the demo's own settings. It is in the source, and opens nothing else.
const WAY_IN: &str = "demo-only-operations";

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
    let voice_number = |device: &Device| match device {
        Device::Voice(number) => Some(number.as_str().to_owned()),
        Device::Sms(_) | Device::Email(_) | Device::Webhook(_) => None,
    };
    let address = |device: &Device| match device {
        Device::Voice(number) | Device::Sms(number) => Some(number.as_str().to_owned()),
        Device::Email(address) => Some(address.as_str().to_owned()),
        Device::Webhook(_) => None,
    };
    let people = settings.directory.people.iter().map(|person| {
        let mut numbers = person.devices.iter().filter_map(voice_number);
        let contacts = Contacts {
            number: numbers.next(),
            other_numbers: numbers.collect(),
            addresses: person.devices.iter().filter_map(address).collect(),
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

/// Somebody whom a caller can talk to: the keys that lead to them, and who they are. The caller is somebody else.
fn talker<'s>(settings: &'s Settings, caller: &str, now: Timestamp) -> Option<(String, &'s Person)> {
    let menu = &settings.menu;
    let live = menu.offers.iter().position(|offer| *offer == Offer::Start(Action::Live))? + 1;
    (1..).zip(menu.targets.iter().take(KEYS)).find_map(|(key, target)| {
        let found = resolve::on_call(&settings.directory, &target.recipient, now);
        let (reached, _) = resolve::reachable(&settings.directory, &found.responders, &[DeviceKind::Voice]);
        let found = reached.iter().find(|one| one.person.id.0 != caller)?;
        let person = settings.directory.person(&found.person.id)?;
        let keys = if menu.targets.len() == 1 { format!("{live}") } else { format!("{live}, then {key}") };
        Some((keys, person))
    })
}

/// What a newcomer needs to know.
fn introduce(settings: &Settings, client: &Client, place: &Path, now: Timestamp) {
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
        if let Some((keys, on_call)) = talker(settings, person, now) {
            let Person { id, name, .. } = on_call;
            say(&format!(
                "  cargo run --release -- call{option} --as {:<11}another phone: you are {name}, on call;",
                id.0
            ));
            say(&format!(
                "                                               it rings when the caller presses {keys}"
            ));
        }
    }
    say(&format!("  cargo run --release -- alerts{option}               the alerts"));
    say(&format!("  curl -H 'Authorization: Bearer {}' {}/api/alerts", client.api_key, client.url));
    if WayIn::of(settings, WAY_IN).is_some() {
        say(&format!(
            "  curl {}/webhook/{WAY_IN} --json '{{\"title\": \"Pump 3 stands still\"}}'   an event of a monitoring tool",
            client.url
        ));
    }
    say("");
    say("Text messages and mails to the team appear below. Ctrl-C ends the demo.");
    say("");
}
