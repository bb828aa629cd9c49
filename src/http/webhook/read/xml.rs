//! XML as a tree of values: attributes and elements are fields, elements of one name a list. The root's own name counts
//! only where there is nothing in it but a text. No document type, no entities beside the predefined five: a document
//! that would unfold to gigabytes is refused at its first line.

use super::charset;
use super::error::BadBody;
use super::fields::Fields;
use crate::domain::alerting::payload::Node;
use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// How deep elements may be nested.
const DEEPEST: usize = 128;

/// Reads a document.
pub(super) fn read(body: &[u8], charset: Option<&str>) -> Result<Node, BadBody> {
    let declared = charset.map(str::to_owned).or_else(|| declared(body));
    let text = charset::decode(body, declared.as_deref());
    let mut document = Document { reader: Reader::from_str(&text), at: 0, open: vec![], root: None };
    document.reader.config_mut().check_comments = true;
    document.read().map_err(|what| {
        let (line, column) = place(&text, document.at);
        BadBody::at("malformed_xml", what, line, column)
    })
}

/// The encoding that a document's first line names. One of two bytes a character it can't be, since the line could be
/// read: some programs write that of their own memory.
fn declared(body: &[u8]) -> Option<String> {
    let first = body.get(..body.len().min(200))?;
    let first: String = first.iter().map(|byte| char::from(*byte)).collect();
    let declaration = first.trim_start().strip_prefix("<?xml")?.split_once("?>")?.0.to_owned();
    let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let name = value.get(1..)?.split_once(quote)?.0;
    (!name.to_ascii_lowercase().starts_with("utf-16")).then(|| name.to_owned())
}

/// Line and byte of the line, both from 1.
fn place(text: &str, at: u64) -> (usize, usize) {
    let at = usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let line = before.split(|byte| *byte == b'\n').count();
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    (line, at - start + 1)
}

/// A document that is being read.
struct Document<'a> {
    reader: Reader<&'a [u8]>,
    /// Where what is being read begins, in bytes.
    at: u64,
    /// The elements that are not closed yet, the root first.
    open: Vec<Element>,
    root: Option<Node>,
}

/// An element that is not closed yet.
struct Element {
    name: String,
    fields: Fields,
    text: String,
}

type What = &'static str;

impl Document<'_> {
    fn read(&mut self) -> Result<Node, What> {
        loop {
            self.at = self.reader.buffer_position();
            let event = self.reader.read_event();
            let event = event.map_err(|error| {
                self.at = self.reader.error_position();
                reason(&error)
            })?;
            match event {
                Event::Start(tag) => self.start(&tag)?,
                Event::Empty(tag) => {
                    self.start(&tag)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(text) => self.text(&text.xml10_content())?,
                Event::CData(text) => self.text(&text.xml10_content())?,
                Event::GeneralRef(reference) => self.text(&resolve(&reference)?)?,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::DocType(_) => return Err("the body is XML with a document type, which is not taken"),
                // What is open has no root yet.
                Event::Eof => return self.root.take().ok_or("the body is XML that ends too early"),
            }
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), What> {
        if self.root.is_some() {
            return Err("the body is XML with more than one root");
        }
        if self.open.len() == DEEPEST {
            return Err("the body is XML that is nested too deep");
        }
        let mut fields = Fields::default();
        // The check for two of one name compares each with all others, and a list is made of them here.
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|_error| "the body is XML with attributes that are none")?;
            let name = attribute.key.local_name();
            if attribute.key.as_namespace_binding().is_none() {
                let value = attribute.normalized_value(XmlVersion::Explicit1_0);
                let value = value.map_err(|_error| UNKNOWN_ENTITY)?;
                fields.add(name.as_ref().to_owned(), Node::Text(value.into_owned()));
            }
        }
        let name = tag.local_name().as_ref().to_owned();
        self.open.push(Element { name, fields, text: String::new() });
        Ok(())
    }

    fn end(&mut self) {
        let Some(Element { name, mut fields, text }) = self.open.pop() else { return };
        let text = text.trim();
        let is_alone = fields.is_empty();
        if !is_alone && !text.is_empty() {
            fields.add(String::new(), Node::Text(text.to_owned()));
        }
        let value = if is_alone { Node::Text(text.to_owned()) } else { fields.done() };
        match self.open.last_mut() {
            Some(parent) => parent.fields.add(name, value),
            None if is_alone => self.root = Some(Node::Map(vec![(name, value)])),
            None => self.root = Some(value),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), What> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err("the body is no XML: there is text outside of its root"),
        }
        Ok(())
    }
}

const UNKNOWN_ENTITY: What = "the body is XML with an entity beside the predefined ones";

fn resolve(reference: &BytesRef<'_>) -> Result<String, What> {
    match reference.resolve_char_ref() {
        Ok(Some(c)) => Ok(c.to_string()),
        Ok(None) => resolve_xml_entity(reference).map(str::to_owned).ok_or(UNKNOWN_ENTITY),
        Err(_) => Err("the body is XML with a reference to no character"),
    }
}

/// What is wrong, without the text that the parser's own messages repeat.
fn reason(error: &quick_xml::Error) -> What {
    use quick_xml::errors::{Error, IllFormedError};
    match error {
        Error::IllFormed(IllFormedError::MissingEndTag(_)) => "the body is XML with a tag that is not closed",
        Error::IllFormed(IllFormedError::UnmatchedEndTag(_) | IllFormedError::MismatchedEndTag { .. }) => {
            "the body is XML with an end tag that matches no start tag"
        }
        Error::IllFormed(IllFormedError::UnclosedReference) => "the body is XML with a bare `&`",
        Error::IllFormed(_)
        | Error::Syntax(_)
        | Error::InvalidAttr(_)
        | Error::Escape(_)
        | Error::Encoding(_)
        | Error::Io(_)
        | Error::Namespace(_) => "the body is no XML: it goes wrong",
    }
}
