//! The store: what every database must do alike, and what one of them does in its own way.

mod areas;
mod driver;
mod lanes;
#[cfg(feature = "postgres")]
mod postgres;
mod sqlite;
mod statements;
mod subject;
mod upgrade;
