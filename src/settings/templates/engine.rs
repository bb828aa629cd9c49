//! How templates are understood.

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, Error, Output, State, UndefinedBehavior, Value, escape_formatter};

/// How much one template may do: a loop over everything that an event can say needs a hundredth of it. Whoever writes one
/// that does not end is told so when the settings are read.
const FUEL: u64 = 50_000;

/// How deep expressions may be nested.
const DEEPEST: usize = 50;

/// An engine without templates.
pub(super) fn engine() -> Environment<'static> {
    let mut engine = Environment::new();
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(DEEPEST);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    // A line with nothing but a tag on it leaves no line behind.
    let lines =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    // Only marks that contradict each other are refused, and these are the usual ones.
    engine.set_syntax(lines.unwrap_or_default());
    engine.set_formatter(formatted);
    engine.add_filter("excerpt", excerpt);
    engine
}

/// Values in HTML: what means something there is escaped, and addresses stay readable.
fn formatted(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match value.as_str() {
        Some(text) if matches!(state.auto_escape(), AutoEscape::Html) && !value.is_safe() => {
            out.write_str(&escaped(text))?;
            Ok(())
        }
        _ => escape_formatter(out, state, value),
    }
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&#38;"),
            '<' => escaped.push_str("&#60;"),
            '>' => escaped.push_str("&#62;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// `{{ text|excerpt(80) }}`: a text of more than that many characters and one is cut to them and three dots.
fn excerpt(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest.saturating_add(1) {
        text.to_owned()
    } else {
        text.chars().take(longest).chain("...".chars()).collect()
    }
}
