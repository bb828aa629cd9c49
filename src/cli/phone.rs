//! `call`: a phone in the terminal, or a script that plays one.

use super::client::{Client, ClientFile, Exchange};
use super::{Failed, block_on, complain, say};
use clap::Args;
use dutyline::exchange::carrier::Dial;
use dutyline::exchange::phone_client::PhoneClient;
use dutyline::exchange::script::remote::{AlertSource, RemoteStage};
use dutyline::exchange::{script, terminal};
use std::path::{Path, PathBuf};
use tokio::io::BufReader;

/// Options of `call`.
#[derive(Debug, Args)]
pub(crate) struct Call {
    /// Who calls: a person of the settings, a number, or any word that a carrier sends in a number's place.
    #[arg(long, value_name = "WHO", conflicts_with = "script")]
    from: Option<String>,
    /// Wait for the phone of this person of the settings, or of this number, to ring, and answer it.
    #[arg(long = "as", value_name = "WHO", conflicts_with_all = ["from", "script"])]
    answer_as: Option<String>,
    /// Play this script instead, and succeed only if all that it expects was heard and happened. Can be given
    /// several times.
    #[arg(long, value_name = "FILE")]
    script: Vec<PathBuf>,
    #[command(flatten)]
    client: ClientFile,
}

impl Call {
    pub(super) fn run(self) -> Result<(), Failed> {
        let client = self.client.read()?;
        let Some(exchange) = &client.exchange else {
            return Err("there is no built-in carrier in that file: its phones belong to the demo".into());
        };
        block_on(async {
            if let Some(who) = &self.answer_as {
                return answer(exchange, who).await;
            }
            if self.script.is_empty() {
                return phone(exchange, self.from.as_deref()).await;
            }
            let mut failed = 0;
            for path in &self.script {
                failed += usize::from(!play(path, &client, exchange).await?);
            }
            match failed {
                0 => Ok(()),
                count => Err(format!("{count} of {} scripts failed", self.script.len()).into()),
            }
        })
    }
}

async fn phone(exchange: &Exchange, from: Option<&str>) -> Result<(), Failed> {
    let first = || exchange.people.values().find_map(|contacts| contacts.number.clone());
    let from = match from {
        Some(who) => {
            exchange.people.get(who).map_or(Some(who.to_owned()), |contacts| contacts.number.clone())
        }
        None => first(),
    };
    let phone = PhoneClient::new(&exchange.url, &exchange.token)?;
    say(&format!("Calling {} from {}.", exchange.number, from.as_deref().unwrap_or("no number")));
    let dial = Dial { from, ..Dial::default() };
    terminal::call(&phone, &dial, BufReader::new(tokio::io::stdin()), tokio::io::stdout()).await?;
    Ok(())
}

async fn answer(exchange: &Exchange, who: &str) -> Result<(), Failed> {
    let number = match exchange.people.get(who) {
        Some(contacts) => {
            contacts.number.clone().ok_or_else(|| format!("{who} has no phone that can be called"))?
        }
        None if who.starts_with('+') => who.to_owned(),
        None => return Err(format!("there is no person `{who}` in these settings").into()),
    };
    let phone = PhoneClient::new(&exchange.url, &exchange.token)?;
    say(&format!("This is the phone {number}."));
    terminal::answer(&phone, &number, BufReader::new(tokio::io::stdin()), tokio::io::stdout()).await?;
    Ok(())
}

/// Plays one script; whether it went as written.
async fn play(path: &Path, client: &Client, exchange: &Exchange) -> Result<bool, Failed> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| format!("{name}: {error}"))?;
    let script = match script::parse(&name, &text) {
        Ok(script) => script,
        Err(errors) => {
            for error in &errors {
                complain(&error.to_string());
            }
            return Ok(false);
        }
    };
    if script.lines.is_empty() {
        complain(&format!("{name}: there is nothing in it to play"));
        return Ok(false);
    }
    // A file that people wrote need not say which settings there are; then the script shows it.
    if !exchange.settings.is_empty() && script.settings != exchange.settings {
        complain(&format!(
            "{name}: plays with the settings {}, and the demo runs with {}. Start `dutyline demo --settings \
             tests/settings/{}.toml`, and name the client file that it prints with --client.",
            script.settings, exchange.settings, script.settings
        ));
        return Ok(false);
    }
    say(&format!("{name}: playing, {} lines", script.lines.len()));
    let alerts =
        AlertSource { url: format!("{}/api/alerts?limit=100", client.url), key: client.api_key.clone() };
    let phone = PhoneClient::new(&exchange.url, &exchange.token)?;
    let mut stage = RemoteStage::set(phone, exchange.people.clone(), Some(alerts), exchange.speed).await?;
    match script::run(&script, &mut stage).await {
        Ok(transcript) => {
            say(&format!("{name}: as written\n{transcript}"));
            Ok(true)
        }
        Err(failure) => {
            complain(&failure.to_string());
            Ok(false)
        }
    }
}
