//! Short links to recordings.

use jiff::Timestamp;

/// What stands behind `/l/` in a link: 22 characters that nobody can guess.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct LinkCode(String);

/// A link and its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The code.
    pub code: LinkCode,
    /// From this moment on it leads nowhere.
    pub expires_at: Timestamp,
    /// The whole link as a service that shortens links has it; `None`: there is none.
    pub short_url: Option<String>,
}

/// Letters and digits that can't be taken for one another when read aloud or typed.
const ALPHABET: &[u8; 56] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz";

impl LinkCode {
    /// How many characters: 22 of 56 are more than 127 bits.
    const LENGTH: usize = 22;

    /// The code of a secret. A byte's remainder by 56 favours some letters a little; over 22 of them this
    /// costs less than two bits.
    pub fn of(secret: [u8; 32]) -> Self {
        let letter = |byte: &u8| {
            char::from(ALPHABET.get(usize::from(*byte) % ALPHABET.len()).copied().unwrap_or(b'2'))
        };
        Self(secret.iter().take(Self::LENGTH).map(letter).collect())
    }

    /// The code in a URL; `None` when it can't be one.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == Self::LENGTH && text.bytes().all(|byte| ALPHABET.contains(&byte)))
            .then(|| Self(text.to_owned()))
    }

    /// The characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for LinkCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LinkCode(…)")
    }
}

impl Link {
    /// Whether it still leads somewhere.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_reads_back_and_other_text_does_not() {
        let code = LinkCode::of([7; 32]);
        assert_eq!(code.as_str().len(), 22);
        assert_eq!(LinkCode::parse(code.as_str()), Some(code));
        for text in ["", "short", "0000000000000000000000", "../../../../etc/passwd"] {
            assert_eq!(LinkCode::parse(text), None, "{text}");
        }
    }
}
