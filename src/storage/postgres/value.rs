//! Values on their way in and out.

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use bytes::{BufMut, BytesMut};
use tokio_postgres::Statement;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

use super::fault;
use crate::ports::error::StoreError;
use crate::storage::write::{Row, Value};

/// What is sent must be of exactly the type that the server has worked out for its placeholder: it would read
/// any other bytes as that type all the same.
impl ToSql for Value {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        if !fits(self, ty) {
            return Err("a value of another kind".into());
        }
        match self {
            Self::Null => return Ok(IsNull::Yes),
            Self::Text(text) => out.put_slice(text.as_bytes()),
            Self::Int(number) => out.put_i64(*number),
            Self::Real(number) => out.put_f64(*number),
            Self::Blob(bytes) => out.put_slice(bytes),
        }
        Ok(IsNull::No)
    }

    fn accepts(ty: &Type) -> bool {
        [Type::TEXT, Type::INT8, Type::FLOAT8, Type::BYTEA].contains(ty)
    }

    to_sql_checked!();
}

fn fits(value: &Value, ty: &Type) -> bool {
    match value {
        Value::Null => true,
        Value::Text(_) => *ty == Type::TEXT,
        Value::Int(_) => *ty == Type::INT8,
        Value::Real(_) => *ty == Type::FLOAT8,
        Value::Blob(_) => *ty == Type::BYTEA,
    }
}

/// Refuses arguments that the statement can't take.
pub(super) fn check(sql: &'static str, statement: &Statement, args: &[Value]) -> Result<(), StoreError> {
    let types = statement.params();
    if types.len() != args.len() {
        let problem = format!("has {} placeholders and is given {} values", types.len(), args.len());
        return Err(fault::of_statement(sql, problem));
    }
    for (index, (value, ty)) in args.iter().zip(types).enumerate() {
        if !fits(value, ty) {
            let problem = format!("is given {value:?} for ${}, which is {}", index + 1, ty.name());
            return Err(fault::of_statement(sql, problem));
        }
    }
    Ok(())
}

/// What a statement has returned.
pub(super) fn rows(
    sql: &'static str,
    statement: &Statement,
    found: &[tokio_postgres::Row],
) -> Result<Vec<Row>, StoreError> {
    let columns: Arc<[String]> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
    let row = |row: &tokio_postgres::Row| {
        let values = (0..row.len()).map(|column| owned(sql, row, column)).collect::<Result<_, _>>()?;
        Ok(Row::new(sql, Arc::clone(&columns), values))
    };
    found.iter().map(row).collect()
}

fn owned(sql: &'static str, row: &tokio_postgres::Row, at: usize) -> Result<Value, StoreError> {
    let Some(column) = row.columns().get(at) else {
        return Err(fault::of_statement(sql, "returns fewer columns than it said"));
    };
    let value = match *column.type_() {
        Type::TEXT => row.try_get::<_, Option<String>>(at).map(Value::from),
        Type::INT8 => row.try_get::<_, Option<i64>>(at).map(Value::from),
        Type::FLOAT8 => row.try_get::<_, Option<f64>>(at).map(Value::from),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(at).map(Value::from),
        ref other => {
            // Portable text has only the types that all databases agree on; a cast makes it one of them.
            let problem: Cow<'static, str> =
                format!("returns column {} as {}", column.name(), other.name()).into();
            return Err(fault::of_statement(sql, problem));
        }
    };
    value.map_err(|error| fault::explain(error, sql).error)
}
