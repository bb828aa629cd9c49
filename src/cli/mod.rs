//! The commands: what they are called, what they take, and how they end.
//!
//! Exit codes: 0 done, 1 failed, 2 the settings or the command's own words are wrong.

mod alerts;
mod api;
mod backup;
mod calls;
mod check;
mod client;
mod demo;
mod import;
mod integration;
mod keys;
mod on_call;
mod outbox;
mod phone;
mod preview;
mod serve;
mod signals;
mod webhook;

use clap::{Args, Parser, Subcommand};
use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// One number to call, and one place for events: people on call are told until somebody answers.
///
/// `dutyline demo` starts everything on this machine, without accounts and settings; `dutyline call` in a second
/// terminal is a phone to try it with.
#[derive(Debug, Parser)]
#[command(name = "dutyline", version, disable_help_subcommand = true)]
pub(crate) struct Command {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Start everything on this machine: an embedded database, a team to try it with, and a carrier of our own.
    ///
    /// Nothing leaves the machine. Ends with Ctrl-C.
    Demo(demo::Demo),
    /// Run the gateway by a settings file.
    ///
    /// SIGHUP, or `dutyline reload`, reads the settings again. Ctrl-C or SIGTERM stops it after running turns
    /// have been answered.
    Serve(serve::Serve),
    /// Run only the built-in carrier of a settings file, as a process of its own.
    Exchange(serve::ExchangeOnly),
    /// Check a settings file, say everything that is wrong with it, and start nothing.
    Check(check::Check),
    /// Tell a running gateway to read its settings again. They are checked first; a file with problems changes
    /// nothing.
    Reload(api::Reload),
    /// A phone in this terminal: dials the built-in carrier of the demo, or plays a script.
    Call(phone::Call),
    /// Show the alerts of a running gateway, newest first, or one of them with its story; take care of one, end it, have
    /// the next people told of it, let it rest, or write something about it.
    Alerts(Box<alerts::Alerts>),
    /// Show the calls of a running gateway, newest first, or one of them with its story: who called, whose phones were
    /// rung, and what came of it.
    Calls(calls::Calls),
    /// Show who is on call in a group by a running gateway, in order, and who is left out and why.
    OnCall(on_call::OnCall),
    /// Say who is away, see it, and take it back, while the gateway runs.
    Absences(on_call::Absences),
    /// Put others on call than a schedule says, see it, and take it back, while the gateway runs.
    Overrides(on_call::Overrides),
    /// Copy database and recordings into a new folder. Safe while the gateway runs.
    ///
    /// The settings file, and the files of secrets that it names, are not part of it.
    Backup(backup::Backup),
    /// Put a backup back where the settings say that the data is. There must be no database there yet.
    Restore(backup::Restore),
    /// Show what a running gateway has still to do outside and what it has given up; try it now, or drop it.
    Outbox(outbox::Outbox),
    /// Show what people are told of an alert, with the texts of the settings: one of a call, and one of an event.
    Preview(preview::Preview),
    /// Try out the programs that are told of alerts.
    #[command(subcommand)]
    Webhook(webhook::Webhook),
    /// Make settings of those of another program.
    #[command(subcommand)]
    Import(import::Import),
    /// Make what opens a way in for events of other programs.
    #[command(subcommand)]
    Integration(integration::Integration),
    /// Make, list and revoke API keys in the store.
    #[command(subcommand)]
    Key(keys::Key),
}

/// The settings file.
#[derive(Debug, Args)]
struct SettingsFile {
    /// The settings file. `dutyline check --default` prints a commented one to begin with.
    #[arg(long, value_name = "FILE", env = "DUTYLINE_SETTINGS", default_value = "dutyline.toml")]
    settings: PathBuf,
}

/// How a command failed.
type Failed = Box<dyn Error + Send + Sync>;

/// Problems of the settings file: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongSettings(String);

/// Runs a command to its end.
pub(crate) fn run(command: Command) -> ExitCode {
    // What callers say is for this user only, whatever file it comes to lie in.
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let result = match command.what {
        What::Demo(demo) => demo.run(),
        What::Serve(serve) => serve.run(),
        What::Exchange(exchange) => exchange.run(),
        What::Check(check) => check.run(),
        What::Reload(reload) => reload.run(),
        What::Call(call) => call.run(),
        What::Alerts(alerts) => alerts.run(),
        What::Calls(calls) => calls.run(),
        What::OnCall(on_call) => on_call.run(),
        What::Absences(absences) => absences.run(),
        What::Overrides(overrides) => overrides.run(),
        What::Backup(backup) => backup.run(),
        What::Restore(restore) => restore.run(),
        What::Outbox(outbox) => outbox.run(),
        What::Preview(preview) => preview.run(),
        What::Webhook(webhook) => webhook.run(),
        What::Import(import) => import.run(),
        What::Integration(integration) => {
            integration.run();
            Ok(())
        }
        What::Key(key) => key.run(),
    };
    dutyline::logging::finish();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<WrongSettings>() => {
            complain(&error.to_string());
            ExitCode::from(2)
        }
        Err(error) => {
            complain(&chain(&*error));
            ExitCode::FAILURE
        }
    }
}

/// An error and what caused it, as one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words = format!("{words}: {error}");
        cause = error.source();
    }
    words
}

/// A line on standard output. That nobody reads it any more is no failure of the command.
fn say(line: &str) {
    let _nobody_listens = writeln!(std::io::stdout(), "{line}");
}

/// A line on standard error.
fn complain(line: &str) {
    let _nobody_listens = writeln!(std::io::stderr(), "{line}");
}

/// Runs an asynchronous command.
fn block_on<T>(what: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(what)
}
