//! Why a document is none.

use super::{MAX_BYTES, MAX_NUMBERS};

/// Why a document was refused. `at` is the byte where the trouble starts, counted from 0: for an
/// attribute the `<` of its element. Attribute values and texts are never repeated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Longer than a carrier takes.
    #[error("the document has {size} bytes, a carrier takes {MAX_BYTES}")]
    TooLarge {
        /// Its length in bytes.
        size: usize,
    },
    /// Not XML.
    #[error("byte {at}: not well-formed XML: {reason}")]
    Malformed {
        /// Where.
        at: u64,
        /// What the XML rules say.
        reason: &'static str,
    },
    /// A document type, an entity of its own or a processing instruction.
    #[error("byte {at}: {what} is not allowed in a document")]
    Forbidden {
        /// Where.
        at: u64,
        /// What was found.
        what: &'static str,
    },
    /// The root is missing, is another one, or isn't alone.
    #[error("byte {at}: a document is one <Response> and nothing else")]
    NotAResponse {
        /// Where.
        at: u64,
    },
    /// The document ends inside an element.
    #[error("byte {at}: <{element}> is not closed")]
    Unclosed {
        /// Where the document ends.
        at: u64,
        /// The element.
        element: &'static str,
    },
    /// An element that is no verb, or one that the product doesn't emit.
    #[error("byte {at}: unknown verb <{verb}>")]
    UnknownVerb {
        /// Where.
        at: u64,
        /// Its name; names are case sensitive.
        verb: String,
    },
    /// A verb in a place where it can't stand.
    #[error("byte {at}: <{verb}> can't stand inside <{inside}>")]
    Misplaced {
        /// Where.
        at: u64,
        /// The verb.
        verb: String,
        /// The element around it.
        inside: &'static str,
    },
    /// Text where only verbs may stand, or nothing.
    #[error("byte {at}: <{inside}> can't hold text")]
    UnexpectedText {
        /// Where.
        at: u64,
        /// The element around it.
        inside: &'static str,
    },
    /// An attribute that the verb doesn't have, or has only together with another one.
    #[error("byte {at}: <{verb}> has no attribute {attribute:?} here")]
    UnknownAttribute {
        /// Where the verb starts.
        at: u64,
        /// The verb.
        verb: &'static str,
        /// Its name; names are case sensitive.
        attribute: String,
    },
    /// An attribute that we can't do without.
    #[error("byte {at}: <{verb}> needs the attribute {attribute:?}")]
    MissingAttribute {
        /// Where the verb starts.
        at: u64,
        /// The verb.
        verb: &'static str,
        /// The attribute.
        attribute: &'static str,
    },
    /// A value that the attribute can't have.
    #[error("byte {at}: the attribute {attribute:?} of <{verb}> must be {expected}")]
    BadValue {
        /// Where the verb starts.
        at: u64,
        /// The verb.
        verb: &'static str,
        /// The attribute.
        attribute: &'static str,
        /// What it can be.
        expected: String,
    },
    /// An element that is about one text, without it.
    #[error("byte {at}: <{element}> has no {what}")]
    Nothing {
        /// Where it starts.
        at: u64,
        /// The element.
        element: &'static str,
        /// What is missing.
        what: &'static str,
    },
    /// A text that is no number of a phone.
    #[error("byte {at}: <Number> must hold a number as +15550100")]
    NotANumber {
        /// Where it starts.
        at: u64,
    },
    /// A dialling of nobody, of too many, or of both kinds at once.
    #[error("byte {at}: <Dial> must hold one <Conference>, or one to {MAX_NUMBERS} <Number>s")]
    NotDialable {
        /// Where it starts.
        at: u64,
    },
}
