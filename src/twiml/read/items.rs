//! The document as tags and texts: declaration, comments, CDATA and references are dealt with here.

use super::ReadError;
use crate::twiml::write::is_xml_char;
use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

pub(super) enum Item<'a> {
    Open(BytesStart<'a>),
    Close,
    Text(String),
    End,
}

pub(super) struct Items<'a> {
    reader: Reader<&'a [u8]>,
    at: u64,
}

impl<'a> Items<'a> {
    pub(super) fn new(xml: &'a str) -> Self {
        let mut reader = Reader::from_str(xml);
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.check_comments = true;
        Self { reader, at: 0 }
    }

    /// Where the latest item starts, in bytes.
    pub(super) fn at(&self) -> u64 {
        self.at
    }

    /// The next item that isn't blank text.
    pub(super) fn next_solid(&mut self) -> Result<Item<'a>, ReadError> {
        loop {
            match self.next()? {
                Item::Text(text) if text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n')) => {}
                item @ (Item::Open(_) | Item::Close | Item::Text(_) | Item::End) => return Ok(item),
            }
        }
    }

    /// The next item. A text may come in several pieces.
    pub(super) fn next(&mut self) -> Result<Item<'a>, ReadError> {
        loop {
            self.at = self.reader.buffer_position();
            let event = self.reader.read_event();
            let event = event.map_err(|error| malformed(self.reader.error_position(), reason(&error)))?;
            match event {
                Event::Start(tag) | Event::Empty(tag) => return Ok(Item::Open(tag)),
                Event::End(_) => return Ok(Item::Close),
                Event::Text(text) if text.contains("]]>") => {
                    return Err(malformed(self.at, "`]]>` in a text"));
                }
                Event::Text(text) => return self.text(text.xml10_content().into_owned()),
                Event::CData(text) => return self.text(text.xml10_content().into_owned()),
                Event::GeneralRef(reference) => return self.text(self.resolve(&reference)?),
                Event::Comment(_) => {}
                Event::Decl(_) if self.at == 0 => {}
                Event::Decl(_) => {
                    return Err(malformed(self.at, "an XML declaration can only come first"));
                }
                Event::PI(_) => return Err(self.forbidden("a processing instruction")),
                Event::DocType(_) => return Err(self.forbidden("a document type")),
                Event::Eof => return Ok(Item::End),
            }
        }
    }

    fn resolve(&self, reference: &BytesRef<'_>) -> Result<String, ReadError> {
        match reference.resolve_char_ref() {
            Ok(Some(c)) => Ok(c.to_string()),
            Ok(None) => match resolve_xml_entity(reference) {
                Some(text) => Ok(text.to_owned()),
                None => Err(self.forbidden("an entity beside the predefined ones")),
            },
            Err(_) => Err(malformed(self.at, "character reference without a character")),
        }
    }

    fn text(&self, text: String) -> Result<Item<'a>, ReadError> {
        if all_xml_chars(&text) {
            Ok(Item::Text(text))
        } else {
            Err(malformed(self.at, "character that XML can't carry"))
        }
    }

    fn forbidden(&self, what: &'static str) -> ReadError {
        ReadError::Forbidden { at: self.at, what }
    }
}

pub(super) fn malformed(at: u64, reason: &'static str) -> ReadError {
    ReadError::Malformed { at, reason }
}

pub(super) fn all_xml_chars(text: &str) -> bool {
    text.chars().all(is_xml_char)
}

/// What is wrong, without the text that the parser's own messages repeat.
fn reason(error: &quick_xml::Error) -> &'static str {
    use quick_xml::errors::{Error, IllFormedError};
    match error {
        Error::IllFormed(IllFormedError::MissingEndTag(_)) => "a tag is not closed",
        Error::IllFormed(IllFormedError::UnmatchedEndTag(_) | IllFormedError::MismatchedEndTag { .. }) => {
            "an end tag that matches no start tag"
        }
        Error::IllFormed(IllFormedError::DoubleHyphenInComment) => "`--` in a comment",
        Error::IllFormed(IllFormedError::UnclosedReference) => "a bare `&`",
        Error::IllFormed(_) => "a declaration that is none",
        Error::Syntax(_) => "markup that is not closed",
        Error::InvalidAttr(_) => "attributes are name=\"value\", each name once",
        Error::Escape(_) => "unknown reference",
        Error::Encoding(_) | Error::Io(_) | Error::Namespace(_) => "can't be read",
    }
}
