//! `key`: API keys in the store. Works beside a running gateway, and before there is one.

use super::{Failed, SettingsFile, WrongSettings, block_on, say};
use clap::{Args, Subcommand};
use dutyline::domain::access::{Scope, Scopes};
use dutyline::domain::ids::Ids;
use dutyline::ports::clock::Clock;
use dutyline::ports::error::StoreError;
use dutyline::ports::store::KeyStore;
use dutyline::start::{Ground, Source, open_store};
use dutyline::storage::SqlStore;
use jiff::Timestamp;

/// What is done with keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key and print it. It is shown this once: only its hash is kept.
    Add(Add),
    /// List the keys of the store (those of the settings file are in that file).
    List(SettingsFile),
    /// Forget a key: from now on it opens nothing.
    Revoke(Revoke),
}

/// Options of `key add`.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Whose key it is, as lists and logs show it.
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    name: String,
    /// What it is good for: read, respond, schedule, dispatch, reports or admin. Can be given several times. dispatch and
    /// reports open nothing yet.
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = scope)]
    scopes: Vec<Scope>,
    /// When it stops to be good, e.g. 2027-01-01T00:00:00Z. Left out: never.
    #[arg(long, value_name = "TIME", value_parser = moment)]
    expires: Option<Timestamp>,
    #[command(flatten)]
    file: SettingsFile,
}

/// Options of `key revoke`.
#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// Whose key it is.
    name: String,
    #[command(flatten)]
    file: SettingsFile,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_unfit| "write it as 2027-01-01T00:00:00Z".to_owned())
}

fn scope(word: &str) -> Result<Scope, String> {
    Scope::from_word(word).ok_or_else(|| {
        let words = Scope::ALL.map(Scope::word).join(", ");
        format!("there is no such scope; there are {words}")
    })
}

impl Key {
    pub(super) fn run(self) -> Result<(), Failed> {
        block_on(async {
            let file = match &self {
                Self::Add(add) => &add.file,
                Self::List(file) => file,
                Self::Revoke(revoke) => &revoke.file,
            };
            let source = Source::File(file.settings.clone());
            let loaded = source.load().map_err(|problems| WrongSettings(problems.to_string()))?;
            let ground = Ground::real(source, loaded.settings.server.listen);
            let store = open_store(&loaded.settings, ground.ids.clone()).await?;
            let result = self.on(&store, &*ground.clock, &*ground.ids).await;
            store.close().await;
            result
        })
    }

    async fn on(self, store: &SqlStore, clock: &dyn Clock, ids: &dyn Ids) -> Result<(), Failed> {
        match self {
            Self::Add(add) => {
                if add.expires.is_some_and(|expires| expires <= clock.now()) {
                    return Err("a key that has expired opens nothing; --expires takes a time to come".into());
                }
                let scopes: Scopes = add.scopes.into_iter().collect();
                let added =
                    dutyline::service::keys::add(store, ids, clock.now(), &add.name, scopes, add.expires)
                        .await;
                match added {
                    Ok(token) => say(&token),
                    Err(StoreError::Conflict) => {
                        return Err(
                            format!("there is a key named {} already; revoke it first", add.name).into()
                        );
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            Self::List(_) => {
                for stored in store.keys().await? {
                    let scopes: Vec<_> = stored.key.scopes.iter().map(Scope::word).collect();
                    let expires =
                        stored.key.expires.map_or_else(|| "never".to_owned(), |expires| expires.to_string());
                    say(&format!(
                        "{}  scopes {}  made {}  expires {expires}",
                        stored.key.name,
                        scopes.join(","),
                        stored.created_at
                    ));
                }
            }
            Self::Revoke(revoke) => {
                if !store.revoke_key(&revoke.name).await? {
                    return Err(format!("there is no key named {}", revoke.name).into());
                }
                say(&format!("{} opens nothing any more", revoke.name));
            }
        }
        Ok(())
    }
}
