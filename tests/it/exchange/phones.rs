//! The phones over HTTP and in real time, as the terminal and remote scripts use them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use dutyline::exchange::behaviour::Behaviour;
use dutyline::exchange::carrier::{Dial, Exchange};
use dutyline::exchange::line::{Kind, LineEvent};
use dutyline::exchange::phone_client::{PhoneClient, PhoneError};
use dutyline::exchange::script::remote::{Contacts, RemoteStage};
use dutyline::exchange::script::{parse, run};
use dutyline::exchange::serve::serve;
use dutyline::exchange::terminal;
use dutyline::ports::clock::Clock;
use jiff::Timestamp;
use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::rest_client::Api;
use super::world::{CALLER, Reply, TOKEN, World, config, xml};

/// Real time.
struct RealClock;

impl Clock for RealClock {
    #[expect(clippy::disallowed_methods, reason = "this test runs in real time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

const MENU: &str =
    "<Gather input=\"dtmf\" action=\"HOST/menu\" numDigits=\"1\"><Say>Press 1 to alert.</Say></Gather>";
const RECORD: &str = "<Say>After the beep.</Say><Record action=\"HOST/recorded\" timeout=\"0\"/>";

/// An exchange that runs, a hundred times as fast as people are.
struct Running {
    phone: PhoneClient,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<std::io::Result<()>>,
    base: String,
    gateway: String,
}

impl Running {
    fn api(&self) -> Api {
        Api::at(&self.base)
    }
}

async fn running() -> Running {
    let gateway = World::start(|seen| match seen.path.as_str() {
        "/voice" => xml(MENU),
        "/menu" => xml(RECORD),
        "/recorded" => xml("<Say>Thank you.</Say>"),
        _ => Reply::Status(204),
    })
    .await
    .gateway;
    let place = gateway.clone();
    let http = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mail = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", http.local_addr().unwrap());
    let mut config = config(&gateway);
    config.public_url.clone_from(&base);
    config.pace.speed = 100.0;
    let exchange = Exchange::new(config, Arc::new(RealClock));
    let (stop, stopped) = oneshot::channel();
    let served = tokio::spawn(serve(exchange, http, mail, async { drop(stopped.await) }));
    Running { phone: PhoneClient::new(&base, TOKEN).unwrap(), stop, served, base, gateway: place }
}

/// Listens until this kind of event.
async fn until(phone: &PhoneClient, sid: &str, kind: Kind) -> Vec<LineEvent> {
    let mut line = Vec::new();
    while !line.iter().any(|event: &LineEvent| event.kind == kind) {
        line.extend(phone.events(sid, line.len(), Duration::from_secs(5)).await.unwrap());
    }
    line
}

#[tokio::test]
async fn a_phone_dials_presses_speaks_and_hangs_up() {
    let Running { phone, stop, served, .. } = running().await;
    let dial = Dial { from: Some(CALLER.to_owned()), attestation: None };
    let sid = phone.dial(&dial).await.unwrap();
    until(&phone, &sid, Kind::Heard).await;
    assert!(!phone.say(&sid, "nobody hears this", None).await.unwrap());
    assert!(phone.press(&sid, "1").await.unwrap());
    until(&phone, &sid, Kind::Beep).await;
    assert!(phone.say(&sid, "Pumps are down", Some(14)).await.unwrap());
    assert!(phone.hang_up(&sid).await.unwrap());
    let line = until(&phone, &sid, Kind::HungUp).await;
    assert_eq!(line.iter().map(|event| event.n).collect::<Vec<_>>(), (1..=line.len()).collect::<Vec<_>>());
    assert!(!phone.hang_up(&sid).await.unwrap());
    assert!(matches!(phone.press("CAx", "1").await, Err(PhoneError::NoSuchCall)));
    stop.send(()).unwrap();
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn strangers_have_no_phone() {
    let running = running().await;
    let stranger = PhoneClient::new(&running.base, "guessed").unwrap();
    assert!(matches!(stranger.dial(&Dial::default()).await, Err(PhoneError::Refused)));
    assert!(matches!(stranger.messages(0, Duration::ZERO).await, Err(PhoneError::Refused)));
    assert!(matches!(stranger.behave(&Behaviour::default()).await, Err(PhoneError::Refused)));
}

#[tokio::test]
async fn a_script_runs_over_the_network() {
    let running = running().await;
    let ada = Contacts { number: Some(CALLER.to_owned()), ..Contacts::default() };
    let people = BTreeMap::from([("ada".to_owned(), ada)]);
    let mut stage = RemoteStage::set(running.phone.clone(), people, None, 100.0).await.unwrap();
    let script = parse(
        "remote.call",
        "caller ada\ndial\nhears \"press 1\"\npress 1\nrecords \"Pumps are down\" for 14 seconds\npress #\n\
         hears \"thank you\"\ncall ends\n",
    )
    .unwrap();
    let transcript = run(&script, &mut stage).await.unwrap();
    assert!(transcript.contains("(recorded \"Pumps are down\")"), "{transcript}");
}

#[tokio::test]
async fn a_script_answers_other_peoples_phones_over_the_network() {
    const NUMBERS: [&str; 2] = ["+15550101", "+15550111"];
    let running = running().await;
    let (api, voice) = (running.api(), format!("{}/voice", running.gateway));
    let place = async |to| {
        api.created("Calls.json", &[("To", to), ("From", CALLER), ("Url", &voice)]).await;
    };
    // What was before the script is none of its business.
    place(NUMBERS[0]).await;
    let ben = Contacts {
        number: Some(NUMBERS[0].to_owned()),
        other_numbers: vec![NUMBERS[1].to_owned()],
        addresses: Vec::new(),
    };
    let people = BTreeMap::from([("ben".to_owned(), ben)]);
    let mut stage = RemoteStage::set(running.phone.clone(), people, None, 100.0).await.unwrap();
    place(NUMBERS[0]).await;
    place(NUMBERS[1]).await;
    let script = parse(
        "remote.call",
        "ben's phone rings\nben's second phone rings\nben's second phone declines\nben picks up\n\
         ben hears \"press 1\"\nben presses 1\nben says \"Pumps are down\"\nben hangs up",
    )
    .unwrap();
    let transcript = run(&script, &mut stage).await.unwrap();
    assert!(transcript.contains("ben on phone 2 declines"), "{transcript}");
    assert!(transcript.contains("ben says \"Pumps are down\""), "{transcript}");
    assert_eq!(running.phone.ringing().await.unwrap(), 1);
}

#[tokio::test]
async fn a_person_calls_from_the_terminal() {
    let running = running().await;
    let phone = running.phone.clone();
    let (mut hands, keyboard) = tokio::io::duplex(1000);
    let (screen, mut eyes) = tokio::io::duplex(100_000);
    let calling = tokio::spawn(async move {
        let dial = Dial { from: Some(CALLER.to_owned()), attestation: None };
        terminal::call(&phone, &dial, BufReader::new(keyboard), screen).await
    });
    see(&mut eyes, "Press 1 to alert.").await;
    hands.write_all(b"1\n").await.unwrap();
    see(&mut eyes, "(beep").await;
    hands.write_all(b"Pumps are down\n#\n").await.unwrap();
    see(&mut eyes, "(the other side hung up)").await;
    calling.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_person_answers_in_the_terminal() {
    const BEN: &str = "+15550101";
    let running = running().await;
    let phone = running.phone.clone();
    let (mut hands, keyboard) = tokio::io::duplex(1000);
    let (screen, mut eyes) = tokio::io::duplex(100_000);
    let answering =
        tokio::spawn(async move { terminal::answer(&phone, BEN, BufReader::new(keyboard), screen).await });
    see(&mut eyes, "Waiting for the phone").await;
    let (api, voice) = (running.api(), format!("{}/voice", running.gateway));
    // Declined, and the next one answered.
    for word in ["d\n", "a\n"] {
        api.created("Calls.json", &[("To", BEN), ("From", CALLER), ("Url", &voice)]).await;
        see(&mut eyes, "Your phone rings").await;
        hands.write_all(word.as_bytes()).await.unwrap();
    }
    see(&mut eyes, "Press 1 to alert.").await;
    hands.write_all(b"1\n").await.unwrap();
    see(&mut eyes, "(beep").await;
    hands.write_all(b"Pumps are down\nh\n").await.unwrap();
    see(&mut eyes, "(you hung up)").await;
    drop(hands);
    answering.await.unwrap().unwrap();
}

async fn see(screen: &mut (impl tokio::io::AsyncRead + Unpin), text: &str) {
    use tokio::io::AsyncReadExt;
    let mut shown = String::new();
    while !shown.contains(text) {
        let mut bytes = [0; 1000];
        let count = screen.read(&mut bytes).await.unwrap();
        assert!(count > 0, "the screen went dark after: {shown}");
        shown.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
    }
}

#[tokio::test]
async fn the_exchange_is_not_offered_to_strangers() {
    let everywhere = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let mail = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let exchange = Exchange::new(config("http://127.0.0.1:1"), Arc::new(RealClock));
    let refused = serve(exchange, everywhere, mail, std::future::pending()).await.unwrap_err();
    assert_eq!(refused.to_string(), "the exchange listens on loopback only");
}
