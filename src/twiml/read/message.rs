//! The document that answers a text message.

use super::attributes::Attributes;
use super::items::{Item, Items};
use super::{MAX_BYTES, ReadError, child, not_here, root, something};

/// Reads the answer to a text message: the texts that are written back to whoever has written.
pub fn message(xml: &str) -> Result<Vec<String>, ReadError> {
    if xml.len() > MAX_BYTES {
        return Err(ReadError::TooLarge { size: xml.len() });
    }
    let mut items = Items::new(xml);
    root(&mut items)?;
    let mut texts = vec![];
    while let Some(tag) = child(&mut items, "Response")? {
        if tag.name().as_ref() != "Message" {
            return Err(not_here(items.at(), &tag, "Response"));
        }
        Attributes::of("Message", &tag, items.at())?.finish()?;
        texts.push(something(&mut items, "Message", "text")?);
    }
    match items.next_solid()? {
        Item::End => Ok(texts),
        Item::Open(_) | Item::Close | Item::Text(_) => Err(ReadError::NotAResponse { at: items.at() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twiml::write;
    use proptest::prelude::*;

    #[test]
    fn an_answer_is_one_text_or_none() {
        assert_eq!(message(&write::message(None)), Ok(vec![]));
        let said = "Acknowledged #198: <pumps> & \"more\"";
        assert_eq!(message(&write::message(Some(said))), Ok(vec![said.to_owned()]));
        assert!(message("<Response><Say>no</Say></Response>").is_err());
        assert!(message("<Response><Message/></Response>").is_err());
    }

    proptest! {
        #[test]
        fn every_text_comes_back(said in "[^\\x00-\\x08\\x0b-\\x1f\u{fffe}\u{ffff}]{1,80}") {
            prop_assert_eq!(message(&write::message(Some(&said))), Ok(vec![said]));
        }
    }
}
