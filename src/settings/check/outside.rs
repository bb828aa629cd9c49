//! `[transcriber]`, `[links]` and `[store.s3]`: whom the sound and the links of messages are given to.

use super::Check;
use super::values::is_loopback;
use crate::settings::file::{self, Text};
use crate::settings::{Links, LinksKind, S3, Transcriber, TranscriberBy, TranscriberKind, WAV};
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;
use toml::Spanned;
use url::Url;

impl Check<'_, '_> {
    pub(super) fn transcriber(
        &mut self,
        entry: &Spanned<file::Transcriber>,
        voice: &file::Voice,
    ) -> Option<Transcriber> {
        let file = entry.get_ref();
        let kind = *file.kind.get_ref();
        if kind != TranscriberKind::Carrier && !voice.transcribe {
            let found = self.findings.warning(
                &file.kind.span(),
                "transcriber.kind",
                "is set, but voice.transcribe is false",
            );
            found.hint(
                "no message is turned into text; set voice.transcribe to true, or leave [transcriber] out",
            );
        }
        self.of_another_kind(file);
        let by = match kind {
            TranscriberKind::Carrier => TranscriberBy::Carrier,
            TranscriberKind::Http => self.service(entry)?,
            TranscriberKind::Command => self.command(entry)?,
        };
        let timeout = Duration::from_secs(file.timeout_seconds.into());
        Some(Transcriber { by, timeout, at_once: file.at_once, queue: file.queue })
    }

    /// Keys that only another kind of transcriber has a use for. Those with a default do no harm.
    fn of_another_kind(&mut self, file: &file::Transcriber) {
        let kind = *file.kind.get_ref();
        let at = |text: &Option<Text>| text.as_ref().map(Spanned::span);
        let keys: [(&str, Option<Range<usize>>, TranscriberKind); 4] = [
            ("url", at(&file.url), TranscriberKind::Http),
            ("api_key", file.api_key.as_ref().map(Spanned::span), TranscriberKind::Http),
            ("api_key_file", at(&file.api_key_file), TranscriberKind::Http),
            ("command", file.command.as_ref().map(Spanned::span), TranscriberKind::Command),
        ];
        for (key, at, of) in keys {
            let Some(at) = at.filter(|_| of != kind) else { continue };
            let word = if of == TranscriberKind::Http { "http" } else { "command" };
            let message = format!("is used with kind = \"{word}\" only");
            self.findings.warning(&at, format!("transcriber.{key}"), message);
        }
    }

    fn service(&mut self, entry: &Spanned<file::Transcriber>) -> Option<TranscriberBy> {
        let file = entry.get_ref();
        let api_key = self.secret("transcriber.api_key", file.api_key.as_ref(), file.api_key_file.as_ref());
        let Some(text) = &file.url else {
            let found = self.findings.absent(&entry.span(), "transcriber.url", "is missing");
            found.hint("the address of the service, as http://127.0.0.1:9000");
            return None;
        };
        let url = self.outside(text, "transcriber.url", "recordings would travel for everybody to hear")?;
        let wanted = file.api_key.is_some() || file.api_key_file.is_some();
        if wanted && api_key.is_none() {
            return None;
        }
        let (model, send_language) = (file.model.clone(), file.send_language);
        Some(TranscriberBy::Http { url, api_key, model, send_language })
    }

    fn command(&mut self, entry: &Spanned<file::Transcriber>) -> Option<TranscriberBy> {
        const KEY: &str = "transcriber.command";
        const EXAMPLE: &str = "write it as [\"/usr/local/bin/whisper\", \"--file\", \"{wav}\"]";
        let Some(command) = &entry.get_ref().command else {
            self.findings.absent(&entry.span(), KEY, "is missing").hint(EXAMPLE);
            return None;
        };
        let Some((program, arguments)) = command.get_ref().split_first() else {
            self.findings.problem(&command.span(), KEY, "is empty").hint(EXAMPLE);
            return None;
        };
        if !arguments.iter().any(|argument| argument.contains(WAV)) {
            let found = self.findings.problem(&command.span(), KEY, "has no argument {wav}");
            found.hint("the program would not know which file to listen to");
            return None;
        }
        // A path starts at the settings file, as all do; a name alone is looked for by the system.
        let program = match PathBuf::from(program) {
            path if path.components().count() > 1 => self.surroundings.base.join(path),
            name => name,
        };
        Some(TranscriberBy::Command { program, arguments: arguments.to_vec() })
    }

    pub(super) fn links(&mut self, entry: &Spanned<file::Links>) -> Option<Links> {
        let file = entry.get_ref();
        let (value, path) = (file.token.as_ref(), file.token_file.as_ref());
        match file.kind {
            LinksKind::Own => {
                let at = value.map(Spanned::span).or(path.map(Spanned::span));
                if let Some(at) = at {
                    self.findings.warning(&at, "links.token", "is used with kind = \"bitly\" only");
                }
                Some(Links::Own)
            }
            LinksKind::Bitly => {
                let token = self.required_secret("links.token", &entry.span(), value, path);
                let hint = "the token would travel for everybody to read";
                let api_url = self.outside(&file.api_url, "links.api_url", hint);
                Some(Links::Bitly { api_url: api_url?, token: token? })
            }
        }
    }

    /// `Some(None)`: the recordings are in the folder.
    #[expect(clippy::option_option, reason = "the outer one is that of every check: it can't be made")]
    pub(super) fn s3(&mut self, entry: Option<&Spanned<file::S3>>) -> Option<Option<S3>> {
        let Some(entry) = entry else { return Some(None) };
        let file = entry.get_ref();
        if !cfg!(feature = "object-store-cloud") {
            let found = self.findings.problem(&entry.span(), "store.s3", "this build has no S3");
            found.hint("leave [store.s3] out, or build with --features object-store-cloud");
        }
        let secret_access_key = self.required_secret(
            "store.s3.secret_access_key",
            &entry.span(),
            file.secret_access_key.as_ref(),
            file.secret_access_key_file.as_ref(),
        );
        let endpoint = match &file.endpoint {
            Some(text) => {
                let hint = "recordings would travel for everybody to hear";
                let url = self.outside(text, "store.s3.endpoint", hint)?;
                if !file.path_style && url.domain().is_none() {
                    let message = "is no name, which it must be with path_style = false";
                    let found = self.findings.problem(&text.span(), "store.s3.endpoint", message);
                    found.hint("the bucket's name would stand before it");
                }
                Some(url)
            }
            None => None,
        };
        Some(Some(S3 {
            bucket: file.bucket.clone()?,
            prefix: file.prefix.as_ref().map(|prefix| prefix.get_ref().clone()),
            region: file.region.clone(),
            endpoint,
            path_style: file.path_style,
            access_key_id: file.access_key_id.clone()?,
            secret_access_key: secret_access_key?,
        }))
    }

    /// The address of somebody else's service.
    pub(super) fn outside(&mut self, text: &Text, key: &str, danger: &str) -> Option<Url> {
        let url = self.base_url(text, key)?;
        if url.scheme() == "http" && !is_loopback(&url) {
            self.findings.warning(&text.span(), key, "is not https").hint(danger);
        }
        Some(url)
    }

    /// The carrier's own transcriber understands one language.
    ///
    /// Source: Twilio's page of the verb Record: "transcription is currently limited to English", of recordings of up
    /// to two minutes.
    pub(super) fn understood(&mut self, file: &file::File) {
        let voice = file.voice.get_ref();
        let by_carrier = *file.transcriber.get_ref().kind.get_ref() == TranscriberKind::Carrier;
        // The built-in exchange understands everybody.
        if !voice.transcribe || !by_carrier || file.exchange.is_some() {
            return;
        }
        let of_people = file.person.iter().enumerate().filter_map(|(index, person)| {
            let language = person.get_ref().language.as_ref()?;
            Some((language, format!("person[{}].language", index + 1)))
        });
        let all = std::iter::once((&voice.language, "voice.language".to_owned())).chain(of_people);
        let mut told = vec![];
        for (language, key) in all {
            let name = language.get_ref().as_str();
            let tag = self.surroundings.tag(name);
            let is_english = tag.is_none_or(|tag| tag.split('-').next() == Some("en"));
            if is_english || told.contains(&name) {
                continue;
            }
            told.push(name);
            let message = format!("is \"{name}\", but the carrier's transcriber understands English only");
            let found = self.findings.warning(&language.span(), key, message);
            found.hint("set another [transcriber], or voice.transcribe to false");
        }
    }
}
