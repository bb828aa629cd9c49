//! Our public address, seen from outside: whether it answers, and whether a signature survives the way to it.

use super::{Verdict, failed};
use crate::app::App;
use crate::ports::visitor::Visitor;
use crate::service::signing;
use crate::twiml::signature::{SETTINGS_HEADER, SIGNATURE_HEADER, SignedBody, settings_of, sign};
use std::sync::Arc;
use url::Url;

/// What `GET /health` answers.
const ALIVE: &str = "alive\n";

/// The route that only looks at the signature.
const CHECKED: &str = "voice/check";

const NOT_RUNNING: &str = "start `dutyline serve`, and see that server.public_url leads to server.listen: name \
                           server, proxy, certificate";

pub(super) async fn answers(app: App, visitor: Arc<dyn Visitor>) -> Verdict {
    let Some(url) = ours(&app, "health") else { return no_address() };
    match visitor.get(&url).await {
        Ok(seen) if seen.status == 200 && seen.body == ALIVE => {
            Verdict::ok(format!("{} answers", app.public_url))
        }
        Ok(seen) if seen.status == 200 => {
            Verdict::failed("another program answers at server.public_url", NOT_RUNNING)
        }
        Ok(seen) => Verdict::failed(format!("GET {url} is answered with {}", seen.status), NOT_RUNNING),
        Err(error) => failed(&error, NOT_RUNNING),
    }
}

/// A form as the carrier signs it must be let in, and one that somebody else has signed must not.
pub(super) async fn signature(app: App, visitor: Arc<dyn Visitor>) -> Verdict {
    let Some(url) = ours(&app, CHECKED) else { return no_address() };
    let Some(key) = signing::keys(&app.live().settings.carrier).into_iter().next() else {
        return Verdict::failed("nothing signs the carrier's requests", "give carrier.auth_token");
    };
    // What a proxy that writes bodies anew would spell in another way.
    let form = [("Words".to_owned(), "ring, ring + \u{fc}ber & out = 1*2~(3)'".to_owned())];
    let signature = sign(url.as_str(), &SignedBody::Form(&form), &key);
    let mut headers = vec![(SIGNATURE_HEADER, signature)];
    headers.extend(settings_of(&key).map(|settings| (SETTINGS_HEADER, settings)));
    let seen = match visitor.post(&url, &headers, &form).await {
        Ok(seen) => seen,
        Err(error) => return failed(&error, NOT_RUNNING),
    };
    match seen.status {
        204 => {}
        403 => {
            return Verdict::failed(
                "a request that is signed as the carrier signs is refused",
                "the proxy must pass path, query and body on unchanged; server.public_url and the carrier's keys must \
                 be those of the gateway that runs (its log says for which address it checked; `dutyline reload`, or \
                 a restart, brings new keys into force)",
            );
        }
        status => {
            return Verdict::failed(
                format!("POST {url} is answered with {status}"),
                "the proxy must pass /voice and all below it on to server.listen, by every method",
            );
        }
    }
    if let Some((_, signature)) = headers.first_mut() {
        *signature = sign(&format!("{url}/other"), &SignedBody::Form(&form), &key);
    }
    match visitor.post(&url, &headers, &form).await {
        Ok(seen) if seen.status == 403 => Verdict::ok("a signed request arrives as it was signed"),
        Ok(_) => Verdict::failed(
            "a request with a wrong signature is let in",
            "another program answers at server.public_url: see that it leads to server.listen",
        ),
        Err(error) => failed(&error, NOT_RUNNING),
    }
}

fn ours(app: &App, path: &str) -> Option<Url> {
    app.public_url.join(path).ok()
}

fn no_address() -> Verdict {
    Verdict::failed(
        "server.public_url can't be put before a path",
        "write it as https://dutyline.example.com",
    )
}
