//! Settings become adapters, and adapters become an [`App`].

use super::metrics::collect_metrics;
use super::reload::reloader;
use super::{Ground, StartError, open_recordings};
use crate::adapters::bitly::Bitly;
use crate::adapters::http_client;
use crate::adapters::rate_limit::RateLimit;
use crate::adapters::smtp::{Smtp, SmtpAccount, SmtpLogin, SmtpTls};
use crate::adapters::transcriber_command::CommandTranscriber;
use crate::adapters::transcriber_http::{HttpTranscriber, TranscriberService};
use crate::adapters::twilio::{Twilio, TwilioAccount, TwilioLogin};
use crate::adapters::xmatters::directory::XmattersDirectory;
use crate::adapters::xmatters::trigger::{Triggers, XmattersTarget};
use crate::app::lookups::Elsewhere;
use crate::app::said::Said;
use crate::app::{App, Live, Parts, Transcribing, UnderWay};
use crate::ports::alert_target::AlertTarget;
use crate::ports::shortener::Shortener;
use crate::ports::transcriber::Transcriber;
use crate::ports::vendor::SingleSender;
use crate::settings::{
    self, ForwardKind, ForwardTo, Links, Loaded, Login, MailTls, Secret, SecretUrl, Settings, TranscriberBy,
};
use crate::storage::SqlStore;
use arc_swap::ArcSwap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How long another directory may take to answer: somebody may be waiting, and a new attempt is better than an old one.
const DIRECTORY_TIMEOUT: Duration = Duration::from_secs(8);

/// Puts the program together on an open store.
pub fn assemble(loaded: Loaded, store: SqlStore, ground: Ground) -> Result<App, StartError> {
    let Loaded { settings, phrases, warnings: _ } = loaded;
    let client = http_client::build(ground.vendor_timeout)?;
    let carrier = Arc::new(Twilio::new(
        client.clone(),
        TwilioAccount {
            api_url: settings.carrier.api_url.clone(),
            account_sid: settings.carrier.account_sid.clone(),
            login: carrier_login(&settings.carrier),
            number: settings.carrier.number.clone(),
            texts_from: settings
                .sms
                .as_ref()
                .map_or_else(|| settings.carrier.number.clone(), |sms| sms.from.clone()),
            conferences: settings.carrier.conferences,
        },
    ));
    let mail = match &settings.mail {
        Some(mail) => {
            Some(Arc::new(Smtp::new(smtp_account(mail, ground.vendor_timeout), ground.clock.clone())?)
                as Arc<dyn SingleSender>)
        }
        None => None,
    };
    let recordings = open_recordings(&settings, ground.vendor_timeout)?;
    let transcribing = transcribing(&settings)?;
    let elsewhere = elsewhere(&settings, ground.vendor_timeout)?;
    let shortener = match &settings.links {
        Links::Own => None,
        Links::Bitly { api_url, token } => {
            let (client, api_url, token) = (client.clone(), api_url.clone(), token.expose().to_owned());
            Some(Arc::new(Bitly::new(client, api_url, token)) as Arc<dyn Shortener>)
        }
    };
    let forwards = settings.forwards.iter().map(|to| (to.name.clone(), forward(to, &client)));
    let forwards = Arc::new(forwards.collect());
    let per_minute = |limit: u32| {
        let limit = NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN);
        Arc::new(RateLimit::per_minute(limit, ground.clock.clone()))
    };
    let public_url = match settings.server.public_url.clone() {
        Some(url) => url,
        None => format!("http://{}/", ground.address).parse()?,
    };
    let sms = settings.sms.as_ref().map(|_| carrier.clone() as Arc<dyn SingleSender>);
    let (calls, requests) =
        (settings.limits.calls_per_number_per_minute, settings.limits.requests_per_source_per_minute);
    let started = settings.clone();
    let live = Arc::new(ArcSwap::from_pointee(Live { settings, phrases }));
    let store = Arc::new(store);
    Ok(App::from(Parts {
        reload: reloader(live.clone(), started, ground.source),
        live,
        public_url,
        clock: ground.clock.clone(),
        ids: ground.ids,
        calls: store.clone(),
        legs: store.clone(),
        history: store.clone(),
        alerts: store.clone(),
        links: store.clone(),
        keys: store.clone(),
        changes: store.clone(),
        directory: store.clone(),
        retention: store.clone(),
        outbox: store,
        telephony: carrier,
        elsewhere,
        recordings,
        transcribing,
        shortener,
        forwards,
        sms,
        mail,
        call_limit: per_minute(calls),
        request_limit: per_minute(requests),
        metrics: collect_metrics()?,
        outbox_wake: Arc::new(Notify::new()),
        said: Said::default(),
        under_way: UnderWay::default(),
    }))
}

/// Who makes texts of our own recordings; `None`: the carrier makes them of its own.
fn transcribing(settings: &Settings) -> Result<Option<Transcribing>, StartError> {
    let settings::Transcriber { by, timeout, at_once, queue } = &settings.transcriber;
    let transcriber: Arc<dyn Transcriber> = match by {
        TranscriberBy::Carrier => return Ok(None),
        TranscriberBy::Http { url, api_key, model, send_language } => {
            let service = TranscriberService {
                url: url.clone(),
                api_key: api_key.as_ref().map(|key| key.expose().to_owned()),
                model: model.clone(),
                sends_language: *send_language,
            };
            Arc::new(HttpTranscriber::new(http_client::build(*timeout)?, service))
        }
        TranscriberBy::Command { program, arguments } => {
            Arc::new(CommandTranscriber::new(program.clone(), arguments.clone(), *timeout))
        }
    };
    Ok(Some(Transcribing { transcriber, at_once: *at_once, queue: *queue, timeout: *timeout }))
}

/// The directory besides ours.
fn elsewhere(settings: &Settings, timeout: Duration) -> Result<Option<Elsewhere>, StartError> {
    let Some(settings::Xmatters { url, login }) = &settings.xmatters else { return Ok(None) };
    let client = http_client::build(timeout.min(DIRECTORY_TIMEOUT))?;
    let (user, password) = (login.user.expose().to_owned(), login.password.expose().to_owned());
    let people = Arc::new(XmattersDirectory::new(client, url.clone(), user, password));
    Ok(Some(Elsewhere::new(people)))
}

/// What opens the carrier's API. The checker has seen to it that there is a key or a token.
fn carrier_login(carrier: &settings::Carrier) -> TwilioLogin {
    let exposed = |secret: &Secret| secret.expose().to_owned();
    match &carrier.api_key {
        Some(key) => TwilioLogin::Key { sid: key.sid.clone(), secret: exposed(&key.secret) },
        None => TwilioLogin::Token(carrier.auth_token.as_ref().map(exposed).unwrap_or_default()),
    }
}

/// A system that alerts are passed on to.
fn forward(to: &ForwardTo, client: &reqwest::Client) -> Arc<dyn AlertTarget> {
    let url = |url: &Option<SecretUrl>| url.as_ref().map(|url| url.expose().clone());
    let login = |login: &Login| (login.user.expose().to_owned(), login.password.expose().to_owned());
    match to.kind {
        ForwardKind::Xmatters => {
            let triggers = Triggers {
                alert_url: url(&to.alert_url),
                conference_url: url(&to.conference_url),
                login: to.login.as_ref().map(login),
            };
            Arc::new(XmattersTarget::new(client.clone(), triggers))
        }
    }
}

fn smtp_account(mail: &settings::Mail, timeout: Duration) -> SmtpAccount {
    SmtpAccount {
        host: mail.host.clone(),
        port: mail.port,
        tls: match mail.tls {
            MailTls::None => SmtpTls::None,
            MailTls::Starttls => SmtpTls::StartTls,
            MailTls::Tls => SmtpTls::Tls,
        },
        login: mail.login.as_ref().map(|login| SmtpLogin {
            user: login.user.expose().to_owned(),
            password: login.password.expose().to_owned(),
        }),
        from: mail.from.clone(),
        timeout,
    }
}
