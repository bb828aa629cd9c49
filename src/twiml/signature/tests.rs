//! The vectors `v1` to `v10` are those of the carrier's own libraries (`twilio-python`, `twilio-node`).

use super::*;

const URL: &str = "https://mycompany.com/myapp.php?foo=1&bar=2";
const BODY: &[u8] = br#"{"property": "value", "boolean": true}"#;
const BODY_HASH: &str = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn call() -> Vec<(String, String)> {
    fields(&[
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675309"),
        ("Digits", "1234"),
        ("From", "+14158675309"),
        ("To", "+18005551212"),
    ])
}

fn token() -> Key {
    Key::account_token("12345")
}

fn verify_form(url: &str, signature: &str) -> Verdict {
    verify(url, &SignedBody::Form(&call()), signature, None, &[token()])
}

#[track_caller]
fn refused(verdict: Verdict) -> Reason {
    verdict.expect_err("refused").reason
}

#[test]
fn v1_form() {
    assert_eq!(sign(URL, &SignedBody::Form(&call()), &token()), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assert_eq!(verify_form(URL, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), Ok(()));
}

#[test]
fn v1_is_valid_with_a_port_that_was_not_signed() {
    let url = "https://mycompany.com:1234/myapp.php?foo=1&bar=2";
    assert_eq!(verify_form(url, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), Ok(()));
}

#[test]
fn v2_https_signed_with_standard_port() {
    assert_eq!(verify_form(URL, "kvajT1Ptam85bY51eRf/AJRuM3w="), Ok(()));
}

#[test]
fn v3_http_signed_with_standard_port() {
    let url = "http://mycompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(verify_form(url, "0ZXoZLH/DfblKGATFgpif+LLRf4="), Ok(()));
}

#[test]
fn v4_http_with_port() {
    let url = "http://mycompany.com:1234/myapp.php?foo=1&bar=2";
    assert_eq!(verify_form(url, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="), Ok(()));
}

#[test]
fn v5_body_hash_after_other_query() {
    let url = format!("{URL}&bodySHA256={BODY_HASH}");
    let verdict = verify(&url, &SignedBody::Raw(BODY), "a9nBmqA0ju/hNViExpshrM61xv4=", None, &[token()]);
    assert_eq!(verdict, Ok(()));
}

#[test]
fn body_hash_of_another_body_is_refused() {
    let url = format!("{URL}&bodySHA256={BODY_HASH}");
    let verdict = verify(&url, &SignedBody::Raw(b"{}"), "a9nBmqA0ju/hNViExpshrM61xv4=", None, &[token()]);
    assert_eq!(refused(verdict), Reason::WrongBodyHash);
}

#[test]
fn v7_body_hash_alone() {
    let url = format!("https://mycompany.com/myapp.php?bodySHA256={BODY_HASH}");
    let verdict = verify(&url, &SignedBody::Raw(BODY), "y77kIzt2vzLz71DgmJGsen2scGs=", None, &[token()]);
    assert_eq!(verdict, Ok(()));
}

#[test]
fn v8_user_and_password() {
    let url = "https://user:pass@mycompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(verify_form(url, "CukzLTc1tT5dXEDIHm/tKBanW10="), Ok(()));
}

#[test]
fn v9_user_alone() {
    let url = "https://user@mycompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(verify_form(url, "2YRLlVAflCqxaNicjMpJcSTgzSs="), Ok(()));
}

#[test]
fn v10_user_and_password_signed_with_standard_port() {
    let url = "https://user:pass@mycompany.com/myapp.php?foo=1&bar=2";
    assert_eq!(verify_form(url, "ZQFR1PTIZXF2MXB8ZnKCvnnA+rI="), Ok(()));
}

#[test]
fn v10_with_another_port_and_the_port_stripped() {
    let url = "https://user:pass@mycompany.com:8443/myapp.php?foo=1&bar=2";
    assert_eq!(verify_form(url, "CukzLTc1tT5dXEDIHm/tKBanW10="), Ok(()));
}

/// Each way in which the carrier was seen to spell a query. The first signature is from its libraries, the
/// others were computed with Node.
#[test]
fn query_as_received_normalised_and_in_legacy_spelling() {
    let url = format!("{URL}&Body=It's+amazing");
    let signed_as = [
        ("It's+amazing", "dsq4Ehbj6cs+KdTkpF5sSSplOWw="),
        ("It%27s+amazing", "TfZzewPq8wqrGlMfyAud8+/IvJ0="),
        ("It's%20amazing", "bD9iT2C/HNMwZ/yCH1s/5R2+wUs="),
    ];
    for (spelling, signature) in signed_as {
        assert_eq!(verify_form(&url, signature), Ok(()), "{spelling}");
    }
    let never_seen = "KjO9y3ocKRL4bG0cJcdngFA5jZ0=";
    assert_eq!(refused(verify_form(&url, never_seen)), Reason::WrongSignature);
}

#[test]
fn six_spellings() {
    let spellings = urls::spellings("https://example.org:8443/a?b=It's+me#rc=2");
    let expected = [
        "https://example.org/a?b=It's+me",
        "https://example.org:8443/a?b=It's+me",
        "https://example.org/a?b=It%27s+me",
        "https://example.org:8443/a?b=It%27s+me",
        "https://example.org/a?b=It's%20me",
        "https://example.org:8443/a?b=It's%20me",
    ];
    assert_eq!(spellings, expected);
}

#[test]
fn equal_spellings_are_tried_once() {
    let expected = ["http://[::1]/a", "http://[::1]:80/a"];
    assert_eq!(urls::spellings("http://[::1]/a"), expected);
    assert_eq!(urls::spellings("http://[::1]:80/a"), expected);
}

/// The expected text is what Node prints for `stringify(parse(query))` of the normalised query.
#[test]
fn legacy_query_as_node_writes_it() {
    let spellings = urls::spellings("https://example.org/?a=It%27s+am%2Fz&b&=x&a=2&&c=%FF%zz+é~!*()");
    let expected = "https://example.org/?a=It's%20am%2Fz&a=2&b=&=x&c=%EF%BF%BD%25zz%20%C3%A9~!*()";
    assert!(spellings.iter().any(|url| url == expected), "{spellings:#?}");
}

#[test]
fn fields_count_in_byte_order_and_once() {
    let key = token();
    let sent = fields(&[("b", "2"), ("a", "z"), ("B", "1"), ("a", "y"), ("a", "z")]);
    let by_hand = fields(&[("B1ayazb2", "")]);
    let signature = sign(URL, &SignedBody::Form(&by_hand), &key);
    assert_eq!(sign(URL, &SignedBody::Form(&sent), &key), signature);
    assert_eq!(verify(URL, &SignedBody::Form(&sent), &signature, None, &[key]), Ok(()));
}

#[test]
fn order_of_fields_does_not_matter() {
    let mut reversed = call();
    reversed.reverse();
    assert_eq!(sign(URL, &SignedBody::Form(&reversed), &token()), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
}

#[test]
fn changed_added_or_missing_field_is_refused() {
    let mut changed = call();
    changed[2].1 = "1235".to_owned();
    let mut added = call();
    added.push(("Extra".to_owned(), "1".to_owned()));
    let mut missing = call();
    missing.pop();
    for fields in [changed, added, missing] {
        let body = SignedBody::Form(&fields);
        let verdict = verify(URL, &body, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", None, &[token()]);
        assert_eq!(refused(verdict), Reason::WrongSignature);
    }
}

#[test]
fn get_signs_the_url_alone() {
    let key = token();
    let signature = sign(URL, &SignedBody::Nothing, &key);
    assert_eq!(signature, sign(URL, &SignedBody::Form(&[]), &key));
    let other =
        verify("https://mycompany.com/myapp.php?foo=1&bar=3", &SignedBody::Nothing, &signature, None, &[key]);
    assert_eq!(refused(other), Reason::WrongSignature);
}

#[test]
fn fragment_is_not_signed() {
    let url = format!("{URL}#rc=2&rp=ct,5xx");
    assert_eq!(sign(&url, &SignedBody::Form(&call()), &token()), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
    assert_eq!(verify_form(&url, "RSOYDt4T1cUTdK1PDd93/VVr8B8="), Ok(()));
}

#[test]
fn either_of_two_tokens() {
    let keys = [Key::account_token("next"), token()];
    let form = call();
    let body = SignedBody::Form(&form);
    for key in &keys {
        assert_eq!(verify(URL, &body, &sign(URL, &body, key), None, &keys), Ok(()));
    }
}

#[test]
fn wrong_token_is_refused() {
    let form = call();
    let body = SignedBody::Form(&form);
    let signature = sign(URL, &body, &Key::account_token("54321"));
    assert_eq!(refused(verify(URL, &body, &signature, None, &[token()])), Reason::WrongSignature);
}

#[test]
fn empty_signature_is_refused() {
    assert_eq!(refused(verify_form(URL, "")), Reason::NotSigned);
}

#[test]
fn no_token_or_an_empty_one_refuses_everything() {
    let empty = Key::account_token("");
    let signature = sign(URL, &SignedBody::Nothing, &empty);
    for keys in [&[][..], &[empty], &[Key::shared("k", "secret")]] {
        let verdict = verify(URL, &SignedBody::Nothing, &signature, None, keys);
        assert_eq!(refused(verdict), Reason::NoKey);
    }
}

#[test]
fn content_that_the_url_does_not_cover_is_refused() {
    let signature = sign(URL, &SignedBody::Raw(BODY), &token());
    let verdict = verify(URL, &SignedBody::Raw(BODY), &signature, None, &[token()]);
    assert_eq!(refused(verdict), Reason::NoBodyHash);
}

#[test]
fn shared_key_is_chosen_by_its_id() {
    let keys =
        [token(), Key::shared("webhooks_sharedkey_a", "first"), Key::shared("webhooks_sharedkey_b", "2nd")];
    let form = call();
    let body = SignedBody::Form(&form);
    let signature = sign(URL, &body, &keys[2]);
    let verify = |settings| verify(URL, &body, &signature, settings, &keys);

    assert_eq!(verify(Some("key=webhooks_sharedkey_b,algorithm=HMAC_SHA256")), Ok(()));
    assert_eq!(verify(Some(" algorithm = hmac_sha256 , key = webhooks_sharedkey_b , new=1")), Ok(()));
    let other_key = verify(Some("key=webhooks_sharedkey_a,algorithm=HMAC_SHA256"));
    assert_eq!(refused(other_key), Reason::WrongSignature);
    let other_algorithm = verify(Some("key=webhooks_sharedkey_b,algorithm=HMAC_SHA1"));
    assert_eq!(refused(other_algorithm), Reason::WrongSignature);
    assert_eq!(refused(verify(None)), Reason::WrongSignature);
}

/// Computed with Node: HMAC-SHA-256 of the text of V1 with the secret `12345`.
#[test]
fn shared_key_known_answer() {
    let key = Key::shared("webhooks_sharedkey_a", "12345");
    assert_eq!(sign(URL, &SignedBody::Form(&call()), &key), "033hgUJA9M/hXIZsYjwkerEP/DBm35nEri5FhCYjA5s=");
}

#[test]
fn settings_that_are_not_understood_are_refused() {
    let keys = [token(), Key::shared("k", "secret")];
    let cases = [
        ("key=k,algorithm=HMAC_SHA512", Reason::UnknownAlgorithm),
        ("key=other,algorithm=HMAC_SHA256", Reason::UnknownKey),
        ("key=k", Reason::BadSettings),
        ("key=,algorithm=HMAC_SHA256", Reason::BadSettings),
        ("algorithm=HMAC_SHA256", Reason::BadSettings),
        ("algorithm=none", Reason::UnknownAlgorithm),
        ("key=k,key=k,algorithm=HMAC_SHA256", Reason::BadSettings),
        ("nonsense", Reason::BadSettings),
    ];
    for (settings, reason) in cases {
        for key in &keys {
            let signature = sign(URL, &SignedBody::Nothing, key);
            let verdict = verify(URL, &SignedBody::Nothing, &signature, Some(settings), &keys);
            assert_eq!(refused(verdict), reason, "{settings}");
        }
    }
}

#[test]
fn settings_without_key_mean_the_account_token() {
    for settings in ["", "algorithm=HMAC_SHA1"] {
        let signature = sign(URL, &SignedBody::Nothing, &token());
        let verdict = verify(URL, &SignedBody::Nothing, &signature, Some(settings), &[token()]);
        assert_eq!(verdict, Ok(()), "{settings}");
    }
}

#[test]
fn refusal_names_the_urls_and_nothing_of_their_query() {
    let url = "https://user:secret@example.org/voice?From=+15550100&flag#rc=2";
    let refusal = verify_form(url, "AAAA").expect_err("refused");
    assert_eq!(
        refusal.to_string(),
        "the signature is wrong; the signature was checked for: \
         https://*@example.org/voice?* https://*@example.org:443/voice?*"
    );
}

#[test]
fn keys_show_nothing() {
    assert_eq!(format!("{:?}", [token(), Key::shared("id", "secret")]), "[Key(..), Key(..)]");
}
