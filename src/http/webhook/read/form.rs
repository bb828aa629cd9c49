//! A form as a tree of values: a list where a name is there more than once.

use super::charset;
use super::fields::Fields;
use crate::domain::alerting::payload::Node;

/// Reads a form. There is no malformed one.
pub(super) fn read(body: &[u8], charset: Option<&str>) -> Node {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let pairs: Vec<_> = body
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let mut half = || unescaped(halves.next().unwrap_or_default());
            (half(), half())
        })
        .collect();
    // One form is in one encoding: what no UTF-8 reader can read decides for all of it.
    let all: Vec<u8> = pairs.iter().flat_map(|(name, value)| name.iter().chain(value)).copied().collect();
    let encoding = charset::of(&all, charset);
    let text = |bytes: &[u8]| encoding.decode_without_bom_handling(bytes).0.into_owned();
    let mut fields = Fields::default();
    for (name, value) in pairs {
        fields.add(text(&name).trim().to_owned(), Node::Text(text(&value)));
    }
    fields.done()
}

/// `+` is a blank, `%fc` a byte; a `%` without two digits is itself.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        rest = match rest {
            [] => return bytes,
            [b'+', rest @ ..] => {
                bytes.push(b' ');
                rest
            }
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|it| u8::try_from(it).ok());
                bytes.push(digit(*high).unwrap_or(0) << 4 | digit(*low).unwrap_or(0));
                rest
            }
            [byte, rest @ ..] => {
                bytes.push(*byte);
                rest
            }
        };
    }
}
