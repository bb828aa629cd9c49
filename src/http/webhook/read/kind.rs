//! Which format a body has.

/// What the content type says, or the body where that says nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) format: Format,
    /// The name of a character set, as it was sent.
    pub(super) charset: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
    Form,
    Multipart,
    Text,
}

impl Kind {
    pub(super) fn of(content_type: Option<&str>, body: &[u8]) -> Self {
        let mut parts = content_type.unwrap_or_default().split(';');
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let charset = parts.find_map(|parameter| {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_matches('"');
            name.trim().eq_ignore_ascii_case("charset").then(|| value.to_owned())
        });
        let format = match essence.as_str() {
            "application/json" | "text/json" => Format::Json,
            "application/xml" | "text/xml" => Format::Xml,
            "multipart/form-data" => Format::Multipart,
            "text/plain" => Format::Text,
            // `curl -d` says so of everything. A form's own braces and brackets are escaped.
            "application/x-www-form-urlencoded" if sniffed(body) == Format::Json => Format::Json,
            "application/x-www-form-urlencoded" => Format::Form,
            other if other.ends_with("+json") => Format::Json,
            other if other.ends_with("+xml") => Format::Xml,
            _ => sniffed(body),
        };
        Self { format, charset }
    }
}

/// What a body looks like. Those in two bytes a character are known by the mark that they begin with.
fn sniffed(body: &[u8]) -> Format {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let body = body.strip_prefix(b"\xff\xfe").or_else(|| body.strip_prefix(b"\xfe\xff")).unwrap_or(body);
    match body.iter().find(|byte| !byte.is_ascii_whitespace() && **byte != 0) {
        Some(b'{' | b'[') => Format::Json,
        Some(b'<') => Format::Xml,
        Some(_) | None => Format::Text,
    }
}
