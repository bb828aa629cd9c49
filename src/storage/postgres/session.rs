//! One connection that writes, and its prepared statements.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use futures_util::{TryStreamExt, poll};
use tokio_postgres::{Client, Error, Statement};

use super::fault::{After, Fault, explain, of_control, of_statement};
use super::target::Target;
use super::value;
use crate::ports::error::StoreError;
use crate::storage::write::{Expect, Row, Value, Write, refuse_nul};

/// A connection, and what is prepared on it.
pub(super) struct Session {
    pub(super) client: Client,
    prepared: HashMap<&'static str, Statement>,
}

/// A step that is ready to be sent.
pub(super) struct Prepared<'w> {
    sql: &'static str,
    statement: Statement,
    args: &'w [Value],
    expect: Expect,
}

impl Session {
    /// Tells a new connection what it is for.
    pub(super) async fn new(client: Client, target: &Target) -> Result<Self, Fault> {
        // What is acknowledged is on disk. A database that is set up to acknowledge earlier is overruled; one
        // that waits for its standbys as well is left to it.
        let durable = "select set_config('synchronous_commit', 'on', false) \
                       where current_setting('synchronous_commit') = 'off'";
        let manners = format!("{}; {durable}", target.manners());
        client.batch_execute(&manners).await.map_err(of_control)?;
        Ok(Self { client, prepared: HashMap::new() })
    }

    /// A connection of its own.
    pub(super) async fn open(target: &Target) -> Result<Self, Fault> {
        Self::new(target.connect().await?, target).await
    }

    /// A connection for one long transaction.
    pub(super) async fn for_long(client: Client, target: &Target) -> Result<Self, Fault> {
        let session = Self::new(client, target).await?;
        session.take_time(target).await?;
        Ok(session)
    }

    /// Lets statements take as long as they do, and a transaction stay open while nothing is asked.
    pub(super) async fn take_time(&self, target: &Target) -> Result<(), Fault> {
        let lock = target.patience.as_millis();
        let manners = format!(
            "set lock_timeout = {lock}; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0"
        );
        self.client.batch_execute(&manners).await.map_err(of_control)
    }

    /// Runs a statement that returns rows.
    pub(super) async fn read(&mut self, sql: &'static str, args: &[Value]) -> Result<Vec<Row>, StoreError> {
        refuse_nul(sql, args)?;
        let explained = |error| explain(error, sql).error;
        let statement = self.statement(sql).await.map_err(explained)?;
        value::check(sql, &statement, args)?;
        let found = self.client.query_raw(&statement, args).await.map_err(explained)?;
        value::rows(sql, &statement, &found.try_collect::<Vec<_>>().await.map_err(explained)?)
    }

    /// A statement made ready, once.
    async fn statement(&mut self, sql: &'static str) -> Result<Statement, Error> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let made = self.client.prepare(sql).await?;
        self.prepared.insert(sql, made.clone());
        Ok(made)
    }

    /// Whether the connection has gone.
    pub(super) fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    /// Makes ready what a write consists of. Nothing of it is carried out.
    pub(super) async fn prepare<'w>(&mut self, write: &'w Write) -> Result<Vec<Prepared<'w>>, Fault> {
        let refused = |error| Fault { error, after: After::Refused };
        let mut steps = Vec::with_capacity(write.steps.len());
        for step in &write.steps {
            refuse_nul(step.sql, &step.args).map_err(refused)?;
            let statement = self.statement(step.sql).await.map_err(|error| explain(error, step.sql))?;
            if !statement.columns().is_empty() {
                return Err(refused(of_statement(step.sql, "returns rows, where none are wanted")));
            }
            value::check(step.sql, &statement, &step.args).map_err(refused)?;
            steps.push(Prepared { sql: step.sql, statement, args: &step.args, expect: step.expect });
        }
        Ok(steps)
    }
}

/// Something that has been sent, and what comes back.
pub(super) enum Sent<'s, T> {
    Answered(Result<T, Error>),
    Waiting(Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 's>>),
}

/// Sends without waiting for the answer: the client sends as soon as it is asked for the first time.
pub(super) async fn send<'s, T>(request: impl Future<Output = Result<T, Error>> + Send + 's) -> Sent<'s, T> {
    let mut request: Pin<Box<dyn Future<Output = _> + Send + 's>> = Box::pin(request);
    match poll!(&mut request) {
        Poll::Ready(answer) => Sent::Answered(answer),
        Poll::Pending => Sent::Waiting(request),
    }
}

impl<T> Sent<'_, T> {
    pub(super) async fn answer(self) -> Result<T, Error> {
        match self {
            Self::Answered(answer) => answer,
            Self::Waiting(request) => request.await,
        }
    }
}

impl Prepared<'_> {
    pub(super) async fn send<'s>(&'s self, client: &'s Client) -> Sent<'s, u64> {
        send(client.execute_raw(&self.statement, self.args)).await
    }

    /// Whether the answer is what the step needs.
    pub(super) fn judge(&self, answer: Result<u64, Error>) -> Result<(), Fault> {
        let changed = answer.map_err(|error| explain(error, self.sql))?;
        match self.expect {
            Expect::Rows(rows) if rows != changed => {
                Err(Fault { error: StoreError::Conflict, after: After::Refused })
            }
            Expect::Rows(_) | Expect::Any => Ok(()),
        }
    }
}
