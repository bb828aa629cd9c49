//! The carrier's side: real forms with real signatures, as bytes that only need to be sent.

use super::Failed;
use super::settings::{ACCOUNT, NUMBER, PUBLIC_URL, TOKEN, caller};
use dutyline::domain::voice::leg::Leg;
use dutyline::twiml::read::read;
use dutyline::twiml::signature::{Key, SIGNATURE_HEADER, SignedBody, sign};
use dutyline::twiml::{Response, Verb};

/// A phone call, as its carrier sees it.
#[derive(Debug)]
pub(super) struct Phone {
    sid: String,
    from: String,
}

/// What the gateway asks the carrier to do next: the path for the reply to its document.
#[derive(Debug, Clone)]
pub(super) struct Reply {
    path: String,
}

impl Phone {
    /// The call of that number; it comes from one of the known callers.
    pub(super) fn new(run: &str, number: usize) -> Self {
        Self { sid: format!("CA{run:0>16}{number:016x}"), from: caller(number) }
    }

    /// The carrier announces the call.
    pub(super) fn announce(&self) -> Vec<u8> {
        self.request("voice", "ringing", &[])
    }

    /// A key is pressed: one of the carrier's forms for this has 28 fields.
    pub(super) fn press(&self, reply: &Reply, key: &str) -> Vec<u8> {
        self.request(
            &reply.path,
            "in-progress",
            &[("Digits", key), ("msg", "Gather End"), ("FinishedOnKey", "")],
        )
    }

    /// A message was recorded, and the key that ended it sends it.
    pub(super) fn record(&self, reply: &Reply) -> Vec<u8> {
        let recording = format!("RE{}", self.sid.trim_start_matches("CA"));
        let url = format!("https://api.twilio.com/2010-04-01/Accounts/{ACCOUNT}/Recordings/{recording}");
        let said = [
            ("Digits", "1"),
            ("RecordingUrl", &url),
            ("RecordingSid", &recording),
            ("RecordingDuration", "7"),
        ];
        self.request(&reply.path, "in-progress", &said)
    }

    /// The call is over.
    pub(super) fn over(&self) -> Vec<u8> {
        let said = [
            ("CallDuration", "42"),
            ("Duration", "1"),
            ("Timestamp", "Mon, 05 Jan 2026 09:00:00 +0000"),
            ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", "0"),
        ];
        self.request("voice/status", "completed", &said)
    }

    fn request(&self, path: &str, status: &str, said: &[(&str, &str)]) -> Vec<u8> {
        Form { sid: &self.sid, direction: "inbound", from: &self.from, to: NUMBER }
            .request(path, status, said)
    }
}

/// Nobody has picked up a phone that the gateway had called.
pub(super) fn no_answer(leg: &Leg) -> Result<Vec<u8>, Failed> {
    let carrier_call = leg.carrier_call.as_deref().ok_or("a phone was not called")?;
    let said = [
        ("CallDuration", "0"),
        ("Duration", "0"),
        ("Timestamp", "Mon, 05 Jan 2026 09:00:00 +0000"),
        ("CallbackSource", "call-progress-events"),
        ("SequenceNumber", "2"),
    ];
    let path = format!("voice/calls/{}/legs/{}/status", leg.call, leg.id);
    let form = Form { sid: carrier_call, direction: "outbound-api", from: NUMBER, to: leg.number.as_str() };
    Ok(form.request(&path, "no-answer", &said))
}

/// What the carrier says of a call on every request.
struct Form<'a> {
    sid: &'a str,
    direction: &'a str,
    from: &'a str,
    to: &'a str,
}

impl Form<'_> {
    /// Not part of anything else, so that `benches/instructions` can leave it out.
    #[inline(never)]
    fn request(&self, path: &str, status: &str, said: &[(&str, &str)]) -> Vec<u8> {
        let fields = self.fields(status, said);
        let url = format!("{PUBLIC_URL}{path}");
        let signature = sign(&url, &SignedBody::Form(&fields), &Key::account_token(TOKEN));
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let length = body.len();
        let token = format!("{:016x}-{}", body.len(), self.sid);
        format!(
            "POST /{path} HTTP/1.1\r\nhost: dutyline.example.com\r\nuser-agent: TwilioProxy/1.1\r\naccept: */*\r\n\
             content-type: application/x-www-form-urlencoded; charset=UTF-8\r\ncontent-length: {length}\r\n\
             i-twilio-idempotency-token: {token}\r\nx-forwarded-for: 192.0.2.7\r\nx-forwarded-proto: https\r\n\
             {SIGNATURE_HEADER}: {signature}\r\n\r\n{body}"
        )
        .into_bytes()
    }

    /// What the carrier says on every request (Twilio, "TwiML for Programmable Voice": request parameters, with
    /// the doubles of both numbers and of their places), and what it says besides.
    fn fields(&self, status: &str, said: &[(&str, &str)]) -> Vec<(String, String)> {
        let mut fields = vec![
            ("AccountSid", ACCOUNT),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", self.sid),
            ("CallStatus", status),
            ("Direction", self.direction),
        ];
        for side in ["From", "Caller"] {
            fields.push((side, self.from));
        }
        for side in ["To", "Called"] {
            fields.push((side, self.to));
        }
        fields.extend([
            ("FromCity", "SAN FRANCISCO"),
            ("FromState", "CA"),
            ("FromZip", "94107"),
            ("FromCountry", "US"),
            ("CallerCity", "SAN FRANCISCO"),
            ("CallerState", "CA"),
            ("CallerZip", "94107"),
            ("CallerCountry", "US"),
            ("ToCity", ""),
            ("ToState", "NY"),
            ("ToZip", ""),
            ("ToCountry", "US"),
            ("CalledCity", ""),
            ("CalledState", "NY"),
            ("CalledZip", ""),
            ("CalledCountry", "US"),
        ]);
        fields.extend_from_slice(said);
        fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

impl Reply {
    /// Where the carrier goes from a document.
    pub(super) fn to(document: &[u8]) -> Result<Self, Failed> {
        let Response { verbs } = read(std::str::from_utf8(document)?)?;
        let action = verbs.iter().find_map(|verb| match verb {
            Verb::Gather(gather) => Some(&gather.action),
            Verb::Record(record) => Some(&record.action),
            Verb::Dial(dial) => dial.action.as_ref(),
            Verb::Say(_) | Verb::Play(_) | Verb::Pause(_) | Verb::Redirect(_) | Verb::Hangup => None,
        });
        let action = action.ok_or("the gateway ended a call")?;
        let action = action.split_once('#').map_or(action.as_str(), |(before, _)| before);
        let path = action.strip_prefix(PUBLIC_URL).ok_or("the gateway sent the carrier elsewhere")?;
        Ok(Self { path: path.to_owned() })
    }

    /// The reply to the document that is handed out so many turns later.
    pub(super) fn later(&self, turns: usize) -> Result<Self, Failed> {
        let (rest, document) = self.path.rsplit_once('/').ok_or("a reply without a document")?;
        let document = document.parse::<usize>()? + turns;
        Ok(Self { path: format!("{rest}/{document}") })
    }

    /// The ids of the call and of its leg, as the gateway has given them.
    pub(super) fn ids(&self) -> Result<(&str, &str), Failed> {
        let mut parts = self.path.split('/').skip_while(|part| *part != "calls").skip(1);
        let call = parts.next();
        Ok(call.zip(parts.nth(1)).ok_or("a reply without a call")?)
    }
}
