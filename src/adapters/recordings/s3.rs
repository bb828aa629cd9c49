//! Recordings in a bucket of S3, or of what speaks its protocol.
//!
//! Source: the API reference of Amazon S3, "Authenticating Requests (AWS Signature Version 4)" and "Multipart upload
//! limits".

use super::{Place, SoundStore};
use object_store::aws::AmazonS3Builder;
use object_store::client::{HttpClient, HttpConnector};
use object_store::prefix::PrefixStore;
use object_store::{ClientOptions, ObjectStore, RetryConfig};
use reqwest::Client;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How much is written at a time: no part of an upload but the last may be smaller.
const PIECE: usize = 5 * 1024 * 1024;

/// How often the library asks again by itself, within a moment. The longer pauses are the outbox's.
const RETRIES: usize = 2;

/// A bucket. Its `Debug` shows no secret.
#[derive(Clone)]
pub struct S3Bucket {
    /// Its name.
    pub bucket: String,
    /// What all keys begin with; `None`: nothing.
    pub prefix: Option<String>,
    /// Where it is, e.g. `eu-central-1`.
    pub region: String,
    /// A service other than Amazon's; `None`: Amazon's of the region.
    pub endpoint: Option<Url>,
    /// Who we are there.
    pub access_key_id: String,
    /// What proves it.
    pub secret_access_key: String,
    /// Whether the bucket's name stands in the path of a URL, and not in its host.
    pub path_style: bool,
}

impl std::fmt::Debug for S3Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Bucket").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

impl SoundStore {
    /// The recordings in that bucket, by that client (of [`crate::adapters::http_client`]); its own timeout must cover
    /// the longest sound, read by the slowest listener. `patience` is for each answer, and for each piece of a sound.
    pub fn s3(bucket: S3Bucket, client: Client, patience: Duration) -> Result<Self, object_store::Error> {
        // Nobody but these credentials is asked who we are: no file, no variable, no service of the machine.
        let builder = AmazonS3Builder::new()
            .with_access_key_id(bucket.access_key_id)
            .with_secret_access_key(bucket.secret_access_key)
            .with_region(bucket.region)
            .with_virtual_hosted_style_request(!bucket.path_style)
            .with_disable_bulk_delete(true)
            .with_retry(RetryConfig {
                max_retries: RETRIES,
                retry_timeout: patience,
                ..RetryConfig::default()
            })
            .with_http_connector(OurClient(client));
        let builder = match bucket.endpoint {
            Some(mut url) => {
                if !bucket.path_style
                    && let Some(host) = url.host_str()
                {
                    let host = format!("{}.{host}", bucket.bucket);
                    url.set_host(Some(&host)).map_err(|error| object_store::Error::Generic {
                        store: "S3",
                        source: Box::new(error),
                    })?;
                }
                builder.with_endpoint(url.as_str().trim_end_matches('/'))
            }
            None => builder,
        };
        let store = builder.with_bucket_name(bucket.bucket).build()?;
        let store: Arc<dyn ObjectStore> = match bucket.prefix {
            Some(prefix) => Arc::new(PrefixStore::new(store, prefix)),
            None => Arc::new(store),
        };
        Ok(Self { store, place: Place { name: "the recordings' bucket", piece: PIECE, patience } })
    }
}

/// The one kind of HTTP client that the program has: no redirects, no proxies, its own timeouts.
#[derive(Debug)]
struct OurClient(Client);

impl HttpConnector for OurClient {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}
