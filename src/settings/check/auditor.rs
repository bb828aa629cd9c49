//! `[auditor]`: who hears that all is well.

use super::Check;
use crate::settings::Auditor;
use crate::settings::file;
use crate::settings::secret::SecretUrl;
use toml::Spanned;

impl Check<'_, '_> {
    pub(super) fn auditor(&mut self, file: &file::Auditor) -> Option<Auditor> {
        let key = "auditor.ping_url";
        let (value, in_file) = (file.ping_url.as_ref(), file.ping_url_file.as_ref());
        let Some(at) = value.map(Spanned::span).or(in_file.map(Spanned::span)) else {
            return Some(Auditor { ping_url: None });
        };
        let secret = self.secret(key, value, in_file)?;
        let url =
            self.web_address(&at, key, &secret, "copy the address that the service gives you as it is")?;
        Some(Auditor { ping_url: Some(SecretUrl::new(url)) })
    }
}
