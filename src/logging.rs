//! Where the log goes: standard error, as lines for people or as JSON.

mod lines;
mod plain;

use crate::settings::{Log, LogFormat, LogLevel};
use lines::Lines;
use plain::Plain;
use std::io::IsTerminal;
use std::panic::PanicHookInfo;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The log of this process.
static LINES: Lines = Lines::new();

/// Begins to log. Our own words at the level of the settings, those of libraries from warnings on.
pub fn begin(log: Log) {
    let level = match log.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let filter = Targets::new().with_target("dutyline", level).with_default(level.min(LevelFilter::WARN));
    let writer = match LINES.start(std::io::stderr()) {
        Ok(()) => BoxMakeWriter::new(|| &LINES),
        Err(_no_thread) => BoxMakeWriter::new(std::io::stderr),
    };
    let is_terminal = std::io::stderr().is_terminal();
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(is_terminal);
    let layer = match log.format {
        LogFormat::Text if is_terminal => lines.with_target(false).boxed(),
        LogFormat::Text => lines.event_format(Plain).fmt_fields(Plain).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(layer.with_filter(filter)).init();
    std::panic::set_hook(Box::new(log_panic));
}

/// Waits until what has been logged is written: before the program ends, or says something else to the same reader.
pub fn finish() {
    LINES.finish();
}

/// Logs where the program panicked. What it said is left out, because it may quote a number or a message.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, "the program panicked");
    // The program may end with it.
    finish();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_panic_is_logged_by_its_place_only() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).finish();
        tracing::subscriber::with_default(subscriber, || {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(log_panic));
            let ended = std::panic::catch_unwind(|| panic!("{} called", "+15550101"));
            std::panic::set_hook(before);
            assert!(ended.is_err());
        });
        let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        assert!(logged.contains("logging.rs:"), "{logged}");
        assert!(!logged.contains("+1555"), "{logged}");
    }
}
