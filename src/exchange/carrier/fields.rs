//! What a webhook carries.

/// The fields of one webhook, decoded, in the order in which they are sent.
pub(in crate::exchange) type Fields = Vec<(String, String)>;
