//! `[store]`: where the data is.

use super::Check;
use crate::settings::file::Text;
use crate::settings::{Postgres, Secret, Store, file};
use std::ops::Range;
use toml::Spanned;

const MEGABYTE: u64 = 1_000_000;

const URL: &str = "store.postgres_url";

impl Check<'_, '_> {
    pub(super) fn store(&mut self, server: &file::Server, file: &file::Store) -> Option<Store> {
        let folder = self.surroundings.base.join(&server.data_dir);
        let s3 = self.s3(file.s3.as_ref());
        let postgres = self.postgres(file)?;
        if postgres.is_some()
            && let Some(megabytes) = &file.max_megabytes
        {
            let found = self.findings.warning(
                &megabytes.span(),
                "store.max_megabytes",
                "has no meaning with PostgreSQL",
            );
            found.hint("limit the database at its server, or leave this out");
        }
        Some(Store {
            database: folder.join(file.database.get_ref()),
            recordings: folder.join(&file.recordings),
            max_bytes: file
                .max_megabytes
                .as_ref()
                .map(|megabytes| u64::from(*megabytes.get_ref()) * MEGABYTE),
            postgres,
            s3: s3?,
        })
    }

    /// `Some(None)`: the database is a file.
    #[expect(clippy::option_option, reason = "the outer one is that of every check: it can't be made")]
    fn postgres(&mut self, file: &file::Store) -> Option<Option<Postgres>> {
        let at = file.postgres_url.as_ref().map(Spanned::span);
        let Some(at) = at.or(file.postgres_url_file.as_ref().map(Spanned::span)) else {
            if let Some(path) = &file.postgres_ca_file {
                let found = self.findings.problem(
                    &path.span(),
                    "store.postgres_ca_file",
                    "is given without a database",
                );
                found.hint("give postgres_url as well, or leave it out");
            }
            return Some(None);
        };
        // What is left out has a place of no length.
        if !file.database.span().is_empty() {
            let message = "is given besides postgres_url";
            let found = self.findings.problem(&file.database.span(), "store.database", message);
            found.hint("the data is in one of the two: leave the other out");
        }
        let url = self.secret(URL, file.postgres_url.as_ref(), file.postgres_url_file.as_ref())?;
        let is_verified = self.postgres_url(&url, &at)?;
        let ca_file = file.postgres_ca_file.as_ref().and_then(|path| self.ca_file(path, is_verified));
        Some(Some(Postgres { url, ca_file }))
    }

    fn ca_file(&mut self, path: &Text, is_verified: bool) -> Option<std::path::PathBuf> {
        let key = "store.postgres_ca_file";
        let place = self.surroundings.base.join(path.get_ref());
        if !place.is_file() {
            let found =
                self.findings.problem(&path.span(), key, format!("there is no file \"{}\"", path.get_ref()));
            found.hint("a relative path starts at the folder of the settings file");
        } else if !is_verified {
            let found = self.findings.warning(&path.span(), key, "is not used");
            found.hint("the server's certificate is checked with sslmode=require in the URL only");
        }
        Some(place)
    }

    /// Whether the server's certificate is checked; `None` when the URL isn't one. It isn't shown, nor what the
    /// parser says of it: either may be the password.
    #[cfg(feature = "postgres")]
    fn postgres_url(&mut self, url: &Secret, at: &Range<usize>) -> Option<bool> {
        use tokio_postgres::config::{Config, Host, SslMode};

        const FORM: &str = "write it as postgresql://user:password@host:5432/database?sslmode=require";
        let url = url.expose();
        let is_url = ["postgresql://", "postgres://"].iter().any(|scheme| url.starts_with(scheme));
        let problem = if !is_url {
            ("is not a postgresql:// URL", FORM)
        } else if ["sslmode=verify-full", "sslmode=verify-ca"].iter().any(|mode| url.contains(mode)) {
            let hint = "write sslmode=require: name and issuer of the certificate are always checked then";
            ("has an sslmode that there isn't here", hint)
        } else {
            match url.parse::<Config>() {
                Err(_may_quote_it) => {
                    let hint = "signs in user or password that are no letters or digits are written as %40; of \
                                parameters there are those of the protocol, and sslmode disable, prefer, require";
                    ("is a URL that can't be understood", hint)
                }
                Ok(config) if config.get_hosts().is_empty() && config.get_hostaddrs().is_empty() => {
                    ("names no server", FORM)
                }
                Ok(config)
                    if config
                        .get_hosts()
                        .iter()
                        .any(|host| matches!(host, Host::Tcp(name) if name.contains('@'))) =>
                {
                    ("has more than one @", "an @ in user or password is written as %40")
                }
                Ok(config) => {
                    let is_far = |host: &Host| match host {
                        Host::Tcp(name) => {
                            !["localhost", "127.0.0.1", "::1", "[::1]"].contains(&name.as_str())
                        }
                        Host::Unix(_) => false,
                    };
                    let is_verified = config.get_ssl_mode() == SslMode::Require;
                    if !is_verified && config.get_hosts().iter().any(is_far) {
                        let found = self.findings.warning(at, URL, "does not say sslmode=require");
                        found
                            .hint("calls and numbers would travel for everybody to read who gets in between");
                    }
                    return Some(is_verified);
                }
            }
        };
        self.findings.problem(at, URL, problem.0).hint(problem.1);
        None
    }

    #[cfg(not(feature = "postgres"))]
    fn postgres_url(&mut self, _url: &Secret, at: &Range<usize>) -> Option<bool> {
        let found = self.findings.problem(at, URL, "can't be used: this build has no PostgreSQL");
        found.hint("build it with the feature postgres, or leave the key out");
        None
    }
}
