use super::{EmailAddress, InvalidPhoneNumber, PhoneNumber, WebhookUrl};
use proptest::prelude::*;

fn check(text: &str, expected: &str) {
    assert_eq!(PhoneNumber::parse(text).map(|number| number.0).as_deref(), Ok(expected), "{text}");
}

fn refuse(text: &str, expected: InvalidPhoneNumber) {
    assert_eq!(PhoneNumber::parse(text), Err(expected), "{text}");
}

#[test]
fn p07_a_number_without_plus_is_the_same_number() {
    check("15550001", "+15550001");
    check("+15550001", "+15550001");
    check("0015550001", "+15550001");
}

#[test]
fn what_people_write_is_understood() {
    check("+1 555-010-0001", "+15550100001");
    check("+1 (555) 010 0001", "+15550100001");
    check("+49 30.1234567", "+49301234567");
    check("0049 30 / 1234567", "+49301234567");
    check(" +49\u{a0}30\u{a0}1234567 ", "+49301234567");
}

#[test]
fn a_trunk_zero_in_brackets_goes_where_the_country_drops_it() {
    check("+49 (0)30 1234567", "+49301234567");
    check("+44 (0) 20 7946 0018", "+442079460018");
    check("+39 (0)6 1234 5678", "+390612345678");
}

#[test]
fn a_number_without_country_is_refused() {
    refuse("555-0100", InvalidPhoneNumber::NoCountryCode);
    refuse("5550100", InvalidPhoneNumber::NoCountryCode);
    refuse("030 1234567", InvalidPhoneNumber::NoCountryCode);
    refuse("+0301234567", InvalidPhoneNumber::NoCountryCode);
    refuse("", InvalidPhoneNumber::NoCountryCode);
}

#[test]
fn p51_what_is_no_number_is_refused() {
    refuse("+", InvalidPhoneNumber::Length);
    refuse("+123456", InvalidPhoneNumber::Length);
    refuse("+1234567890123456", InvalidPhoneNumber::Length);
    refuse("+1 800 FLOWERS", InvalidPhoneNumber::Character);
    refuse("+49 30 1234567 ext. 5", InvalidPhoneNumber::Character);
    refuse("+1+5550001", InvalidPhoneNumber::Character);
    refuse("+49 (0)", InvalidPhoneNumber::Length);
}

#[test]
fn nothing_of_it_is_printed() {
    let number = PhoneNumber::parse("+15550100").unwrap();
    let address = EmailAddress::parse("ada@example.com").unwrap();
    assert_eq!(format!("{number:?} {address:?}"), "PhoneNumber(…) EmailAddress(…)");
}

#[test]
fn mail_addresses() {
    for good in ["ada@example.com", "ada.admin+night@mail.example.com", "ops@localhost", " ben@example.com "]
    {
        assert_eq!(EmailAddress::parse(good).unwrap().as_str(), good.trim());
    }
    for bad in [
        "",
        "ada",
        "ada@",
        "@example.com",
        "Ada <ada@example.com>",
        "a b@example.com",
        "a@[127.0.0.1]",
        "a@b@c",
    ] {
        assert!(EmailAddress::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_webhook_is_an_address_on_the_web_and_never_shown() {
    let url = WebhookUrl::parse(" https://hooks.example.com/duty?key=secret ").unwrap();
    assert_eq!(url.as_str(), "https://hooks.example.com/duty?key=secret");
    assert_eq!(format!("{url:?}"), "WebhookUrl(…)");
    for bad in ["", "hooks.example.com/duty", "ftp://hooks.example.com", "mailto:ada@example.com", "https://"]
    {
        assert!(WebhookUrl::parse(bad).is_err(), "{bad}");
    }
}

proptest! {
    #[test]
    fn whatever_is_accepted_is_e164_and_stays_as_it_is(text in "[+0-9 ()./-]{0,22}") {
        if let Ok(number) = PhoneNumber::parse(&text) {
            prop_assert!(super::is_e164(number.as_str()));
            prop_assert_eq!(PhoneNumber::parse(number.as_str()), Ok(number));
        }
    }

    #[test]
    fn no_text_is_too_odd(text in any::<String>()) {
        let _ = PhoneNumber::parse(&text);
        let _ = EmailAddress::parse(&text);
        let _ = WebhookUrl::parse(&text);
    }
}
