use std::sync::Arc;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Expect, Row, Value, Write};
use crate::ports::error::StoreError;

const SQL: &str = "select id, caller, due_at from call";

fn row(values: Vec<Value>) -> Row {
    let columns = ["id", "caller", "due_at"].map(str::to_owned);
    Row::new(SQL, Arc::from(columns), values)
}

fn says(result: Result<impl Sized, StoreError>) -> String {
    result.err().expect("the getter refuses").to_string()
}

#[test]
fn every_kind_of_argument_comes_back_as_it_went_in() {
    let id = Uuid::from_u128(7);
    let now: Timestamp = "2026-01-05T09:00:00.000001Z".parse().unwrap();
    let values = args![id, "text", String::from("owned"), 7_i64, true, 0.5, now, vec![1_u8, 2], None::<i64>];
    let row = Row::new("select", Arc::from([]), values);
    assert_eq!(row.parsed::<Uuid>(0).unwrap(), id);
    assert_eq!(row.text(1).unwrap(), "text");
    assert_eq!(row.opt_text(2).unwrap(), Some("owned"));
    assert_eq!((row.int(3).unwrap(), row.count::<u8>(3).unwrap()), (7, 7));
    assert!(row.flag(4).unwrap());
    assert!((row.real(5).unwrap() - 0.5).abs() < f64::EPSILON);
    assert_eq!(row.time(6).unwrap(), now);
    assert_eq!(row.blob(7).unwrap(), [1, 2]);
    assert_eq!(row.opt_int(8).unwrap(), None);
    assert_eq!(row.opt_text(8).unwrap(), None);
    assert_eq!(row.opt_time(8).unwrap(), None);
    assert_eq!(row.opt_blob(8).unwrap(), None);
    assert_eq!(row.opt_parsed::<Uuid>(8).unwrap(), None);
}

#[test]
fn a_misfit_names_statement_column_and_row_and_no_value() {
    let row = row(args![Uuid::from_u128(7), "+15550100", i64::MAX]);
    assert_eq!(
        says(row.int(1)),
        "column caller is not a whole number in row 00000000-0000-0000-0000-000000000007 \
         (`select id, caller, due_at from call`)"
    );
    assert!(says(row.time(2)).starts_with("column due_at is beyond the times that there are in row"));
    assert!(says(row.flag(2)).starts_with("column due_at is neither 0 nor 1"));
    assert!(says(row.count::<u8>(2)).starts_with("column due_at is out of range"));
    assert!(says(row.parsed::<i64>(0)).starts_with("column id holds a text that means nothing here"));
    assert!(says(row.blob(1)).starts_with("column caller is not a blob"));
    assert!(says(row.text(9)).starts_with("column 9 is not part of the result"));
    let json = says(row.json::<bool>(1));
    assert!(json.starts_with("column caller holds JSON that does not fit, at line 1 column"), "{json}");
    assert!(!json.contains("5550100"));
}

#[test]
fn null_is_refused_where_something_must_be() {
    let row = row(args![None::<Uuid>, None::<String>, None::<i64>]);
    for said in [says(row.text(1)), says(row.int(1)), says(row.real(1)), says(row.blob(1)), says(row.time(1))]
    {
        assert_eq!(said, "column caller is null (`select id, caller, due_at from call`)");
    }
}

#[test]
fn debug_output_and_errors_hold_no_secret() {
    let secret = "0123456789abcdef0123456789abcdef";
    let row = row(args![secret, "+15550100", 1_i64]);
    let shown = format!("{row:?} {:?} {}", row.int(1), says(row.int(1)));
    assert!(!shown.contains(secret) && !shown.contains("5550100"), "{shown}");
}

#[test]
fn writes_compose_in_order() {
    let first = Write::new().one("update a", args![1_i64]).any("delete b", args![]);
    let both = first.then(Write::new().rows(3, "update c", args![]));
    let steps: Vec<_> = both.steps.iter().map(|step| (step.sql, step.expect)).collect();
    assert_eq!(
        steps,
        [("update a", Expect::Rows(1)), ("delete b", Expect::Any), ("update c", Expect::Rows(3))]
    );
    assert!(Write::new().is_empty() && !both.is_empty());
}
