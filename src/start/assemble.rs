//! Settings become adapters, and adapters become an [`App`].

use super::metrics::collect_metrics;
use super::reload::reloader;
use super::{Ground, StartError, open_recordings};
use crate::adapters::bitly::Bitly;
use crate::adapters::http_client;
use crate::adapters::messagebird::MessageBird;
use crate::adapters::rate_limit::RateLimit;
use crate::adapters::smtp::{Smtp, SmtpAccount, SmtpLogin, SmtpTls};
use crate::adapters::transcriber_command::CommandTranscriber;
use crate::adapters::transcriber_http::{HttpTranscriber, TranscriberService};
use crate::adapters::twilio::{Twilio, TwilioAccount, TwilioLogin};
use crate::adapters::visitor::HttpVisitor;
use crate::adapters::webhook::guard::Reach;
use crate::adapters::webhook::sign::SigningKey;
use crate::adapters::webhook::{self, HttpDevices, HttpWebhook, Program, Shape};
use crate::adapters::xmatters::directory::XmattersDirectory;
use crate::adapters::xmatters::trigger::{Triggers, XmattersTarget};
use crate::app::engine::Engine;
use crate::app::event_room::EventRoom;
use crate::app::feed::Feed;
use crate::app::lookups::Elsewhere;
use crate::app::said::Said;
use crate::app::shut::Shut;
use crate::app::turns::Turns;
use crate::app::{App, Live, Parts, Transcribing, UnderWay};
use crate::domain::alerting::policy::WebhookName;
use crate::domain::contact::EmailAddress;
use crate::ports::alert_target::AlertTarget;
use crate::ports::shortener::Shortener;
use crate::ports::transcriber::Transcriber;
use crate::ports::vendor::SingleSender;
use crate::ports::webhook::Webhook;
use crate::settings::{
    self, ForwardKind, ForwardTo, Links, Loaded, Login, MailTls, Secret, SecretUrl, Settings, Sms, SmsVendor,
    TranscriberBy, WebhookKind,
};
use crate::storage::SqlStore;
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How long another directory may take to answer: somebody may be waiting, and a new attempt is better than an old one.
const DIRECTORY_TIMEOUT: Duration = Duration::from_secs(8);

/// How long somebody who transmits messages may take where the next one stands by.
const NEXT_VENDOR_AFTER: Duration = Duration::from_secs(10);

/// Puts the program together on an open store.
pub fn assemble(loaded: Loaded, store: SqlStore, ground: Ground) -> Result<App, StartError> {
    let Loaded { settings, phrases, warnings: _ } = loaded;
    let client = http_client::build(ground.vendor_timeout)?;
    let public_url = match settings.server.public_url.clone() {
        Some(url) => url,
        None => format!("http://{}/", ground.address).parse()?,
    };
    let account = TwilioAccount {
        api_url: settings.carrier.api_url.clone(),
        account_sid: settings.carrier.account_sid.clone(),
        login: carrier_login(&settings.carrier),
        number: settings.carrier.number.clone(),
        texts_from: settings
            .sms
            .as_ref()
            .map_or_else(|| settings.carrier.number.clone(), |sms| sms.from.clone()),
        conferences: settings.carrier.conferences,
    };
    let carrier = Arc::new(Twilio::new(client.clone(), account.clone()));
    let (mail, mail_next) = first(mail_servers(&settings, &ground)?);
    let vendors = settings.sms.as_ref().map_or(0, |sms| sms.vendors.len());
    let texts_client = http_client::build(patience(ground.vendor_timeout, vendors))?;
    let texts = Twilio::new(texts_client.clone(), account).with_texts_status(public_url.join("sms/status")?);
    let (sms, sms_next) = first(sms_vendors(&settings, &texts_client, &Arc::new(texts)));
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
    let webhook_timeout = ground.vendor_timeout.min(webhook::TIMEOUT);
    let webhooks = webhooks(&settings, webhook_timeout)?;
    let reach = if settings.alerting.private_devices { Reach::Anywhere } else { Reach::Public };
    let devices = HttpDevices::new(http_client::within(reach, webhook_timeout)?, reach);
    let per_minute = |limit: u32| {
        let limit = NonZeroU32::new(limit).unwrap_or(NonZeroU32::MIN);
        Arc::new(RateLimit::per_minute(limit, ground.clock.clone()))
    };
    let limits = settings.limits;
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
        rings: store.clone(),
        history: store.clone(),
        alerts: store.clone(),
        logs: store.clone(),
        events: store.clone(),
        deliveries: store.clone(),
        hooks: store.clone(),
        answers: store.clone(),
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
        webhooks: Arc::new(webhooks),
        devices: Arc::new(devices),
        sms,
        mail,
        sms_next,
        mail_next,
        call_limit: per_minute(limits.calls_per_number_per_minute),
        request_limit: per_minute(limits.requests_per_source_per_minute),
        event_limit: per_minute(limits.events_per_integration_per_minute),
        event_room: EventRoom::default(),
        turns: Turns::default(),
        metrics: collect_metrics()?,
        outbox_wake: Arc::new(Notify::new()),
        alert_wake: Arc::new(Notify::new()),
        feed: Feed::default(),
        visitor: Arc::new(HttpVisitor::new(client, "auditor.ping_url")),
        engine: Engine::default(),
        said: Said::default(),
        shut: Shut::default(),
        under_way: UnderWay::default(),
    }))
}

/// The programs that are told of alerts.
fn webhooks(
    settings: &Settings,
    timeout: Duration,
) -> Result<BTreeMap<WebhookName, Arc<dyn Webhook>>, StartError> {
    let webhooks = settings.webhooks.iter().map(|one| {
        let reach = if one.allow_private { Reach::Anywhere } else { Reach::Public };
        let program = Program {
            name: one.rule.name.0.clone(),
            shape: match one.kind {
                WebhookKind::Standard => Shape::Standard,
                WebhookKind::Signl4 => Shape::Signl4,
            },
            url: one.url.expose().clone(),
            keys: one.keys.iter().map(|key| SigningKey::new(key.expose())).collect(),
            reach,
        };
        let webhook = HttpWebhook::new(http_client::within(reach, timeout)?, program);
        Ok((one.rule.name.clone(), Arc::new(webhook) as Arc<dyn Webhook>))
    });
    webhooks.collect()
}

/// The programs of those settings alone, for a command that tries one out.
pub fn webhooks_of(settings: &Settings) -> Result<BTreeMap<WebhookName, Arc<dyn Webhook>>, StartError> {
    webhooks(settings, webhook::TIMEOUT)
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

/// How long one of several who transmit messages may take: where the next one stands by, nobody waits for the first as long
/// as for one who is alone.
fn patience(longest: Duration, vendors: usize) -> Duration {
    if vendors > 1 { longest.min(NEXT_VENDOR_AFTER) } else { longest }
}

/// Who transmits text messages, in order.
fn sms_vendors(
    settings: &Settings,
    client: &reqwest::Client,
    carrier: &Arc<Twilio>,
) -> Vec<Arc<dyn SingleSender>> {
    let vendors = settings.sms.iter().flat_map(|sms| sms.vendors.iter().map(move |vendor| (sms, vendor)));
    let sender = |(sms, vendor): (&Sms, &SmsVendor)| match vendor {
        SmsVendor::Carrier => carrier.clone() as Arc<dyn SingleSender>,
        SmsVendor::MessageBird { access_key, from, api_url } => Arc::new(MessageBird::new(
            client.clone(),
            api_url.clone(),
            access_key.expose().to_owned(),
            from.clone(),
            // The carrier brings what is written to its number, whoever has sent what is answered.
            from == sms.from.as_str(),
        )),
    };
    vendors.map(sender).collect()
}

/// The mail servers, in order.
fn mail_servers(settings: &Settings, ground: &Ground) -> Result<Vec<Arc<dyn SingleSender>>, StartError> {
    let Some(mail) = &settings.mail else { return Ok(vec![]) };
    let first = settings::MailServer {
        host: mail.host.clone(),
        port: mail.port,
        tls: mail.tls,
        login: mail.login.clone(),
    };
    let mut servers: Vec<Arc<dyn SingleSender>> = vec![];
    for server in std::iter::once(&first).chain(&mail.next) {
        let patience = patience(ground.vendor_timeout, 1 + mail.next.len());
        let account = smtp_account(server, &mail.from, patience);
        servers.push(Arc::new(Smtp::new(account, ground.clock.clone())?));
    }
    Ok(servers)
}

/// The first of some, and the others.
fn first<T>(all: Vec<T>) -> (Option<T>, Vec<T>) {
    let mut all = all.into_iter();
    (all.next(), all.collect())
}

fn smtp_account(server: &settings::MailServer, from: &EmailAddress, timeout: Duration) -> SmtpAccount {
    SmtpAccount {
        host: server.host.clone(),
        port: server.port,
        tls: match server.tls {
            MailTls::None => SmtpTls::None,
            MailTls::Starttls => SmtpTls::StartTls,
            MailTls::Tls => SmtpTls::Tls,
        },
        login: server.login.as_ref().map(|login| SmtpLogin {
            user: login.user.expose().to_owned(),
            password: login.password.expose().to_owned(),
        }),
        from: from.clone(),
        timeout,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g88_who_hangs_is_waited_for_ten_seconds_where_somebody_else_stands_by() {
        let longest = Duration::from_secs(30);
        assert_eq!(patience(longest, 1), longest);
        assert_eq!(patience(longest, 2), Duration::from_secs(10));
        assert_eq!(patience(Duration::from_millis(400), 2), Duration::from_millis(400));
    }
}
