//! `webhook`: the programs that are told of alerts, tried out.

use super::serve::load;
use super::{Failed, SettingsFile, WrongSettings, block_on, say};
use clap::{Args, Subcommand};
use dutyline::domain::alerting::policy::WebhookName;
use dutyline::domain::ids::HookMessageId;
use dutyline::start::{self, Ground, Source};

/// What to do with one of them.
#[derive(Debug, Subcommand)]
pub(crate) enum Webhook {
    /// Send it a message that says nothing but that it is a test, signed as all are. No gateway need run.
    Test(Test),
}

/// Options of `webhook test`.
#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Its name in the settings.
    name: String,
    #[command(flatten)]
    file: SettingsFile,
}

impl Webhook {
    pub(super) fn run(self) -> Result<(), Failed> {
        match self {
            Self::Test(test) => test.run(),
        }
    }
}

impl Test {
    fn run(self) -> Result<(), Failed> {
        let source = Source::File(self.file.settings);
        let loaded = load(&source)?;
        let ground = Ground::real(source, loaded.settings.server.listen);
        let webhooks = start::webhooks_of(&loaded.settings)?;
        let Some(webhook) = webhooks.get(&WebhookName(self.name.clone())) else {
            return Err(WrongSettings(format!("the settings have no [[webhook]] \"{}\"", self.name)).into());
        };
        let (id, now) = (HookMessageId::next(&*ground.ids), ground.clock.now());
        block_on(async { Ok(webhook.post(id.0, now, &webhook.test_body(id, now)).await?) })?;
        say(&format!("\"{}\" has taken message {id}", self.name));
        Ok(())
    }
}
