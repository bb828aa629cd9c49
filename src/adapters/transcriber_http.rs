//! A transcriber with the interface that `OpenAI` gave it: its own service, and servers of one's own that speak the
//! same.
//!
//! Source: `OpenAI`'s API reference, "Create transcription" and "List models".

use super::answer::Vendor;
use crate::ports::error::VendorError;
use crate::ports::telephony::Sound;
use crate::ports::transcriber::{Speech, Transcriber};
use async_trait::async_trait;
use reqwest::multipart::{Form, Part};
use reqwest::{Body, Client, RequestBuilder, StatusCode};
use serde::Deserialize;
use url::Url;

const TRANSCRIBER: Vendor = Vendor {
    name: "the transcriber",
    url: "transcriber.url",
    credential: "transcriber.api_key",
    is_quoted: true,
};

/// What a server is asked.
#[derive(Clone)]
pub struct TranscriberService {
    /// Where it is, with a trailing slash; `v1/audio/transcriptions` follows.
    pub url: Url,
    /// What it knows us by; `None`: it asks for nothing.
    pub api_key: Option<String>,
    /// The name of the model.
    pub model: String,
    /// Whether it is told the language of the caller.
    pub sends_language: bool,
}

/// Texts by HTTP. Its `Debug` shows no key.
#[derive(Clone)]
pub struct HttpTranscriber {
    client: Client,
    service: TranscriberService,
}

impl std::fmt::Debug for HttpTranscriber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let url = self.service.url.as_str();
        f.debug_struct("HttpTranscriber").field("url", &url).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Transcription {
    text: String,
}

impl HttpTranscriber {
    /// That service, by that client (of [`super::http_client`]), whose timeout covers the whole making of a text.
    pub const fn new(client: Client, service: TranscriberService) -> Self {
        Self { client, service }
    }

    fn url(&self, path: &str) -> Result<Url, VendorError> {
        let url = self.service.url.join(path);
        url.map_err(|_error| VendorError::permanent("transcriber.url is not the address of a service"))
    }

    fn authorised(&self, request: RequestBuilder) -> RequestBuilder {
        match &self.service.api_key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }
}

#[async_trait]
impl Transcriber for HttpTranscriber {
    async fn text_of(&self, speech: Speech) -> Result<String, VendorError> {
        let Speech { sound: Sound { media_type, bytes: sound }, bytes, language } = speech;
        let name = format!("message.{}", extension(&media_type));
        let part = Part::stream_with_length(Body::wrap_stream(sound), bytes).file_name(name);
        let part = part
            .mime_str(&media_type)
            .map_err(|_error| VendorError::permanent("the recording's media type is none"))?;
        let form = Form::new().part("file", part).text("model", self.service.model.clone());
        let form = form.text("response_format", "json");
        let form = match language.filter(|_| self.service.sends_language) {
            Some(language) => form.text("language", language),
            None => form,
        };
        let request = self.client.post(self.url("v1/audio/transcriptions")?).multipart(form);
        let answer = TRANSCRIBER.accepted(self.authorised(request).send().await).await?;
        Ok(TRANSCRIBER.json::<Transcription>(answer).await?.text)
    }

    async fn probe(&self) -> Result<(), VendorError> {
        let request = self.client.get(self.url("v1/models")?);
        match self.authorised(request).send().await {
            // Small servers of one's own list no models; that they answer is enough.
            Ok(answer)
                if matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED) =>
            {
                Ok(())
            }
            answer => TRANSCRIBER.accepted(answer).await.map(drop),
        }
    }
}

/// The ending of a file with such a sound: servers tell the format by it.
pub(super) fn extension(media_type: &str) -> &'static str {
    match media_type {
        "audio/mpeg" | "audio/mp3" => "mp3",
        "audio/ogg" => "ogg",
        "audio/mp4" | "audio/x-m4a" => "m4a",
        "audio/webm" => "webm",
        "audio/flac" | "audio/x-flac" => "flac",
        _ => "wav",
    }
}
