//! Text out of bytes.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use std::borrow::Cow;

/// A text without its byte order mark. The mark counts most, then what the sender says; bytes that are no UTF-8 are
/// Latin-1 in its wider form, as on the web.
pub(super) fn decode<'a>(bytes: &'a [u8], charset: Option<&str>) -> Cow<'a, str> {
    let (encoding, mark) = Encoding::for_bom(bytes).unwrap_or_else(|| (of(bytes, charset), 0));
    encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0
}

/// The encoding of bytes without a mark.
pub(super) fn of(bytes: &[u8], charset: Option<&str>) -> &'static Encoding {
    let said = charset.and_then(|name| Encoding::for_label(name.as_bytes())).unwrap_or(UTF_8);
    if said == UTF_8 && std::str::from_utf8(bytes).is_err() { WINDOWS_1252 } else { said }
}
