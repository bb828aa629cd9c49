//! `[store]`: where the data is.

use super::Check;
use crate::settings::file::Text;
use crate::settings::{Postgres, Secret, Store, file};
use std::ops::Range;
use std::path::PathBuf;
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
                    "is given without postgres_url",
                );
                found.hint("give both, or leave it out");
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
        let ca_file = file.postgres_ca_file.as_ref().map(|path| self.ca_file(path, is_verified));
        Some(Some(Postgres { url, ca_file }))
    }

    fn ca_file(&mut self, path: &Text, is_verified: bool) -> PathBuf {
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
        place
    }

    /// Whether the server's certificate is checked; `None` when the URL can't be used. It isn't shown.
    fn postgres_url(&mut self, url: &Secret, at: &Range<usize>) -> Option<bool> {
        match read(url.expose()) {
            Ok(Reading { is_verified, is_near }) => {
                if !is_verified && !is_near {
                    let found = self.findings.warning(at, URL, "does not say sslmode=require");
                    found.hint("calls and numbers would travel for everybody to read who gets in between");
                }
                Some(is_verified)
            }
            Err(Unreadable { problem, hint }) => {
                self.findings.problem(at, URL, problem).hint(hint);
                None
            }
        }
    }
}

/// What a URL says that the settings have to do with.
struct Reading {
    /// The server's certificate is checked.
    is_verified: bool,
    /// The server is on this machine.
    is_near: bool,
}

/// Why a URL can't be used. Nothing of the URL is in it, nor what the parser says: either may be the password.
struct Unreadable {
    problem: &'static str,
    hint: &'static str,
}

#[cfg(feature = "postgres")]
fn read(url: &str) -> Result<Reading, Unreadable> {
    use tokio_postgres::config::{Config, Host, SslMode};

    const FORM: &str = "write it as postgresql://user:password@host:5432/database?sslmode=require";
    const NEAR: [&str; 4] = ["localhost", "127.0.0.1", "::1", "[::1]"];
    let cannot = |problem, hint| Err(Unreadable { problem, hint });
    if !url.starts_with("postgresql://") && !url.starts_with("postgres://") {
        return cannot("is not a postgresql:// URL", FORM);
    }
    if url.contains("sslmode=verify-full") || url.contains("sslmode=verify-ca") {
        let hint = "write sslmode=require: name and issuer of the certificate are always checked then";
        return cannot("has an sslmode that there isn't here", hint);
    }
    let Ok(config) = url.parse::<Config>() else {
        let hint = "in user and password, signs that are no letters or digits are written as %40; sslmode is \
                    disable, prefer or require; certificates are named by postgres_ca_file";
        return cannot("is a URL that can't be understood", hint);
    };
    let hosts = config.get_hosts();
    if hosts.is_empty() && config.get_hostaddrs().is_empty() {
        return cannot("names no server", FORM);
    }
    // What is behind the first @ counts as the host, and would be shown where the host is.
    if hosts.iter().any(|host| matches!(host, Host::Tcp(name) if name.contains('@'))) {
        return cannot("has more than one @", "an @ in user or password is written as %40");
    }
    let is_near = |host: &Host| match host {
        Host::Tcp(name) => NEAR.contains(&name.as_str()),
        Host::Unix(_) => true,
    };
    Ok(Reading {
        is_verified: config.get_ssl_mode() == SslMode::Require,
        is_near: !hosts.is_empty() && hosts.iter().all(is_near),
    })
}

#[cfg(not(feature = "postgres"))]
fn read(_: &str) -> Result<Reading, Unreadable> {
    let hint = "build it with the feature postgres, or leave the key out";
    Err(Unreadable { problem: "can't be used: this build has no PostgreSQL", hint })
}
