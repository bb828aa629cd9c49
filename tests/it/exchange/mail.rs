//! Mail that the gateway sends, through a real mail client.

use std::sync::Arc;

use dutyline::exchange::carrier::Exchange;
use dutyline::exchange::line::Road;
use dutyline::exchange::smtp;
use dutyline::ports::clock::Clock;
use lettre::message::MultiPart;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::net::TcpListener;

use super::world::{Reply, World, config};

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let world = World::start(|_| Reply::Status(204)).await;
    let clock: Arc<dyn Clock> = world.clock.clone();
    let exchange = Exchange::new(config(&world.gateway), clock);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(smtp::serve(exchange.clone(), listener, std::future::pending()));

    let mail = Message::builder()
        .from("Duty <duty@example.org>".parse().unwrap())
        .to("cleo@example.org".parse().unwrap())
        .subject("Störung: Pumpen")
        .multipart(MultiPart::alternative_plain_html(
            "Pumpen stehen – bitte prüfen.\n.\nEnde".to_owned(),
            "<p>Pumpen</p>".to_owned(),
        ))
        .unwrap();
    let transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1").port(port).build();
    transport.send(mail).await.unwrap();

    let arrived = exchange.arrived(0);
    assert_eq!(arrived.len(), 1);
    assert_eq!((arrived[0].kind, arrived[0].to.as_str()), (Road::Mail, "cleo@example.org"));
    assert_eq!(arrived[0].subject, "Störung: Pumpen");
    assert_eq!(arrived[0].text.replace('\r', "").trim_end(), "Pumpen stehen – bitte prüfen.\n.\nEnde");
}
