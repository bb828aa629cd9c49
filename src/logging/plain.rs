//! Lines for files and pipes: as the library writes them for terminals, without colours and in a third of the time.

use jiff::Timestamp;
use jiff::fmt::StdFmtWrite;
use jiff::fmt::temporal::DateTimePrinter;
use std::error::Error;
use std::fmt::{self, Debug, Write};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::field::RecordFields;
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, FormattedFields};
use tracing_subscriber::registry::{LookupSpan, Scope};

/// `2026-01-05T09:00:00.000000Z  INFO request{method=GET}: message field=value`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plain;

impl<S, N> FormatEvent<S, N> for Plain
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    N: for<'writer> FormatFields<'writer> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut line: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        const MICROSECONDS: DateTimePrinter = DateTimePrinter::new().precision(Some(6));
        #[expect(clippy::disallowed_methods, reason = "a line says when it was written, also in a test")]
        let now = Timestamp::now();
        MICROSECONDS.print_timestamp(&now, StdFmtWrite(&mut line)).map_err(|_failed| fmt::Error)?;
        let level = event.metadata().level().as_str();
        line.write_str(if level.len() < 5 { "  " } else { " " })?;
        line.write_str(level)?;
        line.write_str(" ")?;
        let mut end_of_spans = "";
        for span in context.event_scope().into_iter().flat_map(Scope::from_root) {
            line.write_str(span.name())?;
            if let Some(fields) = span.extensions().get::<FormattedFields<N>>().filter(|all| !all.is_empty())
            {
                line.write_str("{")?;
                line.write_str(fields)?;
                line.write_str("}")?;
            }
            line.write_str(":")?;
            end_of_spans = " ";
        }
        line.write_str(end_of_spans)?;
        context.format_fields(line.by_ref(), event)?;
        line.write_str("\n")
    }
}

impl<'writer> FormatFields<'writer> for Plain {
    fn format_fields<R: RecordFields>(&self, line: Writer<'writer>, fields: R) -> fmt::Result {
        let mut written = Written { line, is_empty: true, result: Ok(()) };
        fields.record(&mut written);
        written.result
    }
}

/// The fields of a line or of a span.
struct Written<'a> {
    line: Writer<'a>,
    is_empty: bool,
    result: fmt::Result,
}

impl Written<'_> {
    fn name(&mut self, name: &str) -> fmt::Result {
        if !self.is_empty {
            self.line.write_str(" ")?;
        }
        self.is_empty = false;
        if name == MESSAGE {
            return Ok(());
        }
        self.line.write_str(name)?;
        self.line.write_str("=")
    }

    fn debug(&mut self, field: &Field, value: &dyn Debug) -> fmt::Result {
        self.name(field.name())?;
        // Not everything is quoted, and so escaped, by its own `Debug`.
        write!(OneLine(&mut self.line), "{value:?}")
    }

    fn error(&mut self, field: &Field, error: &(dyn Error + 'static)) -> fmt::Result {
        self.name(field.name())?;
        let mut line = OneLine(&mut self.line);
        write!(line, "{error}")?;
        if let Some(source) = error.source() {
            write!(line, " {}.sources=[{source}", field.name())?;
            let mut deeper = source.source();
            while let Some(source) = deeper {
                write!(line, ", {source}")?;
                deeper = source.source();
            }
            line.write_str("]")?;
        }
        Ok(())
    }
}

/// The name of the field that is the sentence itself.
const MESSAGE: &str = "message";

impl Visit for Written<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.result = self.result.and_then(|()| self.debug(field, value));
    }

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        self.result = self.result.and_then(|()| self.error(field, error));
    }
}

/// Writes control characters as Rust spells them: nothing that is logged begins a line or steers a terminal.
struct OneLine<'a, W>(&'a mut W);

impl<W: Write> Write for OneLine<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text.contains(char::is_control) {
            return self.0.write_str(text);
        }
        for letter in text.chars() {
            if letter.is_control() {
                write!(self.0, "{}", letter.escape_default())?;
            } else {
                self.0.write_char(letter)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io;
    use std::sync::{Arc, Mutex};
    use tracing_subscriber::layer::SubscriberExt;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        /// Without their times.
        fn text(&self) -> Vec<String> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            text.lines().map(|line| line.split_once("Z ").expect("a time").1.to_owned()).collect()
        }
    }

    fn log_something() {
        let span = tracing::info_span!("request", id = %"a-1", route = "/voice", key = tracing::field::Empty);
        let _inside = span.enter();
        span.record("key", "k");
        let error = io::Error::other(fmt::Error);
        tracing::info!(from = "a \"b\"", number = 7_u32, is_open = true, "turn {}", 1);
        tracing::error!(error = &error as &dyn Error, "failed");
        tracing::info_span!("empty").in_scope(|| tracing::warn!("warned"));
        tracing::debug!(only = ?Some(1));
    }

    #[test]
    fn lines_read_as_the_library_writes_them() {
        let (ours, theirs) = (Lines::default(), Lines::default());
        let (to_ours, to_theirs) = (ours.clone(), theirs.clone());
        let layer = || tracing_subscriber::fmt::layer().with_ansi(false).with_target(false);
        let subscriber = tracing_subscriber::registry()
            .with(layer().with_writer(move || to_ours.clone()).event_format(Plain).fmt_fields(Plain));
        tracing::subscriber::with_default(subscriber, log_something);
        let subscriber = tracing_subscriber::registry().with(layer().with_writer(move || to_theirs.clone()));
        tracing::subscriber::with_default(subscriber, log_something);
        assert_eq!(ours.text(), theirs.text());
        assert_eq!(ours.text().len(), 4);
    }

    #[test]
    fn what_is_logged_stays_on_its_line() {
        let lines = Lines::default();
        let writer = lines.clone();
        let layer = tracing_subscriber::fmt::layer().with_writer(move || writer.clone());
        let subscriber = tracing_subscriber::registry().with(layer.event_format(Plain).fmt_fields(Plain));
        tracing::subscriber::with_default(subscriber, || {
            let error = io::Error::other("one\ntwo \u{1b}[31m");
            tracing::info!(error = &error as &dyn Error, field = "x\ny", "said {}", "a\r\nb");
        });
        let expected = r#" INFO said a\r\nb error=one\ntwo \u{1b}[31m field="x\ny""#;
        assert_eq!(lines.text(), [expected]);
    }
}
