//! What is said of errors of other people's crates.

use std::error::Error;

/// The innermost of an error's sources: it says what happened on the wire, and those around it repeat what
/// was asked of whom.
pub(super) fn innermost<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost
}
