//! Connections for what returns rows.

use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Object, PoolError, RecyclingMethod};
use tokio::time::timeout;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use super::OpenError;
use super::fault::{After, Fault, Silent, explain, of_control, of_statement};
use super::target::Target;
use super::value;
use crate::ports::error::{Outage, StoreError};
use crate::storage::write::{Row, Value, refuse_nul};

/// What the connections of a pool are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Reads; anything else is refused.
    Read,
    /// Claims. Each is planned for its arguments: a plan for any would go through the whole table.
    Claim,
}

/// Connections that are made when they are needed, and made anew when they have gone.
pub(super) struct Pool {
    connections: deadpool_postgres::Pool,
    what_for: Use,
    patience: Duration,
}

impl Pool {
    pub(super) fn new(target: &Target, what_for: Use, size: usize) -> Result<Self, OpenError> {
        let own = match what_for {
            Use::Read => "set default_transaction_read_only = on",
            Use::Claim => "set plan_cache_mode = force_custom_plan",
        };
        let manners = format!("{}; {own}", target.manners());
        let told = Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
            let manners = manners.clone();
            Box::pin(async move { client.batch_execute(&manners).await.map_err(HookError::Backend) })
        });
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = Manager::from_config(target.config.clone(), target.tls.clone(), recycling);
        let built = deadpool_postgres::Pool::builder(manager).max_size(size.max(1)).post_create(told).build();
        let connections = built.map_err(|error| OpenError::Unreachable {
            place: target.place.to_string(),
            source: Some(Arc::new(error)),
        })?;
        Ok(Self { connections, what_for, patience: target.patience })
    }

    /// Runs a statement. `text` is what the server gets, `sql` what it is called.
    pub(super) async fn query(
        &self,
        sql: &'static str,
        text: &str,
        args: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        refuse_nul(sql, args)?;
        // A connection may have gone while it lay idle. What only reads can be asked once more.
        let mut spare = usize::from(self.what_for == Use::Read);
        loop {
            let client = self.client().await?;
            let limit = self.patience * 2;
            let fault = match timeout(limit, self.ask(&client, sql, text, args)).await {
                Ok(Ok(rows)) => return Ok(rows),
                Ok(Err(fault)) => fault,
                Err(_elapsed) => {
                    spare = 0;
                    Silent(limit).fault()
                }
            };
            if fault.after == After::Lost {
                // The pool makes another in its place.
                drop(Object::take(client));
            }
            if fault.after != After::Lost || spare == 0 {
                return Err(fault.error);
            }
            spare -= 1;
        }
    }

    async fn ask(
        &self,
        client: &Object,
        sql: &'static str,
        text: &str,
        args: &[Value],
    ) -> Result<Vec<Row>, Fault> {
        let refused = |error| Fault { error, after: After::Refused };
        let explain = |error: tokio_postgres::Error| {
            let is_write = error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION);
            if is_write && self.what_for == Use::Read {
                return refused(of_statement(sql, "writes, where only reading is allowed"));
            }
            explain(error, sql)
        };
        let statement = client.prepare_cached(text).await.map_err(explain)?;
        value::check(sql, &statement, args).map_err(refused)?;
        let args: Vec<_> = args.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let found = client.query(&statement, &args).await.map_err(explain)?;
        value::rows(sql, &statement, &found).map_err(refused)
    }

    async fn client(&self) -> Result<Object, StoreError> {
        // Waiting for a connection that others use, and making one.
        let limit = self.patience * 2;
        let asked = timeout(limit, self.connections.get()).await;
        asked.map_err(|_elapsed| Silent(limit).fault().error)?.map_err(|error| match error {
            PoolError::Closed => StoreError::closed(),
            PoolError::Backend(error) | PoolError::PostCreateHook(HookError::Backend(error)) => {
                of_control(error).error
            }
            error
            @ (PoolError::Timeout(_) | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)) => {
                StoreError::unavailable(Outage::Failing, error)
            }
        })
    }

    /// Hands out nothing more; what is out is closed when it comes back.
    pub(super) fn close(&self) {
        self.connections.close();
    }
}
